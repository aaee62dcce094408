import type { CheckOutcome, Finding } from './finding.ts';
import type { Snapshot } from './snapshot.ts';
import type { Answer, ThreadId } from './words.ts';

/** What a scan comes to: the snapshot, judged. */
export interface Report {
  readonly snapshot: Snapshot;
  readonly findings: readonly Finding[];
  readonly checks: readonly CheckOutcome[];
  readonly verdict: 'healthy' | 'findings' | 'incomplete';
  readonly nothingLost: NothingLost;
  readonly counts: Counts;
  /** Predicted when it is asked for first: not everybody who scans wants to know. */
  readonly visibility: Readonly<Record<ThreadId, Visibility>>;
}

/** Is every thread's conversation readable on disk? The first sentence that a person reads. */
export interface NothingLost {
  readonly answer: 'yes' | 'no' | 'unknown';
  readonly says: string;
}

export interface Counts {
  readonly threads: number;
  readonly active: number;
  readonly archived: number;
  readonly rows: number;
  readonly rollouts: number;
  readonly rolloutBytes: number;
  readonly projects: number;
}

/** Who shows a thread. */
export interface Visibility {
  readonly scanList: Shown;
  readonly databaseList: Shown;
  readonly newest50: Shown;
  readonly resumable: { readonly answer: Answer; readonly why: string | null };
  readonly surfaces: {
    readonly vscode: Shown;
    readonly resumePicker: Shown;
    readonly desktop: Shown;
  };
}

export interface Shown {
  readonly shown: Answer;
  readonly why: string | null;
}
