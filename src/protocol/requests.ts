// Every message between editor and server for which the Language Server Protocol has no word: its name,
// what it is asked with, and what is answered. Names and types: both sides import them, and neither
// imports the other.

import type { DocumentRequest } from './documents.ts';
import type {
  Accepted,
  ApplyRequest,
  Candidates,
  ConfirmRequest,
  DatabaseChoices,
  HistoryShown,
  PlanShown,
  ProviderChoice,
  PruneRequest,
  PruningShown,
  RepairDone,
  SaveDone,
  SplitChoices,
  SplitConfirmed,
  UndoDone,
  UndoRequest,
  Wish,
} from './repairs.ts';
import type {
  FindRequest,
  HealthTree,
  NoteRequest,
  PinRequest,
  ThreadDetails,
  ThreadNode,
  ThreadsAnswer,
  ThreadsRequest,
  TreeRequest,
} from './tree.ts';

export interface Requests {
  /** The tree down to its projects; from the newest scan, after one when there is none. */
  'codexHealth/tree': Asked<TreeRequest, HealthTree>;
  /** The repair that a stop has left in the middle. Waits for where the backups lie, as the tree does not. */
  'codexHealth/stopped': Asked<undefined, string | null>;
  /** The threads of one project. */
  'codexHealth/threads': Asked<ThreadsRequest, ThreadsAnswer>;
  /** Threads of all projects by title, path or id, the best first. */
  'codexHealth/find': Asked<FindRequest, readonly ThreadNode[]>;
  /** What is needed to open a thread; null when there is no such thread. */
  'codexHealth/thread': Asked<{ readonly id: string }, ThreadDetails | null>;
  'codexHealth/pin': Asked<PinRequest, void>;
  /** Whether it shall be noted which threads are written on this machine. */
  'codexHealth/note': Asked<NoteRequest, void>;
  /** Looks again. Answered when the scan is over. */
  'codexHealth/refresh': Asked<undefined, void>;
  /** The text of a document of the scheme `codex-health:`. */
  'codexHealth/document': Asked<DocumentRequest, string>;
  /** A short word for each of these documents, which is another one when its text is. */
  'codexHealth/documentStamps': Asked<{ readonly uris: readonly string[] }, readonly string[]>;
  /** The redacted report, for the clipboard. */
  'codexHealth/report': Asked<undefined, string>;

  /** What would be done. Looks closer, and changes nothing. */
  'codexHealth/plan': Asked<{ readonly wish: Wish }, PlanShown>;
  /** The wish whose plan is shown on a page; null where none is. */
  'codexHealth/wishAt': Asked<DocumentRequest, Wish | null>;
  /** Does what was shown, or refuses. Reports work-done progress; can be cancelled while it waits and works. */
  'codexHealth/apply': Asked<ApplyRequest, RepairDone>;
  'codexHealth/undo': Asked<UndoRequest, UndoDone>;
  'codexHealth/history': Asked<undefined, HistoryShown>;
  /** Looks at all hosts that the person chose. */
  'codexHealth/splitChoices': Asked<undefined, SplitChoices>;
  /** Looks at the hosts of a split, and asks Codex there. Who cancels it hears of those that were asked. */
  'codexHealth/confirmSplit': Asked<ConfirmRequest, SplitConfirmed>;
  /** How Codex is started on this host, and who else is known to have the home. */
  'codexHealth/databaseChoices': Asked<undefined, DatabaseChoices>;
  /** What dropping old backups would drop. Looks only. */
  'codexHealth/planPruning': Asked<PruneRequest, PruningShown>;
  /** Drops exactly what was shown. For this there is no undo. */
  'codexHealth/prune': Asked<PruneRequest & { readonly sha: string }, void>;
  /** A safe copy into a folder that is not there yet. */
  'codexHealth/save': Asked<{ readonly folder: string }, SaveDone>;
  'codexHealth/providers': Asked<undefined, readonly ProviderChoice[]>;
  /** Folders that may have taken the place of one that is gone. */
  'codexHealth/candidates': Asked<{ readonly findings: readonly string[] }, Candidates>;
  'codexHealth/accept': Asked<{ readonly findings: readonly string[] }, void>;
  'codexHealth/takeBack': Asked<{ readonly findings: readonly string[] }, void>;
  'codexHealth/accepted': Asked<undefined, readonly Accepted[]>;
}

export interface Asked<Params, Answer> {
  readonly params: Params;
  readonly answer: Answer;
}

export type RequestName = keyof Requests;
export type ParamsOf<Name extends RequestName> = Requests[Name]['params'];
export type AnswerOf<Name extends RequestName> = Requests[Name]['answer'];

/** Told by the server: what was answered before is no longer so; ask again. */
export const CHANGED_NOTIFICATION = 'codexHealth/changed';

/** Told by the editor: which pages of ours stand in a tab now. Their findings are marked on them. */
export const PAGES_NOTIFICATION = 'codexHealth/pages';

export interface PagesOpen {
  readonly uris: readonly string[];
}

/**
 * An expected "no" comes as an error with this code, the sentence as its message, and these data. All
 * other errors are failures of ours.
 */
export const REFUSED = -32803;

export interface RefusedData {
  readonly refusal: string;
  /** What the person can do next. */
  readonly next: string;
}
