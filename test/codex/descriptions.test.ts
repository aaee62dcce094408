// Which first lines Codex takes as the description of a thread: held against what it lists and resumes
// when it has nothing but the files.

import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { makeBareHome, type BareThread } from '../support/codex/bareThreads.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { compare } from '../support/codex/comparing.ts';
import { askOracle } from '../support/codex/oracle.ts';
import { createPredictor, type Predictor } from '../support/codex/predicting.ts';

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
  await withScratchFolder(async root => {
    const home = await makeBareHome(version, path.join(root, 'home'), CHANGES.map(threadWith));
    const ids = Object.fromEntries(
      CHANGES.map((change, index) => [JSON.stringify(change), threadWith(change, index).id]),
    );
    const { visibility } = await predictor.scan(home.folder, version);
    const answer = await askOracle(await installCodex(version), home);
    const { asked, unknown, wrong } = compare(visibility, answer, { ...home, ids } as typeof home);
    expect([...wrong, ...unknown]).toEqual([]);
    expect(asked).toBeGreaterThanOrEqual(CHANGES.length * 4);
  });
});

function threadWith(meta: object, index: number): BareThread {
  const number = String(index).padStart(2, '0');
  const id = `01a00000-0000-7000-8000-0000000001${number}`;
  return { id, timestamp: `2026-06-01T10:00:${number}.000Z`, meta };
}
