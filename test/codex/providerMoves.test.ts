// Moves all threads of a real home to another provider and back, and asks the real Codex each time,
// before and after its index has been made anew.

import path from 'node:path';
import zlib from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { ProviderMove, Repairs } from '../../src/engine/engine.ts';
import type { NodeWorld } from '../../src/node/world.ts';
import {
  askThreads,
  forgetIndex,
  forkThread,
  pack,
  projectionFaults,
  providersIn,
  revertNewestTurn,
  takeTurn,
  type AllFacts,
} from '../support/codex/askThreads.ts';
import { homePicture, pictureDifferences, timesOf } from '../support/codex/homePicture.ts';
import { homeKinds, type CodexHome } from '../support/codex/makeHome.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';
import { editText, rolloutFiles } from '../support/codex/rollouts.ts';
import { withWorkingHome } from '../support/codex/workingHome.ts';

/** Longer than the room that Codex leaves, so that files have to be written anew. */
const OTHER = 'another-provider';
/** So long that a fork would lose much of its beginning if the bytes that it names stayed. */
const LONGEST = `longest-${'x'.repeat(3000)}`;

let world: NodeWorld;

beforeAll(() => {
  world = createOurWorld(inject('programs'));
});
afterAll(() => world.close());

describe.each(homeKinds)('Codex %s, %s history', (version, mode) => {
  test('there, and back again', async () => {
    await withHome(version, mode, async ({ codex, home, move }) => {
      const well = await askThreads(codex, home);
      expect(await takeTurn(codex, home, 'B', 'before')).toBe('completed');

      const times = timesOf(home);
      const { moved, failed } = await move({
        kind: 'move',
        from: 'mock',
        to: OTHER,
        threads: null,
      });
      expect(failed).toEqual([]);
      expect(moved).toHaveLength(6);
      expect(timesOf(home)).toEqual(times);
      setProvider(home, OTHER);
      await expectWell(codex, home, OTHER, well, 'there');
      forgetIndex(home);
      await expectWell(codex, home, OTHER, well, 'there, index anew');

      const back = await move({ kind: 'restore', threads: null });
      expect(back.failed).toEqual([]);
      expect(back.moved).toHaveLength(6);
      setProvider(home, 'mock');
      await expectWell(codex, home, 'mock', well, 'back');
      forgetIndex(home);
      await expectWell(codex, home, 'mock', well, 'back, index anew');
    });
  });

  test('undone at once, nothing is left of it', async () => {
    await withHome(version, mode, async ({ home, move, undo }) => {
      const before = homePicture(home.folder);
      await move({ kind: 'move', from: 'mock', to: OTHER, threads: null });
      expect(await undo()).toEqual([]);
      expect(pictureDifferences(before, homePicture(home.folder))).toEqual([]);
    });
  });

  test('undone after Codex has gone on: all of a thread stays, or none of it', async () => {
    await withHome(version, mode, async ({ codex, home, move, undo }) => {
      await move({ kind: 'move', from: 'mock', to: OTHER, threads: null });
      setProvider(home, OTHER);
      expect(await takeTurn(codex, home, 'A', 'more')).toBe('completed');
      const left = await undo();
      expect(left.map(({ what }) => what.includes(home.ids.A))).toEqual([true]);
      expect(providersIn(home)).toEqual({
        A: OTHER,
        B: 'mock',
        C: 'mock',
        N: 'mock',
        X: 'mock',
        E: 'mock',
      });
      expect(projectionFaults(home)).toEqual([]);
    });
  });

  test('a compressed thread is unpacked as Codex does it', async () => {
    await withHome(version, mode, async ({ codex, home, move, undo }) => {
      const well = await askThreads(codex, home);
      pack(home, home.ids.A, zlib.zstdCompressSync);
      const before = homePicture(home.folder);
      const { moved, failed } = await move({
        kind: 'move',
        from: 'mock',
        to: OTHER,
        threads: [home.ids.A],
      });
      expect([failed, moved]).toEqual([[], [home.ids.A]]);
      expect(rolloutFiles(home.folder).filter(file => file.endsWith('.zst'))).toEqual([]);
      expect(await undo()).toEqual([]);
      expect(pictureDifferences(before, homePicture(home.folder))).toEqual([]);
      await move({ kind: 'move', from: 'mock', to: OTHER, threads: null });
      setProvider(home, OTHER);
      await expectWell(codex, home, OTHER, well, 'there');
    });
  });
});

