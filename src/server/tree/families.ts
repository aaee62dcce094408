// Threads that came of other threads stand under them. What headers and rows say about it may be
// damaged: a parent may be missing, and a thread may be named as its own ancestor.

import type { Thread } from '../../engine/model/thread.ts';
import type { ThreadId } from '../../engine/model/words.ts';
import type { ChildNode } from '../../protocol/tree.ts';
import { append } from '../group.ts';
import { rankOfAll, troubleThenNewest, type Ranked } from './ranking.ts';

export type Bond = ChildNode['bond'];

/** A thread and what came of it; ranked by all of them, so that trouble below lifts the whole. */
export interface Family extends Ranked {
  readonly thread: Thread;
  /** What ties it to the thread above; null where it stands on top. */
  readonly bond: Bond | null;
  readonly children: readonly Family[];
}

/** Deeper ones stand beside their parents: nobody reads so far, and a chain may be damaged. */
const MOST_LEVELS = 8;

/** The families among these threads; one whose parent is not among them stands on top. */
export function familiesOf(
  threads: readonly Thread[],
  rankOf: (thread: Thread) => Ranked,
): readonly Family[] {
  const places = placesOf(threads);
  const below = new Map<ThreadId, Thread[]>();
  const tops: Thread[] = [];
  for (const thread of threads) {
    const parent = places.get(thread.id)?.parent ?? null;
    if (parent === null) tops.push(thread);
    else append(below, parent, thread);
  }
  const grow = (thread: Thread, isTop: boolean): Family => {
    const children = (below.get(thread.id) ?? []).map(child => grow(child, false));
    return {
      thread,
      bond: isTop ? null : (originOf(thread)?.bond ?? null),
      children: children.sort(troubleThenNewest),
      ...rankOfAll([rankOf(thread), ...children]),
    };
  };
  return tops.map(thread => grow(thread, true)).sort(troubleThenNewest);
}

interface Place {
  /** Under which thread it is shown; null on top. */
  readonly parent: ThreadId | null;
  readonly level: number;
}

function placesOf(threads: readonly Thread[]): ReadonlyMap<ThreadId, Place> {
  const known = new Map(threads.map(thread => [thread.id, thread]));
  const places = new Map<ThreadId, Place>();
  for (const thread of threads) {
    // From here upwards, as far as nothing is decided; a loop, not a recursion: chains may be long.
    const chain = new Set<Thread>();
    let at: Thread | undefined = thread;
    while (at !== undefined && !places.has(at.id) && !chain.has(at)) {
      chain.add(at);
      at = known.get(originOf(at)?.id ?? '');
    }
    const circle = at !== undefined && chain.has(at) ? at : null;
    const unplaced = circle === null ? [...chain] : cutOpen([...chain], circle);
    for (const one of unplaced.toReversed()) places.set(one.id, placeBelow(one, places));
  }
  return places;
}

/** A circle has no beginning: its oldest thread is taken for one, whichever was looked at first. */
function cutOpen(chain: readonly Thread[], closes: Thread): readonly Thread[] {
  const tail = chain.slice(0, chain.indexOf(closes));
  const circle = chain.slice(chain.indexOf(closes));
  const oldest = circle.reduce((one, other) => (isOlder(other, one) ? other : one));
  const cut = circle.indexOf(oldest) + 1;
  return [...tail, ...circle.slice(cut), ...circle.slice(0, cut)];
}

function isOlder(one: Thread, other: Thread): boolean {
  return one.createdAtMs === other.createdAtMs
    ? one.id < other.id
    : one.createdAtMs < other.createdAtMs;
}

/** Under its parent, when that has a place; on top else. */
function placeBelow(thread: Thread, places: ReadonlyMap<ThreadId, Place>): Place {
  const parent = originOf(thread)?.id ?? null;
  const above = parent === null ? undefined : places.get(parent);
  if (above === undefined) return { parent: null, level: 0 };
  return above.level + 1 < MOST_LEVELS ? { parent, level: above.level + 1 } : above;
}

/** Which thread this one came of, and how; null where nothing says so. */
function originOf({
  row,
  own,
  source,
}: Thread): { readonly id: ThreadId; readonly bond: Bond } | null {
  const meta = own?.head.meta ?? null;
  const starter = row?.parentThread ?? starterIn(source) ?? starterIn(meta?.source ?? '');
  if (starter !== null) return { id: starter, bond: 'sub-agent' };
  const forkedFrom = meta?.forkedFrom ?? null;
  return forkedFrom === null ? null : { id: forkedFrom, bond: 'fork' };
}

/** A sub-agent's source is written as JSON, in which its parent is named. */
function starterIn(source: string): ThreadId | null {
  return /"parent_thread_id"\s*:\s*"([^"]+)"/.exec(source)?.[1] ?? null;
}
