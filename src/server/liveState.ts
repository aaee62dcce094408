// What is going on with a thread right now, told from files and processes: nothing is started for it.

import type { Rollout } from '../engine/model/rollout.ts';
import type { Holder, Snapshot } from '../engine/model/snapshot.ts';
import type { ThreadId } from '../engine/model/words.ts';
import type { Live } from '../protocol/tree.ts';
import type { View } from './view.ts';

/** A model may think for a while between two lines. */
export const ACTIVE_MS = 10_000;

export function liveStateOf(view: View, id: ThreadId): Live | null {
  const isActive =
    view.threads.get(id)?.files.some(file => isActiveAt(file, view.madeAtMs)) ?? false;
  const holder = writersOf(view.report.snapshot).get(id);
  if (holder !== undefined)
    return { state: 'held', program: holder.program, pid: holder.pid, isActive };
  return isActive ? { state: 'active' } : null;
}

/** When the next thread stops being active; null when none is. */
export function nextQuietMs({ rollouts }: Snapshot, nowMs: number): number | null {
  let next: number | null = null;
  for (const rollout of rollouts)
    if (isActiveAt(rollout, nowMs))
      next = Math.min(next ?? Infinity, rollout.modifiedMs + ACTIVE_MS);
  return next;
}

/** A time to come is one that somebody has set, or of another machine's clock. */
function isActiveAt({ modifiedMs }: Rollout, nowMs: number): boolean {
  return modifiedMs > nowMs - ACTIVE_MS && modifiedMs <= nowMs + ACTIVE_MS;
}

const writers = new WeakMap<Snapshot, ReadonlyMap<ThreadId, Holder>>();

function writersOf(snapshot: Snapshot): ReadonlyMap<ThreadId, Holder> {
  const known = writers.get(snapshot);
  if (known !== undefined) return known;
  const made = new Map(
    snapshot.holders.flatMap(holder => holder.writesThreads.map(id => [id, holder] as const)),
  );
  writers.set(snapshot, made);
  return made;
}
