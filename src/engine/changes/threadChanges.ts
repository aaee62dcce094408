// Archiving threads, taking them out of the archive, naming one, forking one: what a person may ask, for one home. A
// plan like any other, so that it can be undone to the byte; Codex alone would leave other times behind,
// and has no way back from a first name.

import type { Left, Plan } from '../model/plan.ts';
import type { Report } from '../model/report.ts';
import type { ThreadId } from '../model/words.ts';
import { askAgain, type Confirmation } from '../repair/askAgain.ts';
import {
  forkOf,
  isChanged,
  planThreadChange,
  wishesOfChange,
  type ThreadChange,
} from '../repair/planThreadChange.ts';
import { lookCloser } from '../scan/lookCloser.ts';
import type { World } from '../world.ts';
import type { Consent, Done, Rite } from './rite.ts';

export interface ChangeRequest extends Consent {
  readonly change: ThreadChange;
}

export interface Changed extends Done {
  /** Threads that were seen to be as was wanted. */
  readonly changed: readonly ThreadId[];
  readonly failed: readonly Left[];
  /** The thread that was made, of a fork. */
  readonly made: ThreadId | null;
  /** What the real Codex says of it. */
  readonly confirmation: Confirmation;
}

export interface ThreadChanges {
  planChange(report: Report, change: ThreadChange): Promise<Plan>;
  /** `report` is what the plan was made of; `scan` looks at the same home again. */
  applyChange(
    report: Report,
    scan: () => Promise<Report>,
    request: ChangeRequest,
  ): Promise<Changed>;
}

export function threadChangesOf(
  { hands, carryOut }: Omit<Rite, 'siteOf'>,
  world: World,
): ThreadChanges {
  const planChange = async (report: Report, change: ThreadChange) => {
    const closer = await lookCloser(world, report.snapshot, [wishesOfChange(change)]);
    return planThreadChange(report, change, closer, text => world.hash(text));
  };
  return {
    planChange,
    applyChange: async (first, scan, { change, ...consent }) => {
      const done = await carryOut(first, scan, consent, report => planChange(report, change));
      const { receipt, before, after } = done;
      const made = change.kind === 'fork' ? forkOf(change.thread, before, after) : null;
      const isSo = (id: ThreadId) =>
        change.kind === 'fork' ? made !== null : isChanged(after, id, change);
      const changed = receipt.findings.filter(isSo);
      const isSeen = new Set(changed);
      return {
        plan: done.plan,
        receipt,
        recovered: done.recovered,
        changed,
        made,
        failed: [
          ...receipt.failed,
          ...receipt.findings
            .filter(id => !isSeen.has(id))
            .map(what => ({
              what,
              why: 'Codex was asked, and it is not seen to be so afterwards',
            })),
        ],
        confirmation: await askAgain(after, made === null ? changed : [...changed, made], hands),
      };
    },
  };
}
