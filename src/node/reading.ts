// Reads single files. The thread of the databases loads this and nothing else of files: what Node brings for
// all the rest, from hashes to child processes, would cost it a quarter of its start.

import fs from 'node:fs';
import type { SingleFiles } from '../engine/scan/databases/databaseImage.ts';
import type { FileState, Read, Trouble } from '../engine/world.ts';

/** How files are read that may stop to come: in small parts, and of each that has come somebody is told. */
export interface Pace {
  readonly bytesAtOnce: number;
  readonly came: () => void;
}

export const UNHURRIED: Pace = { bytesAtOnce: Infinity, came: () => undefined };

/** What is asked of a file that is known by its path. */
export function createSingleFiles(pace: Pace = UNHURRIED): SingleFiles {
  return {
    stat: file => attempt(() => asState(fs.statSync(file, { bigint: true }))),
    range: async (file, offset, length) =>
      attempt(() =>
        withFile(file, handle => readFully(handle, Buffer.alloc(length), offset, pace)),
      ),
    whole: async (file, maxBytes, room) => readWhole(file, maxBytes, pace, room),
    pause: milliseconds =>
      new Promise(resolve => {
        if (milliseconds === 0) setImmediate(resolve);
        else setTimeout(resolve, milliseconds);
      }),
  };
}

function readWhole(
  file: string,
  maxBytes: number,
  pace: Pace,
  room: Uint8Array = new Uint8Array(0),
): Read<Uint8Array> {
  return attempt(() =>
    withFile(file, (handle, stats) => {
      const size = Number(stats.size);
      if (size > maxBytes)
        throw new WorldTrouble({ code: 'too-large', why: `it has ${String(size)} bytes` });
      const bytes = size <= room.length ? room.subarray(0, size) : Buffer.allocUnsafeSlow(size);
      return readFully(handle, bytes, 0, pace);
    }),
  );
}

/** Fills the buffer from the file; shorter where the file ends before. */
export function readFully(
  handle: number,
  buffer: Uint8Array,
  offset: number,
  pace: Pace,
): Uint8Array {
  return buffer.subarray(0, readInto(handle, buffer, 0, buffer.length, offset, pace));
}

/** Returns how many bytes there were. */
export function readInto(
  handle: number,
  buffer: Uint8Array,
  at: number,
  length: number,
  offset: number,
  { bytesAtOnce, came }: Pace,
): number {
  let done = 0;
  while (done < length) {
    const wanted = Math.min(length - done, bytesAtOnce);
    const got = fs.readSync(handle, buffer, at + done, wanted, offset + done);
    came();
    if (got === 0) break;
    done += got;
  }
  return done;
}

/** Without O_NONBLOCK, opening a pipe that lies in the home would wait for ever. */
const READ_ONLY =
  fs.constants.O_RDONLY | (process.platform === 'win32' ? 0 : fs.constants.O_NONBLOCK);

export function withFile<T>(file: string, use: (handle: number, stats: fs.BigIntStats) => T): T {
  const handle = fs.openSync(file, READ_ONLY);
  try {
    const stats = fs.fstatSync(handle, { bigint: true });
    if (!stats.isFile()) throw new WorldTrouble({ code: 'not-a-file', why: 'it is not a file' });
    return use(handle, stats);
  } finally {
    fs.closeSync(handle);
  }
}

export function asState(stats: fs.BigIntStats): FileState {
  return {
    kind: kindOf(stats),
    bytes: Number(stats.size),
    modifiedMs: inMilliseconds(stats.mtimeNs),
    changedMs: inMilliseconds(stats.ctimeNs),
    identity: `${String(stats.dev)}:${String(stats.ino)}`,
  };
}

/**
 * To the microsecond, which Codex sorts by: rounded to thousandths, the number is exactly that. The
 * system's own nanoseconds do not fit a number, and would be off by one microsecond now and then.
 */
export function inMilliseconds(nanoseconds: bigint): number {
  return Number(nanoseconds / 1000n) / 1000;
}

export function kindOf(entry: fs.BigIntStats | fs.Dirent): FileState['kind'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? 'link' : 'other';
}

export class WorldTrouble extends Error {
  readonly trouble: Trouble;

  constructor(trouble: Trouble) {
    super(trouble.why);
    this.trouble = trouble;
  }
}

export function attempt<T>(action: () => T): Read<T> {
  try {
    return { ok: true, value: action() };
  } catch (error) {
    return { ok: false, trouble: troubleOf(error) };
  }
}

/** What a system error means, in words. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof WorldTrouble) return error.trouble;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { code: 'missing', why: 'there is nothing at this path' };
    case 'EACCES':
    case 'EPERM':
      return { code: 'denied', why: 'this account may not read it' };
    case 'EISDIR':
      return { code: 'not-a-file', why: 'there is a folder in its place' };
    case 'ELOOP':
      return { code: 'broken', why: 'its link points to itself' };
    default:
      return { code: 'broken', why: error instanceof Error ? error.message : String(error) };
  }
}
