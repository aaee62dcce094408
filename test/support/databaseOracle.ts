// Tables of a database read page by page, and the same tables as SQLite answers for them.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  READ_LIMITS,
  readTables,
  type ReadLimits,
} from '../../src/engine/scan/databases/databasePages.ts';
import type {
  DatabasePages,
  TableRequest,
} from '../../src/engine/scan/databases/databaseTables.ts';
import type { Cell, Read } from '../../src/engine/world.ts';
import { createFiles } from '../../src/node/files.ts';

export const files = createFiles();

/** Later than any change, so that a main file without a log counts as quiet. */
export const later = () => Date.now() + 60_000;

export async function read(
  file: string,
  requests: readonly TableRequest[],
  limits: Partial<ReadLimits> = {},
): Promise<DatabasePages> {
  const result = await readTables(files, later, file, requests, { ...READ_LIMITS, ...limits });
  if (!result.ok) throw new Error(describeTrouble(result));
  return result.value;
}

export async function trouble(
  file: string,
  requests: readonly TableRequest[],
  limits: Partial<ReadLimits> = {},
): Promise<string> {
  const still = { ...files, pause: () => Promise.resolve() };
  const all = { ...READ_LIMITS, ...limits };
  return describeTrouble(await readTables(still, later, file, requests, all));
}

export function describeTrouble(result: Read<DatabasePages>): string {
  return result.ok ? 'no trouble' : `${result.trouble.code}: ${result.trouble.why}`;
}

export function tableOf({ tables }: DatabasePages, name: string) {
  const table = tables[name];
  if (table === undefined || table.missing === true) throw new Error(`there is no table ${name}`);
  return table;
}

/** Some settings have to come before the mode. */
export async function withNew<T>(
  use: (database: DatabaseSync, file: string) => Promise<T>,
  settings = '',
): Promise<T> {
  const file = newFile();
  const database = new DatabaseSync(file);
  database.exec(`${settings}; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF`);
  try {
    return await use(database, file);
  } finally {
    database.close();
  }
}

let folder = '';
let made = 0;

/** Where `newFile` puts files, from here to `removeFolder`. */
export function makeFolder(): string {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'database-pages-'));
  return folder;
}

export function removeFolder(): void {
  fs.rmSync(folder, { recursive: true, force: true });
}

export function newFile(): string {
  made += 1;
  return path.join(folder, `${String(made)}.sqlite`);
}

export function oracle(
  database: DatabaseSync,
  table: string,
  columns: readonly string[],
): Cell[][] {
  return rowsOf(database, `SELECT ${columns.map(quote).join()} FROM ${quote(table)} NOT INDEXED`);
}

export function rowsOf(database: DatabaseSync, query: string): Cell[][] {
  const statement = database.prepare(query);
  statement.setReadBigInts(true);
  return statement
    .all()
    .map(row =>
      Object.values(row).map(value => (typeof value === 'bigint' ? Number(value) : value)),
    );
}

export function columnsOf(database: DatabaseSync, table: string): string[] {
  const rows = database.prepare('SELECT name FROM pragma_table_info(?)').all(table);
  return rows.map(({ name }) => String(name));
}

export function quote(name: unknown): string {
  return `"${String(name).replaceAll('"', '""')}"`;
}
