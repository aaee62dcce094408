// Disks that are full, that cannot be written, and homes that lie on more than one.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, type TestContext } from 'vitest';
import { canMount, NEEDS_DISK, withSmallDisk, type SmallDisk } from '../../../support/smallDisk.ts';
import type { Ended } from '../runProcess.ts';
import { brokenHome, type BrokenHome } from './brokenHome.ts';
import { differences, expectPicture, pictureOf, type Picture } from './picture.ts';
import { kindsOf, progressOf, type Progress } from './vaults.ts';

const LONG_MS = 300_000;
const DISK_BYTES = 32 * 1024 * 1024;
const PAGE_BYTES = 4096;
const APPLY = ['apply', '--all', '--yes'];

let broken: BrokenHome;
/** A folder outside the home. */
let elsewhere: string;
let before: Picture;
let after: Picture;

beforeEach(async (context: TestContext) => {
  context.skip(!canMount(), NEEDS_DISK);
  broken = await brokenHome();
  elsewhere = path.join(broken.folder, 'elsewhere');
  fs.mkdirSync(elsewhere);
  before = pictureOf(broken.home);
  broken.putBack('broken');
  expect(await broken.run(...APPLY)).toMatchObject({ code: 0, err: '' });
  after = pictureOf(broken.home);
  expect(differences(before, after).length).toBeGreaterThan(50);
  broken.putBack('broken');
});
afterEach(() => broken.remove());

/** A full disk cannot be looked at closely without more room on it. */
function expectHome(wanted: Picture): void {
  const copy = path.join(broken.folder, 'copy');
  fs.rmSync(copy, { recursive: true, force: true });
  execFileSync('cp', ['-a', broken.home, copy]);
  fs.rmSync(path.join(copy, '.filling'), { force: true });
  expectPicture(copy, wanted);
}

/** What a person can read, and go on with. */
function expectRefused({ code, err }: Ended, sentence: string): void {
  expect([code, err.replaceAll('\n', ' ')]).toEqual([3, expect.stringContaining(sentence)]);
  expect(err).not.toMatch(/^\s+at /m);
}

async function expectNothingOpen(...more: readonly string[]): Promise<void> {
  const { code, out } = await broken.run('history', '--json', ...more);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ interrupted: null });
}

describe('a full disk', () => {
  /** With room for nothing at all, for all of it, and for amounts in between. */
  async function repairWithRoom(
    disk: SmallDisk,
    vault: string,
    step: number,
    ...more: readonly string[]
  ): Promise<ReadonlySet<Progress>> {
    const seen = new Set<Progress>();
    for (let room = 0; !seen.has('after'); room += step) {
      broken.putBack('broken');
      fs.rmSync(path.join(vault, 'vault'), { recursive: true, force: true });
      disk.fillUpTo(room);
      const end = await broken.run(...APPLY, ...more);
      const progress = progressOf(vault, 'begun', 'applied');
      const wanted = progress === 'after' ? after : before;
      if (progress === 'after') expect(end).toMatchObject({ code: 0, err: '' });
      else expectRefused(end, 'There is no room left for');
      expectHome(wanted);
      disk.empty();
      await expectNothingOpen(...more);
      expectHome(wanted);
      if (!seen.has(progress)) await expectRepairable(progress, ...more);
      seen.add(progress);
    }
    return seen;
  }

  /** As soon as there is room. */
  async function expectRepairable(progress: Progress, ...more: readonly string[]): Promise<void> {
    if (progress !== 'after')
      expect(await broken.run(...APPLY, ...more)).toMatchObject({ code: 0, err: '' });
    expectHome(after);
    expect(await broken.run('undo', '--yes', ...more)).toMatchObject({ code: 0, err: '' });
    expectHome(before);
  }

  test('under the home: before or after, and never in between', { timeout: LONG_MS }, async () => {
    await withSmallDisk(broken.home, DISK_BYTES, async disk => {
      const seen = await repairWithRoom(
        disk,
        path.join(broken.home, 'session-health'),
        2 * PAGE_BYTES,
      );
      expect(seen).toEqual(new Set(['before', 'in', 'after']));
    });
  });

  test('under the vault', { timeout: LONG_MS }, async () => {
    await withSmallDisk(elsewhere, DISK_BYTES, async disk => {
      // The first run shows where in it the vault of this home is.
      expect(await broken.run(...APPLY, '--vault', elsewhere)).toMatchObject({ code: 0 });
      const [name = ''] = fs.readdirSync(elsewhere);
      const seen = await repairWithRoom(
        disk,
        path.join(elsewhere, name),
        PAGE_BYTES,
        '--vault',
        elsewhere,
      );
      expect(seen).toEqual(new Set(['before', 'in', 'after']));
    });
  });
});

describe('a disk that can only be read', () => {
  test('under the home', async () => {
    await withSmallDisk(broken.home, DISK_BYTES, async disk => {
      broken.putBack('broken');
      disk.protect(true);
      expectRefused(await broken.run(...APPLY), 'its disk can only be read. Make it writable');
      expectHome(before);
      await expectNothingOpen();
      expectRefused(
        await broken.run(...APPLY, '--vault', elsewhere),
        'its disk can only be read. Make it writable',
      );
      expectHome(before);
      disk.protect(false);
      expect(await broken.run(...APPLY)).toMatchObject({ code: 0 });
      expectHome(after);
    });
  });

  test('under a repair that shall be undone', async () => {
    await withSmallDisk(broken.home, DISK_BYTES, async disk => {
      broken.putBack('broken');
      expect(await broken.run(...APPLY)).toMatchObject({ code: 0 });
      disk.protect(true);
      expectRefused(await broken.run('undo', '--yes'), 'its disk can only be read');
      expectHome(after);
      disk.protect(false);
      expect(await broken.run('undo', '--yes')).toMatchObject({ code: 0 });
      expectHome(before);
    });
  });
});

describe('several disks', () => {
  test('the vault on another one', async () => {
    await withSmallDisk(elsewhere, DISK_BYTES, async () => {
      expect(await broken.run(...APPLY, '--vault', elsewhere)).toMatchObject({ code: 0 });
      expectHome(after);
      const own = path.join(broken.home, 'session-health');
      expect(fs.readdirSync(own)).toEqual(['lock.sqlite']);
      expect(fs.statSync(path.join(own, 'lock.sqlite')).size).toBe(0);
      const [name = ''] = fs.readdirSync(elsewhere);
      expect(kindsOf(path.join(elsewhere, name))).toContain('move into the vault');
      expect(await broken.run('undo', '--yes', '--vault', elsewhere)).toMatchObject({ code: 0 });
      expectHome(before);
    });
  });

  test('the sessions on another one, behind a link', async () => {
    await withSmallDisk(elsewhere, DISK_BYTES, async () => {
      const sessions = path.join(broken.home, 'sessions');
      execFileSync('cp', ['-a', sessions, elsewhere]);
      fs.rmSync(sessions, { recursive: true });
      fs.symlinkSync(path.join(elsewhere, 'sessions'), sessions);
      const linked = pictureOf(broken.home);
      expect(await broken.run(...APPLY)).toMatchObject({ code: 0, err: '' });
      expect(kindsOf(path.join(broken.home, 'session-health'))).toContain('move into the vault');
      const repaired = { ...after, sessions: linked['sessions'] ?? '' };
      expectPicture(broken.home, repaired);
      expect(await broken.run('undo', '--yes')).toMatchObject({ code: 0 });
      expectPicture(broken.home, linked);
    });
  });
});
