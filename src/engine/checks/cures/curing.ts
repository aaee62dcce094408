// What cures are made of: the steps that several of them take.

import type { CloserLook, FileFacts } from '../../model/closerLook.ts';
import { literal } from '../../model/literal.ts';
import type {
  AskStep,
  Call,
  Columns,
  Destination,
  EditStep,
  MoveStep,
  OpenedDatabase,
  Replay,
  RowsStep,
  Splice,
} from '../../model/plan.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { Codex, Snapshot } from '../../model/snapshot.ts';
import { compareVersions } from '../../model/versions.ts';
import type { FilePath, ThreadId } from '../../model/words.ts';
import type { Draft, Objection } from '../check.ts';
import { mayWritePersonality } from '../../visibility/personality.ts';
import { areAllFilesSeen } from '../judging/allFilesSeen.ts';
import { databaseAt, placesOf, stateFile } from '../judging/databasesInUse.ts';
import { newestRecord } from '../judging/migrationRecords.ts';

/** What most cures are: nothing is lost, and they belong to "all". */
export const SAFE = { loses: 'nothing', automatic: true } as const;
/** A cure that somebody has to choose. */
export const CHOSEN = { loses: 'nothing', automatic: false } as const;

/**
 * Changes columns of one row of `threads`, from what they are to these values. Columns that this
 * database does not have, and values that are so already, are left out.
 */
export function changeRow(
  { state }: Snapshot,
  closer: CloserLook,
  id: ThreadId,
  values: Columns,
): RowsStep | Objection {
  const row = closer.rows[id];
  if (state === null || row === undefined) return NO_ROW;
  if (state.database.migrations?.schemaVersions.length === 0) return STRANGE_SCHEMA;
  const changed = Object.entries(values).filter(
    ([column, value]) => row[column] !== undefined && row[column] !== value,
  );
  const before = Object.fromEntries(changed.map(([column]) => [column, row[column] ?? 'NULL']));
  return rowsStep(state.database.file, {
    key: { id: row['id'] ?? literal(id) },
    before,
    after: Object.fromEntries(changed),
  });
}

/**
 * Takes one row of `threads` out of the database; the vault keeps all of it. A name, a pin and a section
 * go with it, so that nothing may be left that could be its conversation.
 */
export function takeRow(
  snapshot: Snapshot,
  closer: CloserLook,
  id: ThreadId,
): RowsStep | Objection {
  const { state } = snapshot;
  const row = closer.rows[id];
  if (state === null || row === undefined) return NO_ROW;
  if (state.database.migrations?.schemaVersions.length === 0) return STRANGE_SCHEMA;
  if (!areAllFilesSeen(snapshot)) return NOT_ALL_SEEN;
  const { id: key = literal(id), ...before } = row;
  return rowsStep(state.database.file, { key: { id: key }, before, after: null });
}

function rowsStep(database: FilePath, change: RowsStep['changes'][number]): RowsStep {
  return { kind: 'rows', database, table: 'threads', changes: [change] };
}

/** Binds a row to the file that holds its thread; the archive flag follows the folder. */
export function bindRow(
  snapshot: Snapshot,
  closer: CloserLook,
  id: ThreadId,
  file: Pick<Rollout, 'file' | 'place' | 'modifiedMs' | 'path'> | null,
): Draft | Objection {
  const row = closer.rows[id];
  if (file === null || row === undefined) return NO_ROW;
  const isArchived = file.place === 'archived_sessions';
  const step = changeRow(snapshot, closer, id, {
    rollout_path: literal(file.file.replace(/\.zst$/, '')),
    ...(isArchived === (row['archived'] === '1') ? {} : archiveColumns(file)),
  });
  return asDraft(`The database looks for the thread at ${file.path}.`, step);
}

const NO_ROW: Objection = {
  why: 'its entry in the database could not be read exactly',
  next: 'Look again with codex-health scan.',
};

const NOT_ALL_SEEN: Objection = {
  why: 'its conversation may be among what could not be looked at',
  next: 'codex-health scan says what that is. Make it readable, and try again.',
};

export const GONE: Objection = {
  why: 'it is not there any more',
  next: 'Look again with codex-health scan.',
};

export const STRANGE_SCHEMA: Objection = {
  why: 'the database is of a Codex that this program does not know, and is only looked at',
  next: 'A newer codex-health may know it.',
};

/** What a row says of the side of the archive on which the file lies. */
function archiveColumns({ place, modifiedMs }: Pick<Rollout, 'place' | 'modifiedMs'>): Columns {
  const isArchived = place === 'archived_sessions';
  return {
    archived: isArchived ? '1' : '0',
    archived_at: isArchived ? String(Math.floor(modifiedMs / 1000)) : 'NULL',
  };
}

export function moveFile(
  { file, bytes, modifiedMs }: Pick<Rollout, 'file' | 'bytes' | 'modifiedMs'>,
  to: Destination,
): MoveStep {
  return { kind: 'move', from: file, to, bytes, modifiedMs };
}

