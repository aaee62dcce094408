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
  /**
   * What Codex (seen in 0.153 and 0.169) adds to the name when a thread goes on in a new file, as it
   * does after a revert; null for the first file. All files of a thread are one conversation.
   */
  readonly segment: ThreadId | null;
  /** Local time of the process that made it, as `2026-11-21T10-52-43`. */
  readonly stamp: string;
}

/**
 * What the beginning of a rollout is like.
 * `sound`: the first line describes the thread. `unread`: it could not be looked at.
 */
export type HeadState =
  'sound' | 'empty' | 'byte-order-mark' | 'not-json' | 'not-meta' | 'incomplete' | 'unread';

/** What stands for a first message without any text; Codex makes a preview of it, and no title. */
export const ONLY_AN_IMAGE = '[Image]';

export interface RolloutHead {
  readonly state: HeadState;
  /** What exactly is wrong with a head that is not sound. */
  readonly why: string | null;
  /** The description of the thread, also when it does not stand where it should. */
  readonly meta: RolloutMeta | null;
  /**
   * The description that Codex finds: the first usable one among the first ten lines that are not
   * empty, counted from zero. Null when it finds none; `meta` may still hold what stands there.
   */
  readonly header: { readonly meta: RolloutMeta; readonly line: number } | null;
  /** Without a header: the first usable description further behind, in the part read. */
  readonly laterMeta: RolloutMeta | null;
  /** The first message of the person, shortened; null when there is none in the part read. */
  readonly firstUserMessage: string | null;
  /** The same where Codex looks for it, as threads with legacy history hold it. */
  readonly userMessage: string | null;
  /** The same where Codex looks for it, as threads with paginated history hold it. */
  readonly userItem: string | null;
  /** Whether there is, instead of a message, a goal where Codex looks for one. */
  readonly hasGoal: boolean;
  /** False when the part read ended before a message was found. */
  readonly reachesFirstMessage: boolean;
  /** The directory of the first turn, when it is in the part read. */
  readonly firstCwd: FilePath | null;
  /** False when there are bytes that are no text: Codex stops reading there. */
  readonly isUtf8: boolean;
  /** Where the first of those bytes stand, as seen from header and first message. */
  readonly badBytes: 'in-description' | 'before-message' | 'behind' | null;
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
  /** As written: a word, or the JSON text of what is none. Null when absent. */
  readonly historyMode: string | null;
  /** Codex from 0.160 on does not take this description, and older ones do. */
  readonly isRefusedByNewer: boolean;
  readonly forkedFrom: ThreadId | null;
  /** The thread whose file holds the beginning of this conversation; such a fork cannot be read without it. */
  readonly historyBase: ThreadId | null;
  /**
   * Which file of that thread: the thread's id for its first file, else the segment's. A thread
   * that goes on in a new file names its own earlier file here. Null where nothing is named.
   */
  readonly historyFile: ThreadId | null;
  /** So many bytes of that file belong to this conversation. */
  readonly historyBytes: number | null;
  /** Whether the directory is one of the workspace's roots; null when no roots are named. */
  readonly isCwdARoot: boolean | null;
  readonly gitBranch: string | null;
  readonly gitCommit: string | null;
  readonly gitOrigin: string | null;
}

export interface RolloutTail {
  /** Whether head and tail together are the whole file. */
  readonly isWholeFile: boolean;
  readonly ending: 'whole' | 'no-line-break' | 'cut' | 'unread';
  /** False when there are bytes in it that are no text. */
  readonly isUtf8: boolean;
  /**
   * Whether the last line that can be read has a number, as paginated history needs it. A line without one may
   * be passed over, when it is none that each Codex knows.
   */
  readonly lastHasOrdinal: boolean | 'lacks-or-is-none' | null;
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
  /** What lines of compaction come to: each holds much of the conversation once more. */
  readonly compactionBytes: number;
  /** What images come to that are written into lines as text. */
  readonly imageBytes: number;
}
