// Whether a packed file is one frame. Node's own zstd ends behind the first one and says nothing, and
// what other tools pack, or add to, may be several: half a conversation would be taken for all of it.

import fs from 'node:fs';

const MAGIC = 0xfd2fb528;
/** More than the longest beginning of a frame. */
const BEGINNING_BYTES = 18;
const BLOCK_HEADER_BYTES = 3;
const CHECKSUM_BYTES = 4;
/** A block of this type is one byte, to be repeated. */
const REPEATED = 1;

/** False as well for what is no zstd, which the reader of several frames finds out. */
export function isOneFrame(file: string): boolean {
  const handle = fs.openSync(file, 'r');
  try {
    return endOfFrame(handle) === fs.fstatSync(handle).size;
  } finally {
    fs.closeSync(handle);
  }
}

function endOfFrame(handle: number): number | null {
  const beginning = Buffer.alloc(BEGINNING_BYTES);
  fs.readSync(handle, beginning, 0, BEGINNING_BYTES, 0);
  if (beginning.readUInt32LE(0) !== MAGIC) return null;
  const descriptor = beginning.readUInt8(4);
  const header = Buffer.alloc(BLOCK_HEADER_BYTES);
  for (let at = 5 + fieldBytes(descriptor); ;) {
    if (fs.readSync(handle, header, 0, BLOCK_HEADER_BYTES, at) < BLOCK_HEADER_BYTES) return null;
    const block = header.readUIntLE(0, BLOCK_HEADER_BYTES);
    const isLast = (block & 1) === 1;
    at += BLOCK_HEADER_BYTES + (((block >> 1) & 3) === REPEATED ? 1 : block >> 3);
    if (isLast) return at + (hasChecksum(descriptor) ? CHECKSUM_BYTES : 0);
  }
}

/** What stands between the descriptor of a frame and its first block: window, dictionary, size. */
function fieldBytes(descriptor: number): number {
  const isSingle = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const size = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  return (isSingle ? 0 : 1) + dictionary + size;
}

function hasChecksum(descriptor: number): boolean {
  return (descriptor & 4) !== 0;
}
