// Whether one file holds everything that another one holds. Rollouts are only ever added to, so what
// is to be found out is whether one is the beginning of the other.

import type { Comparison } from '../../model/closerLook.ts';
import type { FilePath } from '../../model/words.ts';
import type { World } from '../../world.ts';
import { unpackWhole } from '../unpackWhole.ts';

const PIECE_BYTES = 1024 * 1024;

export async function compareFiles(
  world: World,
  first: FilePath,
  second: FilePath,
): Promise<Comparison> {
  const one = await open(world, first);
  const other = await open(world, second);
  if (one === null || other === null) return 'unknown';
  const shared = Math.min(one.length, other.length);
  for (let at = 0; at < shared; at += PIECE_BYTES) {
    const length = Math.min(PIECE_BYTES, shared - at);
    const pieces = [await one.read(at, length), await other.read(at, length)];
    const [piece, twin] = pieces;
    if (piece == null || twin == null) return 'unknown';
    if (!isSame(piece, twin)) return 'apart';
  }
  if (one.length === other.length) return 'same';
  return one.length < other.length ? 'first-within-second' : 'second-within-first';
}

interface Content {
  readonly length: number;
  read(at: number, length: number): Promise<Uint8Array | null>;
}

async function open(world: World, file: FilePath): Promise<Content | null> {
  if (file.endsWith('.zst')) return unpacked(world, file);
  const state = await world.files.stat(file);
  if (!state.ok) return null;
  return {
    length: state.value.bytes,
    read: async (at, length) => {
      const read = await world.files.range(file, at, length);
      return read.ok && read.value.length === length ? read.value : null;
    },
  };
}

async function unpacked(world: World, file: FilePath): Promise<Content | null> {
  const whole = await unpackWhole(world, file);
  if (whole === null) return null;
  return {
    length: whole.length,
    read: (from, count) => Promise.resolve(whole.subarray(from, from + count)),
  };
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.every((byte, at) => byte === other[at]);
}
