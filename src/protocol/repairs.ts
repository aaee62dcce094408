// What a person may ask to be changed, the plan of it that they read, and what came of it.

import type { CureNeed, CureOffer } from '../engine/model/finding.ts';
import type { PlannedSplit } from '../engine/model/host.ts';
import type { Left } from '../engine/model/plan.ts';

/**
 * What a person wants to be changed. It names everything that its plan is made of, so that the server keeps
 * nothing between showing and doing.
 */
export type Wish =
  /** All automatic repairs. */
  | { readonly kind: 'all' }
  | {
      readonly kind: 'findings';
      readonly findings: readonly string[];
      /** The cure to take where a finding offers several; null: the one that fits. */
      readonly cure: string | null;
      /** The directory that takes the place of one that is gone. */
      readonly to: string | null;
    }
  /** `threads` null: all of that provider. `from` null: whatever they are under. */
  | {
      readonly kind: 'move';
      readonly from: string | null;
      readonly to: string;
      readonly threads: readonly string[] | null;
    }
  | { readonly kind: 'restore'; readonly threads: readonly string[] | null }
  | { readonly kind: 'archive' | 'unarchive'; readonly threads: readonly string[] }
  | { readonly kind: 'rename'; readonly thread: string; readonly name: string }
  | { readonly kind: 'fork'; readonly thread: string }
  | SplitWished
  | DatabasesWished;

/** A Codex home for each host of a home that several share. */
export interface SplitWished {
  readonly kind: 'split';
  readonly hosts: readonly SplitHost[];
  /** Programs of the shells whose start-up files tell each host of its home, as `/bin/zsh`. */
  readonly shells: readonly string[];
  /** How settings, keys, rules, skills and prompts are shared. */
  readonly shared: 'link' | 'copy';
  /** Hosts that nobody can see, of which the person says that no Codex runs there. */
  readonly closed: readonly string[];
}

/** Databases on a disk of this host. */
export interface DatabasesWished {
  readonly kind: 'databases';
  /** It need not be there yet. */
  readonly folder: string;
  /** `go`: the person says that no other host has the home; else those in it stay for the others. */
  readonly old: 'stay' | 'go';
  /** As of a split. */
  readonly shells: readonly string[];
}

export interface SplitHost {
  /** What it calls itself. */
  readonly host: string;
  /** The threads that go there. */
  readonly threads: readonly string[];
}

export interface PlanShown {
  readonly wish: Wish;
  /** Names the plan between showing and doing. */
  readonly sha: string;
  /** The document that shows it. */
  readonly uri: string;
  /** What stands or falls together; 0 when there is nothing to do. */
  readonly repairs: number;
  readonly losses: readonly Exclude<CureOffer['loses'], 'nothing'>[];
  readonly needs: readonly CureNeed[];
  readonly backupBytes: number;
  readonly refused: readonly RefusedShown[];
  /** What of it can be done while Codex runs; null when that is all of it, or nothing. */
  readonly withoutStopping: Wish | null;
  /** Who has to be closed before; empty when nobody has to. */
  readonly holders: readonly HolderShown[];
  /** What has to be closed, or looked at again, on other hosts before; only a split asks for that. */
  readonly elsewhere: readonly OpenElsewhere[];
}

export interface OpenElsewhere {
  readonly host: string;
  readonly why: string;
  readonly next: string;
  /** Programs that it can be waited for; empty where there is another reason, which waiting does not change. */
  readonly programs: readonly OpenProgram[];
}

export interface OpenProgram {
  readonly pid: number;
  /** A sentence part that names it: `codex (process 7) has it open`. */
  readonly says: string;
}

export interface RefusedShown {
  readonly finding: string;
  readonly why: string;
  readonly next: string;
  /** Whether nothing has to be done: what was wrong is gone, or what was wanted is so already. */
  readonly isSettled: boolean;
}

/** A program that has the files open. */
export interface HolderShown {
  readonly pid: number;
  readonly program: string;
  /** `pts/3`; null when it has no terminal. */
  readonly terminal: string | null;
  /** Whether the editor that asks has started it, as the Codex panel of its window does. */
  readonly isOfThisWindow: boolean;
}

export interface ApplyRequest {
  readonly wish: Wish;
  /** The plan that was shown: any other one is refused. */
  readonly sha: string;
  /** Waits until nobody has the files open; who has is told as progress. */
  readonly waits: boolean;
  readonly workDoneToken?: string;
}