describe.each(['0.160.0', '0.169.0'])('Codex %s, a fork and its parent', version => {
  test('are read as before, and the model is told all of what came before', async () => {
    await withHome(version, 'paginated', async ({ codex, home, move, undo, heard }) => {
      const child = await forkThread(codex, home, 'A', 'in the fork');
      const withChild = { ...home, ids: { ...home.ids, B: child } };
      const well = await askThreads(codex, withChild);
      await takeTurn(codex, withChild, 'B', 'what was said?');
      const before = homePicture(home.folder);
      const told = heard();
      expect(told).toContain('alpha message');
      const { failed } = await move({ kind: 'move', from: 'mock', to: LONGEST, threads: null });
      expect(failed).toEqual([]);
      expect(await undo()).toEqual([]);
      expect(pictureDifferences(before, homePicture(home.folder))).toEqual([]);
      await move({ kind: 'move', from: 'mock', to: LONGEST, threads: null });
      setProvider(home, LONGEST);
      await expectWell(codex, withChild, LONGEST, well, 'there');
      expect(heard().slice(0, told.length)).toEqual(told);
      forgetIndex(home);
      await expectWell(codex, withChild, LONGEST, well, 'there, index anew');
      expect(heard().slice(0, told.length)).toEqual(told);
    });
  });

  test('that was made after the move keeps what it leans on', async () => {
    await withHome(version, 'paginated', async ({ codex, home, move, undo }) => {
      await move({ kind: 'move', from: 'mock', to: OTHER, threads: null });
      setProvider(home, OTHER);
      await forkThread(codex, home, 'A', 'in the fork');
      const left = await undo();
      expect(left.map(({ what }) => what.includes(home.ids.A))).toEqual([true]);
      expect(projectionFaults(home)).toEqual([]);
    });
  });
});

describe.each(['0.160.0', '0.169.0'])('Codex %s, a thread that was reverted', version => {
  test('goes there and back in all of its files', async () => {
    await withReverted(version, async ({ codex, home, move, undo, heard }) => {
      const well = await askThreads(codex, home);
      await takeTurn(codex, home, 'B', 'what was said?');
      const told = heard();
      expect(told).toContain('bravo message');
      const before = homePicture(home.folder);
      const there: ProviderMove = { kind: 'move', from: 'mock', to: LONGEST, threads: null };
      expect((await move(there)).failed).toEqual([]);
      expect(await undo()).toEqual([]);
      expect(pictureDifferences(before, homePicture(home.folder))).toEqual([]);

      expect((await move(there)).moved).toHaveLength(6);
      setProvider(home, LONGEST);
      for (const when of ['there', 'there, index anew']) {
        await expectWell(codex, home, LONGEST, well, when);
        expect(heard().slice(0, told.length)).toEqual(told);
        forgetIndex(home);
      }
      expect((await move({ kind: 'restore', threads: null })).failed).toEqual([]);
      setProvider(home, 'mock');
      for (const when of ['back', 'back, index anew']) {
        await expectWell(codex, home, 'mock', well, when);
        expect(heard().slice(0, told.length)).toEqual(told);
        forgetIndex(home);
      }
    });
  });

  test('stays whole when Codex has gone on with it, or has reverted it again', async () => {
    const ways = [
      (codex: string, home: CodexHome) => takeTurn(codex, home, 'B', 'more'),
      (codex: string, home: CodexHome) => revertNewestTurn(codex, home, 'B'),
    ];
    for (const goOn of ways)
      await withReverted(version, async ({ codex, home, move, undo }) => {
        await move({ kind: 'move', from: 'mock', to: OTHER, threads: null });
        setProvider(home, OTHER);
        await goOn(codex, home);
        expect((await undo()).map(({ what }) => what.includes(home.ids.B))).toEqual([true]);
        expect(providersIn(home)).toMatchObject({ A: 'mock', B: OTHER });
        expect(projectionFaults(home)).toEqual([]);
      });
  });

  test('is moved from compressed files as well', async () => {
    await withReverted(version, async ({ codex, home, move, undo }) => {
      const well = await askThreads(codex, home);
      for (const file of rolloutFiles(home.folder).filter(one => one.includes(home.ids.B)))
        pack(home, path.basename(file, '.jsonl'), zlib.zstdCompressSync);
      const before = homePicture(home.folder);
      const there: ProviderMove = { kind: 'move', from: 'mock', to: OTHER, threads: null };
      expect((await move(there)).failed).toEqual([]);
      expect(await undo()).toEqual([]);
      expect(pictureDifferences(before, homePicture(home.folder))).toEqual([]);
      await move(there);
      setProvider(home, OTHER);
      await expectWell(codex, home, OTHER, well, 'there');
    });
  });
});

