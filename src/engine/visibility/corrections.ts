// What Codex corrects in its rows by itself: when a list looks through the files, and when it goes through
// all of them at its start. Measured with 0.142, 0.160 and 0.169, breakage by breakage (test/codex).

import type { Row, StateDatabase } from '../model/database.ts';
import type { Correction } from '../model/plan.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Codex, Snapshot } from '../model/snapshot.ts';
import { canonicalId } from '../model/threadIds.ts';
import type { HomePath, ThreadId } from '../model/words.ts';
import { codexInUse } from './codexRules.ts';
import { indexedFiles, type IndexRow } from './indexRows.ts';
import { lookAt, targetOf, type Look } from './look.ts';
import { headerOf } from './rolloutReading.ts';
import { listedFiles } from './scanList.ts';
import { YES } from './verdict.ts';

/** By a list of one side of the archive, of all sources and providers, to its last page. */
export function correctionsByList(
  snapshot: Snapshot,
  codex: Codex,
  archived: boolean,
): readonly Correction[] {
  return foreseen(snapshot, codex, `list ${String(archived)}`, (look, state) =>
    byList(look, state, archived),
  );
}

/** By a start that goes through the files behind the one that is noted, or through all of them. */
export function correctionsByBackfill(
  snapshot: Snapshot,
  codex: Codex,
  stoppedAt: HomePath | null,
): readonly Correction[] {
  return foreseen(snapshot, codex, `backfill ${stoppedAt ?? ''}`, (look, state) => {
    const rows = rowsById(state);
    const momentOf = momentsApart(state.rows);
    const made = new Map<string, readonly [IndexRow, number | null]>();
    for (const row of indexedFiles(look, stoppedAt))
      made.set(row.storedId, [row, momentOf(wholeMs(row.updatedAtMs()))]);
    return [...made.values()].flatMap(([row, updatedAtMs]) => {
      const old = rows.get(row.storedId);
      const columns = old === undefined ? [] : derived(look, old, row, updatedAtMs);
      return asCorrection(row.storedId, old, columns);
    });
  });
}

/** What is older than the latest moment by so much is taken for history, and stays as it is. */
const HISTORY_MS = 1000;

/**
 * Of what was changed lately, Codex lets no two rows have one moment (since 0.135; tried with 0.142 to 0.169): one that
 * is not behind the latest is put behind it, also when the latest is its own.
 */
function momentsApart(rows: readonly Row[]): (ms: number | null) => number | null {
  let latest = rows.reduce((most, { updatedAtMs }) => Math.max(most, updatedAtMs ?? 0), 0);
  return ms => {
    if (ms === null || ms + HISTORY_MS <= latest) return ms;
    latest = ms > latest ? ms : latest + 1;
    return latest;
  };
}

/** Thousands of findings of one snapshot ask for the same. */
const known = new WeakMap<Snapshot, Map<string, readonly Correction[]>>();

/** Of a release between two that were measured, what either of them would do. */
function foreseen(
  snapshot: Snapshot,
  codex: Codex,
  occasion: string,
  predict: (look: Look, state: StateDatabase) => readonly Correction[],
): readonly Correction[] {
  const answers = known.get(snapshot) ?? new Map<string, readonly Correction[]>();
  known.set(snapshot, answers);
  const key = `${codex.path} ${occasion}`;
  const answer = answers.get(key) ?? predictForAllRules(snapshot, codex, predict);
  answers.set(key, answer);
  return answer;
}

function predictForAllRules(
  snapshot: Snapshot,
  codex: Codex,
  predict: (look: Look, state: StateDatabase) => readonly Correction[],
): readonly Correction[] {
  const { state } = snapshot;
  const inUse = codexInUse([codex]);
  if (state === null || 'tooOld' in inUse) return [];
  const all = inUse.flatMap(({ rules }) => predict(lookAt(snapshot, rules, YES), state));
  return [...new Map(all.map(one => [JSON.stringify(one), one])).values()];
}

