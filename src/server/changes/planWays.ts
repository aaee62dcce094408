// Where the places lead to that plans and receipts name: threads to their records, files to themselves
// where an editor can show them, databases to their pages.

import type { Snapshot } from '../../engine/model/snapshot.ts';
import type { ThreadId } from '../../engine/model/words.ts';
import { databaseAddress } from '../addresses.ts';
import { addressInHome } from '../homeFiles.ts';
import { kinOf } from '../kin.ts';
import type { PageWriter } from '../page.ts';
import { recordAddressOf } from '../threadAddresses.ts';

export interface Ways {
  /** Of a place as steps name it: a file, or a row as `database › table › key`. */
  toPlace(place: string): string | null;
  /** Writes a line for each of these threads, and leads to its record. */
  writeThreads(page: PageWriter, key: string, ids: readonly ThreadId[]): void;
  /** The threads that are meant by ids of findings, or of threads. */
  threadsOf(ids: readonly string[]): readonly ThreadId[];
}

/** Of the many threads of one repair some are named. */
const MOST_THREADS = 50;

export function createWays(snapshot: Snapshot): Ways {
  const { home, rollouts, databases } = snapshot;
  const { threads } = kinOf(snapshot);
  const byFile = new Map(
    snapshot.threads.flatMap(({ id, files }) => files.map(({ path }) => [path, id] as const)),
  );
  const places = new Map([
    ...rollouts.map(rollout => [rollout.file, addressInHome(rollout, home.system)] as const),
    ...databases.map(({ file, key }) => [file, databaseAddress(home.key, key)] as const),
  ]);
  return {
    toPlace: place => places.get(place.split(' › ')[0] ?? '') ?? null,
    writeThreads: (page, key, ids) => {
      for (const id of ids.slice(0, MOST_THREADS)) {
        const title = threads.get(id)?.title ?? '';
        page.fact(key, 'session', title === '' ? id : title, recordAddressOf(snapshot, id));
      }
      const more = ids.length - MOST_THREADS;
      if (more > 0) page.fact(key, 'session', `and ${String(more)} more`);
    },
    threadsOf: ids => {
      // A finding that is gone is known by its id alone, which names what it was about.
      const subjects = ids.map(id => (threads.has(id) ? id : id.slice(id.indexOf(':') + 1)));
      const known = subjects.map(subject => byFile.get(subject) ?? subject);
      return [...new Set(known)].filter(id => threads.has(id));
    },
  };
}
