// Linux: the descriptors of every process that this account may look into, and the kernel's table
// of locks, which names the others as well. No file of a home is opened, and no lock is tried.

import fs from 'node:fs';
import path from 'node:path';
import type { Holder } from '../../engine/model/snapshot.ts';
import type { FilePath } from '../../engine/model/words.ts';
import type { Holders, Read } from '../../engine/world.ts';
import type { RealPath } from '../reach.ts';
import { ancestorsIn, asGiven, asHolder, type OpenFile, type Program } from './holding.ts';

const LIMIT_MS = 1000;

export async function findHoldersInProc(
  folders: readonly RealPath[],
  proc = '/proc',
): Promise<Read<Holders>> {
  // The kernel lets all processors come by before it answers: nobody else shall wait for that.
  const locks = fs.promises.readFile(`${proc}/locks`, 'utf8').catch(() => '');
  const until = performance.now() + LIMIT_MS;
  const holders = new Map<number, Holder>();
  const denied: number[] = [];
  try {
    for (const pid of processesIn(proc)) {
      const open =
        performance.now() < until ? filesOpenIn(`${proc}/${String(pid)}`, folders) : null;
      if (open === null) denied.push(pid);
      else if (open.length > 0) holders.set(pid, asHolder(describe(proc, pid), open));
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, trouble: { code: 'denied', why } };
  }
  // Who opened the files under another path, as a container does, or may not be looked into, is
  // still named by the locks it holds.
  for (const [pid, open] of lockedFiles(await locks, folders))
    if (!holders.has(pid) && pid !== process.pid)
      holders.set(pid, asHolder(describe(proc, pid), open));
  return {
    ok: true,
    value: {
      holders: [...holders.values()].sort((one, other) => one.pid - other.pid),
      unreadable: denied
        .filter(pid => !holders.has(pid) && mayHoldFiles(`${proc}/${String(pid)}`))
        .map(pid => ({ pid, program: describe(proc, pid).program })),
    },
  };
}

function processesIn(proc: string): readonly number[] {
  return fs
    .readdirSync(proc)
    .map(Number)
    .filter(pid => pid > 0 && pid !== process.pid);
}

/** Null when we may not look. A process that has ended meanwhile holds nothing. */
function filesOpenIn(folder: string, folders: readonly RealPath[]): readonly OpenFile[] | null {
  const descriptors = listOrNull(`${folder}/fd`);
  if (descriptors === null) return null;
  return descriptors.flatMap(descriptor => {
    // The kernel gives the name from memory: neither a hung mount nor a lock is touched.
    const link = readOrNull(() => fs.readlinkSync(`${folder}/fd/${descriptor}`));
    if (link?.startsWith('/') !== true) return [];
    const isDeleted = link.endsWith(DELETED);
    const file = asGiven(isDeleted ? link.slice(0, -DELETED.length) : link, folders);
    if (file === null) return [];
    const details = readText(`${folder}/fdinfo/${descriptor}`);
    return [{ file, isDeleted, ...readDescriptor(details) }];
  });
}

const DELETED = ' (deleted)';

/**
 * `flags: 02100002` in octal, of which the last digit tells reading from writing; and a line for
 * each lock that is held through this descriptor: `lock: 1: FLOCK  ADVISORY  WRITE 8774 …`.
 */
export function readDescriptor(text: string): { isForWriting: boolean; hasLock: boolean } {
  const flags = Number.parseInt(/^flags:\s*([0-7]+)/m.exec(text)?.[1] ?? '0', 8);
  return { isForWriting: (flags & 3) !== 0, hasLock: /^lock:.*\bWRITE\b/m.test(text) };
}

export interface Lock {
  readonly pid: number;
  readonly isForWriting: boolean;
  /** `fe:00:2359334`: major and minor number of the device in hexadecimal digits, and the inode. */
  readonly file: string;
}

/** `3: POSIX  ADVISORY  READ 8496 fe:00:2359334 128 128`; an arrow marks one that only waits. */
export function parseLocks(text: string): readonly Lock[] {
  const line = /^\d+: \w+ +\w+ +(READ|WRITE) +(\d+) +([0-9a-f]+:[0-9a-f]+:\d+) /gm;
  return [...text.matchAll(line)].map(([, kind, pid, file]) => ({
    pid: Number(pid),
    isForWriting: kind === 'WRITE',
    file: file ?? '',
  }));
}

