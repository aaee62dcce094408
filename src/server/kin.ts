// What stands in relation to a thread, looked up for all threads of a snapshot at once: a page is
// written for each thread that has a marker, and somebody has fifty thousand.

import type { Holder, Snapshot } from '../engine/model/snapshot.ts';
import type { Thread } from '../engine/model/thread.ts';
import type { ThreadId } from '../engine/model/words.ts';
import { append } from './group.ts';

export interface Kin {
  readonly threads: ReadonlyMap<ThreadId, Thread>;
  readonly forks: ReadonlyMap<ThreadId, readonly Thread[]>;
  /** Sub-agents, by the thread that started them. */
  readonly agents: ReadonlyMap<ThreadId, readonly Thread[]>;
  readonly holders: ReadonlyMap<ThreadId, readonly Holder[]>;
  /** Threads of which the history database has a projection; null when it was not read. */
  readonly projected: ReadonlySet<ThreadId> | null;
}

const known = new WeakMap<Snapshot, Kin>();

export function kinOf(snapshot: Snapshot): Kin {
  const before = known.get(snapshot);
  if (before !== undefined) return before;
  const [forks, agents] = [new Map<ThreadId, Thread[]>(), new Map<ThreadId, Thread[]>()];
  const holders = new Map<ThreadId, Holder[]>();
  for (const thread of snapshot.threads) {
    const parent = parentOf(thread);
    if (parent !== null) append(forks, parent, thread);
    const starter = thread.row?.parentThread ?? null;
    if (starter !== null) append(agents, starter, thread);
  }
  for (const holder of snapshot.holders)
    for (const id of holder.writesThreads) append(holders, id, holder);
  const { history } = snapshot;
  const projected = history === null ? null : new Set(history.projected);
  const threads = new Map(snapshot.threads.map(thread => [thread.id, thread]));
  const kin = { threads, forks, agents, holders, projected };
  known.set(snapshot, kin);
  return kin;
}

/** The thread from which one was forked. */
export function parentOf({ id, own }: Thread): ThreadId | null {
  const parent = own?.head.meta?.forkedFrom ?? null;
  return parent === id ? null : parent;
}
