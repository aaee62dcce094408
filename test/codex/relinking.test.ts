// Projects of a real home are renamed and moved, with real repositories in them; their threads are tied to
// the new places, and the real Codex is asked each time, before and after its index has been made anew.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { NodeWorld } from '../../src/node/world.ts';
import {
  askDirectories,
  forgetIndex,
  projectionFaults,
  revertNewestTurn,
  takeTurn,
} from '../support/codex/askThreads.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { homePicture, pictureDifferences, timesOf } from '../support/codex/homePicture.ts';
import {
  copyHome,
  homeKinds,
  useProviderPort,
  writeHome,
  type CodexHome,
  type HistoryMode,
} from '../support/codex/makeHome.ts';
import { startMockProvider } from '../support/codex/mockProvider.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';
import { readMeta, rolloutFiles } from '../support/codex/rollouts.ts';

const GIT_SETTINGS = {
  ...{ GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
  ...{ GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@example.org' },
  ...{ GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@example.org' },
};

let world: NodeWorld;

beforeAll(() => {
  world = createOurWorld(inject('programs'));
});
afterAll(() => world.close());

describe.each(homeKinds)('Codex %s, %s history', (version, mode) => {
  test('a renamed repository and a moved worktree are found, and Codex agrees', async () => {
    await withProjects(version, mode, async bench => {
      const { codex, home, heard } = bench;
      const well = await askDirectories(codex, home, bench.oldPlace);
      expect(await takeTurn(codex, home, 'B', 'before')).toBe('completed');
      bench.moveProjects();
      const sick = homePicture(home.folder);
      const times = timesOf(home);
      const { says, undo } = await bench.relink(null);
      expect(says).toHaveLength(6);
      expect(says.filter(one => one.includes('Git has noted')).length).toBe(2);
      expect(timesOf(home)).toEqual(times);
      expect(await undo()).toEqual([]);
      expect(pictureDifferences(sick, homePicture(home.folder))).toEqual([]);

      await bench.relink(null);
      const moved = JSON.parse(bench.inNewPlaces(JSON.stringify(well))) as typeof well;
      expect(await askDirectories(codex, home, bench.newPlace)).toEqual(moved);
      expect(await takeTurn(codex, home, 'A', 'where are we?')).toBe('completed');
      expect(heard().join('\n')).toContain(bench.newPlace('A'));
      expect(projectionFaults(home)).toEqual([]);
      forgetIndex(home);
      expect(await askDirectories(codex, home, bench.newPlace)).toEqual(moved);
      expect(await takeTurn(codex, home, 'B', 'and now?')).toBe('completed');
      forgetIndex(home);
      expect(await askDirectories(codex, home, bench.newPlace)).toEqual(moved);
      expect(projectionFaults(home)).toEqual([]);
    });
  });

  test('a directory that was named is taken, there and back again', async () => {
    await withProjects(version, mode, async bench => {
      const { codex, home } = bench;
      const well = await askDirectories(codex, home, bench.oldPlace);
      bench.moveProjects();
      fs.rmSync(path.join(bench.newPlace('A'), '.git'), { recursive: true });
      fs.rmSync(path.join(bench.newPlace('C'), '.git'), { recursive: true });
      await bench.relink({ one: bench.newPlace('A'), two: bench.newPlace('C') });
      const moved = JSON.parse(bench.inNewPlaces(JSON.stringify(well))) as typeof well;
      expect(await askDirectories(codex, home, bench.newPlace)).toEqual(moved);
      bench.moveBack();
      await bench.relink({ one: bench.oldPlace('A'), two: bench.oldPlace('C') });
      forgetIndex(home);
      expect(await askDirectories(codex, home, bench.oldPlace)).toEqual(well);
      expect(await takeTurn(codex, home, 'A', 'at home again')).toBe('completed');
      expect(projectionFaults(home)).toEqual([]);
    });
  });
});

describe.each(['0.160.0', '0.169.0'])('Codex %s, a thread that was reverted', version => {
  test('works in the new place in all of its files', async () => {
    await withProjects(version, 'paginated', async bench => {
      const { codex, home, heard } = bench;
      await takeTurn(codex, home, 'A', 'a turn that shall be forgotten');
      await revertNewestTurn(codex, home, 'A');
      await takeTurn(codex, home, 'A', 'a turn that stays');
      const well = await askDirectories(codex, home, bench.oldPlace);
      bench.moveProjects();
      const sick = homePicture(home.folder);
      const { undo } = await bench.relink(null);
      expect(await undo()).toEqual([]);
      expect(pictureDifferences(sick, homePicture(home.folder))).toEqual([]);

      await bench.relink(null);
      const moved = JSON.parse(bench.inNewPlaces(JSON.stringify(well))) as typeof well;
      for (const when of ['at once', 'index anew']) {
        expect(await askDirectories(codex, home, bench.newPlace)).toEqual(moved);
        const files = rolloutFiles(home.folder).filter(file => file.includes(home.ids.A));
        expect(files.map(file => readMeta(file)?.cwd)).toEqual(
          files.map(() => bench.newPlace('A')),
        );
        expect(await takeTurn(codex, home, 'A', when)).toBe('completed');
        expect(heard().join('\n')).toContain('a turn that stays');
        expect(heard().join('\n')).toContain(bench.newPlace('A'));
        expect(projectionFaults(home)).toEqual([]);
        forgetIndex(home);
      }
    });
  });
});

interface Bench {
  readonly codex: string;
  readonly home: CodexHome;
  /** What the model was last told. */
  heard(): readonly string[];
  oldPlace(thread: string): string;
  newPlace(thread: string): string;
  inNewPlaces(text: string): string;
  moveProjects(): void;
  moveBack(): void;
  /** Repairs all threads whose directories are gone; `null` leaves it to us what has taken their places. */
  relink(to: { readonly one: string; readonly two: string } | null): Promise<{
    readonly says: readonly string[];
    undo(): Promise<readonly unknown[]>;
  }>;
}

/** The second project is a worktree; both lie below one folder, which is not in a repository itself. */
async function withProjects(
  version: string,
  mode: HistoryMode,
  use: (bench: Bench) => Promise<void>,
): Promise<void> {
  const codex = await installCodex(version);
  await withScratchFolder(async root => {
    const at = (...parts: readonly string[]) => path.join(root, ...parts);
    const [one, two] = [at('work', 'one'), at('work', 'two')];
    const [newOne, newTwo] = [at('work', 'one-under-another-name'), at('work', 'shelf', 'two')];
    makeRepository(one, 'https://example.org/ada/one.git');
    makeRepository(at('main'), 'https://example.org/ada/main.git');
    git(at('main'), 'worktree', 'add', '-q', two);
    const ids = await writeHome(codex, at('made'), mode, { one, two });
    const home = copyHome({ version, mode, ids, folder: at('made') }, at('home'));
    fs.rmSync(at('made'), { recursive: true });
    const provider = await startMockProvider();
    try {
      useProviderPort(home, provider.port);
      const isInTwo = (thread: string) => ['C', 'N'].includes(thread);
      const move = (pairs: readonly (readonly [string, string])[]) => {
        for (const [from, to] of pairs) {
          fs.mkdirSync(path.dirname(to), { recursive: true });
          fs.renameSync(from, to);
        }
      };
      await use({
        codex,
        home,
        heard: provider.lastHeard,
        oldPlace: thread => (isInTwo(thread) ? two : one),
        newPlace: thread => (isInTwo(thread) ? newTwo : newOne),
        inNewPlaces: text => text.replaceAll(one, newOne).replaceAll(two, newTwo),
        moveProjects: () =>
          move([
            [one, newOne],
            [two, newTwo],
          ]),
        moveBack: () =>
          move([
            [newOne, one],
            [newTwo, two],
          ]),
        relink: to => relink(home, codex, to),
      });
    } finally {
      await provider.close();
    }
  });
}

async function relink(
  { folder, ids }: CodexHome,
  codex: string,
  to: { readonly one: string; readonly two: string } | null,
) {
  const { repairs, scan } = workOn(world, folder, codex);
  const choices =
    to === null
      ? [{ threads: Object.values(ids), to: null }]
      : [
          { threads: [ids.A, ids.B, ids.X, ids.E], to: to.one },
          { threads: [ids.C, ids.N], to: to.two },
        ];
  const says: string[] = [];
  for (const { threads, to: named } of choices) {
    const report = await scan();
    const findings = threads.map(id => `thread-cwd-missing:${id}`);
    const choice = { findings, cure: null, to: named };
    const plan = await repairs.plan(report, choice);
    expect(plan.refused).toEqual([]);
    says.push(...plan.units.map(unit => unit.says));
    const applied = await repairs.apply(report, scan, { choice, sha: plan.sha, vault: null });
    expect(applied.receipt.failed).toEqual([]);
    expect(applied.healed.toSorted()).toEqual(findings.toSorted());
    expect(applied.after.findings.filter(({ check }) => check.startsWith('thread-cwd'))).toEqual(
      to === null ? [] : expect.anything(),
    );
  }
  return { says, undo: async () => (await repairs.undo(await scan(), null, null)).left };
}

function makeRepository(folder: string, remote: string): void {
  fs.mkdirSync(folder, { recursive: true });
  git(folder, 'init', '-q', '-b', 'main');
  git(folder, 'remote', 'add', 'origin', remote);
  git(folder, 'commit', '-q', '--allow-empty', '-m', 'first');
  // As in repositories of people, where nearly all commits are packed.
  git(folder, 'gc', '-q');
}

function git(folder: string, ...args: readonly string[]): void {
  execFileSync('git', args, { cwd: folder, env: { ...process.env, ...GIT_SETTINGS } });
}
