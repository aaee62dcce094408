// The first question: is every thread's conversation readable on disk? "Yes" takes proof: both
// trees and the database were read, every row has its file, every header fits, every fork has the
// thread that it continues. What could not be looked at is "unknown", never "yes".

import type { NothingLost } from './model/report.ts';
import type { Rollout } from './model/rollout.ts';
import type { Snapshot } from './model/snapshot.ts';
import type { Thread } from './model/thread.ts';
import type { ThreadId } from './model/words.ts';

const NEEDED = ['home', 'rollouts-active', 'rollouts-archived', 'state-database'] as const;

export function answerNothingLost(snapshot: Snapshot): NothingLost {
  // Most homes have no conversation that goes on from another file.
  let known: ReadonlySet<string | undefined> | null = null;
  const isThere = (parent: ThreadId) => (known ??= namesOfFiles(snapshot)).has(parent);
  const fates = snapshot.threads.map(thread => fateOf(thread, snapshot, isThere));
  const gap = snapshot.gaps.find(({ source }) => NEEDED.some(needed => needed === source));
  const gone = fates.filter(fate => fate === 'gone').length;
  const empty = fates.filter(fate => fate === 'empty').length;
  const cut = fates.filter(fate => fate === 'cut').length;
  // What is in a part that could not be read cannot be called lost.
  if (gone + empty + cut > 0 && gap === undefined)
    return { answer: 'no', says: sayLost(gone, empty, cut) };
  const threads = snapshot.threads.length;
  const unsure = fates.filter(fate => fate !== 'kept').length;
  const readable = `${countOf(threads - unsure, 'conversation')} can be read on this disk`;
  if (gap !== undefined)
    return {
      answer: 'unknown',
      says: `${readable}. Whether there are more cannot be said, because ${gap.path ?? 'a part'} could not be looked at: ${gap.why}.`,
    };
  if (snapshot.state === null && threads > 0)
    return {
      answer: 'unknown',
      says: `${readable}. Whether there were more cannot be said, because there is no database to compare with.`,
    };
  if (unsure > 0)
    return {
      answer: 'unknown',
      says: `${readable}; of ${String(unsure)} more the file is there but does not begin as it should, or could not be read.`,
    };
  return { answer: 'yes', says: sayKept(snapshot) };
}

function namesOfFiles({ rollouts }: Snapshot): ReadonlySet<string | undefined> {
  return new Set(rollouts.flatMap(({ name }) => [name?.id, name?.segment ?? undefined]));
}

/** `cut`: the file in which it begins ends before the place at which it goes on. */
type Fate = 'kept' | 'gone' | 'empty' | 'cut' | 'unsure';

function fateOf(
  { row, own, bound, files }: Thread,
  { paths, cutBeginnings }: Snapshot,
  isThere: (parent: ThreadId) => boolean,
): Fate {
  const file = own ?? files[0] ?? null;
  if (file === null) {
    // A row that is bound to another thread's file was made up, or its own file never was.
    if (row === null || bound !== null) return 'kept';
    const state = paths[row.rolloutPath] ?? 'missing';
    return state === 'file' ? 'kept' : state === 'unknown' ? 'unsure' : 'gone';
  }
  if (file.head.state === 'empty') return 'empty';
  // A thread that goes on in a new file, or in a fork, needs the file in which it began.
  const parent = file.head.meta?.historyFile ?? file.head.meta?.historyBase ?? null;
  if (parent !== null && !isThere(parent)) return 'gone';
  if (cutBeginnings.includes(file.path)) return 'cut';
  return fits(file) ? 'kept' : 'unsure';
}

/** Under whatever name it lies: a header that names its thread is a conversation that is there. */
function fits({ head }: Rollout): boolean {
  return head.state === 'sound' && head.meta !== null;
}

function sayLost(gone: number, empty: number, cut: number): string {
  const parts = [
    ...(gone > 0
      ? [`${countOf(gone, 'conversation')} that Codex knows of ${is(gone)} not on this disk`]
      : []),
    ...(empty > 0 ? [`${countOf(empty, 'file')} of a conversation ${is(empty)} empty`] : []),
    ...(cut > 0
      ? [
          `${countOf(cut, 'conversation')} ${cut === 1 ? 'goes' : 'go'} on from a file that holds less than it did`,
        ]
      : []),
  ];
  return `${parts.join(', and ')}. All others can be read.`;
}

function sayKept({ threads, rollouts, depth }: Snapshot): string {
  if (threads.length === 0) return 'There are no conversations in this home.';
  const read =
    depth === 'whole' ? 'every line was read' : 'the beginning and the end of each was read';
  const torn = rollouts.filter(({ tail }) => tail.ending === 'cut').length;
  const all =
    threads.length === 1
      ? 'The one conversation is'
      : `All ${String(threads.length)} conversations are`;
  const ends =
    torn === 0
      ? ''
      : ` In ${countOf(torn, 'file')} the last line was cut off while it was written.`;
  return `${all} on this disk and can be read (${read}).${ends}`;
}

function is(count: number): string {
  return count === 1 ? 'is' : 'are';
}

function countOf(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
}
