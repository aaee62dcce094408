// Repairs lean on those before them, so their names have to stand in the order in which they were done,
// however fast one follows the other and whatever the clock says.

import { expect, test } from 'vitest';
import { Vault } from '../../src/engine/repair/vault.ts';
import { HOME, NOW } from '../support/home.ts';
import { createBench, planOf, SPECIMENS } from './specimens.ts';

/** Begins one repair at each of these moments; whatever makes their names unique gets smaller each time. */
async function namesOfRepairsAt(...moments: readonly number[]) {
  const bench = createBench();
  const step = SPECIMENS['rows: change']?.(bench);
  if (step === undefined) throw new Error('there is no such step');
  const begun: string[] = [];
  for (const [place, moment] of moments.entries()) {
    const unique = () => `000${String(9 - place)}`;
    const world = { ...bench.built.world, now: () => moment };
    const vault = new Vault(world, { ...bench.memory.hands, unique }, `${HOME}/session-health`);
    begun.push((await vault.begin(planOf([step]))).id);
  }
  const repairs = await bench.site.vault.repairs();
  return { begun, listed: repairs.map(({ id }) => id), at: repairs.map(({ at }) => at) };
}

test('repairs of one second are listed in the order in which they were begun', async () => {
  const { begun, listed } = await namesOfRepairsAt(NOW, NOW + 1, NOW + 2, NOW + 999);
  expect(listed).toEqual(begun);
  expect(new Set(listed).size).toBe(4);
});

test('so are repairs after a clock was set back, which keep the time that it told', async () => {
  const anHourAgo = NOW - 60 * 60 * 1000;
  const { begun, listed, at } = await namesOfRepairsAt(NOW, anHourAgo, NOW + 60_000);
  expect(listed).toEqual(begun);
  expect(at[1]).toBe(new Date(anHourAgo).toISOString());
});

test('a repair is named after its moment where nothing stands in the way', async () => {
  const { listed } = await namesOfRepairsAt(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
  expect(listed).toEqual(['20260102T030405Z-0009']);
});
