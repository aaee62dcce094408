// The lines of one part of a rollout, without reading the rest. A part is a stretch of bytes, and a
// line belongs to the part in which it begins, so that nobody has to look for where parts end.

import type { Rollout } from '../model/rollout.ts';
import type { Read, World } from '../world.ts';

/** Small enough that what is made of the last part, of nearly twice the size, is read at once. */
export const PART_BYTES = 256 * 1024;
/** A longer line is not taken apart: it would take several times its size in memory. */
export const LONGEST_LINE = 8 * 1024 * 1024;
const PIECE_BYTES = 256 * 1024;
/** Of a line that is too long. */
const BEGINNING_BYTES = 400;
const LINE_BREAK = 0x0a;

export interface PartLine {
  /** Where it begins in the file, unpacked where that is compressed. */
  readonly offset: number;
  readonly text: string;
  readonly state: 'whole' | 'too-long' | 'without-end';
}

/** The last part takes in what is behind it, up to as much again: it is never nearly empty. */
export function partsOf(bytes: number): number {
  return Math.max(1, Math.floor(bytes / PART_BYTES));
}

/** How long a rollout is now; a compressed one has to be unpacked for it. */
export async function lengthOf(world: World, { file, compressed }: Rollout): Promise<Read<number>> {
  if (!compressed) {
    const state = await world.files.stat(file);
    return state.ok ? { ok: true, value: state.value.bytes } : state;
  }
  let bytes = 0;
  const read = await world.files.stream(file, piece => {
    bytes += piece.length;
    return 'more';
  });
  // What can be unpacked before a damaged place is worth reading.
  return read.ok || bytes > 0 ? { ok: true, value: bytes } : read;
}

export async function readPartLines(
  world: World,
  rollout: Rollout,
  part: number,
  bytes: number,
): Promise<{ readonly lines: readonly PartLine[]; readonly trouble: string | null }> {
  const from = (part - 1) * PART_BYTES;
  const to = part === partsOf(bytes) ? bytes : part * PART_BYTES;
  const reader = new PartReader(from, to);
  const read = await (rollout.compressed
    ? streamFrom(world, rollout, reader)
    : rangesFrom(world, rollout, reader));
  return { lines: reader.end(), trouble: read.ok ? null : read.trouble.why };
}

async function rangesFrom(
  world: World,
  { file }: Rollout,
  reader: PartReader,
): Promise<Read<void>> {
  for (;;) {
    const read = await world.files.range(file, reader.position, PIECE_BYTES);
    if (!read.ok) return read;
    if (read.value.length === 0 || reader.add(read.value) === 'stop')
      return { ok: true, value: undefined };
  }
}

async function streamFrom(
  world: World,
  { file }: Rollout,
  reader: PartReader,
): Promise<Read<void>> {
  let at = 0;
  return world.files.stream(file, piece => {
    const skipped = Math.min(piece.length, Math.max(0, reader.position - at));
    at += piece.length;
    return skipped === piece.length ? 'more' : reader.add(piece.subarray(skipped));
  });
}

class PartReader {
  /** Where the next piece has to begin. */
  position: number;
  readonly #to: number;
  readonly #lines: PartLine[] = [];
  #lineStart: number | null;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #isDone = false;

  constructor(from: number, to: number) {
    // The byte before tells whether a line begins exactly here.
    this.position = Math.max(0, from - 1);
    this.#lineStart = from === 0 ? 0 : null;
    this.#to = to;
  }

  add(piece: Uint8Array): 'more' | 'stop' {
    const base = this.position;
    this.position += piece.length;
    for (let start = 0; start < piece.length && !this.#isDone;) {
      const found = piece.indexOf(LINE_BREAK, start);
      const end = found < 0 ? piece.length : found;
      if (this.#lineStart !== null) this.#keep(piece.slice(start, end));
      if (this.#pendingBytes > LONGEST_LINE) this.#endLine('too-long');
      else if (found >= 0) {
        if (this.#lineStart !== null) this.#endLine('whole');
        this.#lineStart = base + found + 1;
        this.#isDone = this.#lineStart >= this.#to;
      }
      start = end + 1;
    }
    // Of a line that began before this part, nothing is told here.
    this.#isDone ||= this.#lineStart === null && this.position >= this.#to;
    return this.#isDone ? 'stop' : 'more';
  }

  end(): readonly PartLine[] {
    if (!this.#isDone && this.#pendingBytes > 0) this.#endLine('without-end');
    return this.#lines;
  }

  #keep(bytes: Uint8Array): void {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
  }

  #endLine(state: PartLine['state']): void {
    const decoder = new TextDecoder('utf-8');
    const kept = state === 'too-long' ? this.#pending.slice(0, 1) : this.#pending;
    const text = kept.map(bytes => decoder.decode(bytes, { stream: true })).join('');
    this.#lines.push({
      offset: this.#lineStart ?? 0,
      text: state === 'too-long' ? text.slice(0, BEGINNING_BYTES) : text,
      state,
    });
    this.#pending = [];
    this.#pendingBytes = 0;
    // It is longer than any part: the next one is of another part.
    this.#isDone = state === 'too-long';
  }
}
