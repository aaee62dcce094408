// What a plan must know beyond a scan: whole rows, exact bytes. It is asked for all findings at once.

import type {
  CloserLook,
  Comparison,
  FileFacts,
  FirstWords,
  Pair,
  RolloutEnd,
  Salvage,
  TableImages,
  Wishes,
} from '../model/closerLook.ts';
import type { Bytes, Columns } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { FilePath, ThreadId } from '../model/words.ts';
import { literal } from '../model/literal.ts';
import type { OpenDatabase, World } from '../world.ts';
import { compareFiles } from './compareFiles.ts';
import { readProviderPlace } from './config/providerPlace.ts';
import { newestBackup, salvage } from './databases/salvage.ts';
import { readProjections } from './databases/projections.ts';
import { readHead } from './rollouts/readFirstLine.ts';
import { PIECE_BYTES, readRolloutEnd } from './rollouts/rolloutEnd.ts';
import { findBeginnings } from './findBeginning.ts';
import { firstWordsOf } from './rollouts/firstWords.ts';
import { wholeMessageOf } from './rollouts/rolloutMessages.ts';
import { unpackWhole } from './unpackWhole.ts';
import { seekSuccessors } from './seekSuccessors.ts';

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
  /** Where the vault is, when it is not in the home. */
  vault: FilePath | null = null,
): Promise<CloserLook> {
  const rows = new Set(wishes.flatMap(wish => wish.rows ?? []));
  const heads = new Set(wishes.flatMap(wish => wish.heads ?? []));
  const messages = wishes.flatMap(wish => wish.messages ?? []);
  return {
    rows: rows.size === 0 ? {} : await readRows(world, snapshot, [...rows]),
    heads: await readHeads(world, [...heads]),
    messages: await readTexts(world, messages, wholeMessageOf),
    words: await readTexts(
      world,
      wishes.flatMap(wish => wish.words ?? []),
      wordsIn,
    ),
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
    providerPlace: wishes.some(wish => wish.providerPlace)
      ? await readProviderPlace(world, snapshot.config.file)
      : null,
    beginnings: await findBeginnings(
      world,
      snapshot,
      vault,
      wishes.flatMap(wish => wish.beginnings ?? []),
    ),
    salvage: await salvageAll(
      world,
      wishes.flatMap(wish => wish.salvage ?? []),
    ),
    backups: await findBackups(
      world,
      wishes.flatMap(wish => wish.backups ?? []),
    ),
    folders: await lookAtFolders(
      world,
      wishes.flatMap(wish => wish.folders ?? []),
    ),
    successors: await seekSuccessors(
      world,
      snapshot,
      wishes.flatMap(wish => wish.successors ?? []),
    ),
  };
}

async function findBackups(
  world: World,
  databases: readonly FilePath[],
): Promise<CloserLook['backups']> {
  const found: Record<FilePath, CloserLook['backups'][FilePath]> = {};
  for (const database of databases) {
    const backup = await newestBackup(world, database);
    if (backup !== null)
      found[database] = { atMs: backup.atMs, salvage: await salvage(world, backup.file) };
  }
  return found;
}

async function salvageAll(
  world: World,
  databases: readonly FilePath[],
): Promise<CloserLook['salvage']> {
  const salvaged: Record<FilePath, Salvage> = {};
  for (const database of new Set(databases)) salvaged[database] = await salvage(world, database);
  return salvaged;
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

async function lookAtFolders(
  world: World,
  folders: readonly FilePath[],
): Promise<CloserLook['folders']> {
  if (folders.length === 0) return {};
  return Object.fromEntries(await world.outside.look([...new Set(folders)]));
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

/** What is found in the beginnings of files: more and more of each is read until something is. */
async function readTexts<T>(
  world: World,
  files: readonly FilePath[],
  find: (text: string, isWhole: boolean) => T | null,
): Promise<Readonly<Record<FilePath, T>>> {
  const texts: Record<FilePath, T> = {};
  for (const file of new Set(files)) {
    const unpacked = file.endsWith('.zst') ? await unpackWhole(world, file) : null;
    const inUnpacked = unpacked === null ? null : find(new TextDecoder().decode(unpacked), true);
    if (inUnpacked !== null) texts[file] = inUnpacked;
    if (file.endsWith('.zst')) continue;
    for (let length = HEAD_BYTES; length <= LONGEST_HEAD; length *= 4) {
      const read = await world.files.ends(file, length, 0);
      if (!read.ok) break;
      const { head, state } = read.value;
      const isWhole = head.length >= state.bytes;
      const found = find(new TextDecoder().decode(head), isWhole);
      if (found !== null) texts[file] = found;
      if (found !== null || isWhole) break;
    }
  }
  return texts;
}

/** Words of a person are better than any answer, and may come later. */
function wordsIn(text: string, isWhole: boolean): FirstWords | null {
  const words = firstWordsOf(text, isWhole);
  return isWhole || words.person !== null ? words : null;
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
      Object.assign(rows, (await ask(opened.value, state.columns, condition)) ?? {});
    }
    return rows;
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
  const question = `SELECT id, ${named.map(written).join(', ')} FROM ${table} WHERE ${condition}`;
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
