// Break a real home, repair it, ask the real Codex, undo it, and compare with the broken home.

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createEngine, createRepairs } from '../../src/engine/engine.ts';
import { createHands } from '../../src/node/hands.ts';
import { createNodeWorld, type NodeWorld } from '../../src/node/world.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { breakages, breakHome } from '../support/codex/breakages.ts';
import { cacheFolder, withScratchFolder } from '../support/codex/cache.ts';
import { homePicture, pictureDifferences } from '../support/codex/homePicture.ts';
import { copyHome, homeKinds, makeHome, type CodexHome } from '../support/codex/makeHome.ts';
import { askOracle, type OracleAnswer } from '../support/codex/oracle.ts';

let world: NodeWorld;

beforeAll(() => {
  const state = cacheFolder('no-state');
  mkdirSync(state, { recursive: true });
  const environment = { ...process.env, XDG_STATE_HOME: state };
  delete (environment as NodeJS.ProcessEnv)['CODEX_SQLITE_HOME'];
  world = createNodeWorld({ programs: inject('programs'), environment });
});
afterAll(() => world.close());

const ONLY = process.env['ONLY']?.split(',');
const KINDS = process.env['KINDS']?.split(',');

test.each(homeKinds.filter(([v, m]) => KINDS === undefined || KINDS.includes(`${v}-${m}`)))('Codex %s, %s history', async (version, mode) => {
  const codex = await installCodex(version);
  const sound = await makeHome(version, mode);
  for (const { name } of breakages) {
    if (ONLY !== undefined && !ONLY.includes(name)) continue;
    await withScratchFolder(async root => {
      const home = copyHome(sound, path.join(root, 'home'));
      const well = await askOracle(codex, home);
      if (!breakHome(home, name)) return;
      const broken = homePicture(home.folder);
      const { report, plan, repairs, scan } = await planAll(home, codex);
      if (plan.units.length === 0) {
        const found = report.findings.map(({ id }) => id.replace(/:.*/, ''));
        console.log(`${name}: NO PLAN for ${found.join()} ${JSON.stringify(plan.refused)}`);
        return;
      }
      const applied = await repairs.apply(scan, { choice: ALL, sha: plan.sha, vault: null });
      const healthy = applied.after.findings.filter(({ severity }) => severity !== 'note');
      const answer = await askOracle(codex, home);
      const different = answerDifferences(well, answer, home);
      const undone = await repairs.undo(await scan(), null, null);
      const rest = pictureDifferences(broken, homePicture(home.folder));
      console.log(
        `${name}: failed ${JSON.stringify(applied.receipt.failed)} remaining ${healthy.map(({ id }) => id).join()} DIFF ${different.join(' | ')} UNDO left ${JSON.stringify(undone.left)} rest ${rest.join()}`,
      );
    });
  }
  expect(1).toBe(1);
});

const ALL = { findings: 'all', cure: null } as const;

async function planAll({ folder }: CodexHome, codex: string) {
  const memory = { recall: () => Promise.resolve(null), remember: () => Promise.resolve() };
  const forgetful = { ...world, memory };
  const engine = createEngine(forgetful);
  const repairs = createRepairs(forgetful, createHands());
  const scan = () => engine.scan({ home: folder, sqliteHome: null, codex, full: false });
  const report = await scan();
  return { report, scan, repairs, plan: await repairs.plan(report, ALL) };
}

function answerDifferences(
  { threads: before }: OracleAnswer,
  { threads: after, started }: OracleAnswer,
  { ids }: CodexHome,
): readonly string[] {
  if (!started) return ['did not start'];
  const letterOf = (id: string) =>
    Object.entries(ids).find(([, known]) => known === id)?.[0] ?? 'another';
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap(id => {
    const [one, other] = [before[id], after[id]].map(answer => JSON.stringify(answer));
    return one === other ? [] : [`${letterOf(id)}: ${one ?? 'unknown'} → ${other ?? 'unknown'}`];
  });
}
