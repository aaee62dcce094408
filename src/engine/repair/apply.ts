// Plan → receipt. Whatever stops it, the next repair finds in the journal how far it came, and takes
// back what was begun: a home is as it was before, or as it was planned.

import type { Left, Plan, Receipt, RowsStep, Step, Unit } from '../model/plan.ts';
import { Hindered } from '../hands.ts';
import { Refusal } from '../refusal.ts';
import { refusalFor } from './guard.ts';
import { handlerOf } from './steps/index.ts';
import { applyTogether, whyStaleTogether } from './steps/rows.ts';
import { Interrupted, Stale, type Ground, type Watch } from './steps/step.ts';
import { groundOf, type Site } from './site.ts';
import { takeBack } from './undo.ts';
import type { Repair } from './vault.ts';

/** So many units are written down together, with one wait for the disk. */
const AT_ONCE = 256;

export type Progress = (done: number, total: number, what: string) => void;

export async function apply(
  site: Site,
  plan: Plan,
  signal: AbortSignal | null,
  progress: Progress,
): Promise<Receipt> {
  const repair = await site.vault.begin(plan);
  try {
    return await applyAll(site, repair, signal, progress);
  } catch (error) {
    if (error instanceof Hindered && error.stopsAll) await giveUp(site, repair, error);
    if (error instanceof Interrupted) await giveUp(site, repair);
    throw error;
  }
}

async function applyAll(
  site: Site,
  repair: Repair,
  signal: AbortSignal | null,
  progress: Progress,
): Promise<Receipt> {
  const { plan } = repair;
  const failed: Failure[] = [];
  const unplanned: string[] = [];
  for (let from = 0; from < plan.units.length; from += AT_ONCE) {
    if (await isStopped(site, signal)) await giveUp(site, repair);
    const wave = plan.units.slice(from, from + AT_ONCE);
    const tell = (done: number) => progress(from + done, plan.units.length, 'repairs');
    const watch = { signal, tell: progress };
    const course = await applyWave(site, repair, wave, from, watch, tell);
    failed.push(...course.failed);
    unplanned.push(...course.unplanned);
  }
  failed.push(...(await takeBackHalves(site, repair, failed)));
  const receipt = { ...receiptFor(repair, failed), unplanned };
  await site.vault.note(repair, { note: 'applied', receipt });
  return receipt;
}

/** When Codex could not be asked, what was done to prepare for it has no aim any more. */
async function takeBackHalves(
  site: Site,
  repair: Repair,
  failed: readonly Failure[],
): Promise<readonly Failure[]> {
  const { units } = repair.plan;
  const undone = new Set(failed.filter(isWhole).map(({ unit }) => unit));
  const isHalf = (unit: number) => units[unit]?.move === undefined;
  const lost = new Set([...undone].filter(isHalf).flatMap(unit => units[unit]?.findings ?? []));
  const halves: Failure[] = [];
  for (const [unit, { steps, findings }] of [...units.entries()].toReversed()) {
    if (undone.has(unit) || !findings.some(finding => lost.has(finding))) continue;
    const ground = groundOf(site, repair);
    for (const step of steps.toReversed()) await handlerOf(step).undo(step, ground);
    halves.push({ unit, why: 'the other half of it could not be done' });
  }
  await site.vault.note(repair, ...halves.map(one => ({ note: 'failed' as const, ...one })));
  return halves;
}

function isWhole({ finding }: Failure): boolean {
  return finding === undefined;
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
  wave: readonly Unit[],
  from: number,
  watch: Watch,
  tell: (done: number) => void,
): Promise<Course> {
  const ground = groundOf(site, repair, watch);
  const failed: Failure[] = [];
  const unplanned: string[] = [];
  const begun: number[] = [];
  const together = wave.flatMap(({ steps }) => rowsAlone(steps) ?? []);
  const answers = await whyStaleTogether(together, ground.hands);
  const stale = new Map(together.map((step, index) => [step, answers[index] ?? null]));
  for (const [index, unit] of wave.entries()) {
    const rows = rowsAlone(unit.steps);
    const why = rows === null ? await whyStale(unit, ground) : (stale.get(rows) ?? null);
    if (why === null) begun.push(from + index);
    else failed.push({ unit: from + index, why });
  }
  // What is begun is taken back after a stop: only what we found as planned may be among it.
  await site.vault.note(repair, { note: 'begun', units: begun });
  for (let at = 0; at < begun.length;) {
    if (await isStopped(site, watch.signal)) await giveUp(site, repair);
    const units = runOfRows(begun.slice(at), unit => wave[unit - from]?.steps ?? []);
    const course =
      units.length > 0
        ? await applyRows(units, ground)
        : await applyUnit(wave[(begun[at] ?? 0) - from]?.steps ?? [], begun[at] ?? 0, ground);
    failed.push(...course.failed);
    unplanned.push(...course.unplanned);
    at += Math.max(1, units.length);
    tell(at);
  }
  // What is not noted as failed would be taken for done.
  const undone = failed.filter(isWhole);
  await site.vault.note(repair, ...undone.map(one => ({ note: 'failed' as const, ...one })));
  return { failed, unplanned };
}