/**
 * Puts a database into the vault, as Codex makes a new one at its next start. Its log goes first: alone
 * it means nothing, while a database without it is stale. Undone in the other direction, the database
 * comes back before its log does.
 */
export function putDatabaseAway(
  database: FileFacts,
  beside: readonly FileFacts[],
): readonly MoveStep[] {
  const moved = (facts: FileFacts) =>
    moveFile(facts, { vault: facts.file.slice(facts.file.search(/[^/\\]*$/)) });
  return [...beside.toReversed().map(moved), { ...moved(database), isDatabase: true }];
}

export function editFile(
  { file, bytes, modifiedMs }: Pick<Rollout, 'file' | 'bytes' | 'modifiedMs'>,
  splices: readonly Splice[],
): EditStep {
  return { kind: 'edit', file, bytes, modifiedMs, splices };
}

/** A draft of these steps, or what stands against one of them. */
export function asDraft(
  says: string,
  ...steps: readonly (Draft['steps'][number] | Objection)[]
): Draft | Objection {
  const objection = steps.find(step => 'why' in step);
  if (objection !== undefined) return objection;
  // A row that is as it should be already needs no step.
  const isEmpty = (step: Draft['steps'][number]) =>
    step.kind === 'rows' &&
    step.changes.every(({ after }) => after !== null && Object.keys(after).length === 0);
  return { says, steps: steps.filter(step => 'kind' in step).filter(step => !isEmpty(step)) };
}

/**
 * Lets Codex do something; what it is asked, and what is written afterwards, may depend on which Codex it is. It
 * is started only where its start changes nothing by itself: that is when it knows exactly the updates that the
 * database has had, and the index is complete.
 */
export function askCodex(
  snapshot: Snapshot,
  calls: readonly Call[] | ((codex: Codex) => readonly Call[]),
  { completesIndex = false, makesDatabase = false, replay }: AskOptions = {},
): AskStep | Objection {
  const { home, state, codexes } = snapshot;
  const file = state?.database ?? stateFile(snapshot);
  const isComplete = state?.backfill == null || state.backfill.status === 'complete';
  if (!isComplete && !completesIndex)
    return {
      why: 'Codex has not finished its index, and would go on with that when it is started',
      next: 'Repair that first: codex-health apply --check backfill-unfinished.',
    };
  const recorded = file === null || makesDatabase ? null : newestRecord(file);
  const fitting = codexes.filter(codex => fitsDatabase(codex, file?.name ?? null, recorded));
  const [newest] = fitting.toSorted((one, other) =>
    compareVersions(other.version ?? '0', one.version ?? '0'),
  );
  if (newest === undefined) return codexes.length === 0 ? NO_CODEX : OTHER_CODEX;
  if (mayWritePersonality(snapshot, newest)) return WRITES_PERSONALITY;
  const replayed = typeof replay === 'function' ? replay(newest) : replay;
  return {
    kind: 'ask',
    codex: newest.path,
    home: home.path,
    sqliteHome: home.sqliteHome,
    state: file?.file ?? databaseAt(home, 'state_5.sqlite'),
    opens: openedBy(newest, snapshot),
    calls: typeof calls === 'function' ? calls(newest) : calls,
    ...(replayed === undefined ? {} : { replay: replayed }),
  };
}

/** Each start of a Codex makes every database that it knows and does not find (seen from 0.121 to 0.169). */
function openedBy(codex: Codex, { home, databases }: Snapshot): readonly OpenedDatabase[] {
  const found = new Set(databases.map(({ file }) => file));
  return Object.keys(codex.migrations ?? {})
    .flatMap(name => placesOf(name, codex, home))
    .map(file => ({ file, isThere: found.has(file) }));
}

interface AskOptions {
  /** Whether it is meant that Codex goes on with its index. */
  readonly completesIndex?: boolean;
  /** Whether it is meant that Codex makes its state database anew: then there is none to be brought up to date. */
  readonly makesDatabase?: boolean;
  readonly replay?: Replay | ((codex: Codex) => Replay | undefined);
}

function fitsDatabase({ migrations }: Codex, name: string | null, recorded: number | null) {
  if (name === null || recorded === null) return migrations !== null;
  return migrations?.[name] === recorded;
}

const WRITES_PERSONALITY: Objection = {
  why: 'only Codex itself can do it, and this one would write a personality into config.toml by being started',
  next: 'Write personality = "pragmatic" at the beginning of config.toml yourself, which is what it would choose, or install a newer Codex, and try again.',
};

const NO_CODEX: Objection = {
  why: 'only Codex itself can do it, and there is none on this machine',
  next: 'Install Codex, or name one with --codex BIN.',
};

const OTHER_CODEX: Objection = {
  why: 'only Codex itself can do it, and each one here would change its databases by being started',
  next: 'Start your newest Codex once, so that it brings them up to date, and try again.',
};
