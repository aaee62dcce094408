// Others who are at work on the same home, or have been, and a Node that cannot write databases.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fingerprintOf } from '../homeOnDisk.ts';
import { chanceOf } from '../../../support/chance.ts';
import { ended, nodeOf, type Ended } from '../runProcess.ts';
import { brokenHome, type BrokenHome } from './brokenHome.ts';
import { SEED } from './killing.ts';
import { expectPicture, pictureOf, type Picture } from './picture.ts';

const APPLY = ['apply', '--all', '--yes'];
/** Cures that need no closed Codex: whoever holds the database would count as one. */
const APPLY_ROWS = ['apply', '--check', 'thread-path-stale', '--yes'];

/** What is said by one that begins when the other has ended. */
const NOTHING_LEFT = /There is nothing to repair\.|is repaired without a choice of yours\./;

/** How often two begin at once. */
const TIMES = 8;

/** How long it takes proves nothing. */
const LONG = { timeout: 300_000 };

let broken: BrokenHome;
let before: Picture;

beforeAll(async () => {
  broken = await brokenHome();
  before = pictureOf(broken.home);
});
beforeEach(() => broken.putBack('broken'));
afterAll(() => broken.remove());

function inOneLine(text: string): string {
  return text.replaceAll('\n', ' ');
}

function expectRefused({ code, err }: Ended, sentence: string | RegExp): void {
  expect([code, inOneLine(err)]).toEqual([3, expect.stringMatching(sentence)]);
}

/**
 * The one that has repaired. Whoever has the lock may take the other one, which has files open while it still
 * looks, for a Codex: then neither has repaired, and both say why.
 */
function oneAtMost(both: readonly Ended[]): Ended | undefined {
  const repaired = both.filter(({ out }) => out.includes('Repaired: '));
  const [winner, ...more] = repaired;
  expect(more).toEqual([]);
  if (winner !== undefined) expect(winner).toMatchObject({ code: 0, err: '' });
  for (const other of both.filter(end => end !== winner))
    if (winner !== undefined && other.code === 0) expect(other.out).toMatch(NOTHING_LEFT);
    else expectRefused(other, /Another codex-health|has changed since|while no Codex has/);
  return winner;
}

describe('two repairs at once', () => {
  /** All there is needs a closed Codex, for which the other one may be taken; rows need nothing. */
  test.each([
    ['all', APPLY, TIMES / 2],
    ['rows', APPLY_ROWS, TIMES],
  ] as const)('%s: one of them repairs at most', LONG, async (_, args, winsAtLeast) => {
    expect(await broken.run(...args)).toMatchObject({ code: 0 });
    const after = pictureOf(broken.home);
    const chance = chanceOf(SEED);
    let wins = 0;
    for (let time = 0; time < TIMES; time += 1) {
      broken.putBack('broken');
      const first = broken.run(...args);
      await new Promise(resolve => setTimeout(resolve, chance() * 150));
      const both = await Promise.all([first, broken.run(...args)]);
      const winner = oneAtMost(both);
      wins += winner === undefined ? 0 : 1;
      expectPicture(broken.home, winner === undefined ? before : after);
      const { out } = await broken.run('history', '--json');
      expect((JSON.parse(out) as { receipts: unknown[] }).receipts).toHaveLength(winner ? 1 : 0);
    }
    expect(wins).toBeGreaterThanOrEqual(winsAtLeast);
  });
});

