// Which threads the agents of a thread have, and the agents of those, as the database has noted them.

import type { CloserLook } from '../../model/closerLook.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { ThreadId } from '../../model/words.ts';
import type { World } from '../../world.ts';

const STATE_BYTES = 2 * 1024 * 1024 * 1024;

/** Nothing of a database that cannot be read or has no such notes, as before Codex 0.117. */
export async function readAgents(
  world: World,
  { state }: Snapshot,
  threads: readonly ThreadId[],
): Promise<CloserLook['agents']> {
  if (state === null) return {};
  const opened = await world.databases.open(state.database.file, STATE_BYTES);
  if (!opened.ok) return {};
  try {
    const [edges] = await opened.value.ask([
      'SELECT parent_thread_id, child_thread_id FROM thread_spawn_edges ORDER BY 1, 2',
    ]);
    if (edges?.ok !== true) return {};
    const childrenOf = new Map<ThreadId, ThreadId[]>();
    for (const [parent, child] of edges.rows.map(row => row.map(String)))
      childrenOf.set(parent ?? '', [...(childrenOf.get(parent ?? '') ?? []), child ?? '']);
    return Object.fromEntries(threads.map(id => [id, below(id, childrenOf)]));
  } finally {
    opened.value.close();
  }
}

/** Notes that lead back to where they began are followed once. */
function below(
  thread: ThreadId,
  childrenOf: ReadonlyMap<ThreadId, readonly ThreadId[]>,
): readonly ThreadId[] {
  const found = new Set<ThreadId>([thread]);
  for (const one of found) for (const child of childrenOf.get(one) ?? []) found.add(child);
  return [...found].slice(1);
}
