// Some databases of Codex have many gigabytes, and a scan wants a few small tables of them. This
// reads only the pages that hold those, of main file and log together, and never with SQLite itself:
// closing a database there checkpoints it. What pages say is in databaseTables.ts.

import type { Files, FileState, Read, Trouble } from '../../world.ts';
import type { FilePath } from '../../model/words.ts';
import { LOG_HEADER_BYTES, openLog, type Log } from './databaseLog.ts';
import { broken, Unreadable, type PageSource } from './databaseRecords.ts';
import {
  pageBytesOf,
  readContent,
  type DatabasePages,
  type TableRequest,
} from './databaseTables.ts';
import { isSameFile } from './sameFile.ts';

export interface ReadLimits {
  /** Pages that one reading may take in, in bytes: this bounds both time and memory. */
  readonly bytes: number;
  /** Of each table. */
  readonly rows: number;
  /** Of the log, as far as it is in use. */
  readonly logBytes: number;
}

export const READ_LIMITS: ReadLimits = {
  bytes: 64 * 1024 * 1024,
  rows: 100_000,
  logBytes: 64 * 1024 * 1024,
};

const FILE_HEADER_BYTES = 100;
/** By this byte of the header SQLite chooses the mode; 2 is that of the log. */
const VERSION_AT = 19;
const ROLLBACK = 1;
const NO_PROOF = failed(
  'too-large',
  'it is too large for a copy, and not in WAL mode, in which parts of it could be read safely',
);

/** A main file that was written less than this long ago is not taken as quiet. */
const QUIET_MS = 50;
const MAX_TRIES = 60;
const MAX_MS = 10_000;
/** Each further round takes in only pages that the commits since the last one led to. */
const MAX_ROUNDS = 8;

/**
 * Reads a few tables as they were at one commit, though main is read page by page while another
 * process may write and checkpoint. Why that is exact:
 *
 * 1. As long as the header of the log is the same, the log has not been started anew: a new start
 *    changes its salts. Until then its committed frames stay as they are, and more are added.
 * 2. Until then only a checkpoint writes into main, and it writes only pages that a frame committed
 *    before names. So a page that the log does not name has not changed since the log was started.
 * 3. So a page of main is right for every commit of a log that was looked at after the page was read
 *    and still does not name it. A page that the log names is taken out of the log, and what
 *    a checkpoint, half done, has made of it in main does not matter.
 *
 * Which pages are needed shows only on the way, so the reading goes in rounds. A round sees the
 * log as of its start. It counts when it took no page out of main itself (those of the round before
 * were read before the log was looked at), or when the log, looked at once more after it, has no new
 * commit. All of it counts only when the header of the log is the same before the first and after the
 * last round, and so are the files.
 *
 * Without a log in use, main may not have changed at all, and its time tells. Windows and file servers
 * may be late with it, but SQLite writes into main only while there is a log, and flushes or closes
 * main before it empties or removes that. So a change that is not over has a log, one that is over
 * shows in the time, and a look sees to the log before it sees to main.
 *
 * In rollback mode main is not read at all, because no such proof exists. There pages that were never
 * committed come into main, as soon as a change is larger than the cache. When it is rolled back, all
 * of main is as before, with the counter of changes in its header, and only a time that is never late
 * would tell. And a writer may have its journal in memory, or none at all (PRAGMA journal_mode =
 * MEMORY, OFF): then a change that is half done looks like a database at rest, as no file beside it
 * and nothing in the header tells of that mode.
 */
export async function readTables(
  files: Files,
  now: () => number,
  file: FilePath,
  tables: readonly TableRequest[],
  limits: ReadLimits = READ_LIMITS,
): Promise<Read<DatabasePages>> {
  let why = 'it did not hold still';
  const deadline = now() + MAX_MS;
  for (let attempt = 0; attempt < MAX_TRIES && now() <= deadline; attempt += 1) {
    const startedAt = now();
    const before = await look(files, file);
    if (!before.ok) return before;
    if (before.value.mainHeader[VERSION_AT] === ROLLBACK) return NO_PROOF;
    const log = openLog(files, `${file}-wal`, before.value.logHeader, limits.logBytes);
    if (before.value.isJournalHot) why = 'a change of it is under way, or was broken off';
    else {
      const pages = new Pages(files, file, before.value, log, limits.bytes);
      const content = await readInRounds(pages, log, tables, limits.rows);
      const after = await look(files, file);
      if (!after.ok) return after;
      if (content !== null && isOnePicture(before.value, after.value, log !== null, startedAt))
        return content;
    }
    if (log === null || before.value.isJournalHot) await files.pause(QUIET_MS + 10);
  }
  return failed('timeout', why);
}

/** Null when commits came faster than rounds. */
async function readInRounds(
  pages: Pages,
  log: Log | null,
  tables: readonly TableRequest[],
  maxRows: number,
): Promise<Read<DatabasePages> | null> {
  const first = await log?.readOn();
  if (first?.ok === false) return first;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    // What went wrong may be due to a commit in the middle of the round: it counts as little as rows.
    const content = await settle(() => {
      pages.startRound();
      return readContent(pages, tables, maxRows);
    });
    if (log === null || !pages.hasReadMain) return content;
    const more = await log.readOn();
    if (!more.ok) return more;
    if (more.value === 'nothing new') return content;
  }
  return null;
}

