// What a person can have put away: threads that are in the way, the compressed twin of a file, an entry
// without a conversation. The real Codex is asked before, afterwards, and once it was taken back.

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { NodeWorld } from '../../src/node/world.ts';
import { startAppServer } from '../support/codex/appServer.ts';
import { writeThread } from '../support/codex/bareThreads.ts';
import { askOfCopy, expectChosen, onCopy } from '../support/codex/choosing.ts';
import { compress, setRow } from '../support/codex/breakages/breakage.ts';
import { startAgents } from '../support/codex/databases.ts';
import { furnish } from '../support/codex/furnish.ts';
import { homeKinds, type CodexHome } from '../support/codex/makeHome.ts';
import { createOurWorld } from '../support/codex/ourWorld.ts';
import { findRollout } from '../support/codex/rollouts.ts';
import { withWorkingHome, type WorkingHome } from '../support/codex/workingHome.ts';

let world: NodeWorld;

beforeAll(() => {
  world = createOurWorld(inject('programs'));
});
afterAll(() => world.close());

describe.each(homeKinds)('Codex %s, %s history', (version, mode) => {
  test('threads of a temporary directory are archived, whatever is known of them', async () => {
    await withWorkingHome(version, mode, async bench => {
      const well = await askOfCopy(bench);
      const [named = '', packed = '', plain = ''] = await talkInTemporaryPlace(bench, 3);
      await furnish(bench.codex, bench.home);
      await nameThread(bench, named);
      compress(findRollout(bench.home.folder, packed) ?? '', 'remove');
      const made = {
        ...bench,
        home: { ...bench.home, ids: { ...bench.home.ids, named, packed, plain } },
      };
      const before = await askOfCopy(made);
      await expectChosen(world, bench, 'thread-temporary', 'archive', async () => {
        const after = await askOfCopy(made);
        for (const id of ['named', 'packed', 'plain']) {
          expect([before[id]?.listed, before[id]?.listedFromDatabase]).toEqual([true, true]);
          expect([after[id]?.listed, after[id]?.listedFromDatabase]).toEqual([false, false]);
          expect(after[id]?.turns).toEqual(before[id]?.turns);
          expect(await archivedIds(bench)).toContain({ named, packed, plain }[id]);
        }
        expect(await askOfCopy(bench)).toEqual(well);
      });
      expect(await askOfCopy(made)).toEqual(before);
    });
  });

  test('threads that crowd others out are archived in bulk', async () => {
    await withWorkingHome(version, mode, async bench => {
      const talks = await talkInTemporaryPlace(bench, 16);
      const bare = writeThreadsOfPrograms(bench.home);
      await listOnce(bench);
      const before = await askOfCopy(bench);
      const { E: _, ...own } = before;
      await expectChosen(world, bench, 'list-crowded', 'archive', async () => {
        const { E: __, ...after } = await askOfCopy(bench);
        expect(after).toEqual(own);
        const archived = await archivedIds(bench);
        expect(archived).toEqual(expect.arrayContaining([...talks, ...bare, bench.home.ids.E]));
        expect(archived).toHaveLength(talks.length + bare.length + 2);
      });
      expect(await askOfCopy(bench)).toEqual(before);
    });
  });

  test('what is archived takes the threads of its agents along, and the plan says so', async () => {
    await withWorkingHome(version, mode, async bench => {
      const { ids } = bench.home;
      const [parent = '', child = ''] = await talkInTemporaryPlace(bench, 2);
      // The agent of an agent works in a project, and one of a further one is archived already.
      startAgents(bench.home, [parent, child], [child, ids.C], [ids.C, ids.X]);
      const active = await activeIds(bench);
      await expectChosen(world, bench, 'thread-temporary', 'archive', async plan => {
        expect(plan.units.map(({ says }) => says)).toEqual([
          'Codex archives a thread with 1 thread of its agents, archives a thread with 2 threads of its agents.',
        ]);
        expect(await archivedIds(bench)).toEqual([parent, child, ids.C, ids.X].sort());
      });
      expect(await activeIds(bench)).toEqual(active);
    });
  });

  test('so does what is taken out of the archive, by those that do so', async () => {
    await withWorkingHome(version, mode, async bench => {
      const { ids } = bench.home;
      await archive(bench, ids.B);
      startAgents(bench.home, [ids.X, ids.B], [ids.B, ids.C]);
      setRow(bench.home, 'X', { archived: 0, archived_at: null });
      await expectChosen(world, bench, 'thread-archive-mismatch', 'follow-flag', async plan => {
        const takesAlong = version === '0.169.0';
        expect(plan.units.map(({ says }) => says)).toEqual([
          `Codex takes a thread out of the archive${takesAlong ? ' with 1 thread of its agents' : ''}.`,
        ]);
        expect(await archivedIds(bench)).toEqual(takesAlong ? [] : [ids.B]);
      });
    });
  });

  test.each([
    ['beside the plain one', 'A', 'sessions'],
    ['in the archive, while the plain one is not', 'A', 'archived_sessions'],
    ['among the active ones, while the plain one is archived', 'X', 'sessions'],
  ] as const)('a compressed twin %s goes', async (_, name, place) => {
    await withWorkingHome(version, mode, async bench => {
      const well = await askOfCopy(bench);
      const archived = await archivedIds(bench);
      leaveTwin(bench.home, name, place);
      await expectChosen(world, bench, 'rollout-twin', 'put-twin-away', async () => {
        expect(await askOfCopy(bench)).toEqual(well);
        expect(await archivedIds(bench)).toEqual(archived);
      });
    });
  });

  test('an entry goes whose conversation is not on this disk', async () => {
    await withWorkingHome(version, mode, async bench => {
      await furnish(bench.codex, bench.home);
      const well = await askOfCopy(bench);
      for (const name of ['A', 'X'] as const)
        fs.rmSync(findRollout(bench.home.folder, bench.home.ids[name]) ?? '');
      await expectChosen(world, bench, 'thread-file-missing', 'put-row-away', async () => {
        const after = await askOfCopy(bench);
        const gone = { listed: false, listedFromDatabase: false };
        expect(after).toMatchObject({ ...well, A: gone, X: gone });
      });
    });
  });
});

