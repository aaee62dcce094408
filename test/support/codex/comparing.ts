// Holds what the product predicts against what a real Codex answered.

import type { Visibility } from '../../../src/engine/model/report.ts';
import type { CodexHome } from './makeHome.ts';
import type { OracleAnswer, ThreadAnswer } from './oracle.ts';

export interface Comparison {
  readonly asked: number;
  readonly unknown: readonly string[];
  readonly wrong: readonly string[];
}

type Question = 'scanList' | 'databaseList' | 'newest50' | 'resumable';
const QUESTIONS: readonly Question[] = ['scanList', 'databaseList', 'newest50', 'resumable'];

/** A thread of which the product knows nothing is one that, it says, nobody shows. */
export function compare(
  predicted: Readonly<Record<string, Visibility>>,
  { threads }: OracleAnswer,
  { ids }: CodexHome,
): Comparison {
  const nameOf = (id: string): string =>
    Object.entries(ids).find(([, known]) => known === id)?.[0] ?? id;
  const unknown: string[] = [];
  const wrong: string[] = [];
  for (const [id, answer] of Object.entries(threads))
    for (const question of QUESTIONS) {
      const [said, why] = predictionOf(predicted[id], question);
      const about = `${nameOf(id)} ${question}`;
      if (said === 'unknown') unknown.push(`${about}: ${why}`);
      else if (said !== answer[question])
        wrong.push(
          `${about}: we said ${String(said)} (${why}), Codex ${whatCodexSaid(answer, question)}`,
        );
    }
  return { asked: Object.keys(threads).length * QUESTIONS.length, unknown, wrong };
}

function predictionOf(
  predicted: Visibility | undefined,
  question: Question,
): readonly [boolean | 'unknown', string] {
  if (predicted === undefined) return [false, 'not a thread that we know'];
  if (question === 'resumable') {
    const { answer, why } = predicted.resumable;
    return [answer, why ?? ''];
  }
  const { shown, why } = predicted[question];
  return [shown, why ?? ''];
}

function whatCodexSaid(answer: ThreadAnswer, question: Question): string {
  const error = question === 'resumable' ? answer.resumeError?.message : undefined;
  return `${String(answer[question])}${error === undefined ? '' : ` (${error.slice(0, 200)})`}`;
}
