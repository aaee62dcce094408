// What a scan that stands asks the machine again, and when.

import { expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { home, HOME, NOW } from '../support/home.ts';

test('who has files open is asked again, also after the clock was set back', async () => {
  const { world } = home().thread('t1').build();
  let nowMs = NOW;
  let asked = 0;
  const holders = () => {
    asked += 1;
    return world.processes.holders([HOME]);
  };
  const processes = { ...world.processes, holders };
  const engine = createEngine({ ...world, now: () => nowMs, processes });
  const request = { home: HOME, sqliteHome: null, codex: null, full: false };
  const standing = engine.stand(request, () => undefined);
  const askedAt = async (atMs: number) => {
    const before = asked;
    nowMs = atMs;
    await standing.look();
    return asked - before;
  };
  expect(await askedAt(NOW)).toBe(1);
  expect(await askedAt(NOW + 1000)).toBe(0);
  expect(await askedAt(NOW + 10_000)).toBe(1);
  expect(await askedAt(NOW - 3_600_000)).toBe(1);
  expect(await askedAt(NOW - 3_599_000)).toBe(0);
  standing.close();
});
