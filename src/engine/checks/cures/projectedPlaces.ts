// Codex 0.160 and later note in the history database at which bytes of a file each turn stands: under the
// name of the file, which is the thread's for its first file, and one of its own for each later one.

import type { CloserLook, Projection } from '../../model/closerLook.ts';
import { literal } from '../../model/literal.ts';
import type { RowChange, RowsStep, Splice } from '../../model/plan.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { FilePath, ThreadId } from '../../model/words.ts';
import type { Objection } from '../check.ts';
import { nameOfFile } from './leaningFiles.ts';

export interface ChangedFile {
  readonly file: Rollout;
  /** In the first line of the file and, where it is appended, at its end. */
  readonly splices: readonly Splice[];
  /** By how much its first line becomes longer. */
  readonly growth: number;
}

/**
 * What the history database notes of each file, under its name. Places behind a first line that grew are
 * shifted. How far the file was read is noted in any case: once Codex has read a line that was added,
 * taking it away again would make it count wrong.
 */
export function shiftProjections(
  snapshot: Snapshot,
  closer: CloserLook,
  changed: readonly ChangedFile[],
): readonly RowsStep[] | Objection {
  const noted = changed.filter(
    ({ growth, splices }) => growth !== 0 || splices.some(({ before }) => before === ''),
  );
  if (noted.length === 0) return [];
  const database = historyFile(snapshot);
  if (database === null) return [];
  if (database === 'unread') return NO_HISTORY;
  const turns: RowChange[] = [];
  const states: RowChange[] = [];
  for (const { file, splices, growth } of noted) {
    const name = nameOfFile(file);
    const projection = closer.projections[name];
    if (projection === undefined) return NO_HISTORY;
    const from = (splices[0]?.at ?? 0) + (splices[0]?.before.length ?? 0);
    turns.push(...turnChanges(name, projection, growth, from));
    states.push(nextChange(name, projection, growth));
  }
  return [
    { table: 'thread_turns', changes: turns },
    { table: 'thread_history_projection_state', changes: states },
  ]
    .filter(one => one.changes.length > 0)
    .map(one => ({ kind: 'rows', database, ...one }));
}

const NO_HISTORY: Objection = {
  why: 'what the history database notes of its file could not be read exactly',
  next: 'Look again with codex-health scan; a newer codex-health may know this database.',
};

/** Null where there is none, so that Codex has noted nothing. */
export function historyFile({ history, databases }: Snapshot): FilePath | 'unread' | null {
  if (history === null)
    return databases.some(({ family }) => family === 'thread_history') ? 'unread' : null;
  const { file, migrations } = history.database;
  return migrations?.schemaVersions.length === 0 ? 'unread' : file;
}

function turnChanges(
  id: ThreadId,
  { turns }: Projection,
  growth: number,
  from: number,
): readonly RowChange[] {
  if (growth === 0) return [];
  return turns.map(({ turn, places }) => ({
    key: { thread_id: literal(id), turn_id: turn },
    before: places,
    after: Object.fromEntries(
      Object.entries(places).map(([column, place]) => [column, shifted(place, growth, from)]),
    ),
  }));
}

function nextChange(id: ThreadId, { next }: Projection, growth: number): RowChange {
  const key = { thread_id: literal(id) };
  if (next === null) return { key, before: null, after: null };
  const before = { next_rollout_byte_offset: next };
  return { key, before, after: { next_rollout_byte_offset: shifted(next, growth, 1) } };
}

function shifted(place: string, growth: number, from: number): string {
  const isBehind = /^\d+$/.test(place) && Number(place) >= from;
  return isBehind ? String(Number(place) + growth) : place;
}
