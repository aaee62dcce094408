// What is predicted of a thread, in one short line.

import type { Visibility } from '../../src/engine/model/report.ts';
import type { Rollout } from '../../src/engine/model/rollout.ts';
import type { Thread } from '../../src/engine/model/thread.ts';
import { predictSight } from '../../src/engine/visibility.ts';
import { scanned } from './expect.ts';
import { idOf, NOW, type HomeBuilder } from './home.ts';

type Question = 'scanList' | 'databaseList' | 'newest50' | 'resume' | 'picker';

/**
 * Who shows the thread of this key: a word for each yes, one with a question mark where it is not
 * known, and `nobody` when there is nothing but noes.
 */
export async function whoShows(builder: HomeBuilder, key = 't1'): Promise<string> {
  const answers = await answersOf(builder, key);
  const words = [...answers].flatMap(([question, [answer]]) =>
    answer === false || question === 'picker' ? [] : `${question}${answer === true ? '' : '?'}`,
  );
  return words.length === 0 ? 'nobody' : words.join(' ');
}

/** Of these keys, those that one list shows; one scan for all of them. */
export async function shownOf(
  builder: HomeBuilder,
  question: 'scanList' | 'databaseList' | 'newest50',
  keys: readonly string[],
): Promise<readonly string[]> {
  const { report } = await scanned(builder);
  return keys.filter(key => report.visibility[idOf(key)]?.[question].shown === true);
}

/** The reason of one answer; null for a yes. */
export async function whyNot(
  builder: HomeBuilder,
  question: Question,
  key = 't1',
): Promise<string | null> {
  const answers = await answersOf(builder, key);
  return answers.get(question)?.[1] ?? null;
}

/**
 * The reason of each of many threads, when the home has its one thread so many times, every copy a
 * minute older than the one before.
 */
export async function whyNotOfMany(
  builder: HomeBuilder,
  copies: number,
): Promise<readonly (string | null)[]> {
  const { report } = await scanned(builder);
  const [rollout] = report.snapshot.rollouts;
  const [thread] = report.snapshot.threads;
  if (rollout === undefined || thread === undefined) throw new Error('the home has no thread');
  const made = Array.from({ length: copies }, (_, index) => copyOf(thread, rollout, index));
  const { of: visibility } = predictSight({
    ...report.snapshot,
    threads: made.map(one => one.thread),
    rollouts: made.map(one => one.rollout).sort((one, other) => (one.path < other.path ? -1 : 1)),
  });
  return made.map(one => visibility[one.thread.id]?.scanList.why ?? null);
}

function copyOf(thread: Thread, rollout: Rollout, index: number) {
  const id = `${thread.id.slice(0, -12)}${index.toString(16).padStart(12, '0')}`;
  const stamp = new Date(NOW - index * 60_000).toISOString().slice(0, 19).replaceAll(':', '-');
  const folder = `sessions/${stamp.slice(0, 10).replaceAll('-', '/')}`;
  const { meta, header } = rollout.head;
  if (meta === null || header === null) throw new Error('the thread has no description');
  const described = { ...meta, id };
  return {
    thread: { ...thread, id },
    rollout: {
      ...rollout,
      path: `${folder}/rollout-${stamp}-${id}.jsonl`,
      head: { ...rollout.head, meta: described, header: { ...header, meta: described } },
    },
  };
}

async function answersOf(builder: HomeBuilder, key: string) {
  const { report, keyOf } = await scanned(builder);
  const found = report.visibility[idOf(key)] ?? report.visibility[key];
  if (found === undefined) throw new Error(`nothing is predicted of ${key}`);
  return new Map<Question, readonly [boolean | 'unknown', string | null]>(
    pairsOf(found).map(([question, answer, why]) => [
      question,
      [answer, why === null ? null : keyOf(why)],
    ]),
  );
}

function pairsOf({ scanList, databaseList, newest50, resumable, surfaces }: Visibility) {
  return [
    ['scanList', scanList.shown, scanList.why],
    ['databaseList', databaseList.shown, databaseList.why],
    ['newest50', newest50.shown, newest50.why],
    ['resume', resumable.answer, resumable.why],
    ['picker', surfaces.resumePicker.shown, surfaces.resumePicker.why],
  ] as const;
}

/** Every list and resume: what a sound thread gets. */
export const ALL = 'scanList databaseList newest50 resume';
