// The rollout files of a home: active threads lie in sessions/YYYY/MM/DD, archived ones in
// archived_sessions. Each line is one JSON object, and the first one describes the thread.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { zstdDecompressSync } from 'node:zlib';

/** What the first line of a rollout says; further fields differ between releases. */
export interface SessionMeta {
  id?: string;
  session_id?: string;
  cwd?: string;
  source?: string;
  model_provider?: string;
  history_mode?: 'legacy' | 'paginated';
}

interface FirstLine {
  payload: SessionMeta;
}

/** The paths of all rollouts of a home, plain and compressed, sorted. */
export function rolloutFiles(home: string): string[] {
  return ['sessions', 'archived_sessions']
    .map(folder => path.join(home, folder))
    .filter(folder => existsSync(folder))
    .flatMap(folder =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(name =>
        path.join(folder, name),
      ),
    )
    .filter(file => /^rollout-.*\.jsonl(\.zst)?$/.test(path.basename(file)))
    .sort();
}

/** The first rollout whose name has this thread id, or null. */
export function findRollout(home: string, id: string): string | null {
  return rolloutFiles(home).find(file => path.basename(file).includes(id)) ?? null;
}

export function isArchivedRollout(home: string, file: string): boolean {
  return path.relative(home, file).startsWith(`archived_sessions${path.sep}`);
}

/** The text of a rollout, decompressed where needed. */
export function readRollout(file: string): string {
  const bytes = readFileSync(file);
  return (file.endsWith('.zst') ? zstdDecompressSync(bytes) : bytes).toString('utf8');
}

/** The first line of a rollout, or null when it does not describe a thread. */
export function readMeta(file: string): SessionMeta | null {
  try {
    const [first = ''] = readRollout(file).split('\n', 1);
    return (JSON.parse(first) as Partial<FirstLine>).payload ?? null;
  } catch {
    return null;
  }
}

/** Rewrites a plain rollout, or another text file, from its old text to its new one. */
export function editText(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

/** Rewrites the first line of a plain rollout; `change` alters the description in place. */
export function editMeta(file: string, change: (meta: SessionMeta) => void): void {
  editText(file, text => {
    const [first = '', ...others] = text.split('\n');
    const record = JSON.parse(first) as FirstLine;
    change(record.payload);
    return [JSON.stringify(record), ...others].join('\n');
  });
}
