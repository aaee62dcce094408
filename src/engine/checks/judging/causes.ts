// One cause, one finding: what is wrong between a thread, its row and its files is decided here,
// once, and the check that is named speaks about it. All others keep silent.

import type { Rollout } from '../../model/rollout.ts';
import type { PathState, Snapshot } from '../../model/snapshot.ts';
import type { Thread } from '../../model/thread.ts';
import type { FilePath, HomePath, ThreadId } from '../../model/words.ts';
import { oncePerSnapshot } from './oncePerSnapshot.ts';

/** The check that speaks about a thread, or why none does. */
export type Cause =
  /** Row and file belong together. */
  | 'none'
  /** What would have to be known could not be looked at: nobody is accused. */
  | 'unknown'
  /** An id that only a misnamed or damaged file claims: there is no such thread. */
  | 'no-thread'
  | 'row-undecodable'
  | 'rollout-header-bad'
  | 'rollout-id-mismatch'
  | 'rollout-misnamed'
  | 'thread-file-duplicate'
  | 'thread-bound-to-other'
  | 'thread-path-stale'
  | 'thread-file-elsewhere'
  | 'thread-file-missing'
  | 'thread-row-missing';

/** What is wrong with a file by itself. */
export type Flaw = 'rollout-header-bad' | 'rollout-id-mismatch' | 'rollout-misnamed';

export interface JudgedThread {
  readonly thread: Thread;
  readonly cause: Cause;
  /** The file that says what is so of it; null unless header and name were found sound. */
  readonly file: Rollout | null;
  /** The files that hold it, by header: one for each part of it that Codex began anew. */
  readonly holders: readonly Rollout[];
}

/** Every thread of a snapshot, in its order, with what is wrong with it. */
export function judgedThreads(snapshot: Snapshot): readonly JudgedThread[] {
  return judgementOf(snapshot).threads;
}

/** One of them by its id; undefined when there is none. */
export function judgedThread(snapshot: Snapshot, id: ThreadId): JudgedThread | undefined {
  return judgedById(snapshot).get(id);
}

/** What is wrong with a file by itself; null when nothing is. */
export function flawOf(rollout: Rollout, snapshot: Snapshot): Flaw | null {
  return judgementOf(snapshot).flaws.get(rollout.path) ?? null;
}

/** The files that have this flaw. */
export function filesWith(flaw: Flaw, snapshot: Snapshot): readonly Rollout[] {
  const { flaws } = judgementOf(snapshot);
  return flaws.size === 0 ? [] : snapshot.rollouts.filter(({ path }) => flaws.get(path) === flaw);
}

interface Judgement {
  readonly threads: readonly JudgedThread[];
  readonly flaws: ReadonlyMap<HomePath, Flaw>;
}

const judgementOf = oncePerSnapshot((snapshot): Judgement => {
  const flaws = new Map<HomePath, Flaw>();
  for (const rollout of snapshot.rollouts) {
    const flaw = flawOfFile(rollout, snapshot);
    if (flaw !== null) flaws.set(rollout.path, flaw);
  }
  // In most homes no file has any.
  const flawIn: FlawOf = flaws.size === 0 ? () => null : ({ path }) => flaws.get(path) ?? null;
  return { threads: snapshot.threads.map(thread => judgeThread(thread, snapshot, flawIn)), flaws };
});

const judgedById = oncePerSnapshot(
  (snapshot): ReadonlyMap<ThreadId, JudgedThread> =>
    new Map(judgedThreads(snapshot).map(judged => [judged.thread.id, judged])),
);

const straysByFile = oncePerSnapshot(
  ({ strays }): ReadonlyMap<FilePath, Rollout> => new Map(strays.map(one => [one.file, one])),
);

/** What lies outside the home where a row leads, and is another file than those of its thread in the home. */
export function strayAt(path: FilePath, snapshot: Snapshot): Rollout | undefined {
  return straysByFile(snapshot).get(path);
}

