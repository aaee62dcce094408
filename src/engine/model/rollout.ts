import type { FilePath, HomePath, ThreadId } from './words.ts';

/** One rollout file: where it lies, and what its head and tail say. */
export interface Rollout {
  readonly path: HomePath;
  readonly file: FilePath;
  readonly place: 'sessions' | 'archived_sessions';
  readonly compressed: boolean;
  readonly bytes: number;
  /** Milliseconds since 1970, with fractions down to the microsecond. */
  readonly modifiedMs: number;
  /** What the file name says, when it is a name as Codex gives them. */
  readonly name: RolloutName | null;
  /** Whether it lies in the date folder of its name, or flat in the archive. */
  readonly inItsFolder: boolean;
  readonly head: RolloutHead;
  readonly tail: RolloutTail;
  /** What the lines say; null unless every line was read. */
  readonly body: RolloutBody | null;
}

export interface RolloutName {
  readonly id: ThreadId;
  /** Local time of the process that made it, as `2026-11-21T10-52-43`. */
  readonly stamp: string;
}

/**
 * What the beginning of a rollout is like.
 * `sound`: the first line describes the thread. `unread`: it could not be looked at.
 */
export type HeadState =
  'sound' | 'empty' | 'byte-order-mark' | 'not-json' | 'not-meta' | 'incomplete' | 'unread';

export interface RolloutHead {
  readonly state: HeadState;
  /** What exactly is wrong with a head that is not sound. */
  readonly why: string | null;
  /** The description of the thread, also when it does not stand where it should. */
  readonly meta: RolloutMeta | null;
  /** The first message of the person, shortened; null when there is none in the part read. */
  readonly firstUserMessage: string | null;
  /** False when the part read ended before a message was found. */
  readonly reachesFirstMessage: boolean;
}

export interface RolloutMeta {
  readonly id: ThreadId | null;
  readonly timestamp: string | null;
  readonly cwd: FilePath | null;
  readonly originator: string | null;
  readonly cliVersion: string | null;
  /** As written: a word, or the JSON text of an object (sub-agents). Null when absent. */
  readonly source: string | null;
  readonly provider: string | null;
  readonly historyMode: string | null;
  readonly forkedFrom: ThreadId | null;
  readonly gitBranch: string | null;
  readonly gitCommit: string | null;
  readonly gitOrigin: string | null;
}

export interface RolloutTail {
  /** Whether head and tail together are the whole file. */
  readonly isWholeFile: boolean;
  readonly ending: 'whole' | 'no-line-break' | 'cut' | 'unread';
  /** The newest settings line, when it is in the part read. */
  readonly settings: RolloutSettings | null;
  /** The directory of the newest turn, when it is in the part read. */
  readonly latestCwd: FilePath | null;
}

export interface RolloutSettings {
  readonly provider: string | null;
  readonly cwd: FilePath | null;
}

export interface RolloutBody {
  readonly lines: number;
  readonly badLines: readonly { readonly line: number; readonly why: string }[];
}