/** Databases and writer locks that the kernel's table names, by the process that holds them. */
function lockedFiles(
  table: string,
  folders: readonly RealPath[],
): ReadonlyMap<number, readonly OpenFile[]> {
  const locks = parseLocks(table);
  const found = new Map<number, OpenFile[]>();
  if (locks.length === 0) return found;
  // To know a file by its number, it must be looked at: only where that cannot hang.
  const reached = folders.filter(({ answers }) => answers).map(({ given }) => given);
  const names = new Map(reached.flatMap(lockable).map(file => [kernelName(file), file]));
  for (const { pid, file: name, isForWriting } of locks) {
    const file = names.get(name);
    // Zero stands for a process that this namespace cannot see.
    if (file === undefined || pid === 0) continue;
    const open = { file, isDeleted: false, isForWriting, hasLock: isForWriting };
    found.set(pid, [...(found.get(pid) ?? []), open]);
  }
  return found;
}

const MOST_LOCK_FILES = 5000;

function lockable(folder: FilePath): readonly FilePath[] {
  const locks = path.join(folder, 'thread-writer-locks');
  return [
    ...(listOrNull(folder) ?? [])
      .filter(name => /\.sqlite(?:-shm)?$/.test(name))
      .map(name => path.join(folder, name)),
    ...(listOrNull(locks) ?? []).slice(0, MOST_LOCK_FILES).map(name => path.join(locks, name)),
  ];
}

/** How the table of locks names a file. On Btrfs the numbers differ, and no lock is found there. */
function kernelName(file: FilePath): string {
  const stats = readOrNull(() => fs.statSync(file, { bigint: true }));
  if (stats === null) return '';
  const major = (stats.dev >> 8n) & 0xfffn;
  const minor = (stats.dev & 0xffn) | ((stats.dev >> 12n) & 0xfff00n);
  const hex = (number: bigint) => number.toString(16).padStart(2, '0');
  return `${hex(major)}:${hex(minor)}:${String(stats.ino)}`;
}

/** The kernel's own threads and processes that have ended hold nothing. */
function mayHoldFiles(folder: string): boolean {
  const KERNEL_THREAD = 0x0020_0000;
  const [state, , , , , , flags] = readStat(folder);
  return state !== undefined && state !== 'Z' && (Number(flags) & KERNEL_THREAD) === 0;
}

/**
 * The name of the program's file: `comm` is cut at 15 characters and may be a thread's own.
 * `cmdline` would tell more, and can hang on a process that hangs.
 */
function describe(proc: string, pid: number): Program {
  const folder = `${proc}/${String(pid)}`;
  const file = readOrNull(() => fs.readlinkSync(`${folder}/exe`));
  const name = file === null ? readText(`${folder}/comm`).trim() : path.basename(file);
  const apart = whyApart(proc, pid);
  return {
    pid,
    program: name.replace(/ \(deleted\)$/, '') || 'unknown',
    terminal: terminalName(Number(readStat(folder)[4] ?? 0)),
    ...(apart === null ? {} : { apart }),
  };
}

/** One whose host name cannot be known is taken to have another one: then nothing is said of it. */
function whyApart(proc: string, pid: number): NonNullable<Holder['apart']> | null {
  const nameOf = (of: string) => readOrNull(() => fs.readlinkSync(`${proc}/${of}/ns/uts`));
  const own = nameOf('self');
  if (own !== null && nameOf(String(pid)) !== own) return 'other-host';
  return ancestorsInProc(pid, proc).includes(process.pid) ? 'ours' : null;
}

/** The number packs the device's major and minor number as the kernel has done since ever. */
export function terminalName(number: number): string | null {
  const major = (number >> 8) & 0xfff;
  const minor = (number & 0xff) | ((number >> 12) & 0xfff00);
  if (major >= 136 && major <= 143) return `pts/${String((major - 136) * 256 + minor)}`;
  return major === 4 && minor < 64 ? `tty${String(minor)}` : null;
}

/** Its parent, the parent of that, and so on, up to the first process of the system. */
export function ancestorsInProc(pid: number, proc = '/proc'): readonly number[] {
  return ancestorsIn(pid, one => Number(readStat(`${proc}/${String(one)}`)[1] ?? 0));
}

/** The fields behind the name, which may itself hold blanks and brackets. */
function readStat(folder: string): readonly string[] {
  const text = readText(`${folder}/stat`);
  return text === '' ? [] : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** Null when the folder may not be read; empty when it is not there. */
function listOrNull(folder: string): readonly string[] | null {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    return code === 'EACCES' || code === 'EPERM' ? null : [];
  }
}

function readText(file: string): string {
  return readOrNull(() => fs.readFileSync(file, 'utf8')) ?? '';
}

function readOrNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
