// Waiting until nobody has the files of a home open. Nobody is ever ended: the person closes them.

import type { Plan } from './model/plan.ts';
import type { Report } from './model/report.ts';
import type { Holder } from './model/snapshot.ts';
import { Refusal } from './refusal.ts';
import type { World } from './world.ts';

const BETWEEN_MS = 500;

/** Who has to be closed before a plan can be carried out; empty when nobody has to, or nobody can tell. */
export async function holdersInTheWay(
  world: World,
  { snapshot: { home } }: Report,
  { needs }: Plan,
): Promise<readonly Holder[]> {
  if (!needs.includes('codex-stopped')) return [];
  const read = await world.processes.holders([home.path, home.sqliteHome]);
  // What cannot be told is refused by the repair itself, with the reason.
  return read.ok ? read.value.holders : [];
}

/** Whether somebody had to be waited for. `tell` is told who, and once more when they are others. */
export async function waitForHolders(
  world: World,
  report: Report,
  plan: Plan,
  signal: AbortSignal,
  tell: (holders: readonly Holder[]) => void,
): Promise<boolean> {
  let told = '';
  for (;;) {
    const holders = await holdersInTheWay(world, report, plan);
    if (holders.length === 0) return told !== '';
    if (signal.aborted)
      throw new Refusal('stopped', 'The waiting was ended.', 'Nothing was changed.');
    const who = holders.map(({ pid }) => pid).join();
    if (who !== told) tell(holders);
    told = who;
    await world.files.pause(BETWEEN_MS);
  }
}

/**
 * Whether two plans are about the same. Whoever closed Codex has changed the home by that, and with it the
 * places that a plan names; it is still what somebody has said yes to.
 */
export function isSameSubstance(one: Plan, other: Plan): boolean {
  return substanceOf(one) === substanceOf(other);
}

function substanceOf({ units, refused }: Plan): string {
  return JSON.stringify([
    units.map(({ findings, cure, loses }) => [findings, cure, loses]),
    refused,
  ]);
}
