// A database in WAL mode is two files that change under our eyes. This makes one consistent image
// of both without a lock, and never with SQLite itself: closing a database there checkpoints it.
// The format is SQLite's "WAL-mode File Format"; numbers are big-endian.

import type { Files, ImageFacts, ImageOrigin, Read, Trouble } from '../../world.ts';
import type { FilePath } from '../../model/words.ts';
import {
  FRAME_HEADER_BYTES,
  judgeFrame,
  LOG_HEADER_BYTES,
  parseLogHeader,
  viewOf,
} from './databaseLog.ts';
import { isSameFile } from './sameFile.ts';

/** A main file that was written less than this long ago is not taken as quiet. */
const QUIET_MS = 50;
const MAX_TRIES = 60;
/** A change that takes longer is one that was left; the next one who opens the database undoes it. */
const MAX_UNFINISHED = 8;

/** What is asked of the files of a database. */
export type SingleFiles = Pick<Files, 'stat' | 'range' | 'whole' | 'pause'>;

export interface DatabaseImage {
  readonly bytes: Uint8Array;
  readonly mainBytes: number;
  readonly walBytes: number;
  readonly journal: 'wal' | 'rollback';
  /** Frames behind the last good one: writes that were never finished, or a damaged log. */
  readonly logStop: LogStop;
  /** Where in the log its last commit ends; 0 where there is none. */
  readonly logEnd: number;
}

/** An image that was read from files, and which state of them it shows. */
export interface ReadImage extends DatabaseImage {
  readonly origin: ImageOrigin;
}

const HEADER_BYTES = 100;

/** Copies, and not parts of the image and its log: these are large, and whoever takes a part on takes the whole. */
export function factsOf({ bytes, journal, origin }: ReadImage): ImageFacts {
  const { log } = origin;
  return {
    head: new Uint8Array(bytes.subarray(0, HEADER_BYTES)),
    bytes: bytes.length,
    journal,
    origin: {
      ...origin,
      log: log === null ? null : { ...log, header: new Uint8Array(log.header) },
    },
  };
}

/**
 * Reads main file and log as one picture.
 *
 * The order is what makes it exact while another process writes and checkpoints: header of the
 * log, main file, whole log, header of the log again. When all headers are the same, the log was
 * not started anew in between, so every page that a checkpoint can have copied into the main file
 * meanwhile is also in the log, and the overlay replaces it. Reading the log first tears.
 *
 * Without a log, pages are written right into the main file while a journal keeps the old ones.
 * Then nothing may have changed: no journal before and after, and, seen after it, the same header,
 * which counts the changes, and the same time. A change that is taken back leaves the count as it
 * was, and only the time tells of it.
 */
export async function readDatabaseImage(
  files: SingleFiles,
  now: () => number,
  file: FilePath,
  maxBytes: number,
): Promise<Read<ReadImage>> {
  let unfinished = 0;
  for (let attempt = 0; attempt < MAX_TRIES && unfinished < MAX_UNFINISHED; attempt += 1) {
    const isBegun = await isJournalHot(files, file);
    const before = await identify(files, file);
    if (!before.main.ok) return before.main;
    if (before.main.value.kind !== 'file')
      return failed('not-a-file', 'there is a folder in its place');
    const total = before.main.value.bytes + (before.log?.bytes ?? 0);
    if (total > maxBytes) return failed('too-large', `it has ${String(total)} bytes`);
    const startedAt = now();

    if (isBegun) unfinished += 1;
    else {
      // Also for what the log adds: an image that had to be made larger would be copied as a whole.
      const room = new Uint8Array(total);
      const main = await files.whole(file, maxBytes, room);
      if (!main.ok) return main;
      const wal = await wholeOrNothing(files, `${file}-wal`, maxBytes);
      if (!wal.ok) return wal;
      const isOver = !(await isJournalHot(files, file));
      const head = await files.range(file, 0, HEADER_BYTES);
      const after = await identify(files, file);
      if (!after.main.ok) return after.main;

      const header = wal.value.subarray(0, LOG_HEADER_BYTES);
      const isOnePicture =
        isOver &&
        before.main.value.identity === after.main.value.identity &&
        before.log?.identity === after.log?.identity &&
        equal(before.header, header) &&
        equal(header, after.header);
      const hasLog = header.length === LOG_HEADER_BYTES;
      // The last change has to be older than the clock is coarse.
      const isAtRest =
        isSameFile(before.main.value, after.main.value) &&
        isSameFile(before.log, after.log) &&
        head.ok &&
        equal(head.value, main.value.subarray(0, HEADER_BYTES)) &&
        startedAt - before.main.value.modifiedMs > QUIET_MS;
      if (isOnePicture && (hasLog || isAtRest)) {
        const image = overlay(main.value, wal.value, room);
        const log = before.log === null ? null : { identity: before.log.identity, header };
        const origin = { main: before.main.value, log, logEnd: image.logEnd };
        return { ok: true, value: { ...image, origin } };
      }
      if (hasLog) continue;
    }
    await files.pause(QUIET_MS + 10);
  }
  return unfinished === MAX_UNFINISHED
    ? failed('timeout', 'a change to it was begun and is not finished, as its -journal file says')
    : failed('timeout', `it did not hold still in ${String(MAX_TRIES)} tries`);
}

