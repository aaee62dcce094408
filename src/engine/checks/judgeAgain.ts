// Judges one snapshot of a home after another: what a check has found stands as long as nothing has
// changed that it heeds.

import type { Snapshot } from '../model/snapshot.ts';
import type { Check } from './check.ts';
import { differByGrowthAlone } from './growth.ts';
import { runChecks, type Judgement } from './runChecks.ts';

export interface JudgedAgain extends Judgement {
  /** Whether nothing but growth is between this snapshot and the last one. */
  readonly isGrown: boolean;
}

export function createJudge(checks: readonly Check[]): (snapshot: Snapshot) => JudgedAgain {
  let last: { readonly snapshot: Snapshot; readonly judgement: Judgement } | null = null;
  return snapshot => {
    const isGrown = last !== null && differByGrowthAlone(last.snapshot, snapshot);
    const judgement = runChecks(checks, snapshot, isGrown ? (last?.judgement ?? null) : null);
    last = { snapshot, judgement };
    return { ...judgement, isGrown };
  };
}
