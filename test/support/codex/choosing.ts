// A cure that a person chooses, on a real home: taken, looked at, and taken back exactly. Codex is asked
// of copies, so that what it does by being asked stays out of the comparison.

import fs from 'node:fs';
import { expect } from 'vitest';
import type { Plan } from '../../../src/engine/model/plan.ts';
import type { NodeWorld } from '../../../src/node/world.ts';
import { askThreads, type AllFacts } from './askThreads.ts';
import { homePicture, pictureDifferences } from './homePicture.ts';
import type { CodexHome } from './makeHome.ts';
import { workOn } from './ourWorld.ts';
import type { WorkingHome } from './workingHome.ts';

/** Takes one cure of all that a check finds, has a look, and takes it back. */
export async function expectChosen(
  world: NodeWorld,
  { codex, home }: WorkingHome,
  check: string,
  cure: string,
  look: (plan: Plan) => Promise<void>,
): Promise<void> {
  const { scan, repairs } = workOn(world, home.folder, codex);
  const before = homePicture(home.folder);
  const report = await scan();
  const findings = report.findings.filter(one => one.check === check).map(({ id }) => id);
  expect(findings).not.toEqual([]);
  const choice = { findings, cure };
  const plan = await repairs.plan(report, choice);
  expect(plan.refused).toEqual([]);
  const done = await repairs.apply(report, scan, { choice, sha: plan.sha, vault: null });
  expect([done.receipt.failed, done.remaining, done.confirmation.missing]).toEqual([[], [], []]);
  expect(done.receipt.unplanned).toEqual([]);
  await look(plan);
  const { left } = await repairs.undo(await scan(), null, null);
  expect(left).toEqual([]);
  expect(pictureDifferences(before, homePicture(home.folder))).toEqual([]);
}

/** Asking changes a home: what is asked about is a copy, in its place. */
export async function onCopy(home: CodexHome, look: () => Promise<void>): Promise<void> {
  const aside = `${home.folder}-aside`;
  fs.renameSync(home.folder, aside);
  try {
    fs.cpSync(aside, home.folder, { recursive: true, preserveTimestamps: true });
    await look();
  } finally {
    fs.rmSync(home.folder, { recursive: true, force: true });
    fs.renameSync(aside, home.folder);
  }
}

/** What Codex answers about the threads of a home, which stays as it is. */
export async function askOfCopy({ codex, home }: WorkingHome): Promise<AllFacts> {
  let facts: AllFacts = {};
  await onCopy(home, async () => {
    facts = await askThreads(codex, home);
  });
  return facts;
}
