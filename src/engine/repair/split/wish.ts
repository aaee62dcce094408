// What a person wants of a split, and by what a plan is known to be one.

import type { HostHome, HostName } from '../../model/host.ts';
import type { Plan } from '../../model/plan.ts';
import type { ThreadId } from '../../model/words.ts';
import type { StartUpFile } from '../startUp/startUpFiles.ts';

export interface SplitWish {
  readonly hosts: readonly HostHome[];
  /** Whose threads go along; those that are not named here stay where they are. */
  readonly of: ReadonlyMap<ThreadId, HostName>;
  /** How settings, keys, rules, skills and prompts are shared. */
  readonly shared: 'link' | 'copy';
  readonly startUp: readonly StartUpFile[];
}

/** The finding that all units of a split heal together. */
export const SPLIT = 'split';
/** The cure of these units, by which a split is known among other repairs. */
export const SPLIT_CURE = 'split-home';

/** The homes that a plan has made, by their hosts; none where it is no split. */
export function homesMadeBy({ units }: Pick<Plan, 'units'>): readonly HostHome[] {
  return units
    .flatMap(({ steps }) => steps)
    .flatMap(step =>
      step.kind === 'ask' && step.newHome !== undefined
        ? [{ host: step.newHome, home: step.home }]
        : [],
    );
}
