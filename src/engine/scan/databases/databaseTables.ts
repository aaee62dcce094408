// What a database holds, read page by page: its header, its schema, and the rows of a few tables.

import type { DatabaseHeader } from '../../model/database.ts';
import type { Cell } from '../../world.ts';
import { broken, Cursor, readTree, UTF8, Unreadable, type PageSource } from './databaseRecords.ts';
import { foldName, storedColumns } from './storedColumns.ts';

export interface TableRequest {
  readonly name: string;
  /** The table may lack some of them. */
  readonly columns: readonly string[];
}

export interface DatabasePages {
  readonly header: DatabaseHeader;
  readonly schema: readonly SchemaEntry[];
  /** By the name in the request. */
  readonly tables: Readonly<Record<string, TableRows | { readonly missing: true }>>;
}

/**
 * The rows in the order of their keys; `columns` are those of the request that the table stores.
 * A row that is older than a column has null there, even when the column has another default. An
 * integer beyond 2^53 is rounded, as everywhere in JavaScript.
 */
export interface TableRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly missing?: never;
}

export interface SchemaEntry {
  readonly type: string;
  readonly name: string;
  readonly tblName: string;
  /** 0 for what has no pages of its own: a view, a trigger, a virtual table. */
  readonly rootpage: number;
  readonly sql: string | null;
}

const MAGIC = 'SQLite format 3\0';
const MAX_PAGE_BYTES = 65536;
/** Codex has some two hundred; the limit of the caller is for the rows it asks for. */
const MAX_SCHEMA_ROWS = 100_000;

/** The table that holds the schema; it does not name itself. */
const SCHEMA_TABLE: SchemaEntry = {
  type: 'table',
  name: 'sqlite_master',
  tblName: 'sqlite_master',
  rootpage: 1,
  sql: 'CREATE TABLE sqlite_master(type text,name text,tbl_name text,rootpage int,sql text)',
};
const SCHEMA_COLUMNS = ['type', 'name', 'tbl_name', 'rootpage', 'sql'];

export async function readContent(
  source: PageSource,
  requests: readonly TableRequest[],
  maxRows: number,
): Promise<DatabasePages> {
  const first = await source.page(1);
  const header = readHeader(first, source);
  const usable = source.pageBytes - new Cursor(first, 20).uint(1);
  const read = (entry: SchemaEntry, columns: readonly string[], most: number) =>
    readTable(source, usable, entry, columns, most);
  const master = await read(SCHEMA_TABLE, SCHEMA_COLUMNS, MAX_SCHEMA_ROWS);
  const schema = master.rows.map(asSchemaEntry);
  const answers: [string, TableRows | { readonly missing: true }][] = [];
  for (const { name, columns } of requests) {
    const entry = findTable(schema, name);
    const rows = entry === undefined ? null : await read(entry, columns, maxRows);
    answers.push([name, rows ?? { missing: true }]);
  }
  return { header, schema, tables: Object.fromEntries(answers) };
}

/** The size of a page, from the first bytes of a database. */
export function pageBytesOf(head: Uint8Array): number {
  if (head.length === 0) return broken('the file has no bytes');
  if (UTF8.decode(head.subarray(0, MAGIC.length)) !== MAGIC)
    return broken('it does not begin like a SQLite database');
  const written = new Cursor(head, 16).uint(2);
  // The largest size does not fit its field and is written as 1.
  const size = written === 1 ? MAX_PAGE_BYTES : written;
  const isPageSize = size >= 512 && (size & (size - 1)) === 0;
  return isPageSize ? size : broken(`it claims pages of ${String(size)} bytes`);
}

function readHeader(first: Uint8Array, source: PageSource): DatabaseHeader {
  const field = (at: number, length: number) => new Cursor(first, at).uint(length);
  const pageBytes = pageBytesOf(first);
  if (pageBytes !== source.pageBytes) broken('its log has pages of another size');
  // In another mode pages cannot be read one by one: see `readTables`.
  const isKnown = field(19, 1) === 2 && field(44, 4) <= 4 && field(21, 3) === 0x402020;
  if (!isKnown || pageBytes - field(20, 1) < 480)
    broken('its header is damaged, or of a SQLite that is not known');
  // A database that never had a table has not chosen an encoding, which is written as 0.
  if (field(56, 4) > 1) broken('its texts are not in UTF-8');
  // An old SQLite leaves this count as it was, and beside it the number of the change it is of.
  const written = field(24, 4) === field(92, 4) ? field(28, 4) : 0;
  const pages = written === 0 ? source.pageCount : written;
  if (pages > source.pageCount)
    broken(`it should have ${String(pages)} pages and has ${String(source.pageCount)}`);
  return { pageBytes, pages, freePages: field(36, 4), journal: 'wal' };
}

async function readTable(
  source: PageSource,
  usable: number,
  entry: SchemaEntry,
  wanted: readonly string[],
  maxRows: number,
): Promise<TableRows> {
  try {
    const stored = entry.rootpage === 0 ? null : storedColumns(entry.sql ?? '');
    if (stored === null) return broken('where its columns are is not understood');
    const columns = wanted.filter(name => stored.places.has(foldName(name)));
    const places = columns.map(name => stored.places.get(foldName(name)) ?? 0);
    const shape = { usable, hasRowid: stored.hasRowid, places, maxRows };
    return { columns, rows: await readTree(source, entry.rootpage, shape) };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw new Unreadable(error.code, `${error.message} (table ${entry.name})`);
  }
}

function asSchemaEntry([type, name, tblName, rootpage, sql]: readonly Cell[]): SchemaEntry {
  if (typeof type !== 'string' || typeof name !== 'string' || typeof tblName !== 'string')
    return broken('its schema is damaged');
  return {
    type,
    name,
    tblName,
    rootpage: typeof rootpage === 'number' ? rootpage : 0,
    sql: typeof sql === 'string' ? sql : null,
  };
}

/** What a query of this name would read: indexes have names of their own. */
function findTable(schema: readonly SchemaEntry[], name: string): SchemaEntry | undefined {
  return [SCHEMA_TABLE, ...schema].find(
    entry =>
      (entry.type === 'table' || entry.type === 'view') && foldName(entry.name) === foldName(name),
  );
}
