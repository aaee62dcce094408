// Plan → receipt. Whatever stops it, the next repair finds in the journal how far it came, and takes
// back what was begun: a home is as it was before, or as it was planned.

import type { Left, Plan, Receipt, Unit } from '../model/plan.ts';
import { Hindered } from '../hands.ts';
import { AT_ONCE, groupsOf, turnsOf, type Begun, type Progress, type Turn } from './groups.ts';
import { giveUp, NotPutBack, putBack } from './giveUp.ts';
import {
  Interrupted,
  Stale,
  type Answer,
  type Ground,
  type Outcome,
  type Watch,
} from './steps/step.ts';
import { applySteps, comparableSteps, whyStaleOf, type Pace } from './stepsTogether.ts';
import { groundOf, type Site } from './site.ts';
import { NotKept } from './keepNote.ts';
import { noteBegun, noteEnded } from './remembered.ts';
import type { Repair } from './vault.ts';

export async function apply(
  site: Site,
  plan: Plan,
  signal: AbortSignal | null,
  progress: Progress,
): Promise<Receipt> {
  const repair = await site.vault.begin(plan);
  try {
    await noteBegun(site, repair, plan);
    return await applyAll(site, repair, plan, signal, progress);
  } catch (error) {
    if (error instanceof Hindered && error.stopsAll) await giveUp(site, repair, error);
    if (error instanceof Interrupted) await giveUp(site, repair);
    if (error instanceof NotPutBack) await giveUp(site, repair, error);
    if (error instanceof NotKept) await giveUp(site, repair, error);
    throw error;
  }
}

async function applyAll(
  site: Site,
  repair: Repair,
  plan: Plan,
  signal: AbortSignal | null,
  progress: Progress,
): Promise<Receipt> {
  const failed: Failure[] = [];
  const unplanned: string[] = [];
  for (let from = 0; from < plan.units.length; from += AT_ONCE) {
    await hearInterrupt(site, signal);
    const watch = { signal, tell: progress };
    const course = await applyWave(site, repair, plan, from, failed, watch, async done => {
      await hearInterrupt(site, signal);
      progress(from + done, plan.units.length, 'repairs');
    });
    failed.push(...course.failed);
    unplanned.push(...course.unplanned);
  }
  failed.push(...(await takeBackHalves(site, repair, plan, failed)));
  const receipt = { ...receiptFor(repair, plan, failed), unplanned };
  // Before the repair is at its end: whoever finds it stopped takes it back, and this with it.
  await noteEnded(site, plan, receipt);
  await site.vault.note(repair, { note: 'applied', receipt });
  return receipt;
}

/** When Codex could not be asked, what was done to prepare for it has no aim any more. */
async function takeBackHalves(
  site: Site,
  repair: Repair,
  { units }: Plan,
  failed: readonly Failure[],
): Promise<readonly Failure[]> {
  const undone = new Set(failed.filter(isWhole).map(({ unit }) => unit));
  const isHalf = (unit: number) => !isPart(units[unit]);
  const lost = new Set([...undone].filter(isHalf).flatMap(unit => units[unit]?.findings ?? []));
  const halves: Failure[] = [];
  for (const [unit, { steps, findings }] of [...units.entries()].toReversed()) {
    if (undone.has(unit) || !findings.some(finding => lost.has(finding))) continue;
    const why = 'the other half of it could not be done';
    const left = await putBack(steps, groundOf(site, repair), why);
    halves.push({ unit, why: `${why}${sayLeft(left)}` });
  }
  await site.vault.note(repair, ...halves.map(one => ({ note: 'failed' as const, ...one })));
  return halves;
}

function isWhole({ finding }: Failure): boolean {
  return finding === undefined;
}

/** One of many of a kind, which the others do not need. */
function isPart(unit: Unit | undefined): boolean {
  return unit?.move !== undefined || unit?.part !== undefined;
}

interface Failure {
  readonly unit: number;
  readonly why: string;
  /** The only finding of the unit that is concerned; absent when all of it was taken back. */
  readonly finding?: string;
}

async function applyWave(
  site: Site,
  repair: Repair,
  { units }: Plan,
  from: number,
  earlier: readonly Failure[],
  watch: Watch,
  pace: (done: number) => Promise<void>,
): Promise<Course> {
  const wave = units.slice(from, from + AT_ONCE);
  const ground = groundOf(site, repair, watch);
  const failed: Failure[] = [];
  const unplanned: string[] = [];
  const begun: Begun[] = [];
  const stale = await whyStaleOf(comparableSteps(wave), ground);
  for (const [index, { steps }] of wave.entries()) {
    const why = steps.map(step => stale.get(step) ?? null).find(one => one !== null);
    if (why === undefined) begun.push({ unit: from + index, steps });
    else failed.push({ unit: from + index, why });
  }
  // What is begun is taken back after a stop: only what we found as planned may be among it.
  await site.vault.note(repair, { note: 'begun', units: begun.map(({ unit }) => unit) });
  let done = wave.length - begun.length;
  for (const group of groupsOf(begun)) {
    const unprepared = unpreparedIn(group, units, [...earlier, ...failed]);
    failed.push(...unprepared.map(({ unit }) => ({ unit, why: UNPREPARED })));
    const ready = group.filter(one => !unprepared.includes(one));
    const course = await applyGroup(ready, ground, share => pace(done + share));
    failed.push(...course.failed);
    unplanned.push(...course.unplanned);
    done += group.length;
  }
  // What is not noted as failed would be taken for done.
  const undone = failed.filter(isWhole);
  await site.vault.note(repair, ...undone.map(one => ({ note: 'failed' as const, ...one })));
  return { failed, unplanned };
}

