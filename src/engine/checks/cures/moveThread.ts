// How what is said of a thread is changed: its first line, its newest settings line and its row say it
// together, and what the history database notes of places in the file stays right.

import type { CloserLook, Projection, RolloutEnd, Wishes } from '../../model/closerLook.ts';
import { literal, textOfLiteral } from '../../model/literal.ts';
import type {
  CreateStep,
  EditStep,
  MoveStep,
  RowChange,
  RowsStep,
  Splice,
  Step,
  ThreadMove,
} from '../../model/plan.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Thread } from '../../model/thread.ts';
import type { FilePath, ThreadId } from '../../model/words.ts';
import { isTwin, judgedThread, type JudgedThread } from '../judging/causes.ts';
import type { Draft, Objection } from '../check.ts';
import { changeRow, editFile, moveFile } from './curing.ts';
import { filesLeaningOn, nameOfFile, shiftLeaningFiles } from './leaningFiles.ts';
import { providerOfThread, type ThreadValue } from './threadValues.ts';
import { changeHeader, changeSettings } from './valueLines.ts';

/** A thread and the file that holds it. */
export interface HeldThread {
  readonly thread: Thread;
  readonly file: Rollout;
}

export function heldThread(snapshot: Snapshot, id: ThreadId): HeldThread | null {
  const judged = judgedThread(snapshot, id);
  return judged?.file == null ? null : { thread: judged.thread, file: judged.file };
}

export const FILE_GONE: Objection = {
  why: 'the file of the thread is no longer there',
  next: 'Look again with codex-health scan.',
};

/** What is said where a change can no longer be undone as a whole. */
export const GONE_ON = 'Codex has gone on with the thread, so that all of it stays as it is';

export function wishesToMove(snapshot: Snapshot, { thread, file }: HeldThread): Wishes {
  const { id, row, historyMode } = thread;
  return {
    rows: row === null ? [] : [row.id],
    heads: [file, ...filesLeaningOn(snapshot, file)].map(one => one.file),
    ends: [file.file],
    projections: historyMode === 'paginated' ? [id] : [],
  };
}

/**
 * The steps that let all three places say it; none when they do so already. The file comes first: a
 * history database that lags behind it does less harm than one that runs ahead.
 */
export function moveThread(
  snapshot: Snapshot,
  closer: CloserLook,
  held: HeldThread,
  wanted: ThreadValue,
): readonly Step[] | Objection {
  const { row } = held.thread;
  const { column, value } = wanted;
  const inFile = fileSteps(snapshot, closer, held, wanted);
  if ('why' in inFile) return inFile;
  if (row === null) return inFile;
  // One text can be written as a value in several ways.
  if (textOfLiteral(closer.rows[row.id]?.[column]) === value) return inFile;
  const inRow = changeRow(snapshot, closer, row.id, { [column]: literal(value) });
  return 'why' in inRow ? inRow : [...inFile, inRow];
}

/** Moves a thread, and remembers from where; null when all places name the provider already. */
export function draftMove(
  snapshot: Snapshot,
  closer: CloserLook,
  held: HeldThread,
  { from, to }: Omit<ThreadMove, 'thread'>,
): Draft | Objection | null {
  const steps = moveThread(snapshot, closer, held, providerOfThread(to));
  if ('why' in steps) return steps;
  if (steps.length === 0) return null;
  const thread = held.thread.id;
  return {
    says: `The thread ${thread} is kept under the provider "${to}" instead of "${from}".`,
    steps,
    undoneWhole: `codex-health provider restore --thread ${thread} gives it its own provider back`,
    move: { thread, from, to },
  };
}

/** The thread with its file, or why it is not certain which file holds it. */
export function holdToMove({ thread, file, cause }: JudgedThread): HeldThread | Objection {
  if (file !== null && MOVABLE.includes(cause)) return { thread, file };
  return cause === 'unknown' || cause === 'no-thread' || cause === 'none'
    ? { why: 'its file could not be looked at', next: 'codex-health scan says why.' }
    : {
        why: `something else is wrong with it (${cause})`,
        next: `Repair that first: codex-health apply --check ${cause}.`,
      };
}

const MOVABLE: readonly JudgedThread['cause'][] = [
  'none',
  'thread-row-missing',
  'thread-path-stale',
];

