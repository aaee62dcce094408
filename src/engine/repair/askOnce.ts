// What Codex is asked by all repairs of a plan, gathered: it is started once, and asked everything in an
// order in which no call undoes another's aim.

import type { Call, Correction, OpenedDatabase, Unit } from '../model/plan.ts';
import { literal } from '../model/literal.ts';
import { sayForeseen } from './beyondPlan.ts';
import { summaryOf } from './steps/ask.ts';

/** What Codex is asked is gathered; the rest of a unit comes before it, and stands by itself. */
export function splitAsking(unit: Unit): readonly Unit[] {
  const asking = unit.steps.filter(({ kind }) => kind === 'ask');
  const others = unit.steps.filter(({ kind }) => kind !== 'ask');
  if (asking.length === 0 || others.length === 0) return [unit];
  return [
    { ...unit, steps: others },
    { ...unit, steps: asking },
  ];
}

/** The units, with one at their end in which Codex is asked everything. */
export function mergeAsking(units: readonly Unit[]): readonly Unit[] {
  const asking = units.filter(({ steps }) => steps.every(({ kind }) => kind === 'ask'));
  const [first] = asking;
  const steps = asking.flatMap(unit => unit.steps).filter(step => step.kind === 'ask');
  const [step] = steps;
  if (first === undefined || step === undefined) return units;
  const calls = withoutForestalled(
    mergeCalls(steps.flatMap(one => one.calls)),
    units.flatMap(unit => unit.steps),
  );
  const opens = withoutMoved(step.opens ?? [], units);
  const replay = steps.find(one => one.replay !== undefined)?.replay;
  const merged: Unit = {
    findings: [...new Set(asking.flatMap(({ findings }) => findings))],
    cure: { id: 'ask-codex', title: asking.length === units.length ? ASKED : ASKED_THE_REST },
    says: [
      `Codex ${summaryOf(calls).join(', ')}.`,
      ...(replay === undefined ? [] : [replay.says]),
      sayForeseen({ ...step, calls, opens }),
    ]
      .join(' ')
      .trim(),
    loses: 'nothing',
    needs: [...new Set(asking.flatMap(({ needs }) => needs))].sort(),
    steps: [{ ...step, calls, opens, ...(replay === undefined ? {} : { replay }) }],
  };
  return [...units.filter(unit => !asking.includes(unit)), merged];
}

const ASKED = 'Codex itself is started, and asked to put it right';
const ASKED_THE_REST = 'Codex itself is started, and asked to put the rest right';

/** What the plan itself has put away by then is not there. */
function withoutMoved(
  opens: readonly OpenedDatabase[],
  units: readonly Unit[],
): readonly OpenedDatabase[] {
  const steps = units.flatMap(unit => unit.steps);
  const moved = new Set(steps.map(step => (step.kind === 'move' ? step.from : null)));
  return opens.map(one => (moved.has(one.file) ? { ...one, isThere: false } : one));
}

/** What Codex is foreseen to correct, but for what the plan has put right by then. */
function withoutForestalled(
  calls: readonly Call[],
  steps: readonly Unit['steps'][number][],
): readonly Call[] {
  const taken = new Set<string>();
  const changed = new Map<string, Set<string>>();
  for (const { method, threads } of calls)
    if (method.endsWith('archive')) for (const id of threads) taken.add(literal(id));
  for (const step of steps)
    if (step.kind === 'rows' && step.table === 'threads')
      for (const {
        key: { id = '' },
        after,
      } of step.changes)
        if (after === null) taken.add(id);
        else changed.set(id, new Set([...(changed.get(id) ?? []), ...Object.keys(after)]));
  const left = (correction: Correction): readonly Correction[] => {
    const id = literal(correction.thread);
    if (taken.has(id)) return [];
    const known = changed.get(id) ?? new Set();
    if (correction.does === 'takes out') return known.has('rollout_path') ? [] : [correction];
    const columns = correction.columns.filter(column => !known.has(column));
    return correction.does === 'changes' && columns.length === 0
      ? []
      : [{ ...correction, columns }];
  };
  return calls.map(call =>
    call.corrects === undefined ? call : { ...call, corrects: call.corrects.flatMap(left) },
  );
}

/** Whatever one of them is foreseen to do, the call for both does. */
function bothOf(one: Call, other: Call): Call {
  const union = <T>(ones: readonly T[] = [], others: readonly T[] = []): readonly T[] => [
    ...new Map([...ones, ...others].map(item => [JSON.stringify(item), item])).values(),
  ];
  const corrects = union(one.corrects, other.corrects);
  const makes = union(one.makes, other.makes);
  return {
    ...one,
    ...other,
    findings: union(one.findings, other.findings),
    threads: union(one.threads, other.threads),
    ...(corrects.length === 0 ? {} : { corrects }),
    ...(makes.length === 0 ? {} : { makes }),
  };
}

/**
 * A thread that is archived is not named any more, and a list that looks through the files bends archive flags
 * to the folders, so it comes last.
 */
const ORDER = [
  'thread/unarchive',
  'thread/name/set',
  'thread/archive',
  'thread/fork',
  'thread/resume',
  'thread/list',
];

/** What Codex does at its start is told first; that list looks through no files. */
function placeOf({ method, params }: Call): number {
  return params['useStateDbOnly'] === true ? -1 : ORDER.indexOf(method);
}

/** A thread comes before the one that takes it along: afterwards Codex does not find it any more. */
function alongWith({ method, threads }: Call): number {
  return method.endsWith('archive') ? threads.length : 0;
}

function mergeCalls(calls: readonly Call[]): readonly Call[] {
  const merged = new Map<string, Call>();
  for (const call of calls) {
    const key = JSON.stringify([call.method, call.params]);
    const known = merged.get(key);
    merged.set(key, known === undefined ? call : bothOf(known, call));
  }
  return inOrderOfAsking([...merged.values()]);
}

export function inOrderOfAsking(calls: readonly Call[]): readonly Call[] {
  return calls.toSorted(
    (one, other) => placeOf(one) - placeOf(other) || alongWith(one) - alongWith(other),
  );
}
