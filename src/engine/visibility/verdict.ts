// An answer with its reason, in the making.

import type { Shown } from '../model/report.ts';
import type { Answer } from '../model/words.ts';

export interface Verdict {
  readonly answer: Answer;
  /** One sentence part that says what is so; null for a yes. */
  readonly why: string | null;
}

export const YES: Verdict = { answer: true, why: null };

export function no(why: string): Verdict {
  return { answer: false, why };
}

export function unknown(why: string): Verdict {
  return { answer: 'unknown', why };
}

/** The first that is not a yes. */
export function allOf(...questions: readonly (() => Verdict)[]): Verdict {
  for (const ask of questions) {
    const verdict = ask();
    if (verdict.answer !== true) return verdict;
  }
  return YES;
}

export function asShown({ answer, why }: Verdict): Shown {
  return { shown: answer, why };
}
