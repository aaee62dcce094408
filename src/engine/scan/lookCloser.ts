// What a plan must know beyond a scan: whole rows, exact bytes. It is asked for all findings at once.

import type { CloserLook, Wishes } from '../model/closerLook.ts';
import type { Bytes, Columns } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { FilePath, ThreadId } from '../model/words.ts';
import { asBytes } from '../model/bytes.ts';
import { literal } from '../model/literal.ts';
import type { OpenDatabase, World } from '../world.ts';
import { THREAD_COLUMNS_QUESTION } from './databases/stateDatabase.ts';

const STATE_BYTES = 2 * 1024 * 1024 * 1024;
/** As many as fit well into one statement. */
const AT_ONCE = 500;
const HEAD_BYTES = 256 * 1024;
/** A first line that is longer is nothing that Codex wrote. */
const LONGEST_HEAD = 16 * 1024 * 1024;

export async function lookCloser(
  world: World,
  snapshot: Snapshot,
  wishes: readonly Wishes[],
): Promise<CloserLook> {
  const rows = new Set(wishes.flatMap(wish => wish.rows ?? []));
  const heads = new Set(wishes.flatMap(wish => wish.heads ?? []));
  return {
    rows: rows.size === 0 ? {} : await readRows(world, snapshot, [...rows]),
    heads: await readHeads(world, [...heads]),
  };
}

/** All rows of the table of threads, by their ids. */
export async function readAllRows(world: World, file: FilePath): Promise<CloserLook['rows']> {
  const opened = await world.databases.open(file, STATE_BYTES);
  if (!opened.ok) return {};
  try {
    const [columns] = await opened.value.ask([THREAD_COLUMNS_QUESTION]);
    const names = columns?.ok === true ? columns.rows.map(([name]) => String(name)) : [];
    return names.length === 0 ? {} : await ask(opened.value, names, '1');
  } finally {
    opened.value.close();
  }
}

async function readRows(
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
      const condition = `id IN (${ids.slice(at, at + AT_ONCE).map(literal).join(', ')})`;
      Object.assign(rows, await ask(opened.value, state.columns, condition));
    }
    return rows;
  } finally {
    opened.value.close();
  }
}

async function ask(
  database: OpenDatabase,
  columns: readonly string[],
  condition: string,
): Promise<Record<ThreadId, Columns>> {
  const named = columns.map(column => `"${column.replaceAll('"', '""')}"`);
  const question = `SELECT id, ${named.map(written).join(', ')} FROM threads WHERE ${condition}`;
  const [table] = await database.ask([question]);
  const rows: Record<ThreadId, Columns> = {};
  if (table?.ok !== true) return rows;
  for (const [id, ...cells] of table.rows)
    rows[String(id)] = Object.fromEntries(
      columns.map((column, at) => [column, String(cells[at] ?? 'NULL')]),
    );
  return rows;
}

/**
 * As SQLite writes it in a statement. What is not plain ASCII is written by its bytes: it may be no
 * UTF-8, or hold a zero, and would not come through as it is.
 */
function written(column: string): string {
  const isPlain = `length(${column}) = length(CAST(${column} AS BLOB))`;
  const hex = `'CAST(X''' || hex(CAST(${column} AS BLOB)) || ''' AS TEXT)'`;
  return `CASE WHEN typeof(${column}) = 'text' AND NOT (${isPlain}) THEN ${hex} ELSE quote(${column}) END`;
}

async function readHeads(world: World, files: readonly FilePath[]): Promise<CloserLook['heads']> {
  const heads: Record<FilePath, Bytes> = {};
  for (const file of files) {
    const head = await readHead(world, file);
    if (head !== null) heads[file] = head;
  }
  return heads;
}

async function readHead(world: World, file: FilePath): Promise<Bytes | null> {
  for (let length = HEAD_BYTES; length <= LONGEST_HEAD; length *= 4) {
    const read = await world.files.ends(file, length, 0);
    if (!read.ok) return null;
    const { head, state } = read.value;
    if (head.includes(0x0a) || head.length >= state.bytes) return asBytes(head);
  }
  return null;
}
