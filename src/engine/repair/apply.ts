// Plan → receipt. Whatever stops it, the next repair finds in the journal how far it came, and takes
// back what was begun: a home is as it was before, or as it was planned.

import type { Left, Plan, Receipt, Step, Unit } from '../model/plan.ts';
import { Refusal } from '../refusal.ts';
import { handlerOf } from './steps/index.ts';
import { Stale, type Ground } from './steps/step.ts';
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
  const { vault } = site;
  const repair = await vault.begin(plan);
  const failed: Failure[] = [];
  for (let from = 0; from < plan.units.length; from += AT_ONCE) {
    if (signal?.aborted === true) await giveUp(site, repair);
    const wave = plan.units.slice(from, from + AT_ONCE);
    failed.push(...(await applyWave(site, repair, wave, from, signal)));
    progress(Math.min(from + AT_ONCE, plan.units.length), plan.units.length, 'repairs');
  }
  const receipt = receiptFor(repair, failed);
  await vault.note(repair, { note: 'applied', receipt });
  return receipt;
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
  signal: AbortSignal | null,
): Promise<readonly Failure[]> {
  const ground = groundOf(site, repair);
  const failed: Failure[] = [];
  const begun: number[] = [];
  for (const [index, unit] of wave.entries()) {
    const why = await whyStale(unit, ground);
    if (why === null) begun.push(from + index);
    else failed.push({ unit: from + index, why });
  }
  // What is begun is taken back after a stop: only what we found as planned may be among it.
  await site.vault.note(repair, { note: 'begun', units: begun });
  for (const unit of begun) {
    if (signal?.aborted === true) await giveUp(site, repair);
    failed.push(...(await applyUnit(wave[unit - from]?.steps ?? [], unit, ground)));
  }
  // What is not noted as failed would be taken for done.
  const undone = failed.filter(({ finding }) => finding === undefined);
  await site.vault.note(repair, ...undone.map(one => ({ note: 'failed' as const, ...one })));
  return failed;
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
async function applyUnit(
  steps: readonly Step[],
  unit: number,
  ground: Ground,
): Promise<readonly Failure[]> {
  const failed: Failure[] = [];
  for (const [index, step] of steps.entries()) {
    try {
      const parts = (await handlerOf(step).apply(step, ground)) ?? [];
      failed.push(...parts.map(({ what, why }) => ({ unit, why, finding: what })));
    } catch (error) {
      // What a step found changed is not its own, however much it looks like it.
      const begun = steps.slice(0, error instanceof Stale ? index : index + 1).toReversed();
      const left: Left[] = [];
      for (const one of begun) left.push(...(await handlerOf(one).undo(one, ground)));
      const rest = left.map(({ what, why }) => `; ${what}: ${why}`).join('');
      return [{ unit, why: `${error instanceof Error ? error.message : String(error)}${rest}` }];
    }
  }
  return failed;
}

async function giveUp(site: Site, repair: Repair): Promise<never> {
  const known = (await site.vault.repairs()).find(({ id }) => id === repair.id) ?? repair;
  const { left } = await takeBack(site, known);
  throw new Refusal(
    'stopped',
    left.length === 0
      ? 'The repair was stopped, and everything is as it was before.'
      : `The repair was stopped and taken back, but for ${left.map(({ what, why }) => `${what} (${why})`).join(', ')}.`,
    'Start it again when you like.',
  );
}

function receiptFor({ id, at, plan }: Repair, failures: readonly Failure[]): Receipt {
  const undone = new Set(
    failures.filter(({ finding }) => finding === undefined).map(({ unit }) => unit),
  );
  const failed = failures.flatMap(({ unit, why, finding }) =>
    (finding === undefined ? (plan.units[unit]?.findings ?? []) : [finding]).map(what => ({
      what,
      why,
    })),
  );
  const isFailed = new Set(failed.map(({ what }) => what));
  const done = plan.units.filter((_, index) => !undone.has(index));
  const findings = done.flatMap(unit => unit.findings).filter(finding => !isFailed.has(finding));
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
