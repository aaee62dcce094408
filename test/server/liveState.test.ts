import { afterEach, expect, test, vi } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import type { Report } from '../../src/engine/model/report.ts';
import type { World } from '../../src/engine/world.ts';
import { ACTIVE_MS, liveStateOf, nextQuietMs } from '../../src/server/liveState.ts';
import { createPulse } from '../../src/server/pulse.ts';
import { DEFAULT_SETTINGS } from '../../src/server/settings.ts';
import { viewReport } from '../../src/server/view.ts';
import { home, HOME, idOf, NOW } from '../support/home.ts';

afterEach(() => vi.useRealTimers());

const HOLDER = {
  pid: 4711,
  program: 'codex',
  files: [],
  deletedFiles: [],
  terminal: null,
};

/** Two threads, of which nobody has written to one for an hour, and to the other for so long. */
async function look(
  quietMs: number,
  holders: readonly (typeof HOLDER & { writesThreads: string[] })[] = [],
) {
  const built = home().thread('old').thread('new').build();
  for (const [file, content] of built.files)
    if (file.includes('rollout-'))
      built.files.set(file, {
        ...content,
        modifiedMs: NOW - (file.includes(idOf('new')) ? quietMs : 3_600_000),
      });
  const world: World = {
    ...built.world,
    processes: {
      ...built.world.processes,
      holders: () => Promise.resolve({ ok: true, value: { holders, unreadable: [] } }),
    },
  };
  return createEngine(world).scan({ home: HOME, sqliteHome: null, codex: null, full: false });
}

function statesOf(report: Report, atMs = NOW) {
  const view = viewReport(report, DEFAULT_SETTINGS, new Map(), atMs);
  return [liveStateOf(view, idOf('old')), liveStateOf(view, idOf('new'))];
}

test('a thread is active while its file is written, and some seconds longer', async () => {
  const report = await look(2000);
  expect(statesOf(report)).toEqual([null, { state: 'active' }]);
  expect(statesOf(report, NOW + ACTIVE_MS - 2001)).toEqual([null, { state: 'active' }]);
  expect(statesOf(report, NOW + ACTIVE_MS - 2000)).toEqual([null, null]);
});

test('a thread that somebody holds says who', async () => {
  const report = await look(2000, [{ ...HOLDER, writesThreads: [idOf('old'), idOf('new')] }]);
  const held = { state: 'held', program: 'codex', pid: 4711 };
  expect(statesOf(report)).toEqual([
    { ...held, isActive: false },
    { ...held, isActive: true },
  ]);
});

test('a time that is far ahead says nothing', async () => {
  expect(statesOf(await look(-3_600_000))).toEqual([null, null]);
});

test('when the next thread becomes quiet is known', async () => {
  const { snapshot } = await look(2000);
  expect(nextQuietMs(snapshot, NOW)).toBe(NOW - 2000 + ACTIVE_MS);
  expect(nextQuietMs(snapshot, NOW + ACTIVE_MS)).toBe(null);
});

test('it is told that a thread has become quiet, once', async () => {
  const report = await look(2000);
  vi.useFakeTimers({ now: NOW });
  let told = 0;
  const pulse = createPulse(() => Date.now(), {
    becomesQuiet: () => (told += 1),
    mayBeReleased: () => undefined,
  });
  pulse.follow(report);
  await vi.advanceTimersByTimeAsync(ACTIVE_MS - 2100);
  expect(told).toBe(0);
  await vi.advanceTimersByTimeAsync(200);
  expect(told).toBe(1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toBe(1);
});

test('while somebody holds files, it is looked at now and then whether he still does', async () => {
  const held = await look(60_000, [{ ...HOLDER, writesThreads: [] }]);
  const free = await look(60_000);
  vi.useFakeTimers({ now: NOW });
  let asked = 0;
  const pulse = createPulse(() => Date.now(), {
    becomesQuiet: () => undefined,
    mayBeReleased: () => (asked += 1),
  });
  pulse.follow(held);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(asked).toBe(1);
  pulse.follow(free);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(asked).toBe(1);
});
