// Linux: the descriptors of every process that this account may look into, and the kernel's table
// of locks, which names the others as well. No file of a home is opened, and no lock is tried.

import fs from 'node:fs';
import path from 'node:path';
import type { Holder } from '../../engine/model/snapshot.ts';
import type { FileLock, Holders, Read } from '../../engine/world.ts';
import type { RealPath } from '../reach.ts';
import {
  ancestorsIn,
  asGiven,
  asHolder,
  isOurLock,
  type OpenFile,
  type Program,
} from './holding.ts';
import {
  databaseLocks,
  lockedFiles,
  parseLocks,
  readLocks,
  type KernelLock,
  type Looking,
} from './locks.ts';

const LIMIT_MS = 1000;

export async function findHoldersInProc(
  folders: readonly RealPath[],
  files: Looking,
  proc = '/proc',
): Promise<Read<Holders>> {
  // The kernel lets all processors come by before it answers: nobody else shall wait for that.
  const reading = readLocks(proc);
  const until = performance.now() + LIMIT_MS;
  const holders = new Map<number, Holder>();
  const locks: FileLock[] = [];
  const denied: number[] = [];
  try {
    for (const pid of processesIn(proc)) {
      const open =
        performance.now() < until ? filesOpenIn(`${proc}/${String(pid)}`, folders) : null;
      if (open === null) denied.push(pid);
      else if (open.files.length > 0) {
        const program = describe(proc, pid);
        holders.set(pid, asHolder(program, open.files));
        if (!open.isRepairing) locks.push(...databaseLocks(program, open.files.flatMap(eachLock)));
      }
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, trouble: { code: 'denied', why } };
  }
  // Who opened the files under another path, as a container does, or may not be looked into, is
  // still named by the locks it holds.
  const table = await reading;
  for (const [pid, open] of await lockedFiles(table ?? [], folders, files)) {
    if (holders.has(pid) || pid === process.pid) continue;
    const program = describe(proc, pid);
    holders.set(pid, asHolder(program, open));
    locks.push(...databaseLocks(program, open));
  }
  return {
    ok: true,
    value: {
      holders: [...holders.values()].sort((one, other) => one.pid - other.pid),
      unreadable: denied
        .filter(pid => !holders.has(pid) && mayHoldFiles(`${proc}/${String(pid)}`))
        .map(pid => ({ pid, program: describe(proc, pid).program })),
      // Whether one of them is still held could not be found out without it.
      ...(table === null ? {} : { locks }),
    },
  };
}

function processesIn(proc: string): readonly number[] {
  return fs
    .readdirSync(proc)
    .map(Number)
    .filter(pid => pid > 0 && pid !== process.pid);
}

interface Opened {
  readonly files: readonly OpenedFile[];
  /** Whether it is one of us that repairs this home. */
  readonly isRepairing: boolean;
}

interface OpenedFile extends OpenFile {
  readonly locks: readonly KernelLock[];
}

/** Null when we may not look. A process that has ended meanwhile holds nothing. */
function filesOpenIn(folder: string, folders: readonly RealPath[]): Opened | null {
  const descriptors = listOrNull(`${folder}/fd`);
  if (descriptors === null) return null;
  let isRepairing = false;
  const files = descriptors.flatMap(descriptor => {
    // The kernel gives the name from memory: neither a hung mount nor a lock is touched.
    const link = readOrNull(() => fs.readlinkSync(`${folder}/fd/${descriptor}`));
    if (link?.startsWith('/') !== true) return [];
    if (isOurLock(link, folders)) isRepairing = true;
    const isDeleted = link.endsWith(DELETED);
    const file = asGiven(isDeleted ? link.slice(0, -DELETED.length) : link, folders);
    if (file === null) return [];
    const details = readText(`${folder}/fdinfo/${descriptor}`);
    return [{ file, isDeleted, ...readDescriptor(details) }];
  });
  return { files, isRepairing };
}

/** A lock on a file that was removed keeps nobody from anything. */
function eachLock({ file, isDeleted, locks }: OpenedFile) {
  return isDeleted ? [] : locks.map(lock => ({ file, lock }));
}

const DELETED = ' (deleted)';

/**
 * `flags: 02100002` in octal, of which the last digit tells reading from writing; and a line for
 * each lock that is held through this descriptor: `lock: 1: FLOCK  ADVISORY  WRITE 8774 …`.
 */
export function readDescriptor(
  text: string,
): Pick<OpenedFile, 'isForWriting' | 'hasLock' | 'locks'> {
  const flags = Number.parseInt(/^flags:\s*([0-7]+)/m.exec(text)?.[1] ?? '0', 8);
  const hasLock = /^lock:.*\bWRITE\b/m.test(text);
  return { isForWriting: (flags & 3) !== 0, hasLock, locks: parseLocks(text) };
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
