// Many threads of the same few seconds: where a page of a list ends, releases differ in what they
// lose. The database is gone, so that Codex makes its rows of the files, as it is predicted.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { installCodex } from '../support/codex/binaries.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { compare } from '../support/codex/comparing.ts';
import { removeDatabase, findStateDatabase } from '../support/codex/databases.ts';
import { copyHome, makeHome, projectFolder } from '../support/codex/makeHome.ts';
import { askOracle } from '../support/codex/oracle.ts';
import { createPredictor, type Predictor } from '../support/codex/predicting.ts';
import { rolloutFiles } from '../support/codex/rollouts.ts';

const THREADS = 130;
const SECONDS = 2;

let predictor: Predictor;

beforeAll(() => {
  predictor = createPredictor(inject('programs'));
});
afterAll(() => predictor.close());

test.each(['0.142.0', '0.160.0', '0.169.0'])('Codex %s', async version => {
  const sound = await makeHome(version, 'legacy');
  await withScratchFolder(async root => {
    const home = copyHome(sound, path.join(root, 'home'));
    for (const file of rolloutFiles(home.folder)) rmSync(file);
    removeDatabase(findStateDatabase(home.folder) ?? '');
    for (let index = 0; index < THREADS; index += 1) writeThread(home.folder, index);
    const { visibility } = await predictor.scan(home.folder, version);
    const answer = await askOracle(await installCodex(version), home);
    const { asked, unknown, wrong } = compare(visibility, answer, home);
    expect(wrong).toEqual([]);
    expect(unknown).toEqual([]);
    expect(asked).toBeGreaterThan(THREADS * 4);
    const listed = answer.lists.scan.ids.length;
    process.stdout.write(`Codex ${version} lists ${String(listed)} of ${String(THREADS)} files, `);
    process.stdout.write(`${String(answer.lists.database.ids.length)} rows\n`);
  });
});

function writeThread(home: string, index: number): void {
  // The ids are in no order, so that the order of names is not that of making.
  const id = `01a00000-0000-7000-8000-${((index * 7919) % 100_003).toString().padStart(12, '0')}`;
  const second = Math.floor((index * SECONDS) / THREADS);
  const timestamp = `2026-06-01T10:00:0${String(second)}.000Z`;
  const folder = path.join(home, 'sessions/2026/06/01');
  const meta = {
    ...{ id, timestamp, cwd: projectFolder('one'), originator: 'test', cli_version: '0.142.0' },
    ...{ source: 'vscode', model_provider: 'mock' },
  };
  const message = { type: 'user_message', message: `message ${String(index)}`, images: [] };
  const lines = [
    { timestamp, type: 'session_meta', payload: meta },
    { timestamp, type: 'event_msg', payload: { ...message, local_images: [], text_elements: [] } },
  ];
  mkdirSync(folder, { recursive: true });
  const name = `rollout-2026-06-01T10-00-0${String(second)}-${id}.jsonl`;
  writeFileSync(path.join(folder, name), lines.map(line => `${JSON.stringify(line)}\n`).join(''));
}
