// A repair that keeps its backups outside the home, killed at moments that fall all over its run: whoever
// comes next finds it, although they keep theirs in the home.

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { brokenHome, type BrokenHome } from './brokenHome.ts';
import { chanceOf } from '../../../support/chance.ts';
import { durationsOf, SEED, stopped, type Durations, type Victim } from './killing.ts';
import { differences, expectPicture, pictureOf, type Picture } from './picture.ts';
import { progressOf } from './vaults.ts';

const KILLS = Math.ceil(Number(process.env['KILLS'] ?? 200) / 10);

/** How long it takes proves nothing. */
const LONG = { timeout: 300_000 };

let broken: BrokenHome;
let elsewhere: string;
let before: Picture;
let after: Picture;
let applying: Durations;
let victim: Victim;

function startOver(): void {
  broken.putBack('broken');
  fs.rmSync(elsewhere, { recursive: true, force: true });
}

beforeAll(async () => {
  broken = await brokenHome();
  elsewhere = path.join(broken.folder, 'elsewhere');
  before = pictureOf(broken.home);
  const args = ['apply', '--all', '--yes', '--vault', elsewhere];
  victim = {
    start: () => broken.start(...args),
    progress: () => {
      // Where in it the backups of this home are shows when they are there.
      const [name = ''] = fs.existsSync(elsewhere) ? fs.readdirSync(elsewhere) : [];
      return progressOf(path.join(elsewhere, name), 'begun', 'applied');
    },
  };
  applying = await durationsOf(startOver, victim);
  after = pictureOf(broken.home);
  expect(differences(before, after).length).toBeGreaterThan(50);
});
afterAll(() => broken.remove());

test(
  `it is before or after, ${String(KILLS)} times or more (SEED=${String(SEED)})`,
  LONG,
  async () => {
    const seen = { before: 0, in: 0, after: 0 };
    const isEnough = () => seen.in > KILLS / 5;
    // A machine that is busy in the wrong moments makes it longer, but not for ever.
    for (let index = 0; index < KILLS || (!isEnough() && index < 3 * KILLS); index += 1) {
      startOver();
      await stopped(victim, applying, chanceOf(SEED * 10_000 + index), 'SIGKILL');
      const progress = victim.progress();
      seen[progress] += 1;
      const { code, out, err } = await broken.run('history', '--json');
      expect([code, err, JSON.parse(out)]).toEqual([
        0,
        '',
        expect.objectContaining({ interrupted: null, receipts: [] }),
      ]);
      expectPicture(broken.home, progress === 'after' ? after : before);
      const kept = fs.existsSync(path.join(broken.home, 'session-health'))
        ? fs.readdirSync(path.join(broken.home, 'session-health'))
        : [];
      expect(kept.filter(name => !name.startsWith('lock.sqlite'))).toEqual([]);
    }
    process.stdout.write(`killed ${JSON.stringify(seen)} (SEED=${String(SEED)})\n`);
    expect(seen.in).toBeGreaterThan(KILLS / 5);
  },
);
