// The rows of one table, decoded from the pages of its b-tree: SQLite's "Database File Format".
// Numbers are big-endian. A page may be damaged in any way: each pointer is checked, each loop ends,
// and nothing is allocated because a damaged number says so.

import { joined } from '../../model/bytes.ts';
import type { Cell, Trouble } from '../../world.ts';
import type { Place } from './storedColumns.ts';

/** Where pages come from. An `Unreadable` is thrown where one cannot be had. */
export interface PageSource {
  readonly pageBytes: number;
  readonly pageCount: number;
  page(number: number): Promise<Uint8Array>;
}

export interface TableShape {
  /** The bytes of a page that SQLite uses; an extension may have reserved some at its end. */
  readonly usable: number;
  readonly hasRowid: boolean;
  /** Where the wanted columns are; `stored` stands for the number of values that the row has of them. */
  readonly places: readonly (Place | 'stored')[];
  readonly maxRows: number;
  /** Told of each part that cannot be read, which is passed over then; absent, such a part ends all. */
  readonly passOver?: (why: string) => void;
}

/** Ends the reading of one database; never leaves `readTables`. */
export class Unreadable extends Error {
  readonly code: Trouble['code'];

  constructor(code: Trouble['code'], why: string) {
    super(why);
    this.code = code;
  }
}

export function broken(why: string): never {
  throw new Unreadable('broken', why);
}

const FILE_HEADER_BYTES = 100;
/** SQLite's own limits: it follows no deeper tree and makes no longer record. */
const MAX_DEPTH = 20;
const MAX_RECORD_BYTES = 0x7fffffff;

/** A byte order mark in a text belongs to the text. */
export const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** The wanted columns of all rows, in the order of their keys. */
export async function readTree(
  source: PageSource,
  root: number,
  shape: TableShape,
): Promise<readonly (readonly Cell[])[]> {
  const tree = new Tree(source, shape);
  await tree.visit(root, 0);
  return tree.rows;
}

/** One record; what does not fit its cell goes on in a chain of pages, which is read when needed. */
interface RecordBytes {
  readonly size: number;
  bytes: Uint8Array;
  next: number;
}

/** Rows are in the leaves, and in a table without a rowid also between the children. */
class Tree {
  readonly rows: Cell[][] = [];
  readonly #source: PageSource;
  readonly #shape: TableShape;
  /** How many values of a record have to be located. */
  readonly #count: number;
  readonly #seen = new Set<number>();

  constructor(source: PageSource, shape: TableShape) {
    this.#source = source;
    this.#shape = shape;
    const counts = shape.places.map(place => (typeof place === 'number' ? place + 1 : 0));
    this.#count = Math.max(0, ...counts);
  }

  async visit(number: number, depth: number): Promise<void> {
    await this.#try(() => this.#visit(number, depth));
  }

