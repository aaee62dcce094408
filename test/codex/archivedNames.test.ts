// Names of archived threads, which Codex gives to none that lies in the archive. It is held against the real
// Codex that it shows those that are put back, in the archive and out of it.

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { NodeWorld } from '../../src/node/world.ts';
import { withServer } from '../support/codex/appServer.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { onCopy } from '../support/codex/choosing.ts';
import { setRow } from '../support/codex/breakages/breakage.ts';
import { databaseNames, findStateDatabase, removeDatabase } from '../support/codex/databases.ts';
import { homePicture, pictureDifferences } from '../support/codex/homePicture.ts';
import { homeKinds } from '../support/codex/makeHome.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';
import { withWorkingHome, type WorkingHome } from '../support/codex/workingHome.ts';

const ALL = { findings: 'all', cure: null } as const;
const NAME = 'An “archived” name';
const SHOWN = { inArchive: NAME, fromFiles: NAME, read: NAME, takenOut: NAME, active: 'My Name' };

let world: NodeWorld;

beforeAll(() => {
  world = createOurWorld(inject('programs'));
});
afterAll(() => world.close());

test.each(homeKinds)('Codex %s, %s history: a database that is gone', async (version, mode) => {
  await withWorkingHome(version, mode, async bench => {
    await nameArchived(bench);
    removeDatabase(findStateDatabase(bench.home.folder) ?? '');
    await expectRepaired(bench, SHOWN);
  });
});

describe.each(['0.169.0', '0.160.0'])('Codex %s, paginated history', version => {
  test('a database that has nothing in it', async () => {
    await withWorkingHome(version, 'paginated', async bench => {
      await nameArchived(bench);
      const state = findStateDatabase(bench.home.folder) ?? '';
      removeDatabase(state);
      fs.writeFileSync(state, '');
      await expectRepaired(bench, SHOWN);
    });
  });

  test('an entry that has lost the name', async () => {
    await withWorkingHome(version, 'paginated', async bench => {
      await nameArchived(bench);
      setRow(bench.home, 'X', { name: null });
      await expectRepaired(bench, SHOWN);
    });
  });

  test('entries that disagree with the folders about the archive as well', async () => {
    await withWorkingHome(version, 'paginated', async bench => {
      await nameArchived(bench);
      setRow(bench.home, 'X', { name: null, archived: 0 });
      setRow(bench.home, 'N', { name: null, archived: 1 });
      await expectRepaired(bench, {
        ...{ inArchive: 'My Name', fromFiles: 'My Name', read: 'My Name', takenOut: 'My Name' },
        active: NAME,
      });
    });
  });
});

test.each([
  ['0.150.0', true],
  ['0.142.0', false],
])('an older Codex, %s, makes the database', async (version, hasPlace) => {
  await withWorkingHome('0.169.0', 'paginated', async bench => {
    await nameArchived(bench);
    for (const name of databaseNames(bench.home.folder))
      removeDatabase(path.join(bench.home.folder, name));
    const older = { ...bench, codex: await installCodex(version) };
    const says = await expectRepaired(older, hasPlace ? SHOWN : null);
    expect(says).toContain(
      hasPlace
        ? 'the name of 1 archived conversation in session_index.jsonl will be written'
        : 'This Codex is too old to have a place for the name of 1 archived conversation',
    );
  });
});

async function nameArchived({ codex, home }: WorkingHome): Promise<void> {
  const threadId = home.ids.X;
  await withServer(codex, home.folder, async server => {
    const refused = await server.ask('thread/name/set', { threadId, name: NAME });
    expect(refused).toHaveProperty('error');
    await server.call('thread/unarchive', { threadId });
    await server.call('thread/name/set', { threadId, name: NAME });
    await server.call('thread/archive', { threadId });
  });
}

type Shown = Readonly<Record<keyof typeof SHOWN, string | null>>;

/**
 * Everything is repaired, Codex shows the names, and all of it is taken back. Returns what the plan says.
 * `shown` is null where that Codex shows no thread with paginated history at all.
 */
async function expectRepaired(bench: WorkingHome, shown: Shown | null): Promise<string> {
  const { codex, home } = bench;
  const { scan, repairs } = workOn(world, home.folder, codex);
  const before = homePicture(home.folder);
  const report = await scan();
  const plan = await repairs.plan(report, ALL);
  const done = await repairs.apply(report, scan, { choice: ALL, sha: plan.sha, vault: null });
  expect([done.receipt.failed, done.receipt.unplanned]).toEqual([[], []]);
  if (shown !== null) {
    expect(done.remaining).toEqual([]);
    await onCopy(home, async () => {
      expect(await shownNames(bench, shown.active === NAME)).toEqual(shown);
    });
  }
  const { left } = await repairs.undo(await scan(), null, null);
  expect(left).toEqual([]);
  expect(pictureDifferences(before, homePicture(home.folder))).toEqual([]);
  return plan.units.map(({ says }) => says).join(' ');
}

/** What Codex calls them: the archived one everywhere where it is shown, and the active one. */
async function shownNames(
  { codex, home: { folder, ids } }: WorkingHome,
  isExchanged: boolean,
): Promise<Shown> {
  const [inArchive, active] = isExchanged ? [ids.N, ids.X] : [ids.X, ids.N];
  return withServer(codex, folder, async server => {
    const listed = async (id: string, request: object) => {
      const { data } = (await server.call('thread/list', { limit: 100, ...request })) as {
        data: readonly { id: string; name: string | null }[];
      };
      return data.find(thread => thread.id === id)?.name ?? null;
    };
    const read = async (threadId: string) => {
      const { thread } = (await server.call('thread/read', { threadId })) as {
        thread: { name: string | null };
      };
      return thread.name;
    };
    const shown = {
      inArchive: await listed(inArchive, { archived: true, useStateDbOnly: true }),
      fromFiles: await listed(inArchive, { archived: true }),
      read: await read(inArchive),
      active: await listed(active, { useStateDbOnly: true }),
    };
    await server.call('thread/unarchive', { threadId: inArchive });
    return { ...shown, takenOut: await listed(inArchive, { useStateDbOnly: true }) };
  });
}