/** A journal is over when it is gone, is empty, or begins with a zero. */
async function isJournalHot(files: SingleFiles, file: FilePath): Promise<boolean> {
  const first = await files.range(`${file}-journal`, 0, 1);
  return first.ok ? (first.value[0] ?? 0) !== 0 : first.trouble.code !== 'missing';
}

/**
 * Puts the committed pages of a log over an image of the main file. The bytes of the main file are
 * used up: the pages are put right into them, and behind them where they lie in a room that is large
 * enough, and empty behind them.
 */
export function overlay(main: Uint8Array, wal: Uint8Array, room: Uint8Array = main): DatabaseImage {
  const log = parseLog(wal);
  let bytes = main;
  if (log.commits > 0) {
    const size = sizeOfImage(log, main, wal);
    bytes = size <= main.length ? main.subarray(0, size) : enlarged(main, size, room);
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
    logEnd: log.end,
  };
}

function enlarged(main: Uint8Array, size: number, room: Uint8Array): Uint8Array {
  const isInRoom = main.buffer === room.buffer && main.byteOffset === room.byteOffset;
  if (isInRoom && size <= room.length) return room.subarray(0, size);
  const bytes = new Uint8Array(size);
  bytes.set(main);
  return bytes;
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
  /** Where the last commit ends; 0 where there is none. */
  readonly end: number;
  readonly stop: LogStop;
}

/**
 * Finds the committed pages of a log. A frame counts when it has the salts of the header and the
 * running checksum is right up to and with it; frames after the last commit do not count.
 */
export function parseLog(wal: Uint8Array): Log {
  const nothing = {
    pageBytes: 0,
    pageCount: 0,
    pages: new Map<number, number>(),
    commits: 0,
    end: 0,
  };
  if (wal.length === 0) return { ...nothing, stop: 'no-log' };
  const start = parseLogHeader(wal);
  if (typeof start === 'string') return { ...nothing, stop: start };

  const { pageBytes, salts, sum } = start;
  const view = viewOf(wal);
  const pages = new Map<number, number>();
  let uncommitted = new Map<number, number>();
  let commits = 0;
  let pageCount = 0;
  let end = 0;
  let stop: LogStop = 'end';
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  for (let at = LOG_HEADER_BYTES; at + frameBytes <= wal.length; at += frameBytes) {
    const frame = judgeFrame(view, at, pageBytes, salts, sum);
    if (frame !== 'good') {
      stop = frame;
      break;
    }
    uncommitted.set(view.getUint32(at), at + FRAME_HEADER_BYTES);
    const sizeAfterCommit = view.getUint32(at + 4);
    if (sizeAfterCommit > 0) {
      for (const [page, offset] of uncommitted) pages.set(page, offset);
      uncommitted = new Map();
      pageCount = sizeAfterCommit;
      commits += 1;
      end = at + frameBytes;
    }
  }
  return { pageBytes, pageCount, pages, commits, end, stop };
}

async function identify(files: SingleFiles, file: FilePath) {
  const log = `${file}-wal`;
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
  files: SingleFiles,
  file: FilePath,
  maxBytes: number,
): Promise<Read<Uint8Array>> {
  const read = await files.whole(file, maxBytes);
  return !read.ok && read.trouble.code === 'missing'
    ? { ok: true, value: new Uint8Array(0) }
    : read;
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

function failed(code: Trouble['code'], why: string): { ok: false; trouble: Trouble } {
  return { ok: false, trouble: { code, why } };
}
