// What Codex changed while it was asked, as steps: whatever it did, they take it back. Only what a
// person would miss is looked at: rows of threads, rollouts, names.

import type { TableImages } from '../model/closerLook.ts';
import type { Columns, Step } from '../model/plan.ts';
import type { FilePath, ThreadId } from '../model/words.ts';
import { asBytes } from '../model/bytes.ts';
import type { World } from '../world.ts';
import type { Fork } from './forks.ts';
import type { Filled, Histories } from './observeHistories.ts';

export interface Observation {
  readonly tables: TableImages;
  readonly files: Readonly<Record<FilePath, Seen>>;
  /** Absent in what was written down before they were looked at. */
  readonly histories?: Histories;
}

interface Seen {
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** What Codex has done: as steps, and the databases that it has made, with the threads in them. */
export interface Doings {
  readonly steps: readonly Step[];
  readonly made: readonly FilePath[];
  readonly threads: readonly ThreadId[];
  /** Files that it compressed and was not asked to. */
  readonly packed: ReturnType<typeof packedBetween>;
  /** What it was compressing when it was killed. */
  readonly unfinished: readonly FilePath[];
  /** Histories of threads that had none before. */
  readonly filled: Filled;
  /** Threads that it has made when it was asked to fork some. */
  readonly forks: readonly Fork[];
  /** Files of threads that began meanwhile, of which it has not said whose they are. */
  readonly unclaimed: readonly FilePath[];
}

export const NOTHING_DONE: Doings = {
  steps: [],
  made: [],
  threads: [],
  packed: [],
  unfinished: [],
  filled: {},
  forks: [],
  unclaimed: [],
};

const TREES = ['sessions', 'archived_sessions'];
export const NAMES = 'session_index.jsonl';

export async function observeFiles(
  world: World,
  home: FilePath,
  sqliteHome: FilePath,
  /** Databases that lie apart from the others. */
  apart: readonly FilePath[] = [],
): Promise<Observation['files']> {
  const files: Record<FilePath, Seen> = {};
  const see = async (file: FilePath) => {
    const state = await world.files.stat(file);
    if (!state.ok && state.trouble.code === 'missing') return;
    if (!state.ok) throw unreadable(file, state.trouble.why);
    if (state.value.kind !== 'file') return;
    files[file] = { bytes: state.value.bytes, modifiedMs: state.value.modifiedMs };
  };
  for (const place of TREES) {
    const tree = await world.files.tree(world.machine.join(home, place));
    if (!tree.ok && tree.trouble.code === 'missing') continue;
    if (!tree.ok) throw unreadable(place, tree.trouble.why);
    for (const { file, kind } of tree.value.entries) if (kind === 'file') await see(file);
  }
  await see(world.machine.join(home, NAMES));
  const beside = await world.files.list(sqliteHome);
  if (!beside.ok && beside.trouble.code !== 'missing')
    throw unreadable(sqliteHome, beside.trouble.why);
  for (const { file } of beside.ok ? beside.value : []) if (isDatabase(file)) await see(file);
  for (const database of apart)
    for (const end of ['', '-wal', '-shm']) await see(`${database}${end}`);
  return files;
}

/** To take it for empty would be to say that what is in it has gone, or was made by Codex afterwards. */
function unreadable(place: string, why: string): Error {
  return new Error(`${place} cannot be read: ${why}`);
}

/** What is in a database is looked at by its rows; of the file it matters only whether it is new. */
function isDatabase(file: FilePath): boolean {
  return /\.sqlite(?:-wal|-shm)?$/.test(file);
}

/** The steps that would have led from one to the other. */
export async function stepsBetween(
  world: World,
  state: FilePath,
  before: Observation,
  after: Observation,
): Promise<readonly Step[]> {
  // A database that Codex has made goes as a whole when this is taken back.
  const isNew = before.files[state] === undefined;
  return [
    ...(await namesMade(world, before.files, after.files)),
    ...(await fileSteps(world, before.files, after.files)),
    ...(isNew ? [] : rowSteps(state, before.tables, after.tables)),
  ];
}

/** Files of which only the compressed form is there now. */
export function packedBetween(
  before: Observation,
  after: Observation,
): readonly { readonly file: FilePath; readonly bytes: number; readonly modifiedMs: number }[] {
  return Object.entries(before.files)
    .filter(([file]) => after.files[file] === undefined)
    .filter(([file]) => before.files[`${file}.zst`] === undefined)
    .filter(([file]) => after.files[`${file}.zst`] !== undefined)
    .map(([file, seen]) => ({ file, ...seen }));
}

/** Databases that were not there before. */
export function madeDatabases(before: Observation, after: Observation): readonly FilePath[] {
  return Object.keys(after.files).filter(
    file => file.endsWith('.sqlite') && before.files[file] === undefined,
  );
}

function rowSteps(database: FilePath, before: TableImages, after: TableImages): readonly Step[] {
  return Object.keys(before).flatMap(table => {
    const [old, now] = [before[table] ?? {}, after[table] ?? {}];
    const ids = new Set([...Object.keys(old), ...Object.keys(now)]);
    return [...ids].flatMap(id => {
      const change = changeOf(old[id], now[id]);
      return change === null ? [] : [{ kind: 'rows' as const, database, table, changes: [change] }];
    });
  });
}

function changeOf(before: Columns | undefined, after: Columns | undefined) {
  const { id: key = 'NULL' } = before ?? after ?? {};
  if (before === undefined || after === undefined)
    return { key: { id: key }, before: withoutId(before), after: withoutId(after) };
  const names = Object.keys(before).filter(column => before[column] !== after[column]);
  if (names.length === 0) return null;
  const only = (row: Columns) =>
    Object.fromEntries(names.map(column => [column, row[column] ?? 'NULL']));
  return { key: { id: key }, before: only(before), after: only(after) };
}

function withoutId(row: Columns | undefined): Columns | null {
  if (row === undefined) return null;
  const { id: _, ...rest } = row;
  return rest;
}

/** The file of names, where Codex has made it for the first of them. */
async function namesMade(
  world: World,
  before: Observation['files'],
  after: Observation['files'],
): Promise<readonly Step[]> {
  const made = Object.keys(after).find(file => nameOf(file) === NAMES);
  if (made === undefined || before[made] !== undefined) return [];
  const { bytes = 0, modifiedMs = null } = after[made] ?? {};
  const read = await world.files.range(made, 0, bytes);
  return read.ok ? [{ kind: 'create', file: made, content: asBytes(read.value), modifiedMs }] : [];
}

async function fileSteps(
  world: World,
  before: Observation['files'],
  after: Observation['files'],
): Promise<readonly Step[]> {
  const arrived = Object.keys(after).filter(file => before[file] === undefined);
  const steps: Step[] = [];
  for (const [file, seen] of Object.entries(before)) {
    if (isDatabase(file)) continue;
    const place =
      after[file] === undefined ? arrived.find(other => nameOf(other) === nameOf(file)) : file;
    const now = place === undefined ? undefined : after[place];
    // What is gone altogether cannot be described by a step; Codex does not do that when asked for this.
    if (place === undefined || now === undefined) continue;
    const written = await writtenStep(world, file, place, seen, now);
    if (written !== null) steps.push(written);
    if (place !== file) steps.push({ kind: 'move', from: file, to: { file: place }, ...now });
  }
  return steps;
}

/** What was appended to a file, or that only its time is another. */
async function writtenStep(
  world: World,
  file: FilePath,
  place: FilePath,
  before: Seen,
  now: Seen,
): Promise<Step | null> {
  if (now.bytes === before.bytes && now.modifiedMs === before.modifiedMs) return null;
  const read = await world.files.range(place, before.bytes, Math.max(0, now.bytes - before.bytes));
  const added = read.ok ? asBytes(read.value) : '';
  const splices = added === '' ? [] : [{ at: before.bytes, before: '', after: added }];
  return { kind: 'edit', file, ...before, splices };
}

export function nameOf(file: FilePath): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
}
