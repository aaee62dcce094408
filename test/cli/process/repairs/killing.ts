// Processes that are killed at moments nobody has chosen, and what there is to do with them.

import type { Ended, Started } from '../runProcess.ts';
import type { Progress } from './vaults.ts';

/** SEED makes the same moments come again, as far as a machine does the same twice. */
export const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

/** What is killed, and how far it has come. */
export interface Victim {
  start(): Started;
  progress(): Progress;
}

/** In milliseconds: all of a run, and that part of it in which the home is being changed. */
export interface Durations {
  readonly whole: number;
  /** Follows what is seen, since a machine is not equally busy all the time: see `stopped`. */
  writing: number;
}

/** How long it takes when nobody disturbs it; the longest of three runs. */
export async function durationsOf(prepare: () => void, victim: Victim): Promise<Durations> {
  const durations = { whole: 0, writing: 0 };
  for (let time = 0; time < 3; time += 1) {
    prepare();
    const from = performance.now();
    const { ended } = victim.start();
    const begun = until(ended, () => victim.progress() !== 'before');
    const done = until(ended, () => victim.progress() === 'after');
    const writing = (await done) - (await begun);
    await ended;
    durations.whole = Math.max(durations.whole, performance.now() - from);
    durations.writing = Math.max(durations.writing, writing);
  }
  return durations;
}

/**
 * Runs it and stops it, unless it has ended by itself: in one half of all cases at any moment of its
 * run, in the other at any moment of its writing, which is the smaller part of a run. Where writing is
 * over sooner than it was, the next stop comes sooner, so that some three in ten come too late.
 */
export async function stopped(
  victim: Victim,
  durations: Durations,
  chance: () => number,
  signal: NodeJS.Signals,
): Promise<Ended> {
  if (chance() < 0.5) return stoppedAnywhere(victim, durations.whole, chance, signal);
  const begun = (end: Promise<unknown>) => until(end, () => victim.progress() !== 'before');
  const end = await stopAfter(victim, chance() * durations.writing, signal, begun);
  durations.writing *= { before: 1, in: 1.1, after: 0.8 }[victim.progress()];
  return end;
}

export function stoppedAnywhere(
  victim: Victim,
  whole: number,
  chance: () => number,
  signal: NodeJS.Signals,
): Promise<Ended> {
  return stopAfter(victim, chance() * 1.05 * whole, signal, () => Promise.resolve());
}

async function stopAfter(
  victim: Victim,
  milliseconds: number,
  signal: NodeJS.Signals,
  first: (end: Promise<Ended>) => Promise<unknown>,
): Promise<Ended> {
  const { child, ended } = victim.start();
  await first(ended);
  const timer = setTimeout(() => child.kill(signal), milliseconds);
  const end = await ended;
  clearTimeout(timer);
  return end;
}

/** The moment at which it was seen to be so, or at which the program ended. */
async function until(end: Promise<unknown>, isSo: () => boolean): Promise<number> {
  const state = { hasEnded: false };
  void end.then(() => (state.hasEnded = true));
  while (!state.hasEnded && !isSo()) await new Promise(resolve => setTimeout(resolve, 1));
  return performance.now();
}
