import { joined } from '../model/bytes.ts';
import type { FilePath } from '../model/words.ts';
import type { World } from '../world.ts';

/** A compressed file is unpacked into memory; one that holds more is left alone. */
export const MOST_UNPACKED = 256 * 1024 * 1024;

/** All that a file holds, unpacked where it is compressed; null when that cannot be had. */
export async function unpackWhole(world: World, file: FilePath): Promise<Uint8Array | null> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const streamed = await world.files.stream(file, piece => {
    pieces.push(piece.slice());
    length += piece.length;
    return length > MOST_UNPACKED ? 'stop' : 'more';
  });
  if (!streamed.ok || length > MOST_UNPACKED) return null;
  return joined(pieces, length);
}
