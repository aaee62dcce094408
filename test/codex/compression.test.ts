// Old conversations of a real home are compressed by the real Codex as the plan has said it, are read
// and resumed as before, and come back byte for byte with their times.

import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Refusal } from '../../src/engine/refusal.ts';
import type { NodeWorld } from '../../src/node/world.ts';
import { startAppServer } from '../support/codex/appServer.ts';
import { askThreads, forkThread } from '../support/codex/askThreads.ts';
import { homePicture, pictureDifferences } from '../support/codex/homePicture.ts';
import { homeKinds, type CodexHome, type HistoryMode } from '../support/codex/makeHome.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';
import { findRollout, rolloutFiles } from '../support/codex/rollouts.ts';
import { withWorkingHome } from '../support/codex/workingHome.ts';

const DAY_S = 86_400;

let world: NodeWorld;

beforeAll(() => {
  world = createOurWorld(inject('programs'));
});
afterAll(() => world.close());

describe.each(homeKinds.filter(([version]) => version !== '0.142.0'))(
  'Codex %s, %s history',
  (version, mode) => {
    test('compresses what the plan says, and nothing else; undone, nothing is left of it', () =>
      withOldHome(version, mode, async ({ home, compress, undo }) => {
        addOddFiles(home);
        const before = homePicture(home.folder);
        const plain = plainFiles(home);
        const done = await compress();
        const taken = plain.filter(file => !plainFiles(home).includes(file));
        expect(done.plan.files.map(({ file }) => file).sort()).toEqual(taken.sort());
        expect(taken.length).toBeGreaterThan(10);
        expect([done.failed, done.receipt.unplanned, done.confirmation.missing]).toEqual([
          [],
          [],
          [],
        ]);
        expect(done.files).toBe(taken.length);
        expect(done.bytesAfter).toBeLessThan(done.bytesBefore);
        for (const file of taken)
          expect(unpackedPicture(`${file}.zst`)).toBe(before[path.relative(home.folder, file)]);
        expect(strayFiles(home)).toEqual([]);
        expect(await undo()).toEqual([]);
        expect(pictureDifferences(before, homePicture(home.folder))).toEqual([]);
        expect(strayFiles(home)).toEqual([]);
      }));

    test('what is compressed is listed, read and resumed as before; what was resumed is plain again', () =>
      withOldHome(version, mode, async ({ codex, home, compress, undo }) => {
        const well = await askThreads(codex, home);
        makeOld(home);
        const text = (name: 'A' | 'X') =>
          fs.readFileSync(findRollout(home.folder, home.ids[name]) ?? '');
        const [active, archived] = [text('A'), text('X')];
        const { failed, files } = await compress();
        expect([failed, files]).toEqual([[], 6]);
        expect(await askThreads(codex, home)).toEqual(well);
        expect(await undo()).toEqual([]);
        expect(plainFiles(home)).toEqual(rolloutFiles(home.folder));
        // Resuming adds lines of its own.
        expect(text('A').subarray(0, active.length)).toEqual(active);
        expect(text('X')).toEqual(archived);
        expect(await askThreads(codex, home)).toEqual(well);
      }));

    test('stopped in the middle, it is as before', () =>
      withOldHome(version, mode, async ({ home, compress }) => {
        const before = homePicture(home.folder);
        const stop = new AbortController();
        await expect(
          compress({
            signal: stop.signal,
            progress: (_, __, what) => what === 'compressions' && stop.abort(),
          }),
        ).rejects.toThrow(/everything is as it was before/);
        expect(pictureDifferences(before, homePicture(home.folder))).toEqual([]);
        expect(strayFiles(home)).toEqual([]);
      }));
  },
);

describe.each(['0.160.0', '0.169.0'])('Codex %s', version => {
  test('a fork and the parent that it leans on', () =>
    withOldHome(version, 'paginated', async ({ codex, home, compress, undo }) => {
      const child = await forkThread(codex, home, 'A', 'in the fork');
      const withChild = { ...home, ids: { ...home.ids, B: child } };
      const well = await askThreads(codex, withChild);
      makeOld(home);
      const before = homePicture(home.folder);
      const first = await compress();
      expect([first.failed, first.files]).toEqual([[], 7]);
      expect(await undo()).toEqual([]);
      expect(pictureDifferences(before, homePicture(home.folder))).toEqual([]);
      letPassAgain(home);
      await compress();
      expect(await askThreads(codex, withChild)).toEqual(well);
    }));

  test('compresses again only after six hours, and says so before', () =>
    withOldHome(version, 'legacy', async ({ compress, undo }) => {
      await compress();
      expect(await undo()).toEqual([]);
      await expect(compress()).rejects.toMatchObject({ code: 'compressed-lately' });
    }));

  test('is refused while a Codex has the home open', () =>
    withOldHome(version, 'legacy', async ({ codex, home, compress }) => {
      const server = await startAppServer(codex, home.folder);
      try {
        const before = rolloutFiles(home.folder);
        await expect(compress()).rejects.toMatchObject({ code: 'codex-running' });
        expect(rolloutFiles(home.folder)).toEqual(before);
      } finally {
        await server.stop();
      }
    }));
});

test('Codex 0.142 compresses nothing, and that is said', () =>
  withOldHome('0.142.0', 'legacy', async ({ compress }) => {
    const refused = await compress().catch((error: unknown) => error as Refusal);
    expect(refused).toMatchObject({ code: 'codex-too-old' });
    expect((refused as Refusal).message).toContain('0.142.0');
  }));

