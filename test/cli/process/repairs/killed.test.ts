// Law 9: any stop ends as before or as after on the next start. Here the whole program is killed, at
// moments that fall all over its run, and so is the one that puts things right.

import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chanceOf } from '../../../support/chance.ts';
import { brokenHome, type BrokenHome } from './brokenHome.ts';
import {
  durationsOf,
  SEED,
  stopped,
  stoppedAnywhere,
  type Durations,
  type Victim,
} from './killing.ts';
import { differences, expectPicture, pictureOf, type Picture } from './picture.ts';
import { kindsOf, progressOf, type Progress } from './vaults.ts';

const KILLS = Number(process.env['KILLS'] ?? 200);
const KILLED_UNDOS = Math.ceil(KILLS / 4);
const INTERRUPTED = Math.ceil(KILLS / 8);

/** For a slow machine: how long it takes proves nothing. */
const LONG_MS = 900_000;

/** A home of its own for each of two that go at a time. */
interface Lane {
  readonly broken: BrokenHome;
  readonly before: Picture;
  readonly after: Picture;
}

let lanes: readonly Lane[];
let applying: Durations;
let undoing: Durations;
let recovering: Durations;

beforeAll(async () => {
  lanes = [await createLane(), await createLane()];
  for (const { broken } of lanes.slice(0, 1)) {
    applying = await durationsOf(() => broken.putBack('broken'), applyOf(broken));
    undoing = await durationsOf(() => broken.putBack('repaired'), undoOf(broken));
    recovering = await durationsOf(() => broken.putBack('repaired'), historyOf(broken));
  }
});
afterAll(() => {
  for (const { broken } of lanes) broken.remove();
});

const APPLY = ['apply', '--all', '--yes'];

async function createLane(): Promise<Lane> {
  const broken = await brokenHome();
  const before = pictureOf(broken.home);
  broken.putBack('broken');
  expect(await broken.run(...APPLY)).toMatchObject({ code: 0, err: '' });
  broken.keepAs('repaired');
  const after = pictureOf(broken.home);
  expect(differences(before, after).length).toBeGreaterThan(50);
  return { broken, before, after };
}

function applyOf(broken: BrokenHome): Victim {
  return victimOf(broken, APPLY, 'begun', 'applied');
}

function undoOf(broken: BrokenHome): Victim {
  return victimOf(broken, ['undo', '--yes'], 'undoing', 'undone');
}

/** It puts things right when there is something to put right. */
function historyOf(broken: BrokenHome): Victim {
  return victimOf(broken, ['history', '--json'], 'undoing', 'undone');
}

function victimOf(broken: BrokenHome, args: readonly string[], begin: string, end: string): Victim {
  const vault = path.join(broken.home, 'session-health');
  return {
    start: () => broken.start(...args),
    progress: () => progressOf(vault, begin, end),
  };
}

test('what is killed here has steps of several kinds', () => {
  for (const { broken } of lanes) {
    broken.putBack('repaired');
    expect([...kindsOf(path.join(broken.home, 'session-health'))].sort()).toEqual([
      'edit',
      'move',
      'move into the vault',
      'rows',
    ]);
  }
});

test(`a repair that is killed ${String(KILLS)} times or more`, { timeout: LONG_MS }, async () => {
  const counts = await inLanes(KILLS, async ({ broken, before, after }, chance) => {
    broken.putBack('broken');
    const victim = applyOf(broken);
    await stopped(victim, applying, chance, 'SIGKILL');
    const progress = victim.progress();
    const newest = await recovered(broken, chance);
    const isDone = newest?.undoable === true;
    expect(isDone).toBe(progress === 'after');
    expectPicture(broken.home, isDone ? after : before);
    return progress;
  });
  expectFairShare('apply', KILLS, counts);
});

