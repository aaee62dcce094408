// What stands in the beginnings of files: more and more of each is read until it is found.

import type { CloserLook, FirstWords } from '../../model/closerLook.ts';
import type { Bytes } from '../../model/plan.ts';
import type { FilePath } from '../../model/words.ts';
import type { World } from '../../world.ts';
import { firstWordsOf } from '../rollouts/firstWords.ts';
import { readHead } from '../rollouts/readFirstLine.ts';
import { wholeMessageOf } from '../rollouts/rolloutMessages.ts';
import { unpackWhole } from '../unpackWhole.ts';

const HEAD_BYTES = 256 * 1024;
/** A first line that is longer is nothing that Codex wrote. */
const LONGEST_HEAD = 16 * 1024 * 1024;

export async function readHeads(
  world: World,
  files: readonly FilePath[],
): Promise<CloserLook['heads']> {
  const heads: Record<FilePath, Bytes> = {};
  const room = new Uint8Array(HEAD_BYTES);
  for (const file of files) {
    const head = await readHead(world, file, room);
    if (head !== null) heads[file] = head;
  }
  return heads;
}

/** The first message of a person, in full. */
export function readMessages(
  world: World,
  files: readonly FilePath[],
): Promise<CloserLook['messages']> {
  return readTexts(world, files, wholeMessageOf);
}

/** What was said first; words of a person are better than any answer, and may come later. */
export function readWords(world: World, files: readonly FilePath[]): Promise<CloserLook['words']> {
  return readTexts(world, files, (text, isWhole): FirstWords | null => {
    const words = firstWordsOf(text, isWhole);
    return isWhole || words.person !== null ? words : null;
  });
}

async function readTexts<T>(
  world: World,
  files: readonly FilePath[],
  find: (text: string, isWhole: boolean) => T | null,
): Promise<Readonly<Record<FilePath, T>>> {
  const texts: Record<FilePath, T> = {};
  for (const file of files) {
    const unpacked = file.endsWith('.zst') ? await unpackWhole(world, file) : null;
    const inUnpacked = unpacked === null ? null : find(new TextDecoder().decode(unpacked), true);
    if (inUnpacked !== null) texts[file] = inUnpacked;
    if (file.endsWith('.zst')) continue;
    for (let length = HEAD_BYTES; length <= LONGEST_HEAD; length *= 4) {
      const read = await world.files.ends(file, length, 0);
      if (!read.ok) break;
      const { head, state } = read.value;
      const isWhole = head.length >= state.bytes;
      const found = find(new TextDecoder().decode(head), isWhole);
      if (found !== null) texts[file] = found;
      if (found !== null || isWhole) break;
    }
  }
  return texts;
}