test(
  'two repairs at once that keep their backups in different places: one of them repairs at most',
  LONG,
  async () => {
    expect(await broken.run(...APPLY)).toMatchObject({ code: 0 });
    const after = pictureOf(broken.home);
    const chance = chanceOf(SEED);
    const vaults = ['one', 'other'].map(name => path.join(broken.folder, name));
    let [wins, refusals] = [0, 0];
    for (let time = 0; time < TIMES; time += 1) {
      broken.putBack('broken');
      for (const vault of vaults) fs.rmSync(vault, { recursive: true, force: true });
      const both = await Promise.all(
        vaults.map(async (vault, at) => {
          await new Promise(resolve => setTimeout(resolve, at * chance() * 150));
          return broken.run(...APPLY, '--vault', vault);
        }),
      );
      const winner = oneAtMost(both);
      wins += winner === undefined ? 0 : 1;
      refusals += both.filter(({ err }) =>
        err.includes('Another codex-health is repairing this home'),
      ).length;
      expectPicture(broken.home, winner === undefined ? before : after);
      expect(fs.readdirSync(path.join(broken.home, 'session-health'))).toEqual(['lock.sqlite']);
      const kept = vaults.map(async vault => {
        const { out } = await broken.run('history', '--json', '--vault', vault);
        return (JSON.parse(out) as { receipts: unknown[] }).receipts.length;
      });
      expect((await Promise.all(kept)).sort()).toEqual([0, winner === undefined ? 0 : 1]);
    }
    expect(refusals).toBeGreaterThan(0);
    expect(wins).toBeGreaterThanOrEqual(TIMES / 2);
  },
);

describe('a database that somebody else has locked', () => {
  /** Locks it for so long, or until it is ended; `let` resolves when it has let go. */
  async function locked(milliseconds: number) {
    const script = `
      const { DatabaseSync } = require('node:sqlite');
      const database = new DatabaseSync(process.argv[1]);
      database.exec('BEGIN IMMEDIATE');
      console.log('locked');
      setTimeout(() => database.exec('ROLLBACK'), ${String(milliseconds)});`;
    const file = path.join(broken.home, 'state_5.sqlite');
    const child = spawn(nodeOf(24), ['-e', script, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    return { child, exit: once(child, 'exit') };
  }

  test('for ten seconds: the repair waits', async () => {
    const { exit } = await locked(10_000);
    const order: string[] = [];
    const apply = broken.run(...APPLY_ROWS).finally(() => order.push('repaired'));
    await Promise.all([apply, exit.then(() => order.push('let go'))]);
    expect(await apply).toMatchObject({ code: 0, err: '' });
    expect(order).toEqual(['let go', 'repaired']);
  });

  test('for longer: the repair is refused, and nothing was changed', async () => {
    const { child, exit } = await locked(600_000);
    const end = await broken.run(...APPLY_ROWS);
    child.kill();
    await exit;
    expectRefused(
      end,
      /stayed locked: another program is writing it\..* everything is as it was before/,
    );
    expectPicture(broken.home, before);
    const { out } = await broken.run('history', '--json');
    expect(JSON.parse(out)).toMatchObject({ interrupted: null });
    expect(await broken.run(...APPLY_ROWS)).toMatchObject({ code: 0 });
  });
});

test('a plan of a home that has changed since is not carried out', async () => {
  const { out } = await broken.run('plan', '--all', '--json');
  const { plan } = JSON.parse(out) as { plan: string };
  const state = new DatabaseSync(path.join(broken.home, 'state_5.sqlite'));
  state.exec("UPDATE threads SET model_provider = 'a third' WHERE model_provider = 'another'");
  state.close();
  const changed = pictureOf(broken.home);
  // A refusal comes right behind the look, whose thread is still ending: its code was lost sometimes.
  for (let time = 0; time < 10; time += 1)
    expectRefused(await broken.run(...APPLY, '--plan', plan), 'no longer the one that was named');
  expectPicture(broken.home, changed);
  broken.putBack('broken');
  expect(await broken.run(...APPLY, '--plan', plan)).toMatchObject({ code: 0 });
});

test('Node 20 cannot write databases: it says so, and looks', async () => {
  const untouched = fingerprintOf(broken.home);
  const on20 = (...args: readonly string[]) =>
    ended([...args, '--home', broken.home], { major: 20 });
  for (const args of [APPLY, ['undo', '--yes']])
    expectRefused(await on20(...args), 'Repairs need Node 22.13 or newer');
  expect(await on20('scan')).toMatchObject({ code: 1, err: '' });
  expect(await on20('plan', '--all')).toMatchObject({ code: 0, err: '' });
  expect(await on20('history')).toMatchObject({ code: 0, err: '' });
  expect(fingerprintOf(broken.home)).toBe(untouched);
});