const threadsById = oncePerSnapshot(
  ({ threads }): ReadonlyMap<ThreadId, Thread> =>
    new Map(threads.map(thread => [thread.id, thread])),
);

function judgeThread(thread: Thread, snapshot: Snapshot, flawIn: FlawOf): JudgedThread {
  const { row, bound } = thread;
  const holders = holdersOf(thread, flawIn);
  const file = (bound !== null && holders.includes(bound) ? bound : holders[0]) ?? null;
  if (row !== null && row.undecodable !== null)
    return { thread, cause: 'row-undecodable', file, holders };
  const cause =
    file === null
      ? causeWithoutFile(thread, snapshot, flawIn)
      : causeWithFile(thread, file, holders, snapshot, flawIn);
  return { thread, cause, file, holders };
}

function flawOfFile(rollout: Rollout, snapshot: Snapshot): Flaw | null {
  const { head, name } = rollout;
  if (head.state === 'unread') return null;
  const id = head.meta?.id ?? null;
  if (head.state !== 'sound' || head.meta?.isRefusedByNewer !== false || id === null)
    return 'rollout-header-bad';
  if (name === null) return 'rollout-misnamed';
  if (name.id === id) return rollout.inItsFolder ? null : 'rollout-misnamed';
  const threads = threadsById(snapshot);
  const isHeader = isHeaderWrong(rollout, threads.get(name.id), threads.get(id));
  return isHeader ? 'rollout-id-mismatch' : 'rollout-misnamed';
}

/** Name and header differ: whether it is the header that is wrong, and not the name. */
function isHeaderWrong(
  rollout: Rollout,
  named: Thread | undefined,
  described: Thread | undefined,
): boolean {
  const time = timeSpeaksFor(rollout);
  // A row that belongs to the name and points here makes two against one.
  if (named?.row != null && named.bound === rollout)
    return time !== 'header' || !isElsewhere(described, rollout);
  if (described?.files.some(file => isInOrder(file, described.id)) === true) return false;
  if (time !== null) return time === 'name';
  return named?.row != null || described?.row == null;
}

/**
 * Whether the header may be right all the same. It names another thread that Codex knows, as it does when
 * files were exchanged or copied over each other: with the other id, one conversation would pass for another.
 */
export function mayBeAnothers(rollout: Rollout, snapshot: Snapshot): boolean {
  const described = threadsById(snapshot).get(rollout.head.meta?.id ?? '');
  return isElsewhere(described, rollout) && timeSpeaksFor(rollout) !== 'name';
}

function isElsewhere(thread: Thread | undefined, rollout: Rollout): boolean {
  if (thread === undefined) return false;
  const isInOrderThere = thread.files.some(file => file !== rollout && isInOrder(file, thread.id));
  return isInOrderThere || (thread.row !== null && thread.bound !== rollout);
}

/** The id of a thread begins with the time at which it was made, and so does the header. */
function timeSpeaksFor({ head, name }: Rollout): 'name' | 'header' | null {
  const made = Date.parse(head.meta?.timestamp ?? '');
  const offName = Math.abs(timeOf(name?.id ?? '') - made);
  const offHeader = Math.abs(timeOf(head.meta?.id ?? '') - made);
  if (offName < SAME_MOMENT_MS && offHeader > OTHER_MOMENT_MS) return 'name';
  if (offHeader < SAME_MOMENT_MS && offName > OTHER_MOMENT_MS) return 'header';
  return null;
}

const SAME_MOMENT_MS = 10_000;
const OTHER_MOMENT_MS = 60_000;

/** The first 48 bits of a UUID of version 7 are milliseconds since 1970. */
function timeOf(id: ThreadId): number {
  return Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
}

function isInOrder({ head, name, inItsFolder }: Rollout, id: ThreadId): boolean {
  return head.state === 'sound' && head.meta?.id === id && name?.id === id && inItsFolder;
}

/** A file and its compressed twin, wherever they lie: archiving moves the plain one alone. */
export function isTwin(one: Rollout, other: Rollout): boolean {
  return one.compressed !== other.compressed && plainName(one) === plainName(other);
}

