// What a lock on the bytes of a SQLite database means for everybody else. Which bytes it locks for what is
// part of SQLite's file format, and the same on each system that has locks.

import type { LockedDatabase } from '../../model/snapshot.ts';
import type { FilePath } from '../../model/words.ts';
import type { FileLock } from '../../world.ts';

export interface BarringLock {
  readonly lock: FileLock;
  /** The main file of the database. */
  readonly database: FilePath;
  readonly bars: LockedDatabase['bars'];
  /** What changes with each transaction that is written under such a lock; none where one outlives them. */
  readonly writes: readonly FilePath[];
}

/** Of the main file, behind which no byte is ever stored. */
const PENDING = 0x4000_0000;
const RESERVED = PENDING + 1;
const SHARED = { first: PENDING + 2, last: PENDING + 511 };
/** Of the shared memory of a database with a write-ahead log. */
const WAL_WRITE = 120;
const WAL_RECOVER = 122;
const WAL_SETTING_UP = 128;

const SHARED_MEMORY = '-shm';

/** Of the locks on databases, those that keep others from writing to one, or from using it at all. */
export function barringLocks(locks: readonly FileLock[]): readonly BarringLock[] {
  const onMemory = locks.filter(({ file }) => file.endsWith(SHARED_MEMORY));
  const onMain = locks.filter(({ file }) => !file.endsWith(SHARED_MEMORY));
  // Who has a log's shared memory open has a shared lock on the main file all the time, which bars nobody; and
  // a writer's own is judged by what it has besides.
  const others = new Set([...onMemory, ...onMain.filter(one => one.isExclusive)].map(userKey));
  const readers = onMain.filter(
    lock =>
      !lock.isExclusive &&
      lock.first <= SHARED.last &&
      lock.last >= SHARED.first &&
      !others.has(userKey(lock)),
  );
  return [
    ...onMemory.flatMap(barsInMemory),
    ...onMain.flatMap(lock => barsInMain(lock, readers)),
    ...readers.map(lock => barring(lock, 'writing')),
  ];
}

function barsInMemory(lock: FileLock): readonly BarringLock[] {
  if (!lock.isExclusive) return [];
  if (covers(lock, WAL_RECOVER) || covers(lock, WAL_SETTING_UP))
    return [barring(lock, 'everything')];
  return covers(lock, WAL_WRITE) ? [barring(lock, 'writing')] : [];
}

function barsInMain(lock: FileLock, readers: readonly FileLock[]): readonly BarringLock[] {
  if (!lock.isExclusive) return [];
  if (covers(lock, SHARED.first)) return [barring(lock, 'everything')];
  // It waits until the last reader is done, and lets nobody in meanwhile: the readers are in the way.
  if (covers(lock, PENDING)) {
    const isWaiting = readers.some(({ file }) => file === lock.file);
    return isWaiting ? [] : [barring(lock, 'everything')];
  }
  return covers(lock, RESERVED) ? [barring(lock, 'writing')] : [];
}

function barring(lock: FileLock, bars: BarringLock['bars']): BarringLock {
  const database = databaseOf(lock.file);
  return { lock, database, bars, writes: writesUnder(lock, database) };
}

/**
 * Each transaction is written into the log, or into the main file. A lock on the shared bytes alone is taken
 * by a program that wants a database with a log for itself, and is kept from one transaction to the next.
 */
function writesUnder(lock: FileLock, database: FilePath): readonly FilePath[] {
  if (lock.file !== database) return [`${database}-wal`];
  if (lock.isExclusive && lock.first === SHARED.first) return [];
  return [database, `${database}-journal`];
}

function covers({ first, last }: FileLock, byte: number): boolean {
  return first <= byte && byte <= last;
}

function databaseOf(file: FilePath): FilePath {
  return file.endsWith(SHARED_MEMORY) ? file.slice(0, -SHARED_MEMORY.length) : file;
}

function userKey({ pid, file }: FileLock): string {
  return `${String(pid)} ${databaseOf(file)}`;
}