  async #try(read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (error) {
      const { passOver } = this.#shape;
      if (passOver === undefined || !(error instanceof Unreadable)) throw error;
      passOver(error.message);
    }
  }

  async #visit(number: number, depth: number): Promise<void> {
    const { usable, hasRowid } = this.#shape;
    const page = await this.#take(number);
    const header = new Cursor(page, number === 1 ? FILE_HEADER_BYTES : 0);
    const isInterior = isInteriorPage(header.byte(), hasRowid);
    if (depth > MAX_DEPTH) broken('its tree is too deep');
    header.take(2);
    const count = header.uint(2);
    header.take(3);
    const rightChild = isInterior ? header.uint(4) : 0;
    const end = header.at + 2 * count;
    let used = end;
    for (let index = 0; index < count; index += 1) {
      const cell = new Cursor(page, header.uint(2));
      if (cell.at < end) broken(`its page ${String(number)} has a cell in its header`);
      if (isInterior) await this.visit(cell.uint(4), depth + 1);
      if (isInterior && hasRowid) continue;
      const start = cell.at;
      await this.#try(() => this.#readRow(cell));
      // Cells that lie over each other would make much of little.
      used += cell.at - start;
      if (used > usable) broken(`its page ${String(number)} has cells that overlap`);
    }
    if (isInterior) await this.visit(rightChild, depth + 1);
  }

  async #readRow(cell: Cursor): Promise<void> {
    const { usable, hasRowid, maxRows } = this.#shape;
    if (this.rows.length >= maxRows)
      throw new Unreadable('too-large', `it has more than ${String(maxRows)} rows`);
    const size = cell.varint();
    if (size < 0 || size > MAX_RECORD_BYTES) broken('a record has an impossible size');
    const rowid = hasRowid ? cell.varint() : 0;
    const bytes = cell.take(localBytes(size, usable, hasRowid));
    const next = bytes.length < size ? cell.uint(4) : 0;
    this.rows.push(await this.#decode({ size, bytes, next }, rowid));
  }

  async #decode(record: RecordBytes, rowid: number): Promise<Cell[]> {
    await this.#reach(record, Math.min(9, record.size));
    const start = new Cursor(record.bytes, 0).varint();
    await this.#reach(record, start);
    const values = locateValues(record.bytes.subarray(0, start), this.#count);
    const last = values.at(-1);
    await this.#reach(record, last === undefined ? 0 : last.at + last.length);
    return this.#shape.places.map(place => {
      if (place === 'rowid') return rowid;
      if (place === 'stored') return values.length;
      const value = values[place];
      return value === undefined ? null : decodeValue(record.bytes, value);
    });
  }

  /** Follows the chain of a record until so many of its bytes are there. */
  async #reach(record: RecordBytes, length: number): Promise<void> {
    if (length < 0 || length > record.size) broken('a record is shorter than its values');
    if (length <= record.bytes.length) return;
    const parts = [record.bytes];
    let got = record.bytes.length;
    while (got < length) {
      const link = new Cursor(await this.#take(record.next), 0);
      record.next = link.uint(4);
      const part = link.take(Math.min(this.#shape.usable - 4, record.size - got));
      parts.push(part);
      got += part.length;
    }
    record.bytes = joined(parts, got);
  }

  /** No page is in a table twice: one that seems to be would lead in circles. */
  async #take(number: number): Promise<Uint8Array> {
    if (this.#seen.has(number)) broken(`its page ${String(number)} is in two places`);
    this.#seen.add(number);
    return (await this.#source.page(number)).subarray(0, this.#shape.usable);
  }
}

function isInteriorPage(type: number, hasRowid: boolean): boolean {
  if (type === (hasRowid ? 0x0d : 0x0a)) return false;
  if (type === (hasRowid ? 0x05 : 0x02)) return true;
  return broken('one of its pages is of another kind');
}

/** How much of a record is in its cell. */
function localBytes(size: number, usable: number, hasRowid: boolean): number {
  const most = hasRowid ? usable - 35 : Math.floor(((usable - 12) * 64) / 255) - 23;
  if (size <= most) return size;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const local = least + ((size - least) % (usable - 4));
  return local <= most ? local : least;
}

interface Value {
  readonly type: number;
  readonly at: number;
  readonly length: number;
}

/** Sizes by type: null, integers, a real, the integers 0 and 1. Types 10 and 11 are never written. */
const FIXED_BYTES: readonly number[] = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

/** Where the first values of a record are; fewer when the row is older than the table's columns. */
function locateValues(header: Uint8Array, count: number): readonly Value[] {
  const cursor = new Cursor(header, 0);
  cursor.varint();
  const values: Value[] = [];
  let at = header.length;
  while (values.length < count && cursor.at < header.length) {
    const type = cursor.varint();
    const length = type < 12 ? FIXED_BYTES[type] : Math.floor((type - 12) / 2);
    if (length === undefined) return broken('a record has a value of no known type');
    values.push({ type, at, length });
    at += length;
  }
  return values;
}

function decodeValue(record: Uint8Array, { type, at, length }: Value): Cell {
  const bytes = record.subarray(at, at + length);
  if (type >= 12) return type % 2 === 0 ? new Uint8Array(bytes) : UTF8.decode(bytes);
  if (type === 0) return null;
  if (type >= 8) return type - 8;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  if (type === 6) return Number(view.getBigInt64(0));
  if (type === 7) {
    const real = view.getFloat64(0);
    return Number.isNaN(real) ? null : real;
  }
  const unsigned = new Cursor(bytes, 0).uint(length);
  return view.getInt8(0) < 0 ? unsigned - 256 ** length : unsigned;
}

/** Reads on and on, and never beyond the end. */
export class Cursor {
  at: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  byte(): number {
    const byte = this.#bytes[this.at];
    if (byte === undefined) return broken('a page ends before what is in it');
    this.at += 1;
    return byte;
  }

  uint(length: number): number {
    let value = 0;
    for (let count = 0; count < length; count += 1) value = value * 256 + this.byte();
    return value;
  }

  /** Seven bits in each byte, the highest ones first; a ninth byte has eight of them. */
  varint(): number {
    let value = 0;
    for (let count = 0; count < 7; count += 1) {
      const byte = this.byte();
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    // From here on a number would not be exact, and the highest bit is a sign.
    const eighth = this.byte();
    const long = BigInt(value) * 128n + BigInt(eighth & 0x7f);
    if (eighth < 0x80) return Number(long);
    return Number(BigInt.asIntN(64, long * 256n + BigInt(this.byte())));
  }

  take(length: number): Uint8Array {
    const end = this.at + length;
    if (end > this.#bytes.length) return broken('a page ends before what is in it');
    const bytes = this.#bytes.subarray(this.at, end);
    this.at = end;
    return bytes;
  }
}
