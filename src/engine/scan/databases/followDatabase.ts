// Follows a database that was read once: what has been committed to its log since is read from there,
// and nothing else. It gives up, and says so, wherever that might not be all: then an image is made anew.
//
// Why that is exact: as long as main and the header of the log are as they were, pages change by commits
// at the end of the log alone, each of which is checked by salt and sum. SQLite makes a sound database of
// a sound one, so that it need not be gone through again for damage; what somebody else writes into main
// shows in its times.

import type { FilePath } from '../../model/words.ts';
import type { Cell, Files, FileState, ImageOrigin, PageUses, RowLeaf } from '../../world.ts';
import type { Ground } from './databaseMemory.ts';
import { LOG_HEADER_BYTES, openLog, type Log } from './databaseLog.ts';
import { Unreadable, type PageSource } from './databaseRecords.ts';
import { asLeaf, leavesOf, readLeaf } from './pageUses.ts';
import { isSameFile } from './sameFile.ts';

export interface RowReader<T> {
  /** What is made of the cells of a row; null where SQLite might answer in another way. */
  read(cell: (column: string) => Cell): T | null;
  isSame(one: T, other: T): boolean;
}

export interface Followed<T> {
  /** The first bytes of the database, as of its last commit. */
  readonly head: Uint8Array;
  /** In the order of the table; the same array when none has changed. */
  readonly rows: readonly T[];
}

const MOST_LOG_BYTES = 256 * 1024 * 1024;
/** When more leaves than these have changed, an image is read as fast. */
const MOST_LEAVES = 400;
/** The count of changes, of pages and of free pages, and who wrote last: they are read each time. */
const isCounter = (at: number) =>
  (at >= 24 && at < 40) || (at >= 92 && at < 100) || at === 18 || at === 19;

export class FollowedDatabase<T> {
  readonly #files: Files;
  readonly #file: FilePath;
  readonly #origin: ImageOrigin;
  readonly #uses: PageUses;
  readonly #whole: ReadonlySet<number>;
  readonly #reader: RowReader<T>;
  #log: Log | null = null;
  #logIdentity: string | null;
  #logHeader: Uint8Array;
  /** How far the log was read. */
  #end: number;
  #pageCount: number;
  #first: Uint8Array;
  #inner: ReadonlySet<number>;
  /** In the order of the table. */
  #order: readonly number[];
  readonly #leaves = new Map<number, RowLeaf>();
  /** Pages on which long rows go on → the leaf where they begin. */
  readonly #leafOf = new Map<number, number>();
  readonly #known = new Map<number, T>();
  #rows: readonly T[];

  /** Null when rows and pages do not fit together. */
  static follow<T>(
    files: Files,
    file: FilePath,
    ground: Ground,
    rows: readonly T[],
    reader: RowReader<T>,
  ): FollowedDatabase<T> | null {
    const rowids = (ground.uses.rows?.leaves ?? []).flatMap(leaf => leaf.rowids);
    if (rowids.length !== rows.length) return null;
    return new FollowedDatabase(files, file, ground, rowids, rows, reader);
  }

  private constructor(
    files: Files,
    file: FilePath,
    { origin, uses, bytes }: Ground,
    rowids: readonly number[],
    rows: readonly T[],
    reader: RowReader<T>,
  ) {
    this.#files = files;
    this.#file = file;
    this.#origin = origin;
    this.#uses = uses;
    this.#whole = new Set(uses.whole);
    this.#reader = reader;
    this.#logIdentity = origin.log?.identity ?? null;
    this.#logHeader = origin.log?.header ?? new Uint8Array(0);
    this.#end = origin.logEnd;
    this.#pageCount = Math.floor(bytes / uses.first.length);
    this.#first = uses.first;
    this.#inner = new Set(uses.rows?.inner);
    this.#order = uses.rows?.leaves.map(({ page }) => page) ?? [];
    for (const leaf of uses.rows?.leaves ?? []) this.#keepLeaf(leaf);
    for (const [at, rowid] of rowids.entries()) this.#known.set(rowid, rows[at] as T);
    this.#rows = rows;
  }