function plainName({ path }: Rollout): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.zst$/, '');
}

type FlawOf = (rollout: Rollout) => Flaw | null;

/** Files whose header can be read and names the thread; a compressed twin is not one of its own. */
function holdersOf({ id, files }: Thread, flawIn: FlawOf): readonly Rollout[] {
  const isHolder = (file: Rollout) => {
    const flaw = flawIn(file);
    const isRight = flaw === null || flaw === 'rollout-misnamed';
    return isRight && file.head.state === 'sound' && file.head.meta?.id === id;
  };
  const holders = files.every(isHolder) ? files : files.filter(isHolder);
  if (holders.length < 2) return holders;
  return holders.filter(file => !file.compressed || !holders.some(other => isTwin(other, file)));
}

function causeWithoutFile(thread: Thread, { paths }: Snapshot, flawIn: FlawOf): Cause {
  const { id, row, bound, files } = thread;
  const near = bound === null ? files : [...files, bound];
  const mismatched = files.filter(file => flawIn(file) === 'rollout-id-mismatch');
  if (mismatched.some(file => file.name?.id === id)) return 'rollout-id-mismatch';
  if (near.some(file => flawIn(file) === 'rollout-header-bad' && mayHold(file, thread)))
    return 'rollout-header-bad';
  if (near.some(file => file.head.state === 'unread')) return 'unknown';
  if (row === null) return 'no-thread';
  // A file that only by its wrong header is this thread's says nothing of one that was not seen.
  const isMadeUp = mismatched.length > 0;
  if (bound !== null) return isMadeUp ? 'rollout-id-mismatch' : 'thread-bound-to-other';
  const accusation = isMadeUp ? 'rollout-id-mismatch' : 'thread-file-missing';
  return causeOfPath(paths[row.rolloutPath], accusation);
}

/** What a row's path that is none of the files found comes to. */
function causeOfPath(state: PathState | undefined, accusation: Cause): Cause {
  if (state === 'missing' || state === 'folder') return accusation;
  // A file elsewhere may be the same one by another way to it, which only its disk could tell.
  return state === 'file' ? 'none' : 'unknown';
}

/** A file that cannot be read may hold a thread unless its name or its header says another one. */
function mayHold({ head, name }: Rollout, { id }: Thread): boolean {
  return [name?.id, head.meta?.id].every(claim => claim == null || claim === id);
}

function causeWithFile(
  { id, row, bound }: Thread,
  file: Rollout,
  holders: readonly Rollout[],
  snapshot: Snapshot,
  flawIn: FlawOf,
): Cause {
  if (hasCopies(holders)) return 'thread-file-duplicate';
  if (flawIn(file) === 'rollout-misnamed') return 'rollout-misnamed';
  if (row === null) return 'thread-row-missing';
  if (bound === null)
    return strayAt(row.rolloutPath, snapshot) === undefined
      ? causeOfPath(snapshot.paths[row.rolloutPath], 'thread-path-stale')
      : 'thread-file-elsewhere';
  if (holders.some(holder => holder === bound || isTwin(holder, bound))) return 'none';
  // A file that could not be read may hold this thread, when its name says so.
  if (bound.head.state === 'unread' && bound.name?.id === id) return 'unknown';
  return 'thread-bound-to-other';
}

/** Parts of one history have names of their own; two files of one name are copies. */
function hasCopies(holders: readonly Rollout[]): boolean {
  if (holders.length < 2) return false;
  const parts = new Set(holders.map(({ name }) => name?.segment ?? ''));
  return parts.size < holders.length;
}

/** Whether the thread is one whose row and file can be compared: both are there and its own. */
export function isComparable(cause: Cause): boolean {
  return !INCOMPARABLE.includes(cause);
}

const INCOMPARABLE: readonly Cause[] = [
  'unknown',
  'no-thread',
  'row-undecodable',
  'rollout-header-bad',
  'rollout-id-mismatch',
  'thread-file-missing',
];
