// The addresses of a thread that is known by its id alone, with its title where the thread is known.

import type { Snapshot } from '../engine/model/snapshot.ts';
import type { ThreadId } from '../engine/model/words.ts';
import { threadAddress, transcriptAddress, type Titled } from './addresses.ts';
import { kinOf } from './kin.ts';

export function recordAddressOf(snapshot: Snapshot, id: ThreadId): string {
  return threadAddress(snapshot.home.key, titled(snapshot, id));
}

/** Of its newest part. */
export function transcriptAddressOf(snapshot: Snapshot, id: ThreadId): string {
  return transcriptAddress(snapshot.home.key, titled(snapshot, id), null);
}

function titled(snapshot: Snapshot, id: ThreadId): Titled {
  return kinOf(snapshot).threads.get(id) ?? { id, title: '' };
}
