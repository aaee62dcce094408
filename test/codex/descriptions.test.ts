// Which first lines Codex takes as the description of a thread: held against what it lists and resumes
// when it has nothing but the files.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { installCodex } from '../support/codex/binaries.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { compare } from '../support/codex/comparing.ts';
import { findStateDatabase, removeDatabase } from '../support/codex/databases.ts';
import { copyHome, makeHome, projectFolder } from '../support/codex/makeHome.ts';
import { askOracle } from '../support/codex/oracle.ts';
import { createPredictor, type Predictor } from '../support/codex/predicting.ts';
import { rolloutFiles } from '../support/codex/rollouts.ts';

const text = 'Be brief.';
const CHANGES: readonly object[] = [
  {},
  ...[null, { text }, {}, { text: 5 }, { text: null }, text, [text], { text, other: 1 }].map(
    base_instructions => ({ base_instructions }),
  ),
  ...[
    ...[null, 'model', {}, { type: 'model' }, { type: 'model', model: 'm' }],
    ...[{ type: 'model', model: 5 }, { type: 'custom' }, { type: 'model_catalog' }],
  ].map(provenance => ({ base_instructions: { text, provenance } })),
  ...['x', 5, null, '01a00000-0000-7000-8000-000000000001'].map(forked_from_id => ({
    forked_from_id,
  })),
  ...['exec', 'nobody', 5, null, { custom: 'atlas' }, { other: 1 }].map(source => ({ source })),
  ...['legacy', 'other', null, 5].map(history_mode => ({ history_mode })),
  ...[{ model_provider: null }, { model_provider: 5 }, { git: null }, { git: 5 }, { git: [] }],
  ...[{ git: {} }, { git: { branch: 5 } }, { git: { branch: null } }, { git: 'main' }],
  ...[{ originator: undefined }, { cli_version: 5 }, { timestamp: 'yesterday' }, { cwd: '' }],
];

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
    const ids = Object.fromEntries(
      CHANGES.map((change, index) => [
        JSON.stringify(change),
        writeThread(home.folder, index, change),
      ]),
    );
    const { visibility } = await predictor.scan(home.folder, version);
    const answer = await askOracle(await installCodex(version), home);
    const { asked, unknown, wrong } = compare(visibility, answer, { ...home, ids } as typeof home);
    expect([...wrong, ...unknown]).toEqual([]);
    expect(asked).toBeGreaterThanOrEqual(CHANGES.length * 4);
  });
});

function writeThread(home: string, index: number, change: object): string {
  const id = `01a00000-0000-7000-8000-0000000001${String(index).padStart(2, '0')}`;
  const timestamp = `2026-06-01T10:00:${String(index).padStart(2, '0')}.000Z`;
  const meta = {
    ...{ id, timestamp, cwd: projectFolder('one'), originator: 'test', cli_version: '0.142.0' },
    ...{ source: 'vscode', model_provider: 'mock', ...change },
  };
  const message = { type: 'user_message', message: `message ${String(index)}`, images: [] };
  const lines = [
    { timestamp, type: 'session_meta', payload: meta },
    { timestamp, type: 'event_msg', payload: { ...message, local_images: [], text_elements: [] } },
  ];
  const folder = path.join(home, 'sessions/2026/06/01');
  mkdirSync(folder, { recursive: true });
  const name = `rollout-${timestamp.slice(0, 19).replaceAll(':', '-')}-${id}.jsonl`;
  writeFileSync(path.join(folder, name), lines.map(line => `${JSON.stringify(line)}\n`).join(''));
  return id;
}
