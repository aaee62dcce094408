// A home of threads that are nothing but a first line and a message, without a database: Codex then
// makes its rows of the files alone.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findStateDatabase, removeDatabase } from './databases.ts';
import { copyHome, makeHome, projectFolder, type CodexHome } from './makeHome.ts';
import { rolloutFiles } from './rollouts.ts';

export interface BareThread {
  readonly id: string;
  /** As Codex writes it, `2026-06-01T10:00:00.000Z`; the name and the folder follow it. */
  readonly timestamp: string;
  /** Fields of the first line that differ from the usual ones. */
  readonly meta?: object;
}

export async function makeBareHome(
  version: string,
  folder: string,
  threads: readonly BareThread[],
): Promise<CodexHome> {
  const home = copyHome(await makeHome(version, 'legacy'), folder);
  for (const file of rolloutFiles(home.folder)) rmSync(file);
  removeDatabase(findStateDatabase(home.folder) ?? '');
  for (const thread of threads) writeThread(home.folder, thread);
  return home;
}

export function writeThread(home: string, { id, timestamp, meta }: BareThread): void {
  const payload = {
    ...{ id, timestamp, cwd: projectFolder('one'), originator: 'test', cli_version: '0.142.0' },
    ...{ source: 'vscode', model_provider: 'mock', ...meta },
  };
  const message = { type: 'user_message', message: `message of ${id}`, images: [] };
  const lines = [
    { timestamp, type: 'session_meta', payload },
    { timestamp, type: 'event_msg', payload: { ...message, local_images: [], text_elements: [] } },
  ];
  const folder = path.join(home, 'sessions', ...timestamp.slice(0, 10).split('-'));
  mkdirSync(folder, { recursive: true });
  const name = `rollout-${timestamp.slice(0, 19).replaceAll(':', '-')}-${id}.jsonl`;
  writeFileSync(path.join(folder, name), lines.map(line => `${JSON.stringify(line)}\n`).join(''));
}