  /** Null when it cannot be followed any further. After that it is good for nothing more. */
  async readOn(): Promise<Followed<T> | null> {
    try {
      return (await this.#isAsItWas()) && (await this.#takeCommits()) && (await this.#isAsItWas())
        ? { head: this.#first.slice(0, 100), rows: this.#rows }
        : null;
    } catch (error) {
      if (error instanceof Unreadable) return null;
      throw error;
    }
  }

  /** Whether pages can only have changed by commits at the end of the log that is followed. */
  async #isAsItWas(): Promise<boolean> {
    const main = await this.#files.stat(this.#file);
    if (!main.ok || !isSameState(main.value, this.#origin.main)) return false;
    const journal = await this.#files.stat(`${this.#file}-journal`);
    if (journal.ok || journal.trouble.code !== 'missing') return false;
    const file = `${this.#file}-wal`;
    const log = await this.#files.stat(file);
    if (!log.ok) return log.trouble.code === 'missing' && this.#logIdentity === null;
    const header = await this.#files.range(file, 0, LOG_HEADER_BYTES);
    if (!header.ok) return false;
    if (this.#logIdentity === null || this.#logHeader.length === 0) {
      // A log that has just begun: nothing was in it when the image was made.
      this.#logIdentity = log.value.identity;
      this.#logHeader = header.value;
    }
    return (
      this.#logIdentity === log.value.identity &&
      this.#logHeader.length === header.value.length &&
      this.#logHeader.every((byte, at) => byte === header.value[at])
    );
  }

  async #takeCommits(): Promise<boolean> {
    if (this.#logHeader.length === 0) return true;
    this.#log ??= openLog(this.#files, `${this.#file}-wal`, this.#logHeader, MOST_LOG_BYTES);
    if (this.#log === null || this.#log.pageBytes !== this.#first.length) return false;
    if (!(await this.#log.readOn()).ok) return false;
    // A log that is shorter than it was has lost what was read from it.
    if (this.#log.end < this.#end) return false;
    const changed = new Set(this.#log.pagesBehind(this.#end));
    if (changed.size === 0) return true;
    const source = new LoggedPages(this.#files, this.#file, this.#log);
    if (this.#log.pageCount < this.#pageCount) return false;
    if (changed.has(1) && !(await this.#takeFirst(source))) return false;
    for (const page of changed) if (page !== 1 && this.#whole.has(page)) return false;
    if (!(await this.#takeRows(source, changed))) return false;
    this.#pageCount = this.#log.pageCount;
    this.#end = this.#log.end;
    return true;
  }

  /** The first page holds the counters, and the beginning of the schema. */
  async #takeFirst(source: PageSource): Promise<boolean> {
    const first = await source.page(1);
    const isSchemaSame = first.every((byte, at) => isCounter(at) || byte === this.#first[at]);
    const isWal = first[18] === 2 && first[19] === 2;
    this.#first = first;
    return isSchemaSame && isWal;
  }

  async #takeRows(source: LoggedPages, changed: ReadonlySet<number>): Promise<boolean> {
    const pages = this.#uses.rows;
    if (pages === null) return true;
    const isShaped = [...changed].some(page => this.#inner.has(page) || page === pages.root);
    const tree = isShaped ? await leavesOf(source, pages.root) : null;
    const order = tree?.leaves ?? this.#order;
    const isIn = tree === null ? this.#leaves : new Set(order);
    const stale = new Set([...changed].flatMap(page => this.#leafOf.get(page) ?? []));
    for (const page of changed) if (this.#leaves.has(page)) stale.add(page);
    if (tree !== null) for (const page of this.#order) if (!isIn.has(page)) stale.add(page);
    const unread = [...stale].filter(page => isIn.has(page));
    if (tree !== null) unread.push(...order.filter(page => !this.#leaves.has(page)));
    if (stale.size === 0 && unread.length === 0) return true;
    if (unread.length > MOST_LEAVES) return false;
    const before = this.#forgetLeaves(stale);
    for (const page of unread) if (!(await this.#takeLeaf(source, page, before))) return false;
    if (tree !== null) this.#inner = new Set(tree.inner);
    this.#order = order;
    this.#rows = order.flatMap(page =>
      (this.#leaves.get(page)?.rowids ?? []).map(rowid => this.#known.get(rowid) as T),
    );
    return true;
  }

  /** The rows that were in these leaves. */
  #forgetLeaves(stale: ReadonlySet<number>): ReadonlyMap<number, T> {
    const before = new Map<number, T>();
    for (const page of stale) {
      const leaf = this.#leaves.get(page);
      this.#leaves.delete(page);
      for (const further of leaf?.further ?? []) this.#leafOf.delete(further);
      for (const rowid of leaf?.rowids ?? []) {
        before.set(rowid, this.#known.get(rowid) as T);
        this.#known.delete(rowid);
      }
    }
    return before;
  }

  async #takeLeaf(
    source: LoggedPages,
    page: number,
    before: ReadonlyMap<number, T>,
  ): Promise<boolean> {
    const pages = this.#uses.rows;
    if (pages === null) return false;
    source.taken();
    const rows = await readLeaf(source, page, pages);
    this.#keepLeaf(asLeaf(page, rows, source.taken()));
    for (const { rowid, cells, isOlder } of rows) {
      const old = before.get(rowid);
      // Whoever writes a row writes all its columns: one that lacks some is as it was.
      if (isOlder && old === undefined) return false;
      const row = isOlder
        ? old
        : this.#reader.read(name => cells[pages.columns.indexOf(name)] ?? null);
      if (row === null || row === undefined) return false;
      this.#known.set(rowid, old !== undefined && this.#reader.isSame(old, row) ? old : row);
    }
    return true;
  }

  #keepLeaf(leaf: RowLeaf): void {
    this.#leaves.set(leaf.page, leaf);
    for (const further of leaf.further) this.#leafOf.set(further, leaf.page);
  }
}

/** The pages of a database as its log shows them; notes which of them were taken. */
class LoggedPages implements PageSource {
  readonly pageBytes: number;
  readonly pageCount: number;
  readonly #files: Files;
  readonly #file: FilePath;
  readonly #log: Log;
  #taken: number[] = [];

  constructor(files: Files, file: FilePath, log: Log) {
    this.#files = files;
    this.#file = file;
    this.#log = log;
    this.pageBytes = log.pageBytes;
    this.pageCount = log.pageCount;
  }

  async page(number: number): Promise<Uint8Array> {
    if (!Number.isInteger(number) || number < 1 || number > this.pageCount)
      throw new Unreadable('broken', `there is no page ${String(number)}`);
    this.#taken.push(number);
    const inLog = this.#log.find(number);
    const read =
      inLog === undefined
        ? await this.#files.range(this.#file, (number - 1) * this.pageBytes, this.pageBytes)
        : await this.#files.range(`${this.#file}-wal`, inLog, this.pageBytes);
    if (!read.ok) throw new Unreadable(read.trouble.code, read.trouble.why);
    if (read.value.length !== this.pageBytes)
      throw new Unreadable('broken', `page ${String(number)} is cut off`);
    return read.value;
  }

  /** Those taken since the last time. */
  taken(): readonly number[] {
    const taken = this.#taken;
    this.#taken = [];
    return taken;
  }
}

function isSameState(one: FileState, other: FileState): boolean {
  return isSameFile(one, other) && one.changedMs === other.changedMs;
}
