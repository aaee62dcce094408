// Threads of a real home are archived, taken out of the archive and named through the real Codex; then
// that is undone, and the home is exactly what it was.

import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { ThreadChange } from '../../src/engine/engine.ts';
import type { Report } from '../../src/engine/model/report.ts';
import type { NodeWorld } from '../../src/node/world.ts';
import { askThreads, takeTurn } from '../support/codex/askThreads.ts';
import { startAppServer } from '../support/codex/appServer.ts';
import { startAgents } from '../support/codex/databases.ts';
import { homePicture, pictureDifferences } from '../support/codex/homePicture.ts';
import { homeKinds, type CodexHome } from '../support/codex/makeHome.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';
import { withWorkingHome } from '../support/codex/workingHome.ts';

let world: NodeWorld;

beforeAll(() => {
  world = createOurWorld(inject('programs'));
});
afterAll(() => world.close());

describe.each(homeKinds)('Codex %s, %s history', (version, mode) => {
  test('archives threads, and undo leaves no trace', async () => {
    await withWorkingHome(version, mode, async ({ codex, home }) => {
      const { A, C } = home.ids;
      await expectDoneAndUndone(codex, home, { kind: 'archive', threads: [A, C] }, async after => {
        expect(threadsOf(after, true)).toEqual([home.ids.X, A, C].sort());
        const { A: one, B: other } = await askThreads(codex, home);
        expect([one?.listed, one?.listedFromDatabase]).toEqual([false, false]);
        expect([other?.listed, other?.listedFromDatabase]).toEqual([true, true]);
      });
    });
  });

  test('archives the threads of agents along, and undo leaves no trace', async () => {
    await withWorkingHome(version, mode, async ({ codex, home }) => {
      const { A, B, C, X } = home.ids;
      // The agent of an agent is wanted, too; one of a further one is archived already.
      startAgents(home, [A, B], [B, C], [C, X]);
      const change = { kind: 'archive', threads: [A, C] } as const;
      await expectDoneAndUndone(codex, home, change, (after, says) => {
        expect(says).toBe('Codex archives 2 threads, and with that 1 thread of agents.');
        expect(threadsOf(after, true)).toEqual([A, B, C, X].sort());
        return Promise.resolve();
      });
    });
  });

  test('takes the threads of agents out of the archive as well, where it does so', async () => {
    await withWorkingHome(version, mode, async ({ codex, home }) => {
      const { A, B, X } = home.ids;
      const server = await startAppServer(codex, home.folder);
      await server.call('thread/archive', { threadId: B });
      await server.stop();
      startAgents(home, [X, B], [B, A]);
      const takesAlong = version === '0.169.0';
      const change = { kind: 'unarchive', threads: [X] } as const;
      await expectDoneAndUndone(codex, home, change, (after, says) => {
        const along = takesAlong ? ', and with that 1 thread of agents' : '';
        expect(says).toBe(`Codex takes the thread ${X} out of the archive${along}.`);
        expect(threadsOf(after, true)).toEqual(takesAlong ? [] : [B]);
        return Promise.resolve();
      });
    });
  });

  test('takes a thread out of the archive, and undo leaves no trace', async () => {
    await withWorkingHome(version, mode, async ({ codex, home }) => {
      const change = { kind: 'unarchive', threads: [home.ids.X] } as const;
      await expectDoneAndUndone(codex, home, change, after => {
        expect(threadsOf(after, true)).toEqual([]);
        return Promise.resolve();
      });
    });
  });

  test.each(['A', 'N'] as const)('names the thread %s, and undo leaves no trace', async letter => {
    await withWorkingHome(version, mode, async ({ codex, home }) => {
      const change = {
        kind: 'rename',
        thread: home.ids[letter],
        name: 'Ümläute & "Zeichen"',
      } as const;
      await expectDoneAndUndone(codex, home, change, after => {
        const named = after.snapshot.threads.find(({ id }) => id === home.ids[letter]);
        expect(named?.title).toBe('Ümläute & "Zeichen"');
        return Promise.resolve();
      });
    });
  });
  test('forks a thread, and undo leaves no trace', async () => {
    await withWorkingHome(version, mode, async ({ codex, home }) => {
      const change = { kind: 'fork', thread: home.ids.A } as const;
      await expectDoneAndUndone(codex, home, change, async after => {
        expect(after.snapshot.threads).toHaveLength(7);
        const [, made] = after.snapshot.threads
          .filter(({ own }) => own?.head.meta?.forkedFrom === home.ids.A)
          .map(({ id }) => id);
        expect(made).toBeUndefined();
      });
    });
  });

  test('a fork that somebody has named stays', async () => {
    await withWorkingHome(version, mode, async ({ codex, home }) => {
      const { repairs, scan } = workOn(world, home.folder, codex);
      const report = await scan();
      const change = { kind: 'fork', thread: home.ids.A } as const;
      const { sha } = await repairs.planChange(report, change);
      const { made } = await repairs.applyChange(report, scan, { change, sha, vault: null });
      const server = await startAppServer(codex, home.folder);
      await server.call('thread/name/set', { threadId: made, name: 'My fork' });
      await server.stop();
      const before = homePicture(home.folder);
      const { left } = await repairs.undo(await scan(), null, null);
      expect(left.map(({ what }) => what)).toEqual([`the fork ${made ?? ''}`]);
      expect(pictureDifferences(before, homePicture(home.folder))).toEqual([]);
    });
  });

  test('a fork with which somebody has gone on stays', async () => {
    await withWorkingHome(version, mode, async ({ codex, home }) => {
      const { repairs, scan } = workOn(world, home.folder, codex);
      const report = await scan();
      const change = { kind: 'fork', thread: home.ids.B } as const;
      const { sha } = await repairs.planChange(report, change);
      const { made } = await repairs.applyChange(report, scan, { change, sha, vault: null });
      const fork = { ...home, ids: { ...home.ids, B: made ?? '' } };
      expect(await takeTurn(codex, fork, 'B', 'goes on')).toBe('completed');
      const before = homePicture(home.folder);
      const { left } = await repairs.undo(await scan(), null, null);
      expect(left.map(({ what }) => what)).toEqual([`the fork ${made ?? ''}`]);
      expect(pictureDifferences(before, homePicture(home.folder))).toEqual([]);
    });
  });
});

