// Whole rows, exactly as they are stored.

import type { CloserLook, TableImages } from '../../model/closerLook.ts';
import { literal } from '../../model/literal.ts';
import type { Columns } from '../../model/plan.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { FilePath, ThreadId } from '../../model/words.ts';
import type { OpenDatabase, World } from '../../world.ts';

const STATE_BYTES = 2 * 1024 * 1024 * 1024;
/** As many as fit well into one statement. */
const AT_ONCE = 500;

export async function readRows(
  world: World,
  { state }: Snapshot,
  ids: readonly ThreadId[],
): Promise<CloserLook['rows']> {
  if (state === null) return {};
  const opened = await world.databases.open(state.database.file, STATE_BYTES);
  if (!opened.ok) return {};
  try {
    const rows: Record<ThreadId, Columns> = {};
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const condition = `id IN (${ids
        .slice(at, at + AT_ONCE)
        .map(literal)
        .join(', ')})`;
      Object.assign(rows, (await ask(opened.value, state.columns, condition)) ?? {});
    }
    return rows;
  } finally {
    opened.value.close();
  }
}

/**
 * All rows of these tables, by their ids; none where there is no database. What is there and cannot be
 * read is an error: to take it for empty would be to say that every row is new, or gone.
 */
export async function readTables(
  world: World,
  file: FilePath,
  tables: readonly string[],
): Promise<TableImages> {
  const opened = await world.databases.open(file, STATE_BYTES);
  if (!opened.ok) {
    if (opened.trouble.code === 'missing') return {};
    throw new Error(`${file} cannot be read: ${opened.trouble.why}`);
  }
  try {
    const images: Record<string, Record<string, Columns>> = {};
    for (const table of tables) {
      const [columns] = await opened.value.ask([`SELECT name FROM pragma_table_info('${table}')`]);
      const names = columns?.ok === true ? columns.rows.map(([name]) => String(name)) : null;
      if (names?.length === 0) continue;
      const rows = names === null ? null : await ask(opened.value, names, '1', table);
      if (rows === null) throw new Error(`the table ${table} of ${file} cannot be read`);
      images[table] = rows;
    }
    return images;
  } finally {
    opened.value.close();
  }
}

/** Null when it cannot be told. */
async function ask(
  database: OpenDatabase,
  columns: readonly string[],
  condition: string,
  table = 'threads',
): Promise<Record<ThreadId, Columns> | null> {
  const named = columns.map(column => `"${column.replaceAll('"', '""')}"`);
  const question = `SELECT id, ${named.map(writtenExactly).join(', ')} FROM ${table} WHERE ${condition}`;
  const [answer] = await database.ask([question]);
  if (answer?.ok !== true) return null;
  const rows: Record<ThreadId, Columns> = {};
  for (const [id, ...cells] of answer.rows)
    rows[String(id)] = Object.fromEntries(
      columns.map((column, at) => [column, String(cells[at] ?? 'NULL')]),
    );
  return rows;
}

/**
 * As SQLite writes it in a statement. What is not plain ASCII is written by its bytes: it may be no
 * UTF-8, or hold a zero, and would not come through as it is.
 */
export function writtenExactly(column: string): string {
  const isPlain = `length(${column}) = length(CAST(${column} AS BLOB))`;
  const hex = `'CAST(X''' || hex(CAST(${column} AS BLOB)) || ''' AS TEXT)'`;
  return `CASE WHEN typeof(${column}) = 'text' AND NOT (${isPlain}) THEN ${hex} ELSE quote(${column}) END`;
}
