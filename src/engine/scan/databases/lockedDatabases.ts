// Tells a database that is kept locked from one that is written to. No system says since when a lock is held,
// and a Codex at work takes one many times a second: so a lock that was seen is looked for again, and only
// what bars others each time, while nothing has been written, is held. Where no lock is seen nothing is waited for.

import type { Gap } from '../../model/gap.ts';
import { parentOf } from '../../model/paths.ts';
import type { LockedDatabase } from '../../model/snapshot.ts';
import type { FilePath } from '../../model/words.ts';
import type { FileLock, FileState, Holders, Read, World } from '../../world.ts';
import { barringLocks, type BarringLock } from './sqliteLocks.ts';

/** Of different length, so that no program is in step with them; a second and a half together. */
const PAUSES_MS = [70, 130, 190, 250, 310, 370, 230];

/** Locks that an earlier look has found held, by their names, and how the files were then. */
export type KnownLocks = Map<string, string>;

/** `known`: what a scan that stands remembers, so that it waits once for each lock. */
export async function findLockedDatabases(
  world: World,
  holders: Read<Holders>,
  gaps: Gap[],
  known: KnownLocks = new Map(),
): Promise<readonly LockedDatabase[]> {
  const note = (why: string, extent: Gap['extent']) =>
    gaps.push({ source: 'locks', path: null, why, extent });
  const seen = await barringNow(world, holders, note);
  const held = await heldThroughout(world, seen, known);
  if (!held.ok) note(held.trouble.why, 'all');
  return held.ok ? held.value.map(asLocked) : [];
}

async function barringNow(
  world: World,
  holders: Read<Holders>,
  note: (why: string, extent: Gap['extent']) => void,
): Promise<readonly BarringLock[]> {
  const locks = locksIn(holders);
  if (!locks.ok) {
    note(locks.trouble.why, 'all');
    return [];
  }
  const seen = barringLocks(locks.value);
  for (const folder of new Set(seen.map(({ database }) => parentOf(database))))
    if (!(await answers(world, folder))) {
      note('the disk with the databases did not answer within a second', 'all');
      return [];
    }
  return seen;
}

function locksIn(holders: Read<Holders>): Read<readonly FileLock[]> {
  if (!holders.ok) return holders;
  const { locks } = holders.value;
  if (locks !== undefined) return { ok: true, value: locks };
  const why = 'this system does not tell which are held';
  return { ok: false, trouble: { code: 'denied', why } };
}

async function answers(world: World, folder: FilePath): Promise<boolean> {
  if (!(await world.files.mayHang(folder))) return true;
  return ((await world.outside.look([folder])).get(folder) ?? 'unknown') !== 'unknown';
}

async function heldThroughout(
  world: World,
  seen: readonly BarringLock[],
  known: KnownLocks,
): Promise<Read<readonly BarringLock[]>> {
  let left = await stamped(world, seen);
  const isKnown = ({ one, stamp }: Stamped) => known.get(one.lock.name) === stamp;
  const pauses = left.length === 0 ? [] : left.every(isKnown) ? [0] : PAUSES_MS;
  for (const pause of pauses) {
    await world.files.pause(pause);
    const still = await stillThere(world, left);
    if (!still.ok) return still;
    left = still.value;
    if (left.every(isKnown)) break;
  }
  known.clear();
  for (const { one, stamp } of left) known.set(one.lock.name, stamp);
  return { ok: true, value: left.map(({ one }) => one) };
}

interface Stamped {
  readonly one: BarringLock;
  /** How the files are that a transaction would have been written to. */
  readonly stamp: string;
}

/** They are looked at from outside: to open and close such a file takes away the locks that we ourselves have on it. */
function stamped(world: World, locks: readonly BarringLock[]): Promise<readonly Stamped[]> {
  return Promise.all(
    locks.map(async one => {
      const states = await Promise.all(one.writes.map(async file => world.files.stat(file)));
      return { one, stamp: JSON.stringify(states.map(asWritten)) };
    }),
  );
}

/** Without the time of its last change, which moves when a Codex of root only opens a log: it gives it an owner. */
function asWritten(state: Read<FileState>): readonly unknown[] {
  if (!state.ok) return [state.trouble.code];
  const { identity, bytes, modifiedMs } = state.value;
  return [identity, bytes, modifiedMs];
}

/**
 * Each is judged anew by all locks of its program: one that has opened the main file of a database, and not yet
 * what its readers share, looks for that moment as if it read without a log, and has the lock on the main file
 * for as long as it runs.
 */
async function stillThere(
  world: World,
  before: readonly Stamped[],
): Promise<Read<readonly Stamped[]>> {
  const databases = new Set(before.map(({ one }) => one.database));
  const locks = locksIn(await world.processes.holders([...databases]));
  if (!locks.ok) return locks;
  const names = new Set(barringLocks(locks.value).map(({ lock }) => lock.name));
  const now = await stamped(
    world,
    before.map(({ one }) => one),
  );
  const isStill = ({ one, stamp }: Stamped, at: number) =>
    names.has(one.lock.name) && now[at]?.stamp === stamp;
  return { ok: true, value: before.filter(isStill) };
}

function asLocked({ database, bars, lock }: BarringLock): LockedDatabase {
  const { pid, program, terminal } = lock;
  return { file: database, by: { pid, program, terminal }, bars };
}
