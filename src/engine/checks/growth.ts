// While somebody works, files grow and times pass, and nearly all else stays as it is. Few checks heed
// that; what all others have found is found again, and they need not look.

import { isSameKnowledge } from '../hosts/sameKnowledge.ts';
import type { Database, Row, StateDatabase } from '../model/database.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Thread } from '../model/thread.ts';

/** What grows or passes, by the name of the thing that has it. A test holds that no other check sees it. */
export const GROWTH = {
  rollout: ['bytes', 'modifiedMs'],
  row: ['updatedAtMs'],
  thread: ['updatedAtMs'],
  database: ['bytes', 'walBytes', 'modifiedMs'],
  header: ['pages', 'freePages'],
  snapshot: ['takenAtMs'],
} as const;

/** Whether two snapshots of a home differ in nothing but growth. */
export function differByGrowthAlone(before: Snapshot, now: Snapshot): boolean {
  if (!hasSameRest(before, now) || !isCalm(before) || !isCalm(now)) return false;
  return (
    every(before.rollouts, now.rollouts, isSameRollout) &&
    every(before.state?.rows ?? [], now.state?.rows ?? [], isSameRow) &&
    every(before.threads, now.threads, isSameThread)
  );
}

/** A backfill that is under way is judged by the time it has taken. */
function isCalm({ state }: Snapshot): boolean {
  return state?.backfill == null || state.backfill.status === 'complete';
}

function hasSameRest(before: Snapshot, now: Snapshot): boolean {
  const names = Object.keys(now) as (keyof Snapshot)[];
  return names.every(name => {
    switch (name) {
      case 'takenAtMs':
      case 'rollouts':
      case 'threads':
        return true;
      case 'hosts':
        return isSameKnowledge(before.hosts, now.hosts);
      case 'state':
        return isSameState(before.state, now.state);
      case 'databases':
      case 'otherStates':
        return every(before[name], now[name], isSameDatabase);
      case 'strays':
        return every(before.strays, now.strays, isSameText);
      case 'history':
        return (
          before.history?.projected === now.history?.projected &&
          isSameDatabase(before.history?.database, now.history?.database)
        );
      default:
        return isSameText(before[name], now[name]);
    }
  });
}

function isSameState(one: StateDatabase | null, other: StateDatabase | null): boolean {
  if (one === null || other === null) return one === other;
  const { database, rows: _, ...rest } = one;
  const { database: otherDatabase, rows: __, ...otherRest } = other;
  return isSameDatabase(database, otherDatabase) && isSameText(rest, otherRest);
}

function isSameDatabase(one: Database | undefined, other: Database | undefined): boolean {
  if (one === other) return true;
  return isSameText(settled(one), settled(other));
}

function settled(database: Database | undefined) {
  if (database === undefined) return null;
  const { header, ...rest } = database;
  const still = header === null ? null : { ...header, pages: 0, freePages: 0 };
  return { ...rest, header: still, bytes: 0, walBytes: 0, modifiedMs: 0 };
}

function isSameRollout(one: Rollout, other: Rollout): boolean {
  return isSameText({ ...one, bytes: 0, modifiedMs: 0 }, { ...other, bytes: 0, modifiedMs: 0 });
}

function isSameRow(one: Row, other: Row): boolean {
  return isSameText({ ...one, updatedAtMs: 0 }, { ...other, updatedAtMs: 0 });
}

/** Its row and its files are those of the lists, which were compared already; here it is which of them. */
function isSameThread(one: Thread, other: Thread): boolean {
  const { row, files, own, bound, updatedAtMs: _, ...rest } = one;
  const { updatedAtMs: __, ...now } = other;
  return (
    row?.id === now.row?.id &&
    own?.path === now.own?.path &&
    bound?.path === now.bound?.path &&
    every(files, now.files, (file, other) => file.path === other.path) &&
    (Object.keys(rest) as (keyof typeof rest)[]).every(name => rest[name] === now[name])
  );
}

function every<T>(
  one: readonly T[],
  other: readonly T[],
  isSame: (one: T, other: T) => boolean,
): boolean {
  if (one === other) return true;
  if (one.length !== other.length) return false;
  return one.every((item, at) => item === other[at] || isSame(item, other[at] as T));
}

function isSameText(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
