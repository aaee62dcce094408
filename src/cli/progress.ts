// How far a long look has come, in one line that goes away again.

import { inWords } from '../words/amounts.ts';
import { shorten } from './text/width.ts';

export interface Progress {
  tell(done: number, total: number, what: string): void;
  /** Takes the line away. */
  end(): void;
}

export interface ProgressLine {
  readonly columns: number;
  now(): number;
  write(text: string): void;
}

/** Whoever waits less than this does not wait. */
const PATIENCE_MS = 1000;
const BETWEEN_MS = 100;
/** What people call what a scan counts. */
const WORDS: Readonly<Record<string, string>> = { rollouts: 'conversations' };

const ERASED = '\r\u001b[2K';

export function createProgress({ columns, now, write }: ProgressLine): Progress {
  const startedAt = now();
  let shownAt = 0;
  return {
    tell: (done, total, what) => {
      const time = now();
      if (time - startedAt < PATIENCE_MS || time - shownAt < BETWEEN_MS) return;
      shownAt = time;
      const text = `Looking … ${inWords(done)} of ${inWords(total)} ${WORDS[what] ?? what}`;
      write(`${ERASED}${shorten(text, columns - 1)}`);
    },
    end: () => {
      if (shownAt > 0) write(ERASED);
      shownAt = 0;
    },
  };
}

export const NO_PROGRESS: Progress = { tell: () => undefined, end: () => undefined };
