// The write-ahead log of a database, followed as it grows: which pages it has, as of its last commit.
// What makes a header and a frame good is said here for all who read logs. The format is SQLite's
// "WAL-mode File Format"; numbers are big-endian.

import type { Files, Read } from '../../world.ts';
import type { FilePath } from '../../model/words.ts';

export const LOG_HEADER_BYTES = 32;
export const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;
const VERSION = 3007000;
/** Mostly there is little behind the last commit: pieces begin small. */
const FIRST_PIECE_BYTES = 64 * 1024;
const PIECE_BYTES = 1024 * 1024;

/**
 * The committed pages of one life of a log. A frame counts when it has the salts of the header and
 * the running sum is right up to and with it, so that a frame vouches for all before it: whoever
 * goes by the headers of frames alone takes what a crash has left for commits.
 */
export interface Log {
  readonly pageBytes: number;
  /** The size of the database after the last commit, in pages; 0 before the first one. */
  readonly pageCount: number;
  /** Where the last commit ends, as seen from the beginning of the log. */
  readonly end: number;
  /** Where in the log the newest committed content of a page is. */
  find(page: number): number | undefined;
  /** Pages of which the newest content is behind this place of the log. */
  pagesBehind(place: number): readonly number[];
  /** Takes in what was committed since the last time. */
  readOn(): Promise<Read<'more' | 'nothing new'>>;
}

/** Null when the header is not whole: SQLite takes that for no log at all. */
export function openLog(
  files: Files,
  file: FilePath,
  header: Uint8Array,
  maxBytes: number,
): Log | null {
  const start = parseLogHeader(header);
  return typeof start === 'string' ? null : new GrowingLog(files, file, start, maxBytes);
}

class GrowingLog implements Log {
  readonly pageBytes: number;
  pageCount = 0;
  readonly #files: Files;
  readonly #file: FilePath;
  readonly #salts: LogStart['salts'];
  readonly #maxBytes: number;
  readonly #pages = new Map<number, number>();
  // As of the last commit: the frames behind it are not settled, and are read again each time.
  #end = LOG_HEADER_BYTES;
  #sum: Checksum;

  constructor(files: Files, file: FilePath, start: LogStart, maxBytes: number) {
    this.#files = files;
    this.#file = file;
    this.pageBytes = start.pageBytes;
    this.#salts = start.salts;
    this.#sum = start.sum;
    this.#maxBytes = maxBytes;
  }

  get end(): number {
    return this.#end;
  }

  find(page: number): number | undefined {
    return this.#pages.get(page);
  }

  pagesBehind(place: number): readonly number[] {
    return [...this.#pages].filter(([, offset]) => offset > place).map(([page]) => page);
  }

  async readOn(): Promise<Read<'more' | 'nothing new'>> {
    const start = this.#end;
    const frameBytes = FRAME_HEADER_BYTES + this.pageBytes;
    const sum = this.#sum.copy();
    const uncommitted = new Map<number, number>();
    let at = start;
    for (let wanted = FIRST_PIECE_BYTES; ; wanted = PIECE_BYTES) {
      const length = Math.ceil(wanted / frameBytes) * frameBytes;
      const piece = await this.#files.range(this.#file, at, length);
      if (!piece.ok) return piece;
      const taken = this.#takeFrames(piece.value, at, sum, uncommitted);
      at += taken;
      if (taken < length) return { ok: true, value: this.#end > start ? 'more' : 'nothing new' };
      if (at > this.#maxBytes) return tooLarge(this.#maxBytes);
    }
  }

  /** Takes in the good frames at the beginning of a piece, and says how many bytes they have. */
  #takeFrames(
    piece: Uint8Array,
    start: number,
    sum: Checksum,
    uncommitted: Map<number, number>,
  ): number {
    const view = viewOf(piece);
    const frameBytes = FRAME_HEADER_BYTES + this.pageBytes;
    let at = 0;
    for (; at + frameBytes <= piece.length; at += frameBytes) {
      if (judgeFrame(view, at, this.pageBytes, this.#salts, sum) !== 'good') break;
      uncommitted.set(view.getUint32(at), start + at + FRAME_HEADER_BYTES);
      const pageCount = view.getUint32(at + 4);
      if (pageCount === 0) continue;
      for (const [page, offset] of uncommitted) this.#pages.set(page, offset);
      uncommitted.clear();
      this.pageCount = pageCount;
      this.#end = start + at + frameBytes;
      this.#sum = sum.copy();
    }
    return at;
  }
}

/** What the header of a log says, and the running sum up to and with it. */
export interface LogStart {
  readonly pageBytes: number;
  readonly salts: readonly [number, number];
  readonly sum: Checksum;
}

export function parseLogHeader(
  header: Uint8Array,
): LogStart | 'short-header' | 'not-a-log' | 'bad-header' {
  if (header.length < LOG_HEADER_BYTES) return 'short-header';
  const view = viewOf(header);
  const magic = view.getUint32(0);
  if ((magic & 0xfffffffe) >>> 0 !== MAGIC || view.getUint32(4) !== VERSION) return 'not-a-log';
  const pageBytes = view.getUint32(8);
  const isPageSize = pageBytes >= 512 && pageBytes <= 65536 && (pageBytes & (pageBytes - 1)) === 0;
  const sum = new Checksum((magic & 1) === 0);
  sum.add(view, 0, 24);
  if (!isPageSize || !sum.isAt(view, 24)) return 'bad-header';
  return { pageBytes, salts: [view.getUint32(16), view.getUint32(20)], sum };
}

/** Adds a frame to the running sum, which is good for nothing more when the frame is not. */
export function judgeFrame(
  view: DataView,
  at: number,
  pageBytes: number,
  salts: LogStart['salts'],
  sum: Checksum,
): 'good' | 'older-salts' | 'bad-frame' {
  if (view.getUint32(at + 8) !== salts[0] || view.getUint32(at + 12) !== salts[1])
    return 'older-salts';
  sum.add(view, at, 8);
  sum.add(view, at + FRAME_HEADER_BYTES, pageBytes);
  // No page has the number 0: SQLite ends the log there, whatever the sum.
  return view.getUint32(at) !== 0 && sum.isAt(view, at + 16) ? 'good' : 'bad-frame';
}

/** SQLite's running sum of a log; by the magic, the words it adds are little-endian or big-endian. */
export class Checksum {
  readonly #isLittleEndian: boolean;
  #first = 0;
  #second = 0;

  constructor(isLittleEndian: boolean) {
    this.#isLittleEndian = isLittleEndian;
  }

  copy(): Checksum {
    const copy = new Checksum(this.#isLittleEndian);
    copy.#first = this.#first;
    copy.#second = this.#second;
    return copy;
  }

  add(view: DataView, start: number, length: number): void {
    const isLittleEndian = this.#isLittleEndian;
    const end = start + length;
    let first = this.#first;
    let second = this.#second;
    // With a sign they stay plain integers for the engine of the language, which is several times faster.
    for (let at = start; at < end; at += 8) {
      first = (first + view.getInt32(at, isLittleEndian) + second) | 0;
      second = (second + view.getInt32(at + 4, isLittleEndian) + first) | 0;
    }
    this.#first = first;
    this.#second = second;
  }

  isAt(view: DataView, at: number): boolean {
    return this.#first === view.getInt32(at) && this.#second === view.getInt32(at + 4);
  }
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function tooLarge(maxBytes: number): { ok: false; trouble: { code: 'too-large'; why: string } } {
  const why = `more than ${String(maxBytes)} bytes of its log are in use`;
  return { ok: false, trouble: { code: 'too-large', why } };
}