interface Bench {
  readonly codex: string;
  readonly home: CodexHome;
  compress(
    watch?: Partial<
      Pick<Parameters<ReturnType<typeof workOn>['repairs']['compress']>[2], 'signal' | 'progress'>
    >,
  ): ReturnType<ReturnType<typeof workOn>['repairs']['compress']>;
  undo(): Promise<readonly unknown[]>;
}

async function withOldHome(
  version: string,
  mode: HistoryMode,
  use: (bench: Bench) => Promise<void>,
): Promise<void> {
  await withWorkingHome(version, mode, async ({ codex, home }) => {
    makeOld(home);
    const { repairs, scan } = workOn(world, home.folder, codex);
    await use({
      codex,
      home,
      compress: async (watch = {}) => {
        const report = await scan();
        const { sha } = await repairs.planCompression(report);
        return repairs.compress(report, scan, { sha, vault: null, ...watch });
      },
      undo: async () => (await repairs.undo(await scan(), null, null)).left,
    });
  });
}

/** Nobody has written in any of them for weeks; to the microsecond, which undoing has to bring back. */
function makeOld({ folder }: CodexHome): void {
  for (const [index, file] of rolloutFiles(folder).entries()) {
    const seconds = Math.floor(Date.now() / 1000) - (20 + index) * DAY_S + 0.123_456;
    fs.utimesSync(file, seconds, seconds);
  }
}

/** The mark that the last pass has left, as it is half a day later. */
function letPassAgain({ folder }: CodexHome): void {
  const seconds = Date.now() / 1000 - DAY_S / 2;
  fs.utimesSync(path.join(folder, '.tmp', 'rollout-compression.lock'), seconds, seconds);
}

/** Files with which Codex deals in its own way, as people's homes have them. */
function addOddFiles(home: CodexHome): void {
  const { folder, ids } = home;
  const sample = fs.readFileSync(findRollout(folder, ids.A) ?? '', 'utf8');
  const idOf = (number: number) => `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`;
  const textOf = (number: number) => sample.replaceAll(ids.A, idOf(number));
  let number = 0;
  const put = (
    at: (id: string) => string,
    content: (text: string) => string | Buffer = text => text,
    change: (file: string) => void = () => undefined,
  ): void => {
    number += 1;
    const file = path.join(folder, at(idOf(number)));
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content(textOf(number)));
    change(file);
  };
  const inDay = (id: string) => `sessions/2025/01/01/rollout-2025-01-01T00-00-00-${id}.jsonl`;
  put(inDay);
  put(() => 'sessions/2025/01/01/rollout-foo.jsonl');
  put(() => 'sessions/2025/01/01/foo.jsonl');
  put(id => `sessions/rollout-2025-01-01T00-00-00-${id}.jsonl`);
  put(id => `archived_sessions/2025/rollout-2025-01-01T00-00-00-${id}.jsonl`);
  put(id => `sessions/.hidden/rollout-2025-01-01T00-00-00-${id}.jsonl`);
  put(inDay, () => '');
  put(inDay, text => `garbage\n${text}`);
  put(inDay, () => 'garbage\nmore of it\n');
  put(inDay, text => `\uFEFF${text}`);
  put(inDay, text => text.split('\n').slice(1).join('\n'));
  put(inDay, text => text.replace(/"cwd":"[^"]*",/, ''));
  put(inDay, text => text.replaceAll(idOf(number), idOf(900)));
  put(inDay, text => Buffer.concat([Buffer.from(text), Buffer.from([0xff, 0xfe, 0x0a])]));
  put(inDay, undefined, file =>
    fs.writeFileSync(`${file}.zst`, zlib.zstdCompressSync(textOf(number))),
  );
  put(inDay, undefined, file => fs.chmodSync(file, 0o444));
  put(inDay, undefined, file => fs.linkSync(file, path.join(folder, 'second-name')));
  put(inDay, undefined, file => {
    fs.renameSync(file, path.join(folder, 'elsewhere'));
    fs.symlinkSync(path.join(folder, 'elsewhere'), file);
  });
  const segment = '01900000-0000-7000-8000-0000000000aa';
  put(id => `sessions/2025/01/01/rollout-2025-01-01T00-00-00-${id}_${segment}.jsonl`);
  put(id => `sessions/2025/01/01/rollout-2025-01-01T00-00-00-${id}-${segment}.jsonl`);
  makeOld(home);
  put(inDay, undefined, file => {
    const seconds = Date.now() / 1000 - 6.9 * DAY_S;
    fs.utimesSync(file, seconds, seconds);
  });
}

function plainFiles({ folder }: CodexHome): readonly string[] {
  return rolloutFiles(folder).filter(file => file.endsWith('.jsonl'));
}

function unpackedPicture(file: string): string {
  const modified = fs.statSync(file, { bigint: true }).mtimeNs / 1000n;
  return `${String(modified)} ${zlib.zstdDecompressSync(fs.readFileSync(file)).toString('latin1')}`;
}

/** What we or Codex have put beside conversations for a while. */
function strayFiles({ folder }: CodexHome): readonly string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => /codex-health-|rollout-compress-/.test(name))
    .filter(name => !name.startsWith('session-health'));
}