/** The pages of a database as the log shows them at the start of a round. */
class Pages implements PageSource {
  pageBytes = 0;
  pageCount = 0;
  /** In this round. */
  hasReadMain = false;
  readonly #files: Files;
  readonly #file: FilePath;
  readonly #before: Look;
  readonly #log: Log | null;
  readonly #maxBytes: number;
  // Pages of main by their number, pages of the log by their negative offset there.
  #ofLastRound = new Map<number, Uint8Array>();
  #ofThisRound = new Map<number, Uint8Array>();

  constructor(files: Files, file: FilePath, before: Look, log: Log | null, maxBytes: number) {
    this.#files = files;
    this.#file = file;
    this.#before = before;
    this.#log = log;
    this.#maxBytes = maxBytes;
  }

  startRound(): void {
    this.#ofLastRound = this.#ofThisRound;
    this.#ofThisRound = new Map();
    this.hasReadMain = false;
    const { main, mainHeader } = this.#before;
    const isInLog = this.#log !== null && this.#log.pageCount > 0;
    this.pageBytes = isInLog ? this.#log.pageBytes : pageBytesOf(mainHeader);
    this.pageCount = isInLog ? this.#log.pageCount : Math.floor(main.bytes / this.pageBytes);
  }

  async page(number: number): Promise<Uint8Array> {
    if (!Number.isInteger(number) || number < 1 || number > this.pageCount)
      broken(`it points to page ${String(number)} of ${String(this.pageCount)}`);
    const inLog = this.#log?.find(number);
    const key = inLog === undefined ? number : -inLog;
    const known = this.#ofThisRound.get(key) ?? this.#ofLastRound.get(key);
    const page = known ?? (await this.#fetch(number, inLog));
    this.#ofThisRound.set(key, page);
    if (this.#ofThisRound.size * this.pageBytes > this.#maxBytes)
      throw new Unreadable('too-large', `it would take more than ${String(this.#maxBytes)} bytes`);
    return page;
  }

  async #fetch(number: number, inLog: number | undefined): Promise<Uint8Array> {
    if (inLog === undefined) this.hasReadMain = true;
    const page =
      inLog === undefined
        ? await this.#range(this.#file, (number - 1) * this.pageBytes, this.pageBytes)
        : await this.#range(`${this.#file}-wal`, inLog, this.pageBytes);
    return page.length === this.pageBytes ? page : broken(`page ${String(number)} is cut off`);
  }

  async #range(file: FilePath, offset: number, length: number): Promise<Uint8Array> {
    const read = await this.#files.range(file, offset, length);
    if (!read.ok) throw new Unreadable(read.trouble.code, read.trouble.why);
    return read.value;
  }
}

interface Look {
  readonly main: FileState;
  readonly log: FileState | null;
  readonly logHeader: Uint8Array;
  readonly mainHeader: Uint8Array;
  /**
   * There is a rollback journal, which is over when it is gone, empty, or begins with a zero. In the
   * mode of the log it is what a crash has left in a change of mode: SQLite would undo that first.
   */
  readonly isJournalHot: boolean;
}

/**
 * The order matters: the log comes before main. Once it is there, main keeps its size up to the first
 * commit; and when it is gone, the time of main tells what was done by it.
 */
async function look(files: Files, file: FilePath): Promise<Read<Look>> {
  const log = orNull(await files.stat(`${file}-wal`));
  if (!log.ok) return log;
  const header = orNull(await files.range(`${file}-wal`, 0, LOG_HEADER_BYTES));
  if (!header.ok) return header;
  const main = await files.stat(file);
  if (!main.ok) return main;
  if (main.value.kind !== 'file') return failed('not-a-file', 'there is a folder in its place');
  const mainHeader = await files.range(file, 0, FILE_HEADER_BYTES);
  if (!mainHeader.ok) return mainHeader;
  const journal = orNull(await files.range(`${file}-journal`, 0, 1));
  if (!journal.ok) return journal;
  return {
    ok: true,
    value: {
      main: main.value,
      log: log.value,
      logHeader: header.value ?? new Uint8Array(0),
      mainHeader: mainHeader.value,
      isJournalHot: (journal.value?.[0] ?? 0) !== 0,
    },
  };
}

function isOnePicture(before: Look, after: Look, hasLog: boolean, startedAt: number): boolean {
  if (!isEqual(before.logHeader, after.logHeader)) return false;
  if (hasLog)
    return (
      before.main.identity === after.main.identity && before.log?.identity === after.log?.identity
    );
  // The last change has to be older than the clock of the file system is coarse.
  const isQuiet = startedAt - before.main.modifiedMs > QUIET_MS;
  const isUnchanged = isSameFile(before.main, after.main) && isSameFile(before.log, after.log);
  // A change of mode is in the header.
  return isQuiet && isUnchanged && isEqual(before.mainHeader, after.mainHeader);
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** What is missing is not there, which is an answer; any other trouble hides something. */
function orNull<T>(read: Read<T>): Read<T | null> {
  return !read.ok && read.trouble.code === 'missing' ? { ok: true, value: null } : read;
}

async function settle<T>(action: () => Promise<T>): Promise<Read<T>> {
  try {
    return { ok: true, value: await action() };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return failed(error.code, error.message);
  }
}

function failed(code: Trouble['code'], why: string): { ok: false; trouble: Trouble } {
  return { ok: false, trouble: { code, why } };
}