/** `see` looks at the home while it is changed; what Codex changes then by itself is put aside first. */
async function expectDoneAndUndone(
  codex: string,
  home: CodexHome,
  change: ThreadChange,
  see: (after: Report, says: string) => Promise<void>,
): Promise<void> {
  const before = homePicture(home.folder);
  const { repairs, scan } = workOn(world, home.folder, codex);
  const report = await scan();
  const plan = await repairs.planChange(report, change);
  expect(plan.refused).toEqual([]);
  const wanted = 'threads' in change ? change.threads : [change.thread];
  const consent = { change, sha: plan.sha, vault: null };
  const done = await repairs.applyChange(report, scan, consent);
  expect(done.failed).toEqual([]);
  expect(done.receipt.unplanned).toEqual([]);
  expect(done.changed).toEqual(wanted);
  expect(done.confirmation).toMatchObject({ why: null, missing: [] });
  const after = await scan();
  const { left } = await repairs.undo(after, null, null);
  expect(left).toEqual([]);
  expect(pictureDifferences(before, homePicture(home.folder))).toEqual([]);
  // Done once more, and then looked at by Codex, which corrects what it looks at.
  const again = await repairs.planChange(await scan(), change);
  await repairs.applyChange(await scan(), scan, { ...consent, sha: again.sha });
  await see(await scan(), again.units.map(({ says }) => says).join(' '));
}

function threadsOf({ snapshot }: Report, archived: boolean): readonly string[] {
  return snapshot.threads
    .filter(thread => thread.archived === archived)
    .map(({ id }) => id)
    .sort();
}
