// How what is said of a thread is changed: its first line, its newest settings line and its row say it
// together, and what the history database notes of places in the file stays right. A thread that was
// reverted goes on in a further file (seen in 0.160 and 0.169). Lists that look through the files show each
// of its files in which somebody says something, by its own first line, so that all first lines change; of
// the settings only the newest in the newest file decide, also when the index is made anew.

import type { CloserLook, RolloutEnd, Wishes } from '../../model/closerLook.ts';
import { literal, textOfLiteral } from '../../model/literal.ts';
import type { CreateStep, EditStep, MoveStep, Splice, Step, ThreadMove } from '../../model/plan.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Thread } from '../../model/thread.ts';
import type { ThreadId } from '../../model/words.ts';
import { isTwin, judgedThread, type JudgedThread } from '../judging/causes.ts';
import type { Draft, Objection } from '../check.ts';
import { changeRow, editFile, moveFile } from './curing.ts';
import { editFollowing, filesLeaningOn, followersOf, nameOfFile } from './leaningFiles.ts';
import { shiftProjections } from './projectedPlaces.ts';
import { providerOfThread, type ThreadValue } from './threadValues.ts';
import { changeHeader, changeSettings } from './valueLines.ts';

/** A thread and the file that holds it, or in which it goes on. */
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

export function wishesToMove(snapshot: Snapshot, held: HeldThread): Wishes {
  const { row, historyMode } = held.thread;
  const files = filesOf(snapshot, held);
  const leaning = files.flatMap(file => filesLeaningOn(snapshot, file));
  return {
    rows: row === null ? [] : [row.id],
    heads: [...files, ...leaning].map(one => one.file),
    ends: files.map(one => one.file),
    projections: historyMode === 'paginated' ? files.map(nameOfFile) : [],
  };
}

/** All files of the thread; the one in which it goes on comes first. */
function filesOf(snapshot: Snapshot, { thread, file }: HeldThread): readonly Rollout[] {
  const holders = judgedThread(snapshot, thread.id)?.holders ?? [];
  return [file, ...holders.filter(other => other !== file)];
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

/** One file of a thread, and what is to be changed in it. */
interface Part {
  readonly file: Rollout;
  readonly end: RolloutEnd;
  readonly splices: readonly Splice[];
  /** From where on, and by how much, its places shift. */
  readonly from: number;
  readonly growth: number;
}

function fileSteps(
  snapshot: Snapshot,
  closer: CloserLook,
  held: HeldThread,
  wanted: ThreadValue,
): readonly Step[] | Objection {
  const found = filesOf(snapshot, held).map(file => changesIn(file, closer, held, wanted));
  const unclear = found.find(one => 'why' in one);
  if (unclear !== undefined) return unclear;
  const parts = found.filter(one => 'splices' in one);
  if (parts.every(({ splices }) => splices.length === 0)) return [];
  const objection = whyNotNow(snapshot, held, parts);
  if (objection !== null) return objection;
  const projected =
    held.thread.historyMode === 'paginated' ? shiftProjections(snapshot, closer, parts) : [];
  if ('why' in projected) return projected;
  const followers = followersOf(snapshot, closer, parts);
  if ('why' in followers) return followers;
  const edits = parts.flatMap(part => {
    // A file of the thread's own can follow another one and be changed itself: that is one step.
    const following = followers.filter(({ file }) => file === part.file).map(one => one.splice);
    const splices = [...part.splices, ...following].toSorted((one, other) => one.at - other.at);
    return splices.length === 0 ? [] : editSteps(snapshot, part, splices);
  });
  const others = followers.filter(({ file }) => parts.every(part => part.file !== file));
  return [...edits, ...projected, ...others.map(editFollowing)];
}

function changesIn(
  file: Rollout,
  closer: CloserLook,
  { thread, file: newest }: HeldThread,
  wanted: ThreadValue,
): Part | Objection {
  const [head, end] = [closer.heads[file.file], closer.ends[file.file]];
  if (head === undefined || end === undefined) return UNREADABLE;
  const header = changeHeader(head, wanted.inHeader);
  if (header === null) return wanted.unnamed;
  const isPaginated = thread.historyMode === 'paginated';
  const settings =
    file === newest ? changeSettings(end, isPaginated, wanted.inSettings) : { splices: [] };
  if (settings === null) return NO_SETTINGS;
  const [first] = header.splices;
  return {
    ...{ file, end, growth: header.growth, from: first?.at ?? 0 },
    splices: [...header.splices, ...settings.splices],
  };
}

/** What stands against changing the files of a thread just now. */
function whyNotNow(
  snapshot: Snapshot,
  { thread, file: newest }: HeldThread,
  parts: readonly Part[],
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
  if (parts.some(({ file, end }) => !file.compressed && end.bytes !== file.bytes))
    return UNREADABLE;
  // A further file of it that cannot be read could be the newest.
  const isPart = (other: Rollout) =>
    parts.some(({ file }) => file === other || isTwin(other, file));
  if (thread.files.some(other => other.name?.segment != null && !isPart(other))) return UNREADABLE;
  const names = new Set(parts.map(({ file }) => nameOfFile(file)));
  if (names.size < parts.length) return COPIES;
  // Ids of files begin with the time at which they were made; the first one of a thread has none.
  const idOf = ({ name }: Rollout) => name?.segment ?? '';
  if (parts.some(({ file }) => idOf(file) > idOf(newest))) return NOT_THE_NEWEST;
  return thread.files.some(other => parts.some(({ file }) => isTwin(other, file))) ? TWIN : null;
}

const UNREADABLE: Objection = {
  why: 'its file could not be read to its end, or is being written',
  next: 'Look again with codex-health scan.',
};

const NO_SETTINGS: Objection = {
  why: 'its newest settings line, or the numbering of its lines, is not understood',
  next: 'It is left as it is, and can be read and resumed as before.',
};

const COPIES: Objection = {
  why: 'several of its files say that they are the same part of it',
  next: 'Repair that first: codex-health apply --check thread-file-duplicate.',
};

const NOT_THE_NEWEST: Objection = {
  why: 'it was reverted, and the database does not name the newest of its files',
  next: 'It is left as it is, since nobody knows in which file Codex would go on.',
};

const TWIN: Objection = {
  why: 'its file is there twice, plain and compressed',
  next: 'Repair that first: codex-health apply --check rollout-twin.',
};

/** A compressed file is unpacked first, as Codex does it when a thread is resumed. */
function editSteps(
  snapshot: Snapshot,
  { file, end: { bytes } }: Part,
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
