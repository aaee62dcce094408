// Unpacks compressed rollouts piece by piece: with Node's own zstd where it has one and the file is
// small, else with fzstd, which can stop early and needs the memory of one window.

import zlib from 'node:zlib';
import { Decompress } from 'fzstd';

/** Codex packs rollouts of some megabytes into files far smaller than this. */
const SMALL_BYTES = 1024 * 1024;
const SMALL_UNPACKED_BYTES = 64 * 1024 * 1024;
/** Small bites let a reader that only wants the head stop soon. */
const BITE_BYTES = 32 * 1024;

type Visit = (piece: Uint8Array) => 'more' | 'stop';

/** Throws when the bytes are not what zstd makes; what came before has been handed over. */
export function unpack(
  packedBytes: number,
  readPieces: (visit: Visit) => void,
  visit: Visit,
): void {
  const native = packedBytes <= SMALL_BYTES ? unpackNatively(readPieces) : null;
  if (native !== null) {
    visit(native);
    return;
  }
  let wanted: 'more' | 'stop' = 'more';
  const wantsMore = () => wanted === 'more';
  const stream = new Decompress(piece => {
    if (wantsMore() && piece.length > 0) wanted = visit(piece);
  });
  readPieces(piece => {
    for (let at = 0; at < piece.length && wantsMore(); at += BITE_BYTES)
      // The stream keeps what it is given, and the piece is only lent to us.
      stream.push(piece.slice(at, at + BITE_BYTES));
    return wanted;
  });
  if (wantsMore()) stream.push(new Uint8Array(0), true);
}

/** Null where this Node has no zstd, or where the content is larger than fits in memory well. */
function unpackNatively(readPieces: (visit: Visit) => void): Uint8Array | null {
  if (typeof zlib.zstdDecompressSync !== 'function') return null;
  const pieces: Uint8Array[] = [];
  readPieces(piece => {
    pieces.push(piece.slice());
    return 'more';
  });
  const packed = Buffer.concat(pieces);
  try {
    const { buffer, engine } = unpackFrame(packed);
    // Node ends behind the first frame and says nothing: other tools pack a file in several.
    return engine.bytesWritten === packed.length ? buffer : null;
  } catch {
    // The slow way says what is wrong, and hands over what can be read before it.
    return null;
  }
}

/** With `info` also how much of what it was given belonged to the frame; the types do not know that. */
function unpackFrame(packed: Buffer) {
  const options = { maxOutputLength: SMALL_UNPACKED_BYTES, info: true };
  return zlib.zstdDecompressSync(packed, options) as unknown as {
    readonly buffer: Buffer;
    readonly engine: { readonly bytesWritten: number };
  };
}

/** Since Node 22.15. */
export const canPack = typeof zlib.zstdCompressSync === 'function';

/** What Codex takes. */
const LEVEL = 3;

export function packedSizeOf(bytes: Uint8Array): { bytes: number; packedBytes: number } {
  const params = { [zlib.constants.ZSTD_c_compressionLevel]: LEVEL };
  return { bytes: bytes.length, packedBytes: zlib.zstdCompressSync(bytes, { params }).length };
}