test(
  `undoing that is killed ${String(KILLED_UNDOS)} times or more`,
  { timeout: LONG_MS },
  async () => {
    const counts = await inLanes(KILLED_UNDOS, async ({ broken, before, after }, chance) => {
      broken.putBack('repaired');
      const victim = undoOf(broken);
      await stopped(victim, undoing, chance, 'SIGKILL');
      const progress = victim.progress();
      if (chance() < 0.5) {
        const newest = await recovered(broken, chance);
        const wanted = newest?.undone === true ? before : after;
        expect(newest?.undone).toBe(progress !== 'before');
        expectPicture(broken.home, wanted);
      }
      const { code, err } = await broken.run('undo', '--yes');
      if (code !== 0) expect([code, err]).toEqual([3, expect.stringContaining('no repair to')]);
      expectPicture(broken.home, before);
      return progress;
    });
    expectFairShare('undo', KILLED_UNDOS, counts);
  },
);

test(
  `Ctrl-C, ${String(INTERRUPTED)} times or more in the middle of a repair`,
  { timeout: LONG_MS },
  async () => {
    const counts = await inLanes(INTERRUPTED, async ({ broken, before, after }, chance) => {
      broken.putBack('broken');
      const victim = applyOf(broken);
      const { code, signal, err } = await stopped(victim, applying, chance, 'SIGINT');
      const progress = victim.progress();
      // As long as nothing can be left half done, the system itself ends it.
      expect(signal ?? code).toBeOneOf(['SIGINT', 0, 3]);
      if (signal !== null) expect(progress).toBe('before');
      if (code === 3) expect(err.replaceAll('\n', ' ')).toContain('everything is as it was before');
      const wanted = progress === 'after' ? after : before;
      expectPicture(broken.home, wanted);
      const newest = await newestOf(broken);
      expect(newest?.undoable ?? false).toBe(code === 0);
      return progress;
    });
    expectFairShare('Ctrl-C', INTERRUPTED, counts);
  },
);

/** A machine that is busy in the wrong moments makes it longer, but not for ever. */
const AT_MOST_TIMES = 3;

/**
 * Two at a time, each with its own home and its own chances. Stops are only worth something where they
 * hit: it goes on until as many as are a fair share have come in the middle.
 */
async function inLanes(
  runs: number,
  run: (lane: Lane, chance: () => number) => Promise<Progress>,
): Promise<Readonly<Record<Progress, number>>> {
  const counts = { before: 0, in: 0, after: 0 };
  await Promise.all(
    lanes.map(async (lane, at) => {
      const isEnough = (index: number) => index >= runs && counts.in >= fairShareOf(runs);
      for (let index = at; index < runs * AT_MOST_TIMES; index += lanes.length) {
        if (isEnough(index)) return;
        const seed = SEED * 10_000 + index;
        try {
          counts[await run(lane, chanceOf(seed))] += 1;
        } catch (error) {
          lane.broken.keepAs('failed');
          throw new Error(
            `run ${String(index)} (${seedInWords()}); the home is kept in ${lane.broken.folder}/failed`,
            { cause: error },
          );
        }
      }
    }),
  );
  return counts;
}

/** How many came before and after is printed. */
function expectFairShare(
  what: string,
  runs: number,
  counts: Readonly<Record<Progress, number>>,
): void {
  process.stdout.write(`${what}: killed ${JSON.stringify(counts)} (${seedInWords()})\n`);
  expect(counts.in).toBeGreaterThanOrEqual(fairShareOf(runs));
}

/** More than a fifth. */
function fairShareOf(runs: number): number {
  return Math.floor(runs / 5) + 1;
}

function seedInWords(): string {
  return `SEED=${String(SEED)}`;
}

/** The next start puts things right, also when it is killed in its turn. */
async function recovered(broken: BrokenHome, chance: () => number): Promise<Past | undefined> {
  while (chance() < 0.3)
    await stoppedAnywhere(historyOf(broken), recovering.whole, chance, 'SIGKILL');
  return newestOf(broken);
}

interface Past {
  readonly undone: boolean;
  readonly undoable: boolean;
}

/** The newest repair; there is none where the first one was stopped before it was written down. */
async function newestOf(broken: BrokenHome): Promise<Past | undefined> {
  const { code, out, err } = await broken.run('history', '--json');
  expect([code, err]).toEqual([0, '']);
  const { interrupted, receipts } = JSON.parse(out) as {
    readonly interrupted: string | null;
    readonly receipts: readonly Past[];
  };
  expect(interrupted).toBe(null);
  return receipts[0];
}
