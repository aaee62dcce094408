// Many threads of the same few seconds: where a page of a list ends, releases differ in what they
// lose. The database is gone, so that Codex makes its rows of the files, as it is predicted.

import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { makeBareHome, type BareThread } from '../support/codex/bareThreads.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { compare } from '../support/codex/comparing.ts';
import { askOracle } from '../support/codex/oracle.ts';
import { createPredictor, type Predictor } from '../support/codex/predicting.ts';

const THREADS = 130;
const SECONDS = 2;

let predictor: Predictor;

beforeAll(() => {
  predictor = createPredictor(inject('programs'));
});
afterAll(() => predictor.close());

test.each(['0.142.0', '0.160.0', '0.169.0'])('Codex %s', async version => {
  await withScratchFolder(async root => {
    const threads = Array.from({ length: THREADS }, (_, index) => threadAt(index));
    const home = await makeBareHome(version, path.join(root, 'home'), threads);
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

/** The ids are in no order, so that the order of names is not that of making. */
function threadAt(index: number): BareThread {
  const id = `01a00000-0000-7000-8000-${((index * 7919) % 100_003).toString().padStart(12, '0')}`;
  const second = Math.floor((index * SECONDS) / THREADS);
  return { id, timestamp: `2026-06-01T10:00:0${String(second)}.000Z` };
}
