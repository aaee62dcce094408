// What a file holds, as one number. Unpacking and counting go on beside the rest of the process.

import crypto from 'node:crypto';
import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import type { Digest } from '../engine/world.ts';
import { unpack } from './unpack.ts';
import { isOneFrame } from './zstdFrame.ts';

const PIECE_BYTES = 1024 * 1024;

/** The bytes of a file, unpacked where it is compressed; whoever reads them to the end has seen them whole. */
export async function readUnpacked(
  file: string,
  visit: (piece: Uint8Array) => void,
): Promise<void> {
  const each = async (pieces: AsyncIterable<Uint8Array>) => {
    for await (const piece of pieces) visit(piece);
  };
  const isPacked = file.endsWith('.zst');
  const isNative = typeof zlib.createZstdDecompress === 'function';
  if (isPacked && !(isNative && isOneFrame(file))) return unpackSlowly(file, visit);
  const source = fs.createReadStream(file, { highWaterMark: PIECE_BYTES });
  await (isPacked ? pipeline(source, zlib.createZstdDecompress(), each) : pipeline(source, each));
}

/** Where Node has no zstd of its own, or would end too soon. */
function unpackSlowly(file: string, visit: (piece: Uint8Array) => void): void {
  const readPieces = (take: (piece: Uint8Array) => 'more' | 'stop') => {
    const handle = fs.openSync(file, 'r');
    try {
      const buffer = new Uint8Array(PIECE_BYTES);
      for (;;) {
        const length = fs.readSync(handle, buffer);
        if (length === 0 || take(buffer.subarray(0, length)) === 'stop') return;
      }
    } finally {
      fs.closeSync(handle);
    }
  };
  unpack(fs.statSync(file).size, readPieces, piece => {
    visit(piece);
    return 'more';
  });
}

/** `came` is told after each piece. */
export async function digestOf(file: string, came: () => void): Promise<Digest> {
  const hash = crypto.createHash('sha256');
  let bytes = 0;
  await readUnpacked(file, piece => {
    hash.update(piece);
    bytes += piece.length;
    came();
  });
  return { bytes, sha256: hash.digest('hex') };
}
