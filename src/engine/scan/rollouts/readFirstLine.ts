// The first line of a file, however long it is; of a compressed one, as much as that takes.

import { asBytes } from '../../model/bytes.ts';
import type { Bytes } from '../../model/plan.ts';
import type { FilePath } from '../../model/words.ts';
import type { World } from '../../world.ts';

/** Real first lines have 22 KB. */
const FIRST_BYTES = 64 * 1024;
/** A first line that is longer is nothing that Codex wrote. */
const LONGEST = 16 * 1024 * 1024;

/** As text; null when it cannot be read. */
export async function readFirstLine(world: World, file: FilePath): Promise<string | null> {
  const head = await readHead(world, file, new Uint8Array(FIRST_BYTES));
  if (head === null) return null;
  const [line = ''] = head.split('\n', 1);
  return new TextDecoder().decode(Uint8Array.from(line, letter => letter.charCodeAt(0)));
}

/** The first line, and what was read behind it. `room` is lent, as much as is read at first. */
export async function readHead(
  world: World,
  file: FilePath,
  room: Uint8Array,
): Promise<Bytes | null> {
  if (file.endsWith('.zst')) return readPackedHead(world, file);
  for (let length = room.length; length <= LONGEST; length *= 4) {
    const read = await world.files.ends(file, length, 0, room);
    if (!read.ok) return null;
    const { head, state } = read.value;
    if (head.includes(0x0a) || head.length >= state.bytes) return asBytes(head);
  }
  return null;
}

async function readPackedHead(world: World, file: FilePath): Promise<Bytes | null> {
  let head = '';
  const read = await world.files.stream(file, piece => {
    head += asBytes(piece);
    return head.includes('\n') || head.length > LONGEST ? 'stop' : 'more';
  });
  return read.ok ? head : null;
}