function byList(look: Look, state: StateDatabase, archived: boolean): readonly Correction[] {
  const { rules } = look;
  const rows = rowsById(state);
  const files = new Map<ThreadId, Rollout>();
  // Where several files are one thread's, the last one that is gone by stays.
  for (const file of listedFiles(look, archived ? 'archived_sessions' : 'sessions')) {
    const id = headerOf(file, rules)?.id ?? null;
    if (id !== null) files.set(id, file);
  }
  const found = [...files].flatMap(([id, file]) => {
    const row = rows.get(id);
    return asCorrection(id, row, row === undefined ? [] : rebound(look, row, file));
  });
  const gone = rules.searchesPastRow ? withoutFile(look, rows, files, archived) : [];
  return [...found, ...gone];
}

/** 0.142 binds a row to the file that it finds; later ones bend its flag when it is bound to that already. */
function rebound(
  look: Look,
  { rolloutPath, archivedValue }: Row,
  file: Rollout,
): readonly string[] {
  const { searchesPastRow } = look.rules;
  const isBound = targetOf(look, rolloutPath) === file;
  const isBent = archivedValue !== (file.place === 'archived_sessions' ? 1 : 0);
  return [
    ...(searchesPastRow && rolloutPath !== file.file ? ['rollout_path'] : []),
    ...(isBent && (isBound || searchesPastRow) ? ['archived', 'archived_at'] : []),
  ];
}

/** 0.142 deletes what a list of its side of the archive finds no file for. */
function withoutFile(
  look: Look,
  rows: ReadonlyMap<ThreadId, Row>,
  found: ReadonlyMap<ThreadId, Rollout>,
  archived: boolean,
): readonly Correction[] {
  return [...rows].flatMap(([id, { archivedValue, rolloutPath }]) =>
    archivedValue === (archived ? 1 : 0) &&
    !found.has(id) &&
    targetOf(look, rolloutPath) === 'missing'
      ? [{ thread: id, does: 'takes out' as const, columns: [] }]
      : [],
  );
}

function asCorrection(
  thread: ThreadId,
  row: Row | undefined,
  columns: readonly string[],
): readonly Correction[] {
  if (row === undefined) return [{ thread, does: 'enters', columns: [] }];
  return columns.length === 0 ? [] : [{ thread, does: 'changes', columns }];
}

/** What a file says otherwise than its row; what could not be read of it may be said otherwise. */
function derived(
  { rules }: Look,
  row: Row,
  made: IndexRow,
  updatedAtMs: number | null,
): readonly string[] {
  const isArchived = made.list === 'archived';
  const seconds = (ms: number | null) => (ms === null ? null : Math.floor(ms / 1000));
  const archivedAt = isArchived ? seconds(made.updatedAtMs()) : null;
  const differences: readonly (readonly [string, unknown, unknown])[] = [
    ['rollout_path', row.rolloutPath, made.path],
    ['archived', row.archivedValue, isArchived ? 1 : 0],
    ['archived_at', row.archivedAt, archivedAt],
    ['created_at', seconds(row.createdAtMs), seconds(made.createdAtMs)],
    ['created_at_ms', row.createdAtMs, made.createdAtMs],
    ['updated_at', seconds(row.updatedAtMs), seconds(updatedAtMs)],
    ['updated_at_ms', row.updatedAtMs, updatedAtMs],
    ['source', row.source, made.source],
    ['model_provider', row.provider, made.provider],
    ['cwd', row.cwd, made.cwd],
  ];
  const isNameless = typeof made.target !== 'string' && headerOf(made.target, rules) === null;
  const hasWords = (row.preview ?? row.firstUserMessage ?? '') !== '';
  return [
    ...differences.filter(([, now, then]) => now !== then).map(([column]) => column),
    // What was made without a description has no version.
    ...(isNameless && row.cliVersion !== '' ? ['cli_version'] : []),
    ...(made.hasPreview !== false && !hasWords ? ['preview', 'first_user_message', 'title'] : []),
  ];
}

function wholeMs(ms: number | null): number | null {
  return ms === null ? null : Math.floor(ms);
}

function rowsById({ rows }: StateDatabase): ReadonlyMap<ThreadId, Row> {
  return new Map(rows.map(row => [canonicalId(row.id) ?? row.id, row]));
}
