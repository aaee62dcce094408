// What Codex changed while it was asked, as steps: whatever it did, they take it back. Only what a
// person would miss is looked at: rows of threads, rollouts, names.

import type { Columns, Step } from '../model/plan.ts';
import type { FilePath, ThreadId } from '../model/words.ts';
import { asBytes } from '../model/bytes.ts';
import type { World } from '../world.ts';

export interface Observation {
  readonly rows: Readonly<Record<ThreadId, Columns>>;
  readonly files: Readonly<Record<FilePath, Seen>>;
}

interface Seen {
  readonly bytes: number;
  readonly modifiedMs: number;
}

const TREES = ['sessions', 'archived_sessions'];
const NAMES = 'session_index.jsonl';

export async function observeFiles(world: World, home: FilePath): Promise<Observation['files']> {
  const files: Record<FilePath, Seen> = {};
  const see = async (file: FilePath) => {
    const state = await world.files.stat(file);
    if (!state.ok || state.value.kind !== 'file') return;
    files[file] = { bytes: state.value.bytes, modifiedMs: state.value.modifiedMs };
  };
  for (const place of TREES) {
    const tree = await world.files.tree(world.machine.join(home, place));
    if (!tree.ok) continue;
    for (const { file, kind } of tree.value.entries) if (kind === 'file') await see(file);
  }
  await see(world.machine.join(home, NAMES));
  return files;
}

/** The steps that would have led from one to the other. */
export async function stepsBetween(
  world: World,
  state: FilePath,
  before: Observation,
  after: Observation,
): Promise<readonly Step[]> {
  const rows = rowSteps(state, before.rows, after.rows);
  return [...(await fileSteps(world, before.files, after.files)), ...rows];
}

function rowSteps(
  database: FilePath,
  before: Observation['rows'],
  after: Observation['rows'],
): readonly Step[] {
  const ids = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...ids].flatMap(id => {
    const change = changeOf(before[id], after[id]);
    return change === null
      ? []
      : [{ kind: 'rows' as const, database, table: 'threads', changes: [change] }];
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

async function fileSteps(
  world: World,
  before: Observation['files'],
  after: Observation['files'],
): Promise<readonly Step[]> {
  const arrived = Object.keys(after).filter(file => before[file] === undefined);
  const steps: Step[] = [];
  for (const [file, seen] of Object.entries(before)) {
    const place =
      after[file] === undefined ? arrived.find(other => nameOf(other) === nameOf(file)) : file;
    const now = place === undefined ? undefined : after[place];
    // What is gone altogether cannot be described by a step; Codex does not do that when asked for this.
    if (place === undefined || now === undefined) continue;
    const written = await writtenStep(world, file, place, seen, now);
    if (written !== null) steps.push(written);
    if (place !== file)
      steps.push({ kind: 'move', from: file, to: { file: place }, ...now });
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
