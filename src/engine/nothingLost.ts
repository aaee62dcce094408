// The first question: is every thread's conversation readable on disk?

import type { NothingLost } from './model/report.ts';
import type { Snapshot } from './model/snapshot.ts';
import type { Thread } from './model/thread.ts';

const NEEDED = ['home', 'rollouts-active', 'rollouts-archived', 'state-database'] as const;

export function answerNothingLost(snapshot: Snapshot): NothingLost {
  const { threads, gaps, depth } = snapshot;
  const lost = threads.filter(isLost);
  if (lost.length > 0)
    return {
      answer: 'no',
      says: `${count(lost.length, 'conversation')} could not be found on this disk: the database knows ${lost.length === 1 ? 'it' : 'them'}, the file is gone or empty.`,
    };
  const gap = gaps.find(({ source }) => NEEDED.some(needed => needed === source));
  const unread = threads.filter(thread => thread.files.some(file => file.head.state === 'unread'));
  if (gap !== undefined || unread.length > 0)
    return {
      answer: 'unknown',
      says: `No conversation is known to be lost, but not everything could be looked at${gap === undefined ? '' : ` (${gap.path ?? gap.source}: ${gap.why})`}.`,
    };
  const read = depth === 'whole' ? 'every line was read' : 'the beginning and end of each was read';
  return {
    answer: 'yes',
    says: `All ${count(threads.length, 'conversation')} are on this disk and can be read (${read}).`,
  };
}

function isLost({ row, files, own }: Thread): boolean {
  if (own?.head.state === 'empty') return true;
  return row !== null && files.length === 0;
}

function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
}
