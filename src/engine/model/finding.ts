import type { Json, ThreadId } from './words.ts';

export type Severity = 'error' | 'warning' | 'note';

export type SubjectKind =
  'thread' | 'rollout' | 'database' | 'config' | 'provider' | 'codex' | 'home' | 'host';

/** What a finding is about; the key is stable between scans. */
export interface Subject {
  readonly kind: SubjectKind;
  readonly key: string;
  readonly path: string | null;
}

/** Something that is wrong with one subject. Data; the sentence is made from the facts. */
export interface Finding {
  /** The check's id, a colon, the subject's key. */
  readonly id: string;
  readonly check: string;
  readonly severity: Severity;
  readonly subject: Subject;
  readonly says: string;
  readonly facts: { readonly [name: string]: Json };
  readonly threads: readonly ThreadId[];
  readonly cures: readonly CureOffer[];
  /** "I know; stop telling me": a finding that a person lives with counts nowhere. */
  readonly accepted: boolean;
}

/** A cure as a finding offers it; the plan says what it does step by step. */
export interface CureOffer {
  readonly id: string;
  readonly title: string;
  readonly loses: 'nothing' | 'unreadable bytes' | 'readable data';
  readonly needs: readonly CureNeed[];
  readonly automatic: boolean;
}

export type CureNeed = 'codex-stopped' | 'codex-started' | 'a-choice';

/** How a check ended. `unknown` and `crashed` are never shown as healthy. */
export interface CheckOutcome {
  readonly id: string;
  readonly outcome: 'ok' | 'found' | 'unknown' | 'crashed';
  readonly why: string | null;
}
