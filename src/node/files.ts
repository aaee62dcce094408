// The file system as the engine sees it. Every open is for reading only.

import fs from 'node:fs';
import path from 'node:path';
import type {
  FileEnds,
  Files,
  FileState,
  Read,
  Tree,
  TreeEntry,
  Trouble,
} from '../engine/world.ts';
import { filesystemOf, mayHang } from './filesystems.ts';
import { digestOf } from './digest.ts';
import { measureTree } from './measure.ts';
import { canPack, packedSizeOf, unpack } from './unpack.ts';

/** Folders of rollouts are three deep; anything far deeper is not Codex's. */
const MAX_DEPTH = 8;
const PIECE_BYTES = 1024 * 1024;

/** How files are read that may stop to come: in small parts, and of each that has come somebody is told. */
export interface Pace {
  readonly bytesAtOnce: number;
  readonly came: () => void;
}

const UNHURRIED: Pace = { bytesAtOnce: Infinity, came: () => undefined };

export function createFiles(pace: Pace = UNHURRIED): Files {
  return {
    stat: async file => attempt(() => asState(fs.statSync(file, { bigint: true }))),
    list: async folder =>
      attempt(() =>
        fs.readdirSync(folder, { withFileTypes: true }).map(entry => ({
          path: entry.name,
          file: path.join(folder, entry.name),
          kind: kindOf(entry),
        })),
      ),
    tree: async root => attempt(() => readTree(root, pace)),
    ends: async (file, headBytes, tailBytes, room) => {
      const isEnough = room !== undefined && room.length >= headBytes + tailBytes;
      const bytes = isEnough ? room : Buffer.allocUnsafeSlow(headBytes + tailBytes);
      return attempt(() => readEnds(file, headBytes, tailBytes, bytes, pace));
    },
    range: async (file, offset, length) =>
      attempt(() =>
        withFile(file, handle => readFully(handle, Buffer.alloc(length), offset, pace)),
      ),
    whole: async (file, maxBytes) => readWhole(file, maxBytes, pace),
    stream: (file, visit) => streamFile(file, visit, pace),
    digest: file => attemptLong(() => digestOf(file, pace.came)),
    measure: async root => attempt(() => measureTree(root, pace.came)),
    packedSize: async (file, atMost) =>
      canPack ? attempt(() => packedSizeOf(readStart(file, atMost, pace))) : null,
    realPath: async file => {
      const real = attempt(() => fs.realpathSync.native(file));
      return real.ok ? real.value : file;
    },
    readLink: async file =>
      attempt(() => {
        if (!fs.lstatSync(file).isSymbolicLink())
          throw new WorldTrouble({ code: 'not-a-file', why: 'it is no link' });
        return fs.readlinkSync(file);
      }),
    filesystem: async file => filesystemOf(file),
    mayHang: async file => {
      const filesystem = await filesystemOf(file);
      return filesystem === null || mayHang(filesystem);
    },
    pause: milliseconds =>
      new Promise(resolve => {
        if (milliseconds === 0) setImmediate(resolve);
        else setTimeout(resolve, milliseconds);
      }),
  };
}

function readTree(root: string, { came }: Pace): Tree {
  const entries: TreeEntry[] = [];
  const troubles: { path: string; trouble: Trouble }[] = [];
  const walk = (folder: string, prefix: string, depth: number) => {
    const listed = attempt(() => fs.readdirSync(folder, { withFileTypes: true }));
    came();
    if (!listed.ok) {
      // The root's own trouble is the caller's answer; a folder that vanished was never there.
      if (depth === 0) throw new WorldTrouble(danglingLink(root) ?? listed.trouble);
      if (listed.trouble.code !== 'missing')
        troubles.push({ path: folder, trouble: listed.trouble });
      return;
    }
    for (const entry of listed.value) {
      const relative = prefix + entry.name;
      const file = folder + path.sep + entry.name;
      entries.push({ path: relative, file, kind: kindOf(entry) });
      if (entry.isDirectory() && depth < MAX_DEPTH) walk(file, `${relative}/`, depth + 1);
    }
  };
  walk(path.resolve(root), '', 0);
  return { entries, troubles };
}

