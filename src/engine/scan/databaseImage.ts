// A database in WAL mode is two files that change under our eyes. This makes one consistent image
// of both without a lock, and never with SQLite itself: closing a database there checkpoints it.
// The format is SQLite's "WAL-mode File Format"; numbers are big-endian.

import type { Files, FileState, ImageFacts, Read, Trouble } from '../world.ts';
import type { FilePath } from '../model/words.ts';

const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const LOG_MAGIC = 0x377f0682;
const LOG_VERSION = 3007000;

/** A main file that was written less than this long ago is not taken as quiet. */
const QUIET_MS = 50;
const MAX_TRIES = 60;

export interface DatabaseImage {
  readonly bytes: Uint8Array;
  readonly mainBytes: number;
  readonly walBytes: number;
  readonly journal: 'wal' | 'rollback';
  /** Frames behind the last good one: writes that were never finished, or a damaged log. */
  readonly logStop: LogStop;
}

const HEADER_BYTES = 100;

export function factsOf({ bytes, journal }: DatabaseImage): ImageFacts {
  return { head: bytes.slice(0, HEADER_BYTES), bytes: bytes.length, journal };
}

/**
 * Reads main file and log as one picture.
 *
 * The order is what makes it exact while another process writes and checkpoints: header of the
 * log, main file, whole log, header of the log again. When all headers are the same, the log was
 * not started anew in between, so every page that a checkpoint can have copied into the main file
 * meanwhile is also in the log, and the overlay replaces it. Reading the log first tears.
 */
export async function readDatabaseImage(
  files: Files,
  now: () => number,
  file: FilePath,
  maxBytes: number,
): Promise<Read<DatabaseImage>> {
  const log = `${file}-wal`;
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    const journal = await files.stat(`${file}-journal`);
    const before = await identify(files, file, log);
    if (!before.main.ok) return before.main;
    if (before.main.value.kind !== 'file')
      return failed('not-a-file', 'there is a folder in its place');
    const total = before.main.value.bytes + (before.log?.bytes ?? 0);
    if (total > maxBytes) return failed('too-large', `it has ${String(total)} bytes`);
    const startedAt = now();

    const main = await files.whole(file, maxBytes);
    if (!main.ok) return main;
    const wal = await wholeOrNothing(files, log, maxBytes);
    if (!wal.ok) return wal;
    const after = await identify(files, file, log);
    if (!after.main.ok) return after.main;

    const isChangingWithJournal = journal.ok && journal.value.bytes > 0;
    const header = wal.value.subarray(0, LOG_HEADER_BYTES);
    const sameFiles =
      before.main.value.identity === after.main.value.identity &&
      before.log?.identity === after.log?.identity;
    const sameHeader = equal(before.header, header) && equal(header, after.header);
    const hasLog = header.length === LOG_HEADER_BYTES;
    if (!isChangingWithJournal && sameHeader && sameFiles) {
      // Without a log no header tells of a change: then nothing at all may have changed, and the
      // last change has to be older than the clock is coarse.
      const isQuiet =
        isSame(before.main.value, after.main.value) &&
        isSame(before.log, after.log) &&
        startedAt - before.main.value.modifiedMs > QUIET_MS;
      if (hasLog || isQuiet) return { ok: true, value: overlay(main.value, wal.value) };
    }
    if (!hasLog) await files.pause(QUIET_MS + 10);
  }
  return failed('timeout', `it did not hold still in ${String(MAX_TRIES)} tries`);
}

/**
 * Puts the committed pages of a log over an image of the main file. The bytes of the main file are
 * used up: where the database has not grown since, the pages are put right into them.
 */
export function overlay(main: Uint8Array, wal: Uint8Array): DatabaseImage {
  const log = parseLog(wal);
  let bytes = main;
  if (log.commits > 0) {
    const size = sizeOfImage(log, main, wal);
    bytes = size <= main.length ? main.subarray(0, size) : new Uint8Array(size);
    if (size > main.length) bytes.set(main);
    for (const [page, offset] of log.pages) {
      if (page * log.pageBytes > size) continue;
      bytes.set(wal.subarray(offset, offset + log.pageBytes), (page - 1) * log.pageBytes);
    }
  }
  const journal = bytes[18] === 2 ? 'wal' : 'rollback';
  if (journal === 'wal' && bytes.length >= 100) {
    // An engine that works in memory would look for a log beside the image.
    bytes[18] = 1;
    bytes[19] = 1;
  }
  return {
    bytes,
    mainBytes: main.length,
    walBytes: wal.length,
    journal,
    logStop: log.stop,
  };
}

/**
 * A page that is in neither file does not exist, whatever a commit says of the size: SQLite writes
 * each page that it adds. The one exception is the page that holds the lock, which nobody writes.
 */
function sizeOfImage({ pageCount, pageBytes }: Log, main: Uint8Array, wal: Uint8Array): number {
  const most = Math.ceil(main.length / pageBytes) + Math.floor(wal.length / pageBytes) + 1;
  return Math.min(pageCount, most) * pageBytes;
}

