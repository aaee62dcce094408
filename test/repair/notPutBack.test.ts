// What could not be done is put back, and that can fail as well. Then nothing goes on: all of the repair is
// taken back, and whoever waits is told in plain words what stands and what they can do.

import { expect, test } from 'vitest';
import { apply } from '../../src/engine/repair/apply.ts';
import { recover } from '../../src/engine/repair/undo.ts';
import { stateOf } from '../../src/engine/repair/vault.ts';
import type { Hands } from '../../src/engine/hands.ts';
import type { Refusal } from '../../src/engine/refusal.ts';
import { HOME } from '../support/home.ts';
import { differences, pictureOf } from '../support/pictures.ts';
import { createBench, editOf, fileOf, planOf, type Bench } from './specimens.ts';

test('where it can be put back a moment later, everything is as it was', async () => {
  const { bench, refused, before } = await hindered(1);
  expect(refused.message).toBe(
    'A repair could not be done (it may not be moved), and what was begun of it not be put back at once (the disk is slow today). The repair was stopped, and everything is as it was before.',
  );
  expect([refused.code, refused.next]).toEqual([
    'stopped',
    'See to what kept it from being done, and start it again then.',
  ]);
  expect(differences(before, pictureOf(bench.built.files))).toEqual([]);
  expect(await statesIn(bench)).toEqual(['undone']);
});

test('where it cannot, the rest is as it was, and the next undo goes on', async () => {
  const { bench, refused, before, one } = await hindered(2);
  expect(refused.message).toBe(
    `A repair could not be done (it may not be moved), and what was begun of it not be put back at once (the disk is slow today). Not everything could be put back yet. changes one place of ${one}: the disk is slow today.`,
  );
  expect([refused.code, refused.next]).toEqual([
    'undo-unfinished',
    expect.stringContaining('run codex-health undo again'),
  ]);
  expect(differences(before, pictureOf(bench.built.files))).toEqual([one]);
  expect(await statesIn(bench)).toEqual(['interrupted']);
  expect(await recover(bench.site)).toMatchObject([{ left: [] }]);
  expect(differences(before, pictureOf(bench.built.files))).toEqual([]);
});

/** One repair is done; of another the second step cannot be, nor the first be put back, so many times. */
async function hindered(times: number) {
  const bench = createBench();
  const [one, two] = [fileOf(bench, 'one'), fileOf(bench, 'two')];
  const before = pictureOf(bench.built.files);
  const { hands } = bench.site;
  let writes = 0;
  const slow: Hands = {
    ...hands,
    move: () => Promise.reject(new Error('it may not be moved')),
    write: (file, writing) => {
      if (file === one) writes += 1;
      return file === one && writes > 1 && writes <= 1 + times
        ? Promise.reject(new Error('the disk is slow today'))
        : hands.write(file, writing);
    },
  };
  const { bytes = new Uint8Array(), modifiedMs = 0 } = bench.built.files.get(two) ?? {};
  const plan = planOf(
    [editOf(bench, 'three', 'mock', 'mack')],
    [
      editOf(bench, 'one', 'mock', 'mack'),
      {
        ...{ kind: 'move', from: two, to: { file: `${HOME}/elsewhere.jsonl` } },
        ...{ bytes: bytes.length, modifiedMs },
      },
    ],
  );
  const site = { ...bench.site, hands: slow };
  const refused = await apply(site, plan, null, () => undefined).then(
    () => expect.fail('it was done'),
    (error: unknown) => error as Refusal,
  );
  return { bench, refused, before, one };
}

async function statesIn({ site }: Bench): Promise<readonly string[]> {
  return (await site.vault.repairs()).map(stateOf);
}
