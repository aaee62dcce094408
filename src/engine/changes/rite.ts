// How a change is carried out, whichever it is: planned again under a lock, done when it is still the plan that was
// shown, and looked at afterwards.

import type { Hands } from '../hands.ts';
import type { Plan, Receipt } from '../model/plan.ts';
import type { Report } from '../model/report.ts';
import type { FilePath } from '../model/words.ts';
import type { Progress } from '../repair/groups.ts';
import type { Site } from '../repair/site.ts';
import type { Undone } from '../repair/undo.ts';

/** What a person has seen and said yes to. */
export interface Consent {
  /** The plan that was shown: any other one is refused. */
  readonly sha: string;
  /** Where the vault is, when it is not in the home. */
  readonly vault: FilePath | null;
  /** Whether nobody has the home open on other machines that share it; unknown when absent. */
  readonly isClosedElsewhere?: boolean;
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
}

/** What all that can be asked here shares. */
export interface Rite {
  readonly hands: Hands;
  /** Refuses where the place of the backups does not answer. */
  siteOf(report: Report, vault: FilePath | null): Promise<Site>;
  /** Plans again, and does it when it is still the plan that was shown. */
  carryOut<P extends Plan>(
    first: Report,
    scan: () => Promise<Report>,
    consent: Consent,
    makePlan: (report: Report) => Promise<P>,
  ): Promise<CarriedOut<P>>;
}

/** What has come of a change. */
export interface Done<P extends Plan = Plan> {
  readonly plan: P;
  readonly receipt: Receipt;
  /** Repairs that a stop had left in the middle, and that were taken back first. */
  readonly recovered: readonly Undone[];
}

export interface CarriedOut<P extends Plan> extends Done<P> {
  /** What a look at the home said before and afterwards. */
  readonly before: Report;
  readonly after: Report;
}
