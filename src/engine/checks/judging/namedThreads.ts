import type { Snapshot } from '../../model/snapshot.ts';
import type { ThreadId } from '../../model/words.ts';

/** Threads that a person has named: a new database does not have the names, and they can be put back. */
export function namedThreads({ threads, names }: Snapshot): readonly ThreadId[] {
  return threads
    .filter(({ id }) => names[id] !== undefined)
    .map(({ id }) => id)
    .sort();
}
