// Codex goes once through all its files and enters each conversation in the database: the backfill.

import type { Rollout } from '../../model/rollout.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { ThreadId } from '../../model/words.ts';
import { judgedThreads } from './causes.ts';

/** A Codex that does it renews its claim; one that is older than this has been left (0.142–0.169). */
const LEASE_MS = 900_000;

/** Fewer than this are named one by one: they can have other reasons. */
const FEW = 3;

export interface UnfinishedBackfill {
  /** `interrupted`: begun, and left. `short`: called complete, and most rows are not there. */
  readonly state: 'pending' | 'interrupted' | 'short' | 'strange';
  readonly withoutRow: readonly ThreadId[];
}

/** Null when the backfill is done, or somebody is at it. */
export function unfinishedBackfill(snapshot: Snapshot): UnfinishedBackfill | null {
  const backfill = snapshot.state?.backfill ?? null;
  if (backfill === null) return null;
  const { entered, withoutRow } = conversationsOf(snapshot);
  // One that is complete is not judged by the clock.
  const isOld = () => snapshot.takenAtMs - (backfill.updatedAtMs ?? 0) > LEASE_MS;
  const found = (state: UnfinishedBackfill['state']) => ({ state, withoutRow });
  switch (backfill.status) {
    // Without conversations there is nothing to enter, and it is pending for good.
    case 'pending':
      return withoutRow.length > 0 || (isOld() && entered > 0) ? found('pending') : null;
    case 'running':
      return isOld() ? found('interrupted') : null;
    case 'complete':
      return withoutRow.length >= FEW && withoutRow.length > entered ? found('short') : null;
    default:
      return isOfKnownRelease(snapshot) ? found('strange') : null;
  }
}

/**
 * Whether rows are missing because Codex has yet to enter them, or is at it: then no conversation
 * is accused by itself.
 */
export function isBackfillUnfinished(snapshot: Snapshot): boolean {
  const backfill = snapshot.state?.backfill ?? null;
  const isDone = backfill === null || backfill.status === 'complete';
  return !isDone || unfinishedBackfill(snapshot) !== null;
}

/** The conversations that Codex enters: those whose file is as it should be, and has a message. */
function conversationsOf(snapshot: Snapshot) {
  const withoutRow: ThreadId[] = [];
  let entered = 0;
  for (const { thread, cause, file } of judgedThreads(snapshot)) {
    if (file === null || !mayHaveMessage(file)) continue;
    if (cause === 'thread-row-missing') withoutRow.push(thread.id);
    else if (thread.row !== null) entered += 1;
  }
  return { entered, withoutRow };
}

/** Codex 0.169 gives a row to a thread without a message only when it makes a new database. */
function mayHaveMessage({ head }: Rollout): boolean {
  const { firstUserMessage, reachesFirstMessage, meta } = head;
  return firstUserMessage !== null || !reachesFirstMessage || meta?.historyFile != null;
}

/** A newer Codex may have states that we have not met. */
function isOfKnownRelease({ state }: Snapshot): boolean {
  const { recorded = null, newestKnown = null } = state?.database.migrations ?? {};
  return recorded !== null && recorded.every(({ version }) => version <= (newestKnown ?? 0));
}