function fileSteps(
  snapshot: Snapshot,
  closer: CloserLook,
  held: HeldThread,
  wanted: ThreadValue,
): readonly Step[] | Objection {
  const { thread, file } = held;
  const [head, end] = [closer.heads[file.file], closer.ends[file.file]];
  if (head === undefined || end === undefined) return UNREADABLE;
  const header = changeHeader(head, wanted.inHeader);
  const settings = changeSettings(end, thread.historyMode === 'paginated', wanted.inSettings);
  if (header === null) return wanted.unnamed;
  if (settings === null) return NO_SETTINGS;
  const splices = [...header.splices, ...settings.splices];
  if (splices.length === 0) return [];
  const objection = whyNotNow(snapshot, held, end);
  if (objection !== null) return objection;
  const projected = projectionSteps(snapshot, closer, held, splices, header.growth);
  if ('why' in projected) return projected;
  const from = header.splices[0]?.at ?? 0;
  const leaning = shiftLeaningFiles(snapshot, closer, file, from, header.growth);
  if ('why' in leaning) return leaning;
  return [...editSteps(snapshot, file, end, splices), ...projected, ...leaning];
}

/** What stands against changing the file of a thread just now. */
function whyNotNow(
  snapshot: Snapshot,
  { thread, file }: HeldThread,
  end: RolloutEnd,
): Objection | null {
  const gap = snapshot.gaps.find(({ source }) => source === 'processes');
  if (gap !== undefined)
    return {
      why: `it could not be told whether a program is writing it: ${gap.why}`,
      next: 'Run it as the account that runs Codex.',
    };
  const writer = snapshot.holders.find(({ writesThreads }) => writesThreads.includes(thread.id));
  if (writer !== undefined)
    return {
      why: `${writer.program} (process ${String(writer.pid)}) has it open for writing`,
      next: 'Close it there, and run this again.',
    };
  if (!file.compressed && end.bytes !== file.bytes) return UNREADABLE;
  const holders = judgedThread(snapshot, thread.id)?.holders ?? [];
  if (holders.length > 1) return SEVERAL_FILES;
  return thread.files.some(other => isTwin(other, file)) ? TWIN : null;
}

const UNREADABLE: Objection = {
  why: 'its file could not be read to its end, or is being written',
  next: 'Look again with codex-health scan.',
};

const NO_SETTINGS: Objection = {
  why: 'its newest settings line, or the numbering of its lines, is not understood',
  next: 'It is left as it is, and can be read and resumed as before.',
};

const SEVERAL_FILES: Objection = {
  why: 'it was reverted, and goes on in a second file: such threads cannot be changed yet',
  next: 'It is left as it is. codex fork makes a copy that can be used.',
};

const TWIN: Objection = {
  why: 'its file is there twice, plain and compressed',
  next: 'Repair that first: codex-health apply --check rollout-twin.',
};

/** A compressed file is unpacked first, as Codex does it when a thread is resumed. */
function editSteps(
  snapshot: Snapshot,
  file: Rollout,
  { bytes }: RolloutEnd,
  splices: readonly Splice[],
): readonly (CreateStep | MoveStep | EditStep)[] {
  const plain = file.file.replace(/\.zst$/, '');
  const edit: EditStep = {
    ...editFile({ file: plain, bytes, modifiedMs: file.modifiedMs }, splices),
    isStrict: true,
    leaning: {
      on: nameOfFile(file),
      known: filesLeaningOn(snapshot, file).map(nameOfFile),
    },
  };
  if (!file.compressed) return [edit];
  const content = { unpacked: file.file, bytes };
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  return [
    { kind: 'create', file: plain, content, modifiedMs: file.modifiedMs },
    moveFile(file, { vault: name }),
    edit,
  ];
}

/**
 * What the history database notes of the file. Places behind a first line that grew are shifted. How
 * far the file was read is noted in any case: once Codex has read a line that was added, taking it
 * away again would make it count wrong.
 */
function projectionSteps(
  snapshot: Snapshot,
  closer: CloserLook,
  { thread }: HeldThread,
  splices: readonly Splice[],
  growth: number,
): readonly RowsStep[] | Objection {
  const isAppended = splices.some(({ before }) => before === '');
  if (thread.historyMode !== 'paginated' || (growth === 0 && !isAppended)) return [];
  const database = historyFile(snapshot);
  if (database === null) return [];
  const projection = closer.projections[thread.id];
  if (database === 'unread' || projection === undefined) return NO_HISTORY;
  const from = (splices[0]?.at ?? 0) + (splices[0]?.before.length ?? 0);
  const changes = [
    { table: 'thread_turns', changes: turnChanges(thread.id, projection, growth, from) },
    {
      table: 'thread_history_projection_state',
      changes: [nextChange(thread.id, projection, growth)],
    },
  ];
  return changes
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
