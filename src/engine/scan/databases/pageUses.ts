// Which pages of a database hold what a scan reads of it, so that a commit that touches none of them is
// known to change nothing, and one that touches rows has only these read again.

import type { Cell, PageUses, RowLeaf, RowPages } from '../../world.ts';
import { Cursor, readTree, Unreadable, type PageSource } from './databaseRecords.ts';
import { pageBytesOf } from './databaseTables.ts';
import { foldName, storedColumns, type StoredColumns } from './storedColumns.ts';
import { STRANGE, WANTED } from './stateDatabase.ts';

/** Read as a whole wherever they are: all that a look asks for, but for the many rows below. */
const WHOLE = ['_sqlx_migrations', 'backfill_state', 'thread_sections'];
/** Tables with a row for each thread, of which a database has one. */
const ROWS: Readonly<Record<string, readonly string[]>> = {
  threads: WANTED,
  thread_history_projection_state: ['thread_id'],
};
const MOST_ROWS = 1_000_000;
/** As deep as SQLite goes. */
const MOST_LEVELS = 20;
/** The kind of an entry of the schema, its name, the page where it begins, and its text. */
const SCHEMA_PLACES = [0, 1, 3, 4];

/** Null for a database of which that is not understood: it has to be read anew each time. */
export async function pageUses(image: Uint8Array): Promise<PageUses | null> {
  try {
    return await findUses(image);
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

async function findUses(image: Uint8Array): Promise<PageUses | null> {
  const source = new RecordingSource(image);
  // Texts in another encoding would be read wrongly.
  if (new Cursor(image, 56).uint(4) > 1) return null;
  const usable = source.pageBytes - (image[20] ?? 0);
  const shape = { usable, maxRows: MOST_ROWS };
  const schema = await readTree(source, 1, { ...shape, hasRowid: true, places: SCHEMA_PLACES });
  const tables = new Map<string, Entry>();
  for (const cells of schema) {
    const entry = asEntry(cells);
    if (entry === 'strange') return null;
    if (entry !== null) tables.set(entry.name, entry);
  }
  let sections: readonly Cell[] | null = null;
  for (const name of WHOLE) {
    const entry = tables.get(name);
    if (entry === undefined) continue;
    const { hasRowid, places } = entry.stored;
    const rows = await readTree(source, entry.root, {
      ...shape,
      hasRowid,
      places: [...places.values()],
    });
    const id = [...places.keys()].indexOf('id');
    if (name === 'thread_sections' && id >= 0) sections = rows.map(cells => cells[id] ?? null);
  }
  if (sections?.some(id => typeof id === 'string' && STRANGE.test(id))) return null;
  const whole = source.taken();
  const many = Object.keys(ROWS).flatMap(name => tables.get(name) ?? []);
  const [entry] = many;
  if (many.length > 1 || entry?.stored.hasRowid === false) return null;
  const rows = entry === undefined ? null : await findRows(source, usable, entry);
  return { first: image.slice(0, source.pageBytes), whole, sections, rows };
}

interface Entry {
  readonly name: string;
  readonly root: number;
  readonly stored: StoredColumns;
}

/** Null for what no scan reads; strange is what has the name of a table that is read, and is none. */
function asEntry([type, name, root, sql]: readonly Cell[]): Entry | 'strange' | null {
  const folded = typeof name === 'string' ? foldName(name) : '';
  if (!WHOLE.includes(folded) && ROWS[folded] === undefined) return null;
  const stored = type === 'table' && typeof sql === 'string' ? storedColumns(sql) : null;
  if (stored === null || typeof root !== 'number' || root === 0) return 'strange';
  return { name: folded, root, stored };
}

async function findRows(
  source: RecordingSource,
  usable: number,
  { name, root, stored }: Entry,
): Promise<RowPages> {
  const columns = (ROWS[name] ?? []).filter(column => stored.places.has(column));
  const places = columns.map(column => stored.places.get(column) ?? 0);
  const { inner, leaves } = await leavesOf(source, root);
  source.taken();
  const read: RowLeaf[] = [];
  for (const page of leaves) {
    const rows = await readLeaf(source, page, { usable, places });
    read.push(asLeaf(page, rows, source.taken()));
  }
  return { root, usable, columns, places, inner, leaves: read };
}

export interface LeafRow {
  readonly rowid: number;
  readonly cells: readonly Cell[];
  /** A row that is older than a column has no value for it, and SQLite answers with the default. */
  readonly isOlder: boolean;
}

export async function readLeaf(
  source: PageSource,
  page: number,
  { usable, places }: Pick<RowPages, 'usable' | 'places'>,
): Promise<readonly LeafRow[]> {
  const stored = Math.max(0, ...places.map(place => (place === 'rowid' ? 0 : place + 1)));
  const all = [...places, 'rowid', 'stored'] as const;
  const shape = { usable, hasRowid: true, places: all, maxRows: MOST_ROWS };
  return (await readTree(source, page, shape)).map(values => ({
    rowid: Number(values.at(-2)),
    cells: values.slice(0, -2),
    isOlder: Number(values.at(-1)) < stored,
  }));
}

export function asLeaf(page: number, rows: readonly LeafRow[], taken: readonly number[]): RowLeaf {
  const further = taken.filter(number => number !== page);
  return { page, further, rowids: rows.map(({ rowid }) => rowid) };
}

/** The leaves of a table in their order, without reading them: all of them are equally deep. */
export async function leavesOf(
  source: PageSource,
  root: number,
): Promise<{ readonly inner: readonly number[]; readonly leaves: readonly number[] }> {
  const inner: number[] = [];
  let level: readonly number[] = [root];
  for (let depth = 0; depth < MOST_LEVELS; depth += 1) {
    const first = await childrenOf(source, level[0] ?? 0);
    if (first === null) return { inner, leaves: level };
    const next: number[] = [...first];
    inner.push(...level);
    for (const page of level.slice(1)) {
      const children = await childrenOf(source, page);
      if (children === null) throw new Unreadable('broken', 'its leaves are not equally deep');
      next.push(...children);
    }
    level = next;
  }
  throw new Unreadable('broken', 'its tree is too deep');
}

const INNER_PAGE = 5;

/** Null for a leaf. */
async function childrenOf(source: PageSource, number: number): Promise<readonly number[] | null> {
  const page = await source.page(number);
  const header = new Cursor(page, number === 1 ? 100 : 0);
  if (header.byte() !== INNER_PAGE) return null;
  header.take(2);
  const count = header.uint(2);
  header.take(3);
  const last = header.uint(4);
  const children: number[] = [];
  for (let index = 0; index < count; index += 1)
    children.push(new Cursor(page, header.uint(2)).uint(4));
  return [...children, last];
}

/** The pages of an image; notes which of them were taken. */
class RecordingSource implements PageSource {
  readonly pageBytes: number;
  readonly pageCount: number;
  readonly #image: Uint8Array;
  #taken: number[] = [];

  constructor(image: Uint8Array) {
    this.#image = image;
    this.pageBytes = pageBytesOf(image);
    this.pageCount = Math.floor(image.length / this.pageBytes);
  }

  page(number: number): Promise<Uint8Array> {
    this.#taken.push(number);
    const page = this.#image.subarray((number - 1) * this.pageBytes, number * this.pageBytes);
    return number >= 1 && page.length === this.pageBytes
      ? Promise.resolve(page)
      : Promise.reject(new Unreadable('broken', `there is no page ${String(number)}`));
  }

  /** Those taken since the last time. */
  taken(): readonly number[] {
    const taken = this.#taken;
    this.#taken = [];
    return taken;
  }
}
