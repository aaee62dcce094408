// What Codex did, held against what it was asked for and what was foreseen that it does besides.

import type { AskStep, Correction, RowChange, Step } from '../model/plan.ts';
import { textOfLiteral } from '../model/literal.ts';
import type { FilePath, ThreadId } from '../model/words.ts';
import { nameOf, NAMES, type Doings } from './observe.ts';

/** What nobody foresaw, in sentences. */
export function beyondPlan(step: AskStep, { steps, made, packed }: Doings): readonly string[] {
  const { calls } = step;
  const planned = calls.flatMap(({ threads }) => threads);
  const asked = new Set<string>(planned);
  const foreseen = new Map<ThreadId, Correction[]>();
  for (const one of calls.flatMap(({ corrects = [] }) => corrects))
    foreseen.set(one.thread, [...(foreseen.get(one.thread) ?? []), one]);
  const isAsked = (file: FilePath) => planned.some(id => nameOf(file).includes(id));
  const isExpected = (done: Step): boolean => {
    switch (done.kind) {
      case 'rows':
        return (
          done.table !== 'threads' ||
          done.changes.every(change => {
            const id = textOfLiteral(change.key['id']) ?? '';
            return asked.has(id) || (foreseen.get(id) ?? []).some(one => covers(one, change));
          })
        );
      case 'edit':
        return isAsked(done.file) || nameOf(done.file) === NAMES;
      case 'create':
        return nameOf(done.file) === NAMES;
      case 'move':
        return isAsked(done.from);
      default:
        return false;
    }
  };
  const expectedFiles = new Set([step.state, ...madeBy(step)]);
  return [
    ...steps.filter(done => !isExpected(done)).map(sayDone),
    ...packed.map(({ file }) => `it compressed ${file}`),
    ...made.filter(file => !expectedFiles.has(file)).map(file => `it made ${file}`),
  ];
}

/** Databases that are not there before, and are afterwards. */
export function madeBy({
  opens = [],
  calls,
}: Pick<AskStep, 'opens' | 'calls'>): readonly FilePath[] {
  const atStart = opens.filter(({ isThere }) => !isThere).map(({ file }) => file);
  return [...new Set([...atStart, ...calls.flatMap(({ makes = [] }) => makes)])];
}

function covers({ does, columns }: Correction, { before, after }: RowChange): boolean {
  if (before === null) return does === 'enters';
  if (after === null) return does === 'takes out';
  return does === 'changes' && Object.keys(after).every(column => columns.includes(column));
}

function sayDone(step: Step): string {
  switch (step.kind) {
    case 'rows':
      return step.changes
        .map(({ key, before, after }) => {
          const verb = before === null ? 'entered' : after === null ? 'took out' : 'changed';
          const columns =
            before === null || after === null ? '' : `: ${Object.keys(after).join(', ')}`;
          return `it ${verb} the row of ${key['id'] ?? 'a thread'}${columns}`;
        })
        .join('; ');
    case 'edit':
      return `it wrote into ${step.file}`;
    case 'move':
      return `it moved ${step.from}`;
    default:
      return 'it did something else';
  }
}

const SAYINGS = [
  ['enters', 'enter 1 conversation', 'enter N conversations'],
  ['changes', 'correct 1 entry by its file', 'correct N entries by their files'],
  ['takes out', 'take out 1 entry that has no file', 'take out N entries that have no file'],
] as const;

/** What Codex will do besides, for the person who reads the plan; empty when that is nothing. */
export function sayForeseen(step: Pick<AskStep, 'state' | 'opens' | 'calls'>): string {
  const { calls } = step;
  const asked = new Set(calls.flatMap(({ threads }) => threads));
  const threadsBy: Record<Correction['does'], Set<ThreadId>> = {
    enters: new Set(),
    changes: new Set(),
    'takes out': new Set(),
  };
  for (const { thread, does } of calls.flatMap(({ corrects = [] }) => corrects))
    if (!asked.has(thread)) threadsBy[does].add(thread);
  const said = SAYINGS.flatMap(([does, one, many]) => {
    const { size } = threadsBy[does];
    return size === 0 ? [] : [size === 1 ? one : many.replace('N', String(size))];
  });
  // Of the state database the plan says more than that.
  const made = madeBy(step).filter(file => file !== step.state);
  if (made.length > 0) said.push(`make ${made.map(nameOf).join(', ')}, which it does not find`);
  return said.length === 0
    ? ''
    : `Codex will by itself also ${said.join(', and ')}; undo takes that back too.`;
}
