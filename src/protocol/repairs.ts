// What a person may ask to be changed, the plan of it that they read, and what came of it.

import type { CureNeed, CureOffer } from '../engine/model/finding.ts';
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
  | { readonly kind: 'fork'; readonly thread: string };

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
