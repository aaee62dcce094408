// Which units can be done beside each other: those that do not meet. In a group the first step of each
// unit comes before the second of any, so that what goes together waits for the disk once.

import type { Step } from '../model/plan.ts';
import { handlerOf } from './steps/index.ts';

/** So many units are written down together, and are under way at once. */
export const AT_ONCE = 256;

/** How far something long has come. */
export type Progress = (done: number, total: number, what: string) => void;

export interface Begun {
  /** Its place in the plan. */
  readonly unit: number;
  readonly steps: readonly Step[];
}

/** In order: no unit is in a group before another one that it meets. */
export function groupsOf<B extends Begun>(units: readonly B[]): readonly (readonly B[])[] {
  const groups: B[][] = [];
  const taken = new Set<string>();
  for (const unit of units) {
    const { own, shared } = placesOf(unit);
    const group = groups.at(-1);
    const meets = [...own, ...shared.map(asWhole)].some(place => taken.has(place));
    if (group === undefined || meets || taken.has(ANYTHING) || own.includes(ANYTHING)) {
      groups.push([unit]);
      taken.clear();
    } else group.push(unit);
    for (const place of [...own.map(asWhole), ...own, ...shared]) taken.add(place);
  }
  return groups;
}

/** Codex may do anything. */
const ANYTHING = 'anything';

/** Many may change rows of one database, but not beside somebody who moves or makes the database. */
function placesOf({ steps }: Begun): Record<'own' | 'shared', readonly string[]> {
  if (steps.some(({ kind }) => kind === 'ask')) return { own: [ANYTHING], shared: [] };
  return {
    own: steps.flatMap(step => handlerOf(step).touches(step)),
    shared: steps.flatMap(step => (step.kind === 'rows' ? [step.database] : [])),
  };
}

function asWhole(place: string): string {
  return `all of ${place}`;
}

export interface Turn<B extends Begun> {
  readonly of: B;
  readonly step: Step;
  readonly index: number;
}

/** The steps of a group, as they are taken: all that are the first of their unit, then the second. */
export function turnsOf<B extends Begun>(group: readonly B[], index: number): readonly Turn<B>[] {
  return group.flatMap(of => {
    const step = of.steps[index];
    return step === undefined ? [] : [{ of, step, index }];
  });
}
