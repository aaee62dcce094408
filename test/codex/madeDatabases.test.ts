// Codex makes at its start each database that it does not find. Whenever a repair starts it, the plan names
// those before, nothing is unplanned, and undone they are gone again, unless somebody has used them.

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { handlerOf, type Choice } from '../../src/engine/engine.ts';
import type { Plan, Receipt } from '../../src/engine/model/plan.ts';
import type { NodeWorld } from '../../src/node/world.ts';
import { forgetIndex } from '../support/codex/askThreads.ts';
import { startAppServer } from '../support/codex/appServer.ts';
import { deleteRow, setRow } from '../support/codex/breakages/breakage.ts';
import { databaseNames, findStateDatabase, removeDatabase } from '../support/codex/databases.ts';
import { homePicture, pictureDifferences } from '../support/codex/homePicture.ts';
import { homeKinds, type CodexHome } from '../support/codex/makeHome.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';
import { rolloutFiles } from '../support/codex/rollouts.ts';
import { withWorkingHome, type WorkingHome } from '../support/codex/workingHome.ts';

const ALL: Choice = { findings: 'all', cure: null };

let world: NodeWorld;

beforeAll(() => {
  world = createOurWorld(inject('programs'));
});
afterAll(() => world.close());

/** All that lets a repair start Codex. */
const OCCASIONS: Readonly<Record<string, (home: CodexHome) => void>> = {
  'a row is entered': home => deleteRow(home, 'A'),
  'a thread is archived': home => setRow(home, 'A', { archived: 1, archived_at: 1_795_000_000 }),
  'the index is gone through': forgetIndex,
  'the state database is made anew': ({ folder }) =>
    removeDatabase(findStateDatabase(folder) ?? ''),
  'logs are put away in the same plan': home => {
    fs.writeFileSync(path.join(home.folder, 'logs_2.sqlite'), 'x'.repeat(8192));
    deleteRow(home, 'A');
  },
};

const EARLIER = ['0.121.0', '0.128.0', '0.135.0', '0.150.0'].map(
  version => [version, 'legacy'] as const,
);

describe.each([...homeKinds, ...EARLIER])('Codex %s, %s history', (version, mode) => {
  test.each(Object.entries(OCCASIONS))('when %s', async (_, breakIt) => {
    await withWorkingHome(version, mode, async bench => {
      removeOthers(bench.home);
      breakIt(bench.home);
      await expectForeseen(bench, repair);
    });
  });

  test('goals that were set since stay, and the rest goes', async () => {
    await withWorkingHome(version, mode, async bench => {
      const { folder } = bench.home;
      removeOthers(bench.home);
      deleteRow(bench.home, 'A');
      const names = databaseNames(folder);
      const { undo } = await repair(bench);
      const hasGoals = await setGoal(bench);
      const what = path.join(folder, 'goals_1.sqlite');
      const why = 'what somebody has entered since is in it';
      expect(await undo()).toEqual(hasGoals ? [{ what, why }] : []);
      const kept = hasGoals ? ['goals_1.sqlite', ...names] : names;
      expect(databaseNames(folder).sort()).toEqual(kept.toSorted());
    });
  });
});

describe.each(homeKinds.filter(([version]) => version !== '0.142.0'))(
  'Codex %s, %s history',
  (version, mode) => {
    test('when it compresses', async () => {
      await withWorkingHome(version, mode, async bench => {
        removeOthers(bench.home);
        makeOld(bench.home);
        await expectForeseen(bench, compress);
      });
    });

    test('when turns are entered anew, also the database of those', async () => {
      await withWorkingHome(version, mode, async bench => {
        removeOthers(bench.home);
        removeDatabase(path.join(bench.home.folder, 'thread_history_1.sqlite'));
        deleteRow(bench.home, 'A');
        await expectForeseen(bench, repair);
      });
    });
  },
);

/** What was planned, done, and how it is taken back. */
interface Repaired {
  readonly plan: Plan;
  readonly receipt: Receipt;
  undo(): Promise<readonly { readonly what: string }[]>;
}

async function repair({ codex, home }: WorkingHome): Promise<Repaired> {
  const { scan, repairs } = workOn(world, home.folder, codex);
  const report = await scan();
  const plan = await repairs.plan(report, ALL);
  const consent = { choice: ALL, sha: plan.sha, vault: null };
  const { receipt } = await repairs.apply(report, scan, consent);
  return { plan, receipt, undo: async () => (await repairs.undo(await scan(), null, null)).left };
}

async function compress({ codex, home }: WorkingHome): Promise<Repaired> {
  const { scan, repairs } = workOn(world, home.folder, codex);
  const report = await scan();
  const plan = await repairs.planCompression(report);
  const { receipt } = await repairs.compress(report, scan, { sha: plan.sha, vault: null });
  return { plan, receipt, undo: async () => (await repairs.undo(await scan(), null, null)).left };
}

async function expectForeseen(
  bench: WorkingHome,
  work: (bench: WorkingHome) => Promise<Repaired>,
): Promise<void> {
  const { folder } = bench.home;
  const before = homePicture(folder);
  const names = databaseNames(folder);
  const { plan, receipt, undo } = await work(bench);
  // What rows become is measured with these releases; databases are foreseen for all.
  const hasRowsForeseen = homeKinds.some(([version]) => version === bench.home.version);
  const isCounted = (says: string) => hasRowsForeseen || says.startsWith('it made');
  expect([receipt.failed, receipt.unplanned.filter(isCounted)]).toEqual([[], []]);
  const made = databaseNames(folder).filter(
    name => !names.includes(name) || isPutAway(plan, path.join(folder, name)),
  );
  expect(made.length).toBeGreaterThan(0);
  expect(foreseenIn(plan)).toEqual(made.sort());
  for (const name of made.filter(one => !one.startsWith('state_')))
    expect(plan.units.map(({ says }) => says).join(' ')).toContain(name);
  expect(await undo()).toEqual([]);
  expect(databaseNames(folder)).toEqual(names);
  expect(pictureDifferences(before, homePicture(folder))).toEqual([]);
}

function isPutAway({ units }: Plan, file: string): boolean {
  return units.some(({ steps }) => steps.some(step => step.kind === 'move' && step.from === file));
}

/** The whole databases that Codex is said to touch; of others rows are named. */
function foreseenIn({ units }: Plan): readonly string[] {
  return units
    .flatMap(({ steps }) => steps)
    .flatMap(step => (step.kind === 'ask' ? handlerOf(step).touches(step) : []))
    .filter(place => place.endsWith('.sqlite'))
    .map(file => path.basename(file))
    .sort();
}

/** As in a home that somebody has copied without them; the history is one that Codex does not make at once. */
function removeOthers({ folder }: CodexHome): void {
  for (const name of databaseNames(folder))
    if (!/^(?:state|thread_history)_/.test(name)) removeDatabase(path.join(folder, name));
}

function makeOld({ folder }: CodexHome): void {
  const long = Date.now() / 1000 - 30 * 86_400;
  for (const file of rolloutFiles(folder)) fs.utimesSync(file, long, long);
}

/** Says whether this release knows goals. */
async function setGoal({ codex, home }: WorkingHome): Promise<boolean> {
  const server = await startAppServer(codex, home.folder);
  const goal = { threadId: home.ids.A, objective: 'to arrive' };
  const answer = await server.ask('thread/goal/set', goal);
  await server.stop();
  return 'result' in answer;
}