const UNPREPARED = 'what prepares for it could not be done';

/**
 * Codex is only started in a home that is as the plan has prepared it: beside a damaged database that could
 * not be put away, it would do something else, and what is put back afterwards would be put into the old one.
 */
function unpreparedIn(
  group: readonly Begun[],
  units: readonly Unit[],
  failed: readonly Failure[],
): readonly Begun[] {
  const lost = new Set(
    failed
      .filter(isWhole)
      .filter(({ unit }) => units[unit]?.part === undefined)
      .flatMap(({ unit }) => units[unit]?.findings ?? []),
  );
  return group.filter(
    ({ unit, steps }) =>
      steps.some(({ kind }) => kind === 'ask') &&
      (units[unit]?.findings ?? []).some(finding => lost.has(finding)),
  );
}

/** What units came to. */
interface Course {
  readonly failed: readonly Failure[];
  readonly unplanned: readonly string[];
}

/** When a step cannot be done, nothing of its unit is; the other units of the group go on. */
async function applyGroup(
  group: readonly Begun[],
  ground: Ground,
  pace: (done: number) => Promise<void>,
): Promise<Course> {
  const failed: Failure[] = [];
  const unplanned: string[] = [];
  const all = group.reduce((sum, { steps }) => sum + steps.length, 0);
  let taken = 0;
  const counting: Pace = async () => {
    await pace(Math.floor((group.length * taken) / all));
    taken += 1;
  };
  let going = group;
  for (let index = 0; ; index += 1) {
    const turns = turnsOf(going, index);
    if (turns.length === 0) return { failed, unplanned };
    const answers = await applySteps(
      turns.map(({ step }) => step),
      ground,
      counting,
    );
    const course = await settleTurns(turns, answers, ground);
    failed.push(...course.failed);
    unplanned.push(...course.unplanned);
    const lost = new Set(course.failed.filter(isWhole).map(({ unit }) => unit));
    going = going.filter(({ unit }) => !lost.has(unit));
  }
}

/** Takes back the units whose step could not be done. */
async function settleTurns(
  turns: readonly Turn<Begun>[],
  answers: readonly Answer<Outcome | void>[],
  ground: Ground,
): Promise<Course> {
  const failed: Failure[] = [];
  const unplanned: string[] = [];
  const stopping = answers.find(
    ({ error }) => error instanceof Interrupted || (error instanceof Hindered && error.stopsAll),
  );
  if (stopping?.error != null) throw stopping.error;
  for (const [at, { of, index }] of turns.entries()) {
    const { result, error = null } = answers[at] ?? {};
    if (error !== null)
      failed.push({ unit: of.unit, why: await takeUnitBack(of, index, error, ground) });
    const parts = result?.failed ?? [];
    failed.push(...parts.map(({ what, why }) => ({ unit: of.unit, why, finding: what })));
    unplanned.push(...(result?.unplanned ?? []));
  }
  return { failed, unplanned };
}

/** Says why the unit failed, and what of it could not be put back. */
async function takeUnitBack(
  { steps }: Begun,
  index: number,
  error: Error,
  ground: Ground,
): Promise<string> {
  // What a step found changed is not its own, however much it looks like it.
  const begun = steps.slice(0, error instanceof Stale ? index : index + 1);
  return `${error.message}${sayLeft(await putBack(begun, ground, error.message))}`;
}

function sayLeft(left: readonly Left[]): string {
  return left.map(({ what, why }) => `; ${what}: ${why}`).join('');
}

/** A key that was pressed is heard only while we wait, and nothing else here does. */
async function hearInterrupt({ world }: Site, signal: AbortSignal | null): Promise<void> {
  await world.files.pause(0);
  if (signal?.aborted === true) throw new Interrupted();
}

function receiptFor({ id, at }: Repair, plan: Plan, failures: readonly Failure[]): Receipt {
  const undone = new Set(failures.filter(isWhole).map(({ unit }) => unit));
  const reasons = failures.flatMap(({ unit, why, finding }) =>
    (finding === undefined ? concernedBy(plan.units[unit]) : [finding]).map(what => ({
      what,
      why,
    })),
  );
  const first = new Map<string, Left>();
  for (const one of reasons) if (!first.has(one.what)) first.set(one.what, one);
  const done = plan.units.filter((_, index) => !undone.has(index));
  // What prepares for Codex and what Codex is asked then are two units for one finding.
  const findings = [...new Set(done.flatMap(unit => unit.findings))].filter(
    finding => !first.has(finding),
  );
  return {
    id,
    at,
    plan: plan.sha,
    findings,
    applied: findings.length,
    skipped: plan.refused.map(one => ({ what: one.finding, why: one.why })),
    failed: [...first.values()],
    unplanned: [],
  };
}

/** Of a part that failed the others are not concerned. */
function concernedBy(unit: Unit | undefined): readonly string[] {
  if (unit?.move !== undefined) return [unit.move.thread];
  return unit?.part ?? unit?.findings ?? [];
}
