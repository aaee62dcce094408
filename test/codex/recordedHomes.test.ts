// Homes as the releases of Codex wrote them: each is healthy in the eyes of the product, and what it
// predicts of them is what the release that made them answers.

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { installCodex } from '../support/codex/binaries.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { compare } from '../support/codex/comparing.ts';
import { askOracle } from '../support/codex/oracle.ts';
import { createPredictor, type Predictor } from '../support/codex/predicting.ts';
import { recordedVersions, unpackRecordedHome } from '../support/codex/recordedHomes.ts';

const newest = recordedVersions().at(-1) ?? '';

let predictor: Predictor;

beforeAll(() => {
  predictor = createPredictor(inject('programs'));
});
afterAll(() => predictor.close());

describe.each(recordedVersions())('the home of Codex %s', version => {
  test('is healthy', () =>
    withScratchFolder(async root => {
      const { findings } = await predictor.scan(unpack(version, root).folder, version);
      const grave = findings.filter(({ severity }) => severity !== 'note');
      expect(grave.map(({ id, says }) => `${id}: ${says}`)).toEqual([]);
    }));

  test('is shown by that Codex as predicted', () => tryOut(version, version));

  // An old home is brought up to date by the start of a newer Codex.
  test('is shown by the newest Codex as predicted', () => tryOut(version, newest));
});

test.each(['0.142.0', '0.150.0', '0.160.0'])(
  'the home of the newest Codex is shown by Codex %s as predicted',
  async version => tryOut(newest, version),
);

async function tryOut(made: string, version: string): Promise<void> {
  await withScratchFolder(async root => {
    const home = unpack(made, root);
    const { visibility } = await predictor.scan(home.folder, version);
    const answer = await askOracle(await installCodex(version), home);
    expect(answer.stderr).toBe('');
    expect(compare(visibility, answer, home).wrong).toEqual([]);
  });
}

function unpack(version: string, root: string) {
  const place = path.join(root, 'ada');
  mkdirSync(place);
  return unpackRecordedHome(version, place);
}