export type LogStop =
  'end' | 'no-log' | 'short-header' | 'not-a-log' | 'bad-header' | 'older-salts' | 'bad-frame';

export interface Log {
  readonly pageBytes: number;
  /** The size of the database after the last commit, in pages. */
  readonly pageCount: number;
  /** Page number → offset of its newest committed content. */
  readonly pages: ReadonlyMap<number, number>;
  readonly commits: number;
  readonly stop: LogStop;
}

/**
 * Finds the committed pages of a log. A frame counts when it has the salts of the header and the
 * running checksum is right up to and with it; frames after the last commit do not count.
 */
export function parseLog(wal: Uint8Array): Log {
  const nothing = { pageBytes: 0, pageCount: 0, pages: new Map<number, number>(), commits: 0 };
  if (wal.length === 0) return { ...nothing, stop: 'no-log' };
  if (wal.length < LOG_HEADER_BYTES) return { ...nothing, stop: 'short-header' };
  const view = new DataView(wal.buffer, wal.byteOffset, wal.byteLength);
  const magic = view.getUint32(0);
  if ((magic & 0xfffffffe) >>> 0 !== LOG_MAGIC || view.getUint32(4) !== LOG_VERSION)
    return { ...nothing, stop: 'not-a-log' };
  const littleEndian = (magic & 1) === 0;
  const pageBytes = view.getUint32(8);
  const isPageSize = pageBytes >= 512 && pageBytes <= 65536 && (pageBytes & (pageBytes - 1)) === 0;
  const sum = new Checksum(view, littleEndian);
  sum.add(0, 24);
  if (!isPageSize || !sum.matches(24)) return { ...nothing, stop: 'bad-header' };

  const salts = [view.getUint32(16), view.getUint32(20)] as const;
  const pages = new Map<number, number>();
  let uncommitted = new Map<number, number>();
  let commits = 0;
  let pageCount = 0;
  let stop: LogStop = 'end';
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  for (let at = LOG_HEADER_BYTES; at + frameBytes <= wal.length; at += frameBytes) {
    if (view.getUint32(at + 8) !== salts[0] || view.getUint32(at + 12) !== salts[1]) {
      stop = 'older-salts';
      break;
    }
    sum.add(at, 8);
    sum.add(at + FRAME_HEADER_BYTES, pageBytes);
    const number = view.getUint32(at);
    if (number === 0 || !sum.matches(at + 16)) {
      stop = 'bad-frame';
      break;
    }
    uncommitted.set(number, at + FRAME_HEADER_BYTES);
    const sizeAfterCommit = view.getUint32(at + 4);
    if (sizeAfterCommit > 0) {
      for (const [page, offset] of uncommitted) pages.set(page, offset);
      uncommitted = new Map();
      pageCount = sizeAfterCommit;
      commits += 1;
    }
  }
  return { pageBytes, pageCount, pages, commits, stop };
}

/** SQLite's running checksum of a log; its words are little-endian or big-endian by the magic. */
class Checksum {
  readonly #view: DataView;
  readonly #littleEndian: boolean;
  #first = 0;
  #second = 0;

  constructor(view: DataView, littleEndian: boolean) {
    this.#view = view;
    this.#littleEndian = littleEndian;
  }

  add(start: number, length: number): void {
    let first = this.#first;
    let second = this.#second;
    for (let at = start; at < start + length; at += 8) {
      first = (first + this.#view.getUint32(at, this.#littleEndian) + second) >>> 0;
      second = (second + this.#view.getUint32(at + 4, this.#littleEndian) + first) >>> 0;
    }
    this.#first = first;
    this.#second = second;
  }

  matches(at: number): boolean {
    return (
      this.#first === this.#view.getUint32(at) && this.#second === this.#view.getUint32(at + 4)
    );
  }
}

async function identify(files: Files, file: FilePath, log: FilePath) {
  const main = await files.stat(file);
  const logState = await files.stat(log);
  const header = logState.ok ? await files.range(log, 0, LOG_HEADER_BYTES) : null;
  return {
    main,
    log: logState.ok ? logState.value : null,
    header: header?.ok ? header.value : new Uint8Array(0),
  };
}

async function wholeOrNothing(
  files: Files,
  file: FilePath,
  maxBytes: number,
): Promise<Read<Uint8Array>> {
  const read = await files.whole(file, maxBytes);
  return !read.ok && read.trouble.code === 'missing'
    ? { ok: true, value: new Uint8Array(0) }
    : read;
}

function isSame(one: FileState | null, other: FileState | null): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.identity === other.identity &&
    one.bytes === other.bytes &&
    one.modifiedMs === other.modifiedMs
  );
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

function failed(code: Trouble['code'], why: string): { ok: false; trouble: Trouble } {
  return { ok: false, trouble: { code, why } };
}
