// What a check is. One check is one file, named after its id: what is wrong, what it means, how
// to see it. A check is handed a snapshot and cannot look anything up.

import type { CloserLook, Wishes } from '../model/closerLook.ts';
import type { CureOffer, Finding, Severity, Subject } from '../model/finding.ts';
import type { Source } from '../model/gap.ts';
import type { Step, Unit } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { FilePath, Json, ThreadId } from '../model/words.ts';

export interface Facts {
  readonly [name: string]: Json;
}

export interface Check<F extends Facts = Facts> {
  /** Equals the file's name; states the defect, never the cure. Never reused, never renamed. */
  readonly id: string;
  readonly title: string;
  /** Markdown: what it means for the person, and what a cure cannot do. */
  readonly meaning: string;
  readonly severity: Severity;
  /**
   * What the check must have seen. `seen`: it judges what is there, so a partial view is fair.
   * `whole`: it judges what is missing, so it must not run on a partial view.
   */
  readonly needs: { readonly [S in Source]?: 'seen' | 'whole' };
  /** Judges sizes or moments, which change while somebody works (`growth.ts`). */
  readonly heedsGrowth?: true;
  detect(snapshot: Snapshot): Iterable<Sighting<F>>;
  /** One sentence for one sighting. */
  say(facts: F): string;
  /** Best first; the automatic ones belong to "all". Absent where no safe cure is known. */
  readonly cures?: readonly Cure<NoInfer<F>>[];
}

/** Heals a finding. Says what would be done; doing it is not its business. */
export interface Cure<F extends Facts = Facts> extends CureOffer {
  /** What it cannot do, where a person might expect more of it: whole sentences. */
  readonly limits: string;
  /** When its turn is, among the cures of a plan; `rows` when absent. */
  readonly phase?: 'databases' | 'files' | 'rows' | 'codex';
  /** Whether it is one for this finding; it is when absent. */
  fits?(finding: FindingOf<F>, snapshot: Snapshot): boolean;
  /** The directory for which a person may name another one; absent where there is none to choose. */
  replaces?(finding: FindingOf<F>): FilePath;
  /** What must be looked at beyond the scan before it can be planned. */
  wishes?(finding: FindingOf<F>, snapshot: Snapshot, named: FilePath | null): Wishes;
  /**
   * `named`: the directory that a person has chosen in the place of the one that it replaces. Several
   * drafts where it heals in parts, each of which stands or falls by itself.
   */
  plan(
    finding: FindingOf<F>,
    snapshot: Snapshot,
    closer: CloserLook,
    named: FilePath | null,
  ): Draft | Objection | readonly (Draft | Objection)[];
}

export type FindingOf<F extends Facts> = Finding & { readonly facts: F };

/** What a cure would do for one finding: all of it or nothing. */
export interface Draft extends Pick<Unit, 'undoneWhole' | 'move'> {
  /** One sentence, for the person who reads the plan. */
  readonly says: string;
  readonly steps: readonly Step[];
}

/** Why a cure cannot be planned for one finding, and what the person can do. */
export interface Objection {
  readonly why: string;
  readonly next: string;
  /** Present where nothing has to be done: what was wanted is so already. */
  readonly isSettled?: true;
}

/** One defect of one subject, as facts. */
export interface Sighting<F extends Facts = Facts> {
  readonly subject: Subject;
  readonly facts: F;
  /** Threads that suffer from it. */
  readonly threads: readonly ThreadId[];
  /** Where this sighting is graver or lighter than the check is as a rule. */
  readonly severity?: Severity;
}

/** Ties the types of `detect` and `say` together, and then forgets them: the registry is a list. */
export function defineCheck<F extends Facts>(check: Check<F>): Check {
  return check as unknown as Check;
}
