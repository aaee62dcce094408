// How far something long has come, in one line that goes away again.

import { inWords } from '../words/amounts.ts';
import { progressInWords } from '../words/progress.ts';
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
/** A rate that was measured for less than this says nothing. */
const MEASURED_MS = 1000;

const ERASED = '\r\u001b[2K';

export function createProgress({ columns, now, write }: ProgressLine): Progress {
  const startedAt = now();
  let shownAt = 0;
  let work = { what: '', since: startedAt };
  return {
    tell: (done, total, what) => {
      const time = now();
      if (what !== work.what) work = { what, since: time };
      if (time - startedAt < PATIENCE_MS || time - shownAt < BETWEEN_MS) return;
      shownAt = time;
      // When it is looked at, nothing is said of the time.
      const rate = what === 'rollouts' ? '' : rateInWords(done, total, time - work.since);
      const text = `${progressInWords(done, total, what)}${rate}`;
      write(`${ERASED}${shorten(text, columns - 1)}`);
    },
    end: () => {
      if (shownAt > 0) write(ERASED);
      shownAt = 0;
    },
  };
}

/** How fast it goes, and how long it will take. */
function rateInWords(done: number, total: number, elapsedMs: number): string {
  if (elapsedMs < MEASURED_MS || done === 0) return '';
  const rate = (done / elapsedMs) * 1000;
  const seconds = Math.ceil((total - done) / rate);
  const left = seconds < 90 ? `${inWords(seconds)} s` : `${inWords(Math.ceil(seconds / 60))} min`;
  const speed = rate < 10 ? rate.toFixed(1) : inWords(Math.round(rate));
  return `, ${speed} a second, ${left} left`;
}

export const NO_PROGRESS: Progress = { tell: () => undefined, end: () => undefined };
