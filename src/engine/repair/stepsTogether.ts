// Takes steps that do not meet, together: rows of one database in one transaction, files side by side,
// so that the disk is waited for once and not for each. Everything else is done one after the other.

import type { EditStep, Left, RowsStep, Step, Unit } from '../model/plan.ts';
import type { FilePath } from '../model/words.ts';
import { handlerOf } from './steps/index.ts';
import { applyTogether, undoTogether, whyStaleTogether } from './steps/rows.ts';
import { Stale, type Answer, type Ground, type Outcome } from './steps/step.ts';

/** So many files are written side by side. More do not make a disk faster, but a stop dearer. */
const FILES_AT_ONCE = 16;

/** Is asked before each step, and throws where no further one may be begun. */
export type Pace = () => Promise<void>;

/** For each step why the disk is no longer as the plan found it; null where it is. */
export async function whyStaleOf(
  steps: readonly Step[],
  ground: Ground,
): Promise<ReadonlyMap<Step, string | null>> {
  const rows = steps.filter(isRows);
  const answers = await whyStaleTogether(rows, ground);
  const found = new Map<Step, string | null>(rows.map((step, at) => [step, answers[at] ?? null]));
  for (const step of steps)
    if (!isRows(step)) found.set(step, await handlerOf(step).whyStale(step, ground));
  return found;
}

/** What goes on with what is made before it cannot be held against the disk yet. */
export function comparableSteps(units: readonly Unit[]): readonly Step[] {
  const movedHere = new Set<FilePath>();
  return units.flatMap(({ steps }) => {
    const comparable = firstSteps(steps).filter(
      step => step.kind !== 'edit' || !movedHere.has(step.file),
    );
    for (const step of steps)
      if (step.kind === 'move' && 'file' in step.to) movedHere.add(step.to.file);
    return comparable;
  });
}

/** Those that touch nothing that an earlier one of their unit touches. */
function firstSteps(steps: readonly Step[]): readonly Step[] {
  const touched = new Set<string>();
  return steps.filter(step => {
    const touches = handlerOf(step).touches(step);
    const isFirst = !touches.some(name => touched.has(name));
    for (const name of touches) touched.add(name);
    return isFirst;
  });
}

/** What came of each of them. */
export function applySteps(
  steps: readonly Step[],
  ground: Ground,
  pace: Pace,
): Promise<readonly Answer<Outcome | void>[]> {
  return takeSteps<Outcome | void>(steps, pace, undefined, {
    rows: async rows => {
      const answers = await applyTogether(rows, ground);
      return answers.map(why => ({
        result: undefined,
        error: why === null ? null : new Stale(why),
      }));
    },
    other: step => handlerOf(step).apply(step, ground),
  });
}

/** `isRehearsal`: says what would be left, and does nothing. */
export function undoSteps(
  steps: readonly Step[],
  ground: Ground,
  isRehearsal: boolean,
): Promise<readonly Answer<readonly Left[]>[]> {
  return takeSteps<readonly Left[]>(steps, () => Promise.resolve(), [], {
    rows: rows => undoTogether(rows, ground, isRehearsal),
    other: step => handlerOf(step).undo(step, ground),
  });
}

interface Ways<T> {
  rows(steps: readonly RowsStep[]): Promise<readonly Answer<T>[]>;
  other(step: Exclude<Step, RowsStep>): Promise<T>;
}

async function takeSteps<T>(
  steps: readonly Step[],
  pace: Pace,
  nothing: T,
  ways: Ways<T>,
): Promise<readonly Answer<T>[]> {
  const answers = new Map<Step, Answer<T>>();
  const take = async (step: Exclude<Step, RowsStep>) => {
    await pace();
    answers.set(step, await attempt(() => ways.other(step), nothing));
  };
  await sideBySide(steps.filter(isEdit), take);
  for (const step of steps) if (!isEdit(step) && !isRows(step)) await take(step);
  for (const database of new Set(steps.filter(isRows).map(step => step.database))) {
    await pace();
    const rows = steps.filter(isRows).filter(step => step.database === database);
    const { result, error } = await attempt(() => ways.rows(rows), []);
    rows.forEach((step, at) =>
      answers.set(step, result[at] ?? { result: nothing, error: error ?? new Error('no answer') }),
    );
  }
  return steps.map(step => answers.get(step) ?? { result: nothing, error: null });
}

async function attempt<T>(work: () => Promise<T>, nothing: T): Promise<Answer<T>> {
  try {
    return { result: await work(), error: null };
  } catch (error) {
    return { result: nothing, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** What is under way comes to its end also when one of them fails: nothing is taken back beside it. */
async function sideBySide<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const errors: unknown[] = [];
  const workers = Array.from({ length: FILES_AT_ONCE }, async () => {
    for (let item = items[next]; item !== undefined && errors.length === 0; item = items[next]) {
      next += 1;
      await work(item).catch((error: unknown) => errors.push(error));
    }
  });
  await Promise.all(workers);
  const [error] = errors;
  if (error !== undefined) throw error as Error;
}

function isRows(step: Step): step is RowsStep {
  return step.kind === 'rows';
}

function isEdit(step: Step): step is EditStep {
  return step.kind === 'edit';
}
