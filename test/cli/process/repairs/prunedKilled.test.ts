// Dropping receipts is the one thing that cannot be undone, so a stop in its middle must not cost more than
// what was shown. Here the program is killed while it drops: each receipt is whole or gone, the oldest go
// first, and whatever is left can be undone down to the home of that day.

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { brokenHome, type BrokenHome } from './brokenHome.ts';
import { chanceOf } from '../../../support/chance.ts';
import { durationsOf, SEED, stopped, type Durations, type Victim } from './killing.ts';
import { expectPicture, pictureOf, pictureOfFile, type Picture } from './picture.ts';
import type { Progress } from './vaults.ts';

const KILLED = Math.ceil(Number(process.env['KILLS'] ?? 200) / 8);
const STAYING = 2;
/** For a slow machine: how long it takes proves nothing. */
const LONG_MS = 900_000;

/** One repair after the other: rows, notes of a database, first lines, files that go into the vault. */
const REPAIRS = [
  ['migration-rows-missing', 'migration-partial'],
  ['thread-path-stale'],
  ['thread-file-duplicate'],
  ['thread-source-mismatch', 'thread-cwd-mismatch'],
  ['rollout-header-bad'],
  ['rollout-misnamed'],
];

const DROPPED = REPAIRS.length - STAYING;

let broken: BrokenHome;
/** What the home was like before each repair, and after the last. */
const pictures: Picture[] = [];
let receipts: readonly Receipt[];
let prune: readonly string[];
let pruning: Durations;
let hasFailed = false;

interface Receipt {
  readonly receipt: string;
  readonly bytes: number;
  readonly undoable: boolean;
}

beforeAll(async () => {
  broken = await brokenHome();
  for (const checks of REPAIRS) {
    pictures.push(pictureOf(broken.home));
    const named = checks.flatMap(check => ['--check', check]);
    expect(await broken.run('apply', ...named, '--yes')).toMatchObject({ code: 0, err: '' });
  }
  pictures.push(pictureOf(broken.home));
  broken.keepAs('repaired');
  receipts = await history();
  expect(receipts).toHaveLength(REPAIRS.length);
  const room = receipts.slice(-STAYING).reduce((sum, { bytes }) => sum + bytes, 0);
  prune = ['history', '--prune', '--keep', String(room), '--yes'];
  pruning = await durationsOf(() => broken.putBack('repaired'), pruner());
}, LONG_MS);
afterAll(() => {
  if (!hasFailed) broken.remove();
});

test(`dropping that is killed ${String(KILLED)} times`, { timeout: LONG_MS }, async () => {
  const counts = { before: 0, in: 0, after: 0 };
  for (let run = 0; run < KILLED; run += 1) {
    const seed = SEED * 10_000 + run;
    const chance = chanceOf(seed);
    try {
      broken.putBack('repaired');
      const whole = receiptsInVault();
      // Somewhere in its run, or about when as many as chance has it are on their way out.
      const left = REPAIRS.length - 1 - Math.floor(chance() * DROPPED);
      const each = { ...pruning, writing: pruning.writing / DROPPED };
      await stopped(pruner(left), each, chance, 'SIGKILL');
      counts[progress()] += 1;
      // Nothing of the home was touched, and what is left of each receipt is all of it or nothing.
      expectPicture(broken.home, pictures.at(-1) ?? {});
      const whatIsLeft = receiptsInVault();
      const count = whatIsLeft.length;
      expect(whatIsLeft).toEqual(whole.slice(-count));
      expect(count).toBeGreaterThanOrEqual(STAYING);
      expect(await history()).toEqual(receipts.slice(-count));
      if (chance() < 0.5) await expectAllUndoable(count);
      else {
        expect(await broken.run(...prune)).toMatchObject({ code: 0, err: '' });
        expect(receiptsInVault()).toEqual(whole.slice(-STAYING));
        await expectAllUndoable(STAYING);
      }
      // What was on its way out is gone with the next thing that is done.
      expect(namesIn('dropped')).toEqual([]);
    } catch (cause) {
      hasFailed = true;
      broken.keepAs('failed');
      const where = `the home is kept in ${broken.folder}/failed`;
      throw new Error(`run ${String(run)} (SEED=${String(SEED)}); ${where}`, { cause });
    }
  }
  process.stdout.write(`dropping: killed ${JSON.stringify(counts)} (SEED=${String(SEED)})\n`);
  // How many it hits is for the machine to say; where none did, nothing was shown.
  expect(counts.in).toBeGreaterThan(0);
});

/** It counts as begun when no more than so many receipts are left. */
function pruner(begunWith = REPAIRS.length - 1): Victim {
  const isBegun = () => namesIn('vault').length <= begunWith;
  return {
    start: () => broken.start(...prune),
    progress: () => (isBegun() ? progress() : 'before'),
  };
}

function progress(): Progress {
  const [left, leaving] = [namesIn('vault').length, namesIn('dropped').length];
  if (left === REPAIRS.length) return 'before';
  return left === STAYING && leaving === 0 ? 'after' : 'in';
}

function namesIn(place: 'vault' | 'dropped'): readonly string[] {
  const folder = path.join(broken.home, 'session-health', place);
  return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
}

/** Each receipt with all the files in it, and what they hold. */
function receiptsInVault(): readonly string[] {
  return namesIn('vault').map(name => {
    const folder = path.join(broken.home, 'session-health', 'vault', name);
    const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
    const told = files.map(file => {
      const at = path.join(folder, file);
      return fs.statSync(at).isFile() ? `${file} ${pictureOfFile(at)}` : file;
    });
    return [name, ...told].join('\n');
  });
}

/** The oldest first. */
async function history(): Promise<readonly Receipt[]> {
  const { code, out, err } = await broken.run('history', '--json');
  expect([code, err]).toEqual([0, '']);
  return (JSON.parse(out) as { readonly receipts: readonly Receipt[] }).receipts.toReversed();
}

/** The newest first, as they lean on each other. */
async function expectAllUndoable(count: number): Promise<void> {
  for (let undone = 0; undone < count; undone += 1)
    expect(await broken.run('undo', '--yes')).toMatchObject({ code: 0, err: '' });
  expectPicture(broken.home, pictures[REPAIRS.length - count] ?? {});
}
