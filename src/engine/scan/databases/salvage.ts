// What only the state database knew, read out of one that is damaged. SQLite gives up a table at the
// first page that is torn; here each page and each row is taken by itself, and indexes are not needed.

import type { Salvage } from '../../model/closerLook.ts';
import { literal } from '../../model/literal.ts';
import type { Columns, Literal } from '../../model/plan.ts';
import type { FilePath } from '../../model/words.ts';
import type { Cell, World } from '../../world.ts';
import { readDatabaseImage } from './databaseImage.ts';
import { readTree, Unreadable, type PageSource } from './databaseRecords.ts';
import { pageBytesOf } from './databaseTables.ts';
import { storedColumns } from './storedColumns.ts';

/** As large as state databases are read for a scan, but for those of more than a million threads. */
const MOST_BYTES = 1024 * 1024 * 1024;
const MOST_ROWS = 1_000_000;
/** Every Codex makes its databases with pages of this size: it stands in where a header is gone. */
const PAGE_BYTES = 4096;

/** Tables that Codex cannot make again from the conversations. */
const TABLES = [
  ...['threads', 'thread_sections', 'projects', 'project_roots', 'project_idempotency_keys'],
  ...['thread_spawn_edges', 'thread_read_receipts', 'thread_attachments'],
];

export async function salvage(world: World, file: FilePath): Promise<Salvage> {
  const image = await readDatabaseImage(world.files, () => world.now(), file, MOST_BYTES);
  return image.ok ? salvageImage(image.value.bytes) : { tables: {}, torn: TABLES };
}

/** The newest one that Codex has put aside when it made its database anew (0.142 to 0.169). */
export async function newestBackup(
  { files, machine }: World,
  database: FilePath,
): Promise<{ readonly file: FilePath; readonly atMs: number } | null> {
  const at = Math.max(database.lastIndexOf('/'), database.lastIndexOf('\\'));
  const backups = machine.join(database.slice(0, at), 'db-backups');
  const listed = await files.list(backups);
  const named = (listed.ok ? listed.value : []).flatMap(({ path }) => {
    const [, seconds, count] = /^sqlite-(\d+)-(\d+)$/.exec(path) ?? [];
    return seconds === undefined ? [] : [{ path, seconds: Number(seconds), count: Number(count) }];
  });
  named.sort((one, other) => other.seconds - one.seconds || other.count - one.count);
  for (const { path, seconds } of named) {
    const file = machine.join(backups, path, database.slice(at + 1));
    if ((await files.stat(file)).ok) return { file, atMs: seconds * 1000 };
  }
  return null;
}

export async function salvageImage(bytes: Uint8Array): Promise<Salvage> {
  const source = pagesOf(bytes);
  const torn = new Set<string>();
  const schema = await readSchema(source, () => void torn.add('sqlite_master'));
  const tables: Record<string, readonly Columns[]> = {};
  for (const table of TABLES) {
    const entry = schema.get(table);
    if (entry === undefined) continue;
    const { root, places, hasRowid } = entry;
    const names = [...places.keys()];
    const shape = { usable: source.pageBytes, hasRowid, places: [...places.values()] };
    const rows = await readTree(source, root, {
      ...shape,
      maxRows: MOST_ROWS,
      passOver: () => void torn.add(table),
    });
    tables[table] = rows.map(cells => asColumns(names, cells));
  }
  const isSchemaTorn = torn.delete('sqlite_master');
  const unseen = isSchemaTorn ? TABLES.filter(table => tables[table] === undefined) : [];
  return { tables, torn: [...torn, ...unseen] };
}

type Schema = ReadonlyMap<
  string,
  { readonly root: number } & NonNullable<ReturnType<typeof storedColumns>>
>;

/** The kind of an entry, its name, the page where it begins, and its text. */
const SCHEMA_PLACES = [0, 1, 3, 4];

async function readSchema(source: PageSource, passOver: () => void): Promise<Schema> {
  const shape = { usable: source.pageBytes, hasRowid: true, places: SCHEMA_PLACES };
  const rows = await readTree(source, 1, { ...shape, maxRows: MOST_ROWS, passOver });
  return new Map(
    rows.flatMap(([type, name, root, sql]) => {
      const stored = type === 'table' && typeof sql === 'string' ? storedColumns(sql) : null;
      const isWhole = typeof name === 'string' && typeof root === 'number' && stored !== null;
      return isWhole ? [[name, { root, ...stored }] as const] : [];
    }),
  );
}

function pagesOf(bytes: Uint8Array): PageSource {
  const pageBytes = sizeOfPages(bytes);
  const pageCount = Math.floor(bytes.length / pageBytes);
  return {
    pageBytes,
    pageCount,
    page: number =>
      Number.isInteger(number) && number >= 1 && number <= pageCount
        ? Promise.resolve(bytes.subarray((number - 1) * pageBytes, number * pageBytes))
        : Promise.reject(new Unreadable('broken', `there is no page ${String(number)}`)),
  };
}

function sizeOfPages(bytes: Uint8Array): number {
  try {
    return pageBytesOf(bytes);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return PAGE_BYTES;
  }
}

function asColumns(names: readonly string[], cells: readonly Cell[]): Columns {
  const known = names.flatMap((name, at) => {
    const value = literalOf(cells[at] ?? null);
    return value === null ? [] : [[name, value] as const];
  });
  return Object.fromEntries(known);
}

/**
 * Null for what says nothing, for a number that is not exact here, and for a text that is torn: what is no
 * UTF-8, or has zeros, as a page that was never written.
 */
function literalOf(cell: Cell): Literal | null {
  if (typeof cell === 'string') return /[\ufffd\0]/.test(cell) ? null : literal(cell);
  if (typeof cell === 'number') return Number.isSafeInteger(cell) ? literal(cell) : null;
  if (cell === null) return null;
  return `X'${[...cell].map(byte => byte.toString(16).padStart(2, '0')).join('')}'`;
}
