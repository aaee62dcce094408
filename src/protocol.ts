// The few messages between server and extension that the Language Server Protocol has no word for.
// Names and types: both sides import it, and neither imports the other.

import type { Finding, Severity } from './engine/model/finding.ts';
import type { NothingLost, Visibility } from './engine/model/report.ts';

/** Asks for the tree down to its projects; answered from the newest scan, after one when there is none. */
export const TREE_REQUEST = 'codexHealth/tree';
/** Asks for the threads of one project. */
export const THREADS_REQUEST = 'codexHealth/threads';
/** Looks again. Answered when the scan is over. */
export const REFRESH_REQUEST = 'codexHealth/refresh';
/** The text of a document of the scheme `codex-health:`. */
export const DOCUMENT_REQUEST = 'codexHealth/document';
/** The redacted report, for the clipboard. */
export const REPORT_REQUEST = 'codexHealth/report';
/** What was answered before is no longer so: ask again. */
export const CHANGED_NOTIFICATION = 'codexHealth/changed';

/** `codex-health://‹home key›/thread/‹id›`; no query part, since VS Code writes it in another way. */
export const DOCUMENT_SCHEME = 'codex-health';

/** What the server is told when it starts and when a setting changes; what is absent has its default. */
export interface ServerSettings {
  readonly home: string | null;
  readonly sqliteHome: string | null;
  readonly codexPath: string | null;
  /** Check id → what its findings count as. */
  readonly levels: Readonly<Record<string, Level>>;
  /** Which threads have problem markers. */
  readonly problems: 'workspace' | 'all' | 'off';
}

export type Level = Severity | 'off';

export interface HealthTree {
  /** `no-home`: there is no Codex home at this path, or nothing of Codex in it. */
  readonly state: 'read' | 'no-home';
  readonly homePath: string;
  readonly nothingLost: NothingLost;
  readonly threadsInTrouble: number;
  readonly hosts: readonly HostNode[];
}

export interface HostNode {
  readonly kind: 'host';
  readonly name: string;
  readonly homePath: string;
  readonly counts: ThreadCounts;
  /** Trouble first, then the newest. */
  readonly projects: readonly ProjectNode[];
  /** Findings about databases, config and the home itself. */
  readonly findings: readonly FindingNode[];
  readonly gaps: readonly GapNode[];
}

export interface ProjectNode {
  readonly kind: 'project';
  readonly host: string;
  readonly path: string;
  readonly counts: ThreadCounts;
  readonly severity: Severity | null;
  readonly updatedAtMs: number;
}

export interface ThreadCounts {
  readonly threads: number;
  /** Threads with a finding that is not a note. */
  readonly inTrouble: number;
}

export interface ThreadsRequest {
  readonly host: string;
  readonly project: string;
  /** At most so many, since somebody has twenty thousand. */
  readonly limit: number;
}

export interface ThreadsAnswer {
  /** Trouble first, then the newest. */
  readonly threads: readonly ThreadNode[];
  /** How many there are besides. */
  readonly more: number;
}

export interface ThreadNode {
  readonly kind: 'thread';
  readonly id: string;
  readonly uri: string;
  readonly title: string;
  readonly archived: boolean;
  readonly updatedAtMs: number;
  readonly severity: Severity | null;
  readonly visibility: Visibility | null;
  readonly findings: readonly FindingNode[];
}

export interface FindingNode extends Pick<
  Finding,
  'id' | 'check' | 'severity' | 'says' | 'subject'
> {
  readonly kind: 'finding';
  /** What the check is called. */
  readonly title: string;
  readonly place: Place;
  /** How many threads suffer from it. */
  readonly threads: number;
}

/** What could not be looked at, and which checks could therefore not tell. */
export interface GapNode {
  readonly kind: 'gap';
  readonly says: string;
  readonly checks: readonly string[];
}

/** Where a finding can be read: a line of a document, counted from zero as the protocol does. */
export interface Place {
  readonly uri: string;
  readonly line: number;
  readonly startCharacter: number;
  readonly endCharacter: number;
}

export interface DocumentRequest {
  readonly uri: string;
}