export interface RepairDone {
  readonly receipt: string;
  /** How many findings or threads something was done about. */
  readonly applied: number;
  /** Findings that are gone, and those that are still there. */
  readonly healed: readonly string[];
  readonly remaining: readonly string[];
  readonly skipped: readonly Left[];
  readonly failed: readonly Left[];
  /** What Codex changed beside what was planned. */
  readonly unplanned: readonly string[];
  /** Findings that could not be seen before. */
  readonly uncovered: readonly string[];
  /** Repairs that a stop had left in the middle, and that were taken back first. */
  readonly recovered: readonly string[];
  /** What the real Codex says: it lists so many of the threads, and these not. */
  readonly confirmed: {
    readonly codex: string | null;
    readonly why: string | null;
    readonly shown: number;
    readonly missing: readonly string[];
  };
  /** The record of the thread that was made, of a fork. */
  readonly made: string | null;
  /** Whether databases that were given to this host are used; null where none were. */
  readonly used: DatabasesUsed | null;
}

export interface DatabasesUsed {
  readonly answer: 'yes' | 'no' | 'unknown';
  /** The same in a whole sentence, with who does not use them. */
  readonly says: string;
}

export interface UndoRequest {
  /** Null: the newest that can be undone. */
  readonly receipt: string | null;
  readonly workDoneToken?: string;
}

export interface UndoDone {
  readonly receipt: string;
  readonly undone: number;
  readonly left: readonly Left[];
}

export interface HistoryShown {
  /** The document that shows it. */
  readonly uri: string;
  readonly vaultBytes: number;
  readonly interrupted: string | null;
  /** A split of another home that has given this one to a host, and was stopped in the middle. */
  readonly stoppedSplit: Pick<PlannedSplit, 'receipt' | 'home'> | null;
  /** The newest first. */
  readonly receipts: readonly ReceiptShown[];
}

export interface ReceiptShown {
  readonly receipt: string;
  readonly at: string;
  readonly says: readonly string[];
  readonly applied: number;
  readonly undone: boolean;
  readonly undoable: boolean;
  readonly bytes: number;
}

export interface PruneRequest {
  readonly olderThanDays: number;
}

export interface PruningShown {
  readonly sha: string;
  readonly receipts: readonly string[];
  /** Those of them that could still be undone. */
  readonly undoable: readonly string[];
  readonly bytes: number;
}

export interface SaveDone {
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
  readonly left: readonly Left[];
}

export interface ProviderChoice {
  readonly id: string;
  readonly isCurrent: boolean;
  readonly state: 'defined' | 'undefined' | 'retired' | 'unknown';
  readonly threads: number;
  readonly listed: number;
}

export interface Candidates {
  /** The directory that is gone. */
  readonly gone: string;
  readonly folders: readonly {
    readonly folder: string;
    /** What speaks for it, in words. */
    readonly evidence: string;
    /** Whether it is certain enough to be taken without a choice. */
    readonly isCertain: boolean;
  }[];
}

export interface Accepted {
  readonly finding: string;
  readonly says: string;
  readonly acceptedAtMs: number;
}

/** Whom a home could be split for, as all of them were seen a moment ago. */
export interface SplitChoices {
  /** Those that share the home, this machine first. */
  readonly hosts: readonly SplitChoice[];
  /** Those that cannot take part. */
  readonly others: readonly SplitOther[];
  readonly shells: readonly string[];
}

export interface SplitChoice extends SplitHost {
  readonly isHere: boolean;
  /** Where its Codex home would be. */
  readonly home: string;
  /** Threads that may belong there: nobody has said so, or seen them there. */
  readonly inferred: readonly string[];
}

export interface SplitOther {
  readonly host: string;
  /** Why it cannot take part, as whole sentences that begin with its name. */
  readonly says: string;
  /** Whether a Codex there may have the home open, and nobody can see it. */
  readonly isUnseen: boolean;
}

/** What has to be known before databases are kept on a disk of this host. */
export interface DatabaseChoices {
  readonly host: string;
  /** Others that are known to have this home. */
  readonly others: readonly string[];
  readonly shells: readonly string[];
}

export interface ConfirmRequest {
  /** The repair that has made the split; null for the one that the home has part in. */
  readonly receipt: string | null;
  readonly workDoneToken?: string;
}

/** Whether a split has taken on each of its hosts; null where there is no such split. */
export type SplitConfirmed = readonly HostConfirmed[] | null;

export interface HostConfirmed {
  readonly host: string;
  readonly home: string;
  readonly answer: 'yes' | 'no' | 'unknown';
  /** What was seen there, as whole sentences. */
  readonly says: readonly string[];
}