/** B goes on in its third file: lists that look through the files show the two before it as well. */
async function withReverted(version: string, use: (bench: Bench) => Promise<void>): Promise<void> {
  await withHome(version, 'paginated', async bench => {
    const { codex, home } = bench;
    for (const text of ['a turn that stays', 'another one', 'the last one']) {
      await takeTurn(codex, home, 'B', text);
      await takeTurn(codex, home, 'B', 'a turn that shall be forgotten');
      if (text !== 'the last one') await revertNewestTurn(codex, home, 'B');
    }
    const files = rolloutFiles(home.folder).filter(file => file.includes(home.ids.B));
    expect(files).toHaveLength(3);
    await use(bench);
  });
}

interface Bench {
  readonly codex: string;
  readonly home: CodexHome;
  move(move: ProviderMove): ReturnType<Repairs['applyMove']>;
  undo(): Promise<readonly { readonly what: string }[]>;
  /** What the model was last told. */
  heard(): readonly string[];
}

async function withHome(
  version: string,
  mode: (typeof homeKinds)[number][1],
  use: (bench: Bench) => Promise<void>,
): Promise<void> {
  await withWorkingHome(version, mode, async ({ codex, home, heard }) => {
    defineOther(home);
    await use({ codex, home, heard, ...repairsOn(home, codex) });
  });
}

function repairsOn({ folder }: CodexHome, codex: string): Pick<Bench, 'move' | 'undo'> {
  const { scan, repairs } = workOn(world, folder, codex);
  return {
    move: async move => {
      const report = await scan();
      const plan = await repairs.planMove(report, move, null);
      expect(plan.refused).toEqual([]);
      const again = await repairs.applyMove(report, scan, { move, sha: plan.sha, vault: null });
      const { units } = await repairs.planMove(await scan(), move, null);
      expect(units).toEqual([]);
      return again;
    },
    undo: async () => (await repairs.undo(await scan(), null, null)).left,
  };
}

/** Codex answers as it did before; a turn more is taken, and the history is right at every byte. */
async function expectWell(
  codex: string,
  home: CodexHome,
  provider: string,
  well: AllFacts,
  when: string,
): Promise<void> {
  const facts = await askThreads(codex, home);
  expect({ when, ...withoutLaterTurns(facts, well, provider) }).toEqual({ when, ...well });
  expect([when, providersIn(home)]).toEqual([
    when,
    Object.fromEntries(Object.keys(home.ids).map(name => [name, provider])),
  ]);
  expect([when, await takeTurn(codex, home, 'B', when)]).toEqual([when, 'completed']);
  expect([when, projectionFaults(home)]).toEqual([when, []]);
}

function withoutLaterTurns(facts: AllFacts, well: AllFacts, provider: string): AllFacts {
  return Object.fromEntries(
    Object.entries(facts).map(([name, one]) => {
      const turns = well[name]?.turns;
      const isList = typeof turns === 'object' && typeof one.turns === 'object';
      return [
        name,
        {
          ...one,
          turns: isList ? one.turns.slice(0, turns.length) : one.turns,
          resumed: one.resumed.replace(`under ${provider}`, 'under mock'),
        },
      ];
    }),
  );
}

function defineOther(home: CodexHome): void {
  editText(path.join(home.folder, 'config.toml'), text => {
    const at = text.indexOf('[model_providers.mock]');
    const other = (name: string) =>
      text.slice(at).replace('[model_providers.mock]', `[model_providers.${name}]`);
    return `${text}${other(OTHER)}${other(LONGEST)}`;
  });
}

function setProvider(home: CodexHome, provider: string): void {
  editText(path.join(home.folder, 'config.toml'), text =>
    text.replace(/^model_provider = ".*"$/m, `model_provider = "${provider}"`),
  );
}
