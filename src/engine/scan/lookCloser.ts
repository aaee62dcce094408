// What a plan must know beyond a scan: whole rows, exact bytes. It is asked for all findings at once.

import type {
  CloserLook,
  Comparison,
  FileFacts,
  Pair,
  RolloutEnd,
  TableImages,
  Wishes,
} from '../model/closerLook.ts';
import type { Bytes, Columns } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { FilePath, ThreadId } from '../model/words.ts';
import { asBytes } from '../model/bytes.ts';
import { literal } from '../model/literal.ts';
import type { OpenDatabase, World } from '../world.ts';
import { compareFiles } from './compareFiles.ts';
import { readProjections } from './databases/projections.ts';
import { PIECE_BYTES, readRolloutEnd } from './rollouts/rolloutEnd.ts';
import { wholeMessageOf } from './rollouts/rolloutMessages.ts';

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
  const messages = new Set(wishes.flatMap(wish => wish.messages ?? []));
  return {
    rows: rows.size === 0 ? {} : await readRows(world, snapshot, [...rows]),
    heads: await readHeads(world, [...heads]),
    messages: await readMessages(world, [...messages]),
    pairs: await comparePairs(
      world,
      wishes.flatMap(wish => wish.pairs ?? []),
    ),
    sidecars: await findSidecars(
      world,
      wishes.flatMap(wish => wish.sidecars ?? []),
    ),
    ends: await readEnds(
      world,
      wishes.flatMap(wish => wish.ends ?? []),
    ),
    projections: await readPlaces(
      world,
      snapshot,
      wishes.flatMap(wish => wish.projections ?? []),
    ),
  };
}

async function readEnds(world: World, files: readonly FilePath[]): Promise<CloserLook['ends']> {
  const ends: Record<FilePath, RolloutEnd> = {};
  const room = new Uint8Array(files.length === 0 ? 0 : PIECE_BYTES);
  for (const file of new Set(files)) {
    const end = await readRolloutEnd(world, file, room);
    if (end !== null) ends[file] = end;
  }
  return ends;
}

async function readPlaces(
  world: World,
  { history }: Snapshot,
  threads: readonly ThreadId[],
): Promise<CloserLook['projections']> {
  if (history === null || threads.length === 0) return {};
  return readProjections(world, history.database.file, [...new Set(threads)]);
}

async function comparePairs(world: World, pairs: readonly Pair[]): Promise<CloserLook['pairs']> {
  const compared: Record<string, Comparison> = {};
  for (const [first, second] of pairs)
    compared[`${first}\n${second}`] ??= await compareFiles(world, first, second);
  return compared;
}

async function findSidecars(
  world: World,
  databases: readonly FilePath[],
): Promise<CloserLook['sidecars']> {
  const found: Record<FilePath, FileFacts[]> = {};
  for (const database of databases) {
    const beside: FileFacts[] = [];
    for (const suffix of ['-wal', '-shm', '-journal']) {
      const state = await world.files.stat(database + suffix);
      if (!state.ok) continue;
      const { bytes, modifiedMs } = state.value;
      beside.push({ file: database + suffix, bytes, modifiedMs });
    }
    found[database] = beside;
  }
  return found;
}

async function readMessages(
  world: World,
  files: readonly FilePath[],
): Promise<CloserLook['messages']> {
  const messages: Record<FilePath, string> = {};
  for (const file of files) {
    const message = await readMessage(world, file);
    if (message !== null) messages[file] = message;
  }
  return messages;
}

async function readMessage(world: World, file: FilePath): Promise<string | null> {
  for (let length = HEAD_BYTES; length <= LONGEST_HEAD; length *= 4) {
    const read = await world.files.ends(file, length, 0);
    if (!read.ok) return null;
    const { head, state } = read.value;
    const isWhole = head.length >= state.bytes;
    const message = wholeMessageOf(new TextDecoder().decode(head), isWhole);
    if (message !== null || isWhole) return message;
  }
  return null;
}

/** All rows of these tables, by their ids; nothing of a database that cannot be read. */
export async function readTables(
  world: World,
  file: FilePath,
  tables: readonly string[],
): Promise<TableImages> {
  const opened = await world.databases.open(file, STATE_BYTES);
  if (!opened.ok) return {};
  try {
    const images: Record<string, Record<string, Columns>> = {};
    for (const table of tables) {
      const [columns] = await opened.value.ask([`SELECT name FROM pragma_table_info('${table}')`]);
      const names = columns?.ok === true ? columns.rows.map(([name]) => String(name)) : [];
      if (names.length > 0) images[table] = await ask(opened.value, names, '1', table);
    }
    return images;
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
      const condition = `id IN (${ids
        .slice(at, at + AT_ONCE)
        .map(literal)
        .join(', ')})`;
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
  table = 'threads',
): Promise<Record<ThreadId, Columns>> {
  const named = columns.map(column => `"${column.replaceAll('"', '""')}"`);
  const question = `SELECT id, ${named.map(written).join(', ')} FROM ${table} WHERE ${condition}`;
  const [answer] = await database.ask([question]);
  const rows: Record<ThreadId, Columns> = {};
  if (answer?.ok !== true) return rows;
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
function written(column: string): string {
  const isPlain = `length(${column}) = length(CAST(${column} AS BLOB))`;
  const hex = `'CAST(X''' || hex(CAST(${column} AS BLOB)) || ''' AS TEXT)'`;
  return `CASE WHEN typeof(${column}) = 'text' AND NOT (${isPlain}) THEN ${hex} ELSE quote(${column}) END`;
}

async function readHeads(world: World, files: readonly FilePath[]): Promise<CloserLook['heads']> {
  const heads: Record<FilePath, Bytes> = {};
  const room = new Uint8Array(files.length === 0 ? 0 : HEAD_BYTES);
  for (const file of files) {
    const head = await readHead(world, file, room);
    if (head !== null) heads[file] = head;
  }
  return heads;
}

async function readHead(world: World, file: FilePath, room: Uint8Array): Promise<Bytes | null> {
  if (file.endsWith('.zst')) return readPackedHead(world, file);
  for (let length = HEAD_BYTES; length <= LONGEST_HEAD; length *= 4) {
    const read = await world.files.ends(file, length, 0, room);
    if (!read.ok) return null;
    const { head, state } = read.value;
    if (head.includes(0x0a) || head.length >= state.bytes) return asBytes(head);
  }
  return null;
}

async function readPackedHead(world: World, file: FilePath): Promise<Bytes | null> {
  let head = '';
  const read = await world.files.stream(file, piece => {
    head += asBytes(piece);
    return head.includes('\n') || head.length > LONGEST_HEAD ? 'stop' : 'more';
  });
  return read.ok ? head : null;
}
