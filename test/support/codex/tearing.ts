// Tears state databases: whole pages of them become noise, as a bad disk or a copy that was cut off
// leaves them.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { checkpoint, findStateDatabase, withDatabase } from './databases.ts';
import type { CodexHome } from './makeHome.ts';

const PAGE_BYTES = 4096;

/** By name: what is torn, in a file that has everything in it by then. */
export const tears = {
  'a page of an index': (bytes, rootOf) => spoil(bytes, [rootOf('index', 'threads')]),
  'the header': bytes => bytes.fill(0xa5, 0, 100),
  'a page of threads': (bytes, rootOf) =>
    spoil(bytes, leavesOf(bytes, rootOf('table', 'threads')).slice(1, 2)),
  'all pages of threads': (bytes, rootOf) =>
    spoil(bytes, leavesOf(bytes, rootOf('table', 'threads'))),
  'the page of sections': (bytes, rootOf) => spoil(bytes, [rootOf('table', 'thread_sections')]),
  'half of the file': bytes =>
    bytes.subarray(0, Math.floor(bytes.length / PAGE_BYTES / 2) * PAGE_BYTES),
  'all of the file': bytes =>
    createHash('shake256', { outputLength: bytes.length }).update('noise').digest(),
} satisfies Record<string, (bytes: Buffer, rootOf: RootOf) => Buffer>;

export type Tear = keyof typeof tears;

type RootOf = (type: 'table' | 'index', table: string) => number;

/** Returns what stood on the pages that are gone. */
export function tear({ folder }: CodexHome, name: Tear): string {
  const file = findStateDatabase(folder) ?? '';
  checkpoint(file);
  const schema = withDatabase(file, database =>
    database.prepare('SELECT type, tbl_name, rootpage FROM sqlite_master').all(),
  );
  const rootOf: RootOf = (type, table) =>
    Number(
      schema.findLast(one => one['type'] === type && one['tbl_name'] === table)?.['rootpage'] ?? 0,
    );
  const before = readFileSync(file);
  const after = tears[name](Buffer.from(before), rootOf);
  writeFileSync(file, after);
  const pages = Array.from({ length: before.length / PAGE_BYTES }, (_, at) => [
    before.subarray(at * PAGE_BYTES, (at + 1) * PAGE_BYTES),
    after.subarray(at * PAGE_BYTES, (at + 1) * PAGE_BYTES),
  ]);
  return pages
    .filter(([one, other]) => one?.equals(other ?? Buffer.alloc(0)) !== true)
    .map(([one]) => one?.toString('latin1') ?? '')
    .join('');
}

/** The pages that hold the rows of a table, in the order of their keys. */
function leavesOf(bytes: Buffer, page: number): readonly number[] {
  const at = (page - 1) * PAGE_BYTES;
  if (bytes[at] !== 5) return [page];
  const count = bytes.readUInt16BE(at + 3);
  const cells = Array.from({ length: count }, (_, index) =>
    bytes.readUInt16BE(at + 12 + 2 * index),
  );
  const children = [
    ...cells.map(cell => bytes.readUInt32BE(at + cell)),
    bytes.readUInt32BE(at + 8),
  ];
  return children.flatMap(child => leavesOf(bytes, child));
}

function spoil(bytes: Buffer, pages: readonly number[]): Buffer {
  const noise = createHash('shake256', { outputLength: PAGE_BYTES }).update('noise').digest();
  for (const page of pages) if (page > 0) noise.copy(bytes, (page - 1) * PAGE_BYTES);
  return bytes;
}

/** The rows of all tables by the ids of what they are about; times of Codex's own work are left out. */
export function rowsById({ folder }: CodexHome): Readonly<Record<string, string>> {
  return withDatabase(findStateDatabase(folder) ?? '', database => {
    const rows: Record<string, string> = {};
    for (const { name } of database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
      .all()) {
      const table = String(name);
      if (/migration|backfill|sqlite_/.test(table)) continue;
      for (const row of database.prepare(`SELECT * FROM "${table}"`).all()) {
        const id = row['id'] ?? row['project_id'] ?? row['child_thread_id'] ?? row['thread_id'];
        rows[String(id)] = `${rows[String(id)] ?? ''}${table} ${JSON.stringify(row)}\n`;
      }
    }
    return rows;
  });
}