/** The step of a unit that changes rows and nothing else; many of them go in one transaction. */
function rowsAlone(steps: readonly Step[]): RowsStep | null {
  const [step] = steps;
  return steps.length === 1 && step?.kind === 'rows' ? step : null;
}

/** The units at the beginning that change rows and nothing else. */
function runOfRows(
  units: readonly number[],
  stepsOf: (unit: number) => readonly Step[],
): readonly { readonly unit: number; readonly step: RowsStep }[] {
  const run: { unit: number; step: RowsStep }[] = [];
  for (const unit of units) {
    const step = rowsAlone(stepsOf(unit));
    if (step === null) break;
    run.push({ unit, step });
  }
  return run;
}

async function applyRows(units: ReturnType<typeof runOfRows>, { hands }: Ground): Promise<Course> {
  const answers = await applyTogether(
    units.map(({ step }) => step),
    hands,
  );
  const failed = units.flatMap(({ unit }, index) => {
    const why = answers[index] ?? null;
    return why === null ? [] : [{ unit, why }];
  });
  return { failed, unplanned: [] };
}

/** What units came to. */
interface Course {
  readonly failed: readonly Failure[];
  readonly unplanned: readonly string[];
}

/** A step that goes on with what an earlier one of its unit made cannot be held against the disk yet. */
async function whyStale({ steps }: Unit, ground: Ground): Promise<string | null> {
  const touched = new Set<string>();
  for (const step of steps) {
    const touches = handlerOf(step).touches(step);
    if (!touches.some(name => touched.has(name))) {
      const why = await handlerOf(step).whyStale(step, ground);
      if (why !== null) return why;
    }
    for (const name of touches) touched.add(name);
  }
  return null;
}

/** When a step cannot be done, nothing of its unit is. */
async function applyUnit(steps: readonly Step[], unit: number, ground: Ground): Promise<Course> {
  const failed: Failure[] = [];
  const unplanned: string[] = [];
  for (const [index, step] of steps.entries()) {
    try {
      const outcome = await handlerOf(step).apply(step, ground);
      const parts = outcome?.failed ?? [];
      failed.push(...parts.map(({ what, why }) => ({ unit, why, finding: what })));
      unplanned.push(...(outcome?.unplanned ?? []));
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      if (error instanceof Hindered && error.stopsAll) throw error;
      // What a step found changed is not its own, however much it looks like it.
      const begun = steps.slice(0, error instanceof Stale ? index : index + 1).toReversed();
      const left: Left[] = [];
      for (const one of begun) left.push(...(await handlerOf(one).undo(one, ground)));
      const rest = left.map(({ what, why }) => `; ${what}: ${why}`).join('');
      const why = `${error instanceof Error ? error.message : String(error)}${rest}`;
      return { failed: [{ unit, why }], unplanned: [] };
    }
  }
  return { failed, unplanned };
}

/** A key that was pressed is heard only while we wait, and nothing else here does. */
async function isStopped({ world }: Site, signal: AbortSignal | null): Promise<boolean> {
  await world.files.pause(0);
  return signal?.aborted === true;
}

async function giveUp(
  site: Site,
  repair: Repair,
  hindered: Hindered | null = null,
): Promise<never> {
  const known = (await site.vault.repairs()).find(({ id }) => id === repair.id) ?? repair;
  const { left } = await takeBack(site, known);
  const stopped = `${hindered === null ? '' : `${hindered.message} `}The repair was stopped`;
  throw new Refusal(
    hindered?.hindrance ?? 'stopped',
    left.length === 0
      ? `${stopped}, and everything is as it was before.`
      : `${stopped} and taken back, but for ${left.map(({ what, why }) => `${what} (${why})`).join(', ')}.`,
    hindered === null ? 'Start it again when you like.' : refusalFor(hindered).next,
  );
}

function receiptFor({ id, at, plan }: Repair, failures: readonly Failure[]): Receipt {
  const undone = new Set(failures.filter(isWhole).map(({ unit }) => unit));
  const reasons = failures.flatMap(({ unit, why, finding }) =>
    (finding === undefined ? concernedBy(plan.units[unit]) : [finding]).map(what => ({
      what,
      why,
    })),
  );
  const failed = reasons.filter(
    ({ what }, index) => reasons.findIndex(other => other.what === what) === index,
  );
  const isFailed = new Set(failed.map(({ what }) => what));
  const done = plan.units.filter((_, index) => !undone.has(index));
  // What prepares for Codex and what Codex is asked then are two units for one finding.
  const findings = [...new Set(done.flatMap(unit => unit.findings))].filter(
    finding => !isFailed.has(finding),
  );
  return {
    id,
    at,
    plan: plan.sha,
    findings,
    applied: findings.length,
    skipped: plan.refused.map(one => ({ what: one.finding, why: one.why })),
    failed,
    unplanned: [],
  };
}

/** Of a part that failed the others are not concerned. */
function concernedBy(unit: Unit | undefined): readonly string[] {
  return unit?.move === undefined ? (unit?.findings ?? []) : [unit.move.thread];
}
