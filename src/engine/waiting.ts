// Waiting until nobody has the files of a home open. Nobody is ever ended: the person closes them.

import type { Plan } from './model/plan.ts';
import type { Report } from './model/report.ts';
import type { Holder } from './model/snapshot.ts';
import { Refusal } from './refusal.ts';
import type { InTheWay } from './repair/split/closedOnHosts.ts';
import { placesHeld } from './scan/databasePlaces.ts';
import type { World } from './world.ts';

const BETWEEN_MS = 500;
/** A look at other hosts is a connection to each of them. */
const BETWEEN_LOOKS_MS = 5000;

/** Who has to be closed before a plan can be carried out; empty when nobody has to, or nobody can tell. */
export async function holdersInTheWay(
  world: World,
  { snapshot: { home } }: Report,
  { needs }: Plan,
): Promise<readonly Holder[]> {
  if (!needs.includes('codex-stopped')) return [];
  const read = await world.processes.holders(placesHeld(home, world.machine));
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
    if (signal.aborted) throw ended();
    const who = holders.map(({ pid }) => pid).join();
    if (who !== told) tell(holders);
    told = who;
    await world.files.pause(BETWEEN_MS);
  }
}

/** The same on several hosts, of which each look shows who is in the way there; the last of them is told. */
export async function waitForHosts<T>(
  { files }: World,
  look: () => Promise<T>,
  inTheWay: (seen: T) => readonly InTheWay[],
  signal: AbortSignal,
  tell: (programs: readonly InTheWay[]) => void,
): Promise<T> {
  let told = '';
  const isStopped = () => signal.aborted;
  for (;;) {
    const seen = await look();
    const programs = inTheWay(seen);
    if (isStopped()) throw ended();
    if (programs.length === 0) return seen;
    const who = programs.map(({ host, pid }) => `${host} ${String(pid)}`).join();
    if (who !== told) tell(programs);
    told = who;
    for (let waited = 0; waited < BETWEEN_LOOKS_MS && !isStopped(); waited += BETWEEN_MS)
      await files.pause(BETWEEN_MS);
  }
}

function ended(): Refusal {
  return new Refusal('stopped', 'The waiting was ended.', 'Nothing was changed.');
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