/** A link that leads nowhere is mostly a disk that is not there now: what it holds is not missing. */
function danglingLink(file: string): Trouble | null {
  try {
    if (!fs.lstatSync(file).isSymbolicLink() || fs.existsSync(file)) return null;
    return {
      code: 'broken',
      why: `it is a link to ${fs.readlinkSync(file)}, and nothing is there`,
    };
  } catch {
    return null;
  }
}

function readEnds(
  file: string,
  headBytes: number,
  tailBytes: number,
  buffer: Uint8Array,
  pace: Pace,
): FileEnds {
  return withFile(file, (handle, stats) => {
    const state = asState(stats);
    const length = Math.min(headBytes, state.bytes);
    const head = buffer.subarray(0, readInto(handle, buffer, 0, length, 0, pace));
    if (head.length === state.bytes) return { state, head, tail: head, tailOffset: 0 };
    const tailOffset = Math.max(0, state.bytes - tailBytes);
    const tailLength = readInto(handle, buffer, headBytes, tailBytes, tailOffset, pace);
    const tail = buffer.subarray(headBytes, headBytes + tailLength);
    return { state, head, tail, tailOffset };
  });
}

function readStart(file: string, atMost: number, pace: Pace): Uint8Array {
  return withFile(file, (handle, stats) => {
    const length = Math.min(atMost, Number(stats.size));
    return readFully(handle, Buffer.allocUnsafeSlow(length), 0, pace);
  });
}

function readWhole(file: string, maxBytes: number, pace: Pace): Read<Uint8Array> {
  return attempt(() =>
    withFile(file, (handle, stats) => {
      const size = Number(stats.size);
      if (size > maxBytes)
        throw new WorldTrouble({ code: 'too-large', why: `it has ${String(size)} bytes` });
      return readFully(handle, Buffer.allocUnsafeSlow(size), 0, pace);
    }),
  );
}

async function streamFile(
  file: string,
  visit: (piece: Uint8Array) => 'more' | 'stop',
  pace: Pace,
): Promise<Read<void>> {
  return attempt(() => {
    if (!file.endsWith('.zst')) return readPieces(file, visit, pace);
    unpack(fs.statSync(file).size, take => readPieces(file, take, pace), visit);
  });
}

function readPieces(file: string, visit: (piece: Uint8Array) => 'more' | 'stop', pace: Pace): void {
  withFile(file, handle => {
    // No Buffer: whoever keeps a `slice` of that keeps no copy, and the next piece comes into the same room.
    const buffer = new Uint8Array(PIECE_BYTES);
    for (let offset = 0; ;) {
      const length = readInto(handle, buffer, 0, buffer.length, offset, pace);
      if (length === 0 || visit(buffer.subarray(0, length)) === 'stop') return;
      offset += length;
    }
  });
}

/** Fills the buffer from the file; shorter where the file ends before. */
function readFully(handle: number, buffer: Buffer, offset: number, pace: Pace): Buffer {
  return buffer.subarray(0, readInto(handle, buffer, 0, buffer.length, offset, pace));
}

/** Returns how many bytes there were. */
function readInto(
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

function withFile<T>(file: string, use: (handle: number, stats: fs.BigIntStats) => T): T {
  const handle = fs.openSync(file, READ_ONLY);
  try {
    const stats = fs.fstatSync(handle, { bigint: true });
    if (!stats.isFile()) throw new WorldTrouble({ code: 'not-a-file', why: 'it is not a file' });
    return use(handle, stats);
  } finally {
    fs.closeSync(handle);
  }
}

function asState(stats: fs.BigIntStats): FileState {
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

function attempt<T>(action: () => T): Read<T> {
  try {
    return { ok: true, value: action() };
  } catch (error) {
    return { ok: false, trouble: troubleOf(error) };
  }
}

async function attemptLong<T>(action: () => Promise<T>): Promise<Read<T>> {
  try {
    return { ok: true, value: await action() };
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
