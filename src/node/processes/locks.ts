// What Linux tells of locks: a table of all that are held, and behind each descriptor those that are held
// through it. Both name a lock in the same words.

import fs from 'node:fs';
import path from 'node:path';
import type { FilePath } from '../../engine/model/words.ts';
import type { FileLock, Files } from '../../engine/world.ts';
import type { RealPath } from '../reach.ts';
import type { OpenFile, Program } from './holding.ts';

export interface KernelLock extends Pick<FileLock, 'name' | 'isExclusive' | 'first' | 'last'> {
  readonly pid: number;
  /** SQLite takes locks of this kind; those of `flock` are of another, and do not meet them. */
  readonly isPosix: boolean;
  /** `fe:00:2359334`: major and minor number of the device in hexadecimal digits, and the inode. */
  readonly file: string;
}

/**
 * `3: POSIX  ADVISORY  READ 8496 fe:00:2359334 128 128` in the table, and the same behind `lock:` of a
 * descriptor. An arrow marks one that only waits, and a process that cannot be named has a number below zero.
 */
export function parseLocks(text: string): readonly KernelLock[] {
  const line =
    /^(?:lock:\s*)?\d+: ((\w+) +\w+ +(READ|WRITE) +(\d+) +([0-9a-f]+:[0-9a-f]+:\d+) +(\d+) +(\d+|EOF)) *$/gm;
  return [...text.matchAll(line)].map(
    ([, name = '', kind, access, pid, file = '', first, last]) => ({
      name: name.replace(/ +/g, ' '),
      pid: Number(pid),
      isPosix: kind === 'POSIX',
      isExclusive: access === 'WRITE',
      file,
      first: Number(first),
      last: last === 'EOF' ? Number.MAX_SAFE_INTEGER : Number(last),
    }),
  );
}

/** What of these locks is about databases, and about the memory that their readers and writers share. */
export function databaseLocks(
  program: Program,
  held: readonly { readonly file: FilePath; readonly lock: KernelLock }[],
): readonly FileLock[] {
  const { pid, program: name, terminal } = program;
  const found = held
    .filter(({ file, lock }) => lock.isPosix && DATABASE.test(file))
    .map(({ file, lock }): FileLock => {
      const { name: as, isExclusive, first, last } = lock;
      return { name: as, file, pid, program: name, terminal, isExclusive, first, last };
    });
  // Each descriptor of a file tells of all locks that its process has on it.
  return [...new Map(found.map(lock => [lock.name, lock])).values()];
}

const DATABASE = /\.sqlite(?:-shm)?$/;

/**
 * Null where the table cannot be read. It is handed out page by page, and a line slips through between two
 * pages when one before it goes meanwhile: a long table is read twice.
 */
export async function readLocks(proc: string): Promise<readonly KernelLock[] | null> {
  const read = () => fs.promises.readFile(`${proc}/locks`, 'utf8').catch(() => null);
  const text = await read();
  if (text === null) return null;
  const again = text.length < SMALLEST_PAGE ? '' : ((await read()) ?? '');
  const locks = [...parseLocks(text), ...parseLocks(again)];
  return [...new Map(locks.map(lock => [lock.name, lock])).values()];
}

/** Of full lines a page holds a little less. */
const SMALLEST_PAGE = 4096 - 100;

export interface LockedFile extends OpenFile {
  readonly lock: KernelLock;
}

/** Databases and writer locks that the kernel's table names, by the process that holds them. */
export async function lockedFiles(
  locks: readonly KernelLock[],
  folders: readonly RealPath[],
  files: Looking,
): Promise<ReadonlyMap<number, readonly LockedFile[]>> {
  const found = new Map<number, LockedFile[]>();
  if (locks.length === 0) return found;
  // To know a file by its number, it must be looked at: only where that cannot hang.
  const reached = folders.filter(({ answers }) => answers).map(({ given }) => given);
  const names = new Map<string, FilePath>();
  for (const folder of reached)
    for (const file of await lockable(folder, files))
      names.set(await kernelName(file, files), file);
  for (const lock of locks) {
    const { pid, isExclusive } = lock;
    const file = names.get(lock.file);
    // Zero stands for a process that this namespace cannot see.
    if (file === undefined || pid === 0) continue;
    const open = { file, isDeleted: false, isForWriting: isExclusive, hasLock: isExclusive, lock };
    found.set(pid, [...(found.get(pid) ?? []), open]);
  }
  return found;
}

export type Looking = Pick<Files, 'list' | 'stat'>;

const MOST_LOCK_FILES = 5000;

/** Of a folder in which anything else may lie one database is asked for alone. */
async function lockable(folder: FilePath, files: Looking): Promise<readonly FilePath[]> {
  if (DATABASE.test(folder)) return [folder, `${folder}-shm`];
  const inside = await files.list(folder);
  const locks = await files.list(path.join(folder, 'thread-writer-locks'));
  return [
    ...(inside.ok ? inside.value : []).filter(({ path }) => DATABASE.test(path)),
    ...(locks.ok ? locks.value : []).slice(0, MOST_LOCK_FILES),
  ].map(({ file }) => file);
}

/** How the table of locks names a file. On Btrfs the numbers differ, and no lock is found there. */
async function kernelName(file: FilePath, files: Looking): Promise<string> {
  const state = await files.stat(file);
  if (!state.ok) return '';
  const [device = '0', inode = ''] = state.value.identity.split(':');
  const number = BigInt(device);
  const major = (number >> 8n) & 0xfffn;
  const minor = (number & 0xffn) | ((number >> 12n) & 0xfff00n);
  const hex = (part: bigint) => part.toString(16).padStart(2, '0');
  return `${hex(major)}:${hex(minor)}:${inode}`;
}