function activeIds(bench: WorkingHome): Promise<readonly string[]> {
  return listedIds(bench, false);
}

function archivedIds(bench: WorkingHome): Promise<readonly string[]> {
  return listedIds(bench, true);
}

/** What no list shows by default as well. */
async function listedIds(
  { codex, home }: WorkingHome,
  archived: boolean,
): Promise<readonly string[]> {
  let ids: readonly string[] = [];
  await onCopy(home, async () => {
    const server = await startAppServer(codex, home.folder);
    const everything = { sourceKinds: SOURCES, modelProviders: [], limit: 100, archived };
    const { data } = (await server.call('thread/list', everything)) as { data: { id: string }[] };
    await server.stop();
    ids = data.map(({ id }) => id).sort();
  });
  return ids;
}

const SOURCES = ['cli', 'vscode', 'exec', 'appServer', 'subAgent', 'unknown'];

async function talkInTemporaryPlace(
  { codex, home }: WorkingHome,
  count: number,
): Promise<readonly string[]> {
  const cwd = '/tmp';
  const server = await startAppServer(codex, home.folder);
  const ids: string[] = [];
  for (let talk = 0; talk < count; talk += 1) {
    const { thread } = (await server.call('thread/start', { cwd, historyMode: home.mode })) as {
      thread: { id: string };
    };
    expect(await server.runTurn(thread.id, `talk ${String(talk)}`)).toBe('completed');
    ids.push(thread.id);
  }
  await server.stop();
  return ids;
}

async function archive({ codex, home }: WorkingHome, threadId: string): Promise<void> {
  const server = await startAppServer(codex, home.folder);
  await server.call('thread/archive', { threadId });
  await server.stop();
}

async function nameThread({ codex, home }: WorkingHome, threadId: string): Promise<void> {
  const server = await startAppServer(codex, home.folder);
  await server.call('thread/name/set', { threadId, name: 'A trial' });
  await server.stop();
}

/** As `codex exec` leaves them, and agents that were started by the thread A. */
function writeThreadsOfPrograms({ folder, ids }: CodexHome): readonly string[] {
  const spawned = { thread_spawn: { parent_thread_id: ids.A, depth: 1 } };
  return [...Array(6).keys()].map(index => {
    const id = `01a00000-0000-7000-8000-00000000010${String(index)}`;
    const source = index % 2 === 0 ? 'exec' : { subagent: spawned };
    const timestamp = `2026-11-01T10:00:0${String(index)}.000Z`;
    writeThread(folder, { id, timestamp, meta: { source } });
    return id;
  });
}

async function listOnce({ codex, home }: WorkingHome): Promise<void> {
  const server = await startAppServer(codex, home.folder);
  await server.call('thread/list', { sourceKinds: SOURCES, limit: 100 });
  await server.stop();
}

/** The compressed form of a file, in the folder of its date or in the archive. */
function leaveTwin(
  { folder, ids }: CodexHome,
  name: 'A' | 'X',
  place: 'sessions' | 'archived_sessions',
): void {
  const file = findRollout(folder, ids[name]) ?? '';
  compress(file, 'keep');
  const [, date = ''] = /rollout-(\d{4}-\d{2}-\d{2})T/.exec(file) ?? [];
  const target = path.join(
    folder,
    place,
    ...(place === 'sessions' ? date.split('-') : []),
    `${path.basename(file)}.zst`,
  );
  if (target !== `${file}.zst`) fs.renameSync(`${file}.zst`, target);
}
