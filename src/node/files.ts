// The file system as the engine sees it. Every open is for reading only.

import fs from 'node:fs';
import path from 'node:path';
import type { FileEnds, Files, Read, Tree, TreeEntry, Trouble } from '../engine/world.ts';
import { digestOf } from './digest.ts';
import { filesystemOf, mayHang } from './filesystems.ts';
import { measureTree } from './measure.ts';
import {
  asState,
  attempt,
  createSingleFiles,
  kindOf,
  readFully,
  readInto,
  troubleOf,
  UNHURRIED,
  withFile,
  WorldTrouble,
  type Pace,
} from './reading.ts';
import { canPack, packedSizeOf, unpack } from './unpack.ts';

/** Folders of rollouts are three deep; anything far deeper is not Codex's. */
const MAX_DEPTH = 8;
const PIECE_BYTES = 1024 * 1024;

export function createFiles(pace: Pace = UNHURRIED): Files {
  return {
    ...createSingleFiles(pace),
    list: async folder =>
      attempt(() =>
        fs.readdirSync(folder, { withFileTypes: true }).map(entry => ({
          path: entry.name,
          file: path.join(folder, entry.name),
          kind: kindOf(entry),
        })),
      ),
    tree: async root => attempt(() => readTree(root, pace)),
    ends: (file, headBytes, tailBytes, room) => {
      const isEnough = room !== undefined && room.length >= headBytes + tailBytes;
      const bytes = isEnough ? room : Buffer.allocUnsafeSlow(headBytes + tailBytes);
      return attempt(() => readEnds(file, headBytes, tailBytes, bytes, pace));
    },
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

async function attemptLong<T>(action: () => Promise<T>): Promise<Read<T>> {
  try {
    return { ok: true, value: await action() };
  } catch (error) {
    return { ok: false, trouble: troubleOf(error) };
  }
}
