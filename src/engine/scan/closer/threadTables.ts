// Rows that belong to threads, in whatever table of whatever database: exactly as they are stored.

import { literal, textOfLiteral } from '../../model/literal.ts';
import type { Columns, ThreadTable } from '../../model/plan.ts';
import type { FilePath, ThreadId } from '../../model/words.ts';
import type { OpenDatabase, World } from '../../world.ts';
import { writtenExactly } from './wholeRows.ts';

const MOST_BYTES = 2 * 1024 * 1024 * 1024;

export interface ThreadRow {
  readonly thread: ThreadId;
  readonly table: string;
  readonly key: Columns;
  readonly values: Columns;
}

/** Columns that say to which thread a row belongs, the likelier first; an edge belongs to its child. */
const COLUMNS = ['thread_id', 'child_thread_id'];

/** The tables of a database whose rows belong to threads; null where it cannot be read. */
export async function findThreadTables(
  world: World,
  file: FilePath,
): Promise<readonly ThreadTable[] | null> {
  return reading(world, file, async database => {
    const [answer] = await database.ask([
      `SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
       WHERE m.type = 'table' AND c.name IN (${COLUMNS.map(literal).join(', ')}) ORDER BY 1, 2`,
    ]);
    if (answer?.ok !== true) return null;
    return answer.rows.map(([table, column]) => ({ table: String(table), column: String(column) }));
  });
}

/** All rows of these tables that belong to these threads; null where they cannot be read. */
export async function readThreadRows(
  world: World,
  file: FilePath,
  tables: readonly ThreadTable[],
  threads: readonly ThreadId[],
): Promise<readonly ThreadRow[] | null> {
  return reading(world, file, async database => {
    const rows: ThreadRow[] = [];
    for (const { table, column } of tables) {
      const found = await readTable(database, table, column, threads);
      if (found === null) return null;
      rows.push(...found);
    }
    return rows;
  });
}

/** As many ids as fit well into one statement. */
const AT_ONCE = 500;

async function readTable(
  database: OpenDatabase,
  table: string,
  column: string,
  threads: readonly ThreadId[],
): Promise<readonly ThreadRow[] | null> {
  const [info] = await database.ask([
    `SELECT name, pk FROM pragma_table_info(${literal(table)}) ORDER BY cid`,
  ]);
  if (info?.ok !== true) return null;
  const names = info.rows.map(([name]) => String(name));
  const keyed = info.rows.filter(([, pk]) => Number(pk) > 0).map(([name]) => String(name));
  const keys = new Set(keyed.length > 0 ? keyed : names);
  const order = [...keys].map(quoted).join(', ');
  const columns = names.map(name => writtenExactly(quoted(name))).join(', ');
  const rows: ThreadRow[] = [];
  for (let at = 0; at < threads.length; at += AT_ONCE) {
    const some = threads
      .slice(at, at + AT_ONCE)
      .map(literal)
      .join(', ');
    const [answer] = await database.ask([
      `SELECT ${columns} FROM ${quoted(table)} WHERE ${quoted(column)} IN (${some}) ORDER BY ${order}`,
    ]);
    if (answer?.ok !== true) return null;
    for (const cells of answer.rows) {
      const all = names.map((name, index) => [name, String(cells[index] ?? 'NULL')] as const);
      rows.push({
        thread: textOfLiteral(String(cells[names.indexOf(column)] ?? 'NULL')) ?? '',
        table,
        key: Object.fromEntries(all.filter(([name]) => keys.has(name))),
        values: Object.fromEntries(all.filter(([name]) => !keys.has(name))),
      });
    }
  }
  return rows;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

async function reading<T>(
  world: World,
  file: FilePath,
  read: (database: OpenDatabase) => Promise<T | null>,
): Promise<T | null> {
  const opened = await world.databases.open(file, MOST_BYTES);
  if (!opened.ok) return null;
  try {
    return await read(opened.value);
  } finally {
    opened.value.close();
  }
}
