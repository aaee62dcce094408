// What must be known of the end of a rollout before a line can be added to it. The newest settings can
// stand anywhere in a file of many megabytes, and are looked for from the end, piece by piece.

import { asBytes } from '../../model/bytes.ts';
import type { RolloutEnd } from '../../model/closerLook.ts';
import type { FilePath } from '../../model/words.ts';
import type { Read, World } from '../../world.ts';
import { unpackWhole } from '../unpackWhole.ts';
import { isObject, isRecord, parseObject } from './rolloutLine.ts';

/** So much is read at once. */
export const PIECE_BYTES = 256 * 1024;
/** A longer line is nothing that Codex wrote. */
const LONGEST_LINE = 64 * 1024 * 1024;
/** So many lines at the end may be torn or empty before nothing is said about them. */
const MOST_BAD_LINES = 64;
const WORD = 'thread_settings_applied"';
const LINE_BREAK = 0x0a;

const text = new TextDecoder();
/** One character for each byte: what is found in the text stands at the same place in the bytes. */
const bytewise = new TextDecoder('latin1');

interface Content {
  readonly length: number;
  read(from: number, to: number): Promise<Uint8Array>;
}

/** Null when the file could not be read. `room` is lent for the last piece of it. */
export async function readRolloutEnd(
  world: World,
  file: FilePath,
  room: Uint8Array,
): Promise<RolloutEnd | null> {
  const content = await openContent(world, file, room);
  if (content === null) return null;
  try {
    const { length } = content;
    const last = length === 0 ? null : (await content.read(length - 1, length))[0];
    return {
      bytes: length,
      isEnded: last === null || last === LINE_BREAK,
      lastOrdinal: await lastOrdinal(content),
      settings: await lastSettings(content),
    };
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

/** The length of a file, and the number of the line that ends at a place in it; null when none does. */
export async function readLineBefore(
  world: World,
  file: FilePath,
  place: number,
): Promise<{ readonly length: number; readonly ordinal: number | null } | null> {
  const content = await openContent(world, file);
  if (content === null) return null;
  const { length } = content;
  if (place < 1 || place > length) return { length, ordinal: null };
  try {
    const last = (await content.read(place - 1, place))[0];
    const line = last === LINE_BREAK ? await lineAt(content, place - 1) : null;
    const record = line === null ? null : parseObject(text.decode(line.bytes));
    const ordinal = record?.['ordinal'];
    return { length, ordinal: typeof ordinal === 'number' ? ordinal : null };
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

class Unreadable extends Error {}

async function openContent(
  world: World,
  file: FilePath,
  room: Uint8Array = new Uint8Array(PIECE_BYTES),
): Promise<Content | null> {
  if (file.endsWith('.zst')) {
    const whole = await unpackWhole(world, file);
    return whole === null
      ? null
      : {
          length: whole.length,
          read: (from, to) => Promise.resolve(whole.subarray(from, to)),
        };
  }
  const ends = await world.files.ends(file, 0, PIECE_BYTES, room);
  if (!ends.ok) return null;
  // Nearly all that is asked for stands here.
  const { state, tail, tailOffset } = ends.value;
  return {
    length: state.bytes,
    read: async (from, to) => {
      const read: Read<Uint8Array> =
        from >= tailOffset
          ? { ok: true, value: tail.subarray(from - tailOffset, to - tailOffset) }
          : await world.files.range(file, from, to - from);
      if (!read.ok || read.value.length !== to - from) throw new Unreadable();
      return read.value;
    },
  };
}

/** The number of the last line that Codex reads; null when it has none. */
async function lastOrdinal(content: Content): Promise<number | null> {
  let end = content.length;
  for (let tries = 0; end > 0 && tries < MOST_BAD_LINES; tries += 1) {
    const line = await lineAt(content, end - 1);
    const record = parseObject(text.decode(line.bytes));
    if (record !== null && isRecord(record))
      return typeof record['ordinal'] === 'number' ? record['ordinal'] : null;
    end = line.at;
  }
  return null;
}

async function lastSettings(content: Content): Promise<RolloutEnd['settings']> {
  for (let end = content.length; end > 0;) {
    const from = Math.max(0, end - PIECE_BYTES);
    // A word that lies across the border belongs to the piece in which it begins.
    const to = Math.min(content.length, end + WORD.length - 1);
    const found = bytewise.decode(await content.read(from, to)).lastIndexOf(WORD);
    if (found < 0) end = from;
    else {
      const line = await lineAt(content, from + found);
      if (isSettings(text.decode(line.bytes))) return { at: line.at, line: asBytes(line.bytes) };
      end = line.at;
    }
  }
  return null;
}

function isSettings(line: string): boolean {
  const record = parseObject(line);
  const payload = record?.['payload'];
  return isObject(payload) && payload['type'] === 'thread_settings_applied';
}

interface Line {
  readonly at: number;
  /** Without the line break. */
  readonly bytes: Uint8Array;
}

/** The line to which the byte at a place belongs; a line break belongs to the line before it. */
async function lineAt(content: Content, place: number): Promise<Line> {
  let start = place;
  while (start > 0) {
    const from = Math.max(0, start - PIECE_BYTES);
    const before = (await content.read(from, start)).lastIndexOf(LINE_BREAK);
    start = before < 0 ? from : from + before + 1;
    if (before >= 0) break;
    if (place - start > LONGEST_LINE) throw new Unreadable();
  }
  let end = place;
  while (end < content.length) {
    const to = Math.min(content.length, end + PIECE_BYTES);
    const next = (await content.read(end, to)).indexOf(LINE_BREAK);
    end = next < 0 ? to : end + next;
    if (next >= 0) break;
    if (end - place > LONGEST_LINE) throw new Unreadable();
  }
  return { at: start, bytes: await content.read(start, end) };
}
