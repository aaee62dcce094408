// A fork begins in the middle of another thread's file, and so does a new file after a revert: its first
// line says at which byte. Where that file's first line grows, the byte has to follow, or the model
// silently lacks the end of what was said before (seen in 0.160 and 0.169; lists and turns look right).

import { bytesOfText } from '../../model/bytes.ts';
import type { CloserLook } from '../../model/closerLook.ts';
import type { Bytes, EditStep, Splice } from '../../model/plan.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { ThreadId } from '../../model/words.ts';
import type { Objection } from '../check.ts';
import { areAllFilesSeen } from '../judging/allFilesSeen.ts';
import { editFile } from './curing.ts';
import { decodeObject, placesOf } from './jsonPlaces.ts';

/** The name under which other files refer to one. */
export function nameOfFile({ name, head }: Rollout): ThreadId {
  return name?.segment ?? head.meta?.id ?? name?.id ?? '';
}

export function filesLeaningOn(snapshot: Snapshot, file: Rollout): readonly Rollout[] {
  return leaningIn(snapshot).get(nameOfFile(file)) ?? [];
}

const known = new WeakMap<Snapshot, ReadonlyMap<ThreadId, readonly Rollout[]>>();

/** Every thread of a move asks; the answer is worked out once. */
function leaningIn(snapshot: Snapshot): ReadonlyMap<ThreadId, readonly Rollout[]> {
  const found = known.get(snapshot);
  if (found !== undefined) return found;
  const leaning = new Map<ThreadId, Rollout[]>();
  for (const rollout of snapshot.rollouts) {
    const { historyFile, historyBase } = rollout.head.meta ?? {};
    const on = historyFile ?? historyBase ?? null;
    if (on === null || on === nameOfFile(rollout)) continue;
    const others = leaning.get(on) ?? [];
    leaning.set(on, others);
    others.push(rollout);
  }
  known.set(snapshot, leaning);
  return leaning;
}

/** A file whose first line says of another one at which byte it begins there. */
export interface Follower {
  readonly file: Rollout;
  readonly splice: Splice;
}

/** What changes in the files that lean on these when what stands behind `from` in each moves by `growth`. */
export function followersOf(
  snapshot: Snapshot,
  closer: CloserLook,
  grown: readonly {
    readonly file: Rollout;
    readonly from: number;
    readonly growth: number;
  }[],
): readonly Follower[] | Objection {
  const followers: Follower[] = [];
  for (const { file, from, growth } of grown) {
    if (growth === 0) continue;
    if (!areAllFilesSeen(snapshot)) return NOT_ALL_KNOWN;
    for (const leaning of filesLeaningOn(snapshot, file)) {
      const splice = shiftBase(closer.heads[leaning.file] ?? '', from, growth);
      if (splice === 'not-possible' || (!isOfOneThread(leaning, file) && isShut(leaning, snapshot)))
        return cannotFollow(leaning, file);
      if (splice !== null) followers.push({ file: leaning, splice });
    }
  }
  return followers;
}

export function editFollowing({ file, splice }: Follower): EditStep {
  return editFile(file, [splice]);
}

/** Files of the thread itself are changed with it, and unpacked for that where it has to be. */
function isOfOneThread(one: Rollout, other: Rollout): boolean {
  return one.head.meta?.id === other.head.meta?.id;
}

function isShut({ compressed, head }: Rollout, { holders }: Snapshot): boolean {
  return (
    compressed || holders.some(({ writesThreads }) => writesThreads.includes(head.meta?.id ?? ''))
  );
}

/** Null where no byte is named. It is changed in place: this file's own places stay as they are. */
function shiftBase(head: Bytes, from: number, growth: number): Splice | 'not-possible' | null {
  const end = head.indexOf('\n');
  const line = head.slice(0, end < 0 ? undefined : end);
  if (decodeObject(line) === null) return 'not-possible';
  const places = placesOf(line, ['payload', 'history_base', 'end_byte_offset']);
  const [place] = places;
  if (place === undefined) return null;
  const before = line.slice(place.start, place.end);
  if (places.length > 1 || !/^\d+$/.test(before)) return 'not-possible';
  if (Number(before) < from) return null;
  const after = bytesOfText(String(Number(before) + growth));
  return after.length === before.length ? { at: place.start, before, after } : 'not-possible';
}

const NOT_ALL_KNOWN: Objection = {
  why: 'its first line would become longer, and some files could not be read that may be forks of it',
  next: 'codex-health scan says which; repair those first.',
};

function cannotFollow(leaning: Rollout, file: Rollout): Objection {
  const { path, head } = leaning;
  const who = isOfOneThread(leaning, file)
    ? 'the file in which it goes on after a revert'
    : `its fork ${head.meta?.id ?? path}`;
  return {
    why: `its first line would become longer, and ${who} cannot follow: it is compressed, being written, or has no room for a longer number`,
    next: 'It is left as it is. What is not longer than what stands there now would fit.',
  };
}
