// The nodes of the tree: host → project → thread → finding, and a host's databases.

import type { CureOffer, Finding, Severity } from '../engine/model/finding.ts';
import type { NothingLost, Visibility } from '../engine/model/report.ts';
import type { Place } from './documents.ts';

/** `trouble`: with a finding that is not a note. `hidden`: some surface does not show it. */
export type Filter = 'all' | 'trouble' | 'hidden' | 'archived';

export interface TreeRequest {
  readonly filter: Filter;
}

export interface HealthTree {
  /** `no-home`: there is no Codex home at this path, or nothing of Codex in it. */
  readonly state: 'read' | 'no-home';
  readonly homePath: string;
  readonly nothingLost: NothingLost;
  readonly threadsInTrouble: number;
  /** Errors and warnings about the home itself. */
  readonly troublesOfHome: number;
  /** A repair that was stopped in the middle; null when there is none, or none is known of yet. */
  readonly interrupted: string | null;
  readonly hasCodex: boolean;
  /** Whether it is noted which threads are written on this machine; null where the person has never said. */
  readonly noting: boolean | null;
  readonly hosts: readonly HostNode[];
}

export interface HostNode {
  readonly kind: 'host';
  readonly name: string;
  /** What it calls itself; threads are pinned to it by this. */
  readonly hostname: string;
  readonly isHere: boolean;
  /** When somebody looked at it; null for this machine, and where nobody could. */
  readonly seenAtMs: number | null;
  /** Whether it is being looked at just now. */
  readonly isLooking: boolean;
  /** Other hosts that share its home, and so list its threads as well. */
  readonly alsoFrom: readonly string[];
  /** Whether the home itself, its databases and what is wrong with it, stands at this host. */
  readonly hasHome: boolean;
  readonly homePath: string;
  /** The page of the home. */
  readonly uri: string;
  readonly counts: ThreadCounts;
  /** Trouble first, then the newest. Only those that hold a thread of the filter. */
  readonly projects: readonly ProjectNode[];
  /** Findings about config and the home itself. */
  readonly findings: readonly FindingNode[];
  readonly databases: readonly DatabaseNode[];
  readonly gaps: readonly GapNode[];
}

export interface DatabaseNode {
  readonly kind: 'database';
  readonly host: string;
  /** Its path in the home. */
  readonly key: string;
  readonly uri: string;
  readonly bytes: number;
  /** Why it cannot be read; null when it can. */
  readonly trouble: string | null;
  readonly severity: Severity | null;
  readonly findings: readonly FindingNode[];
}

export interface ProjectNode {
  readonly kind: 'project';
  readonly host: string;
  readonly path: string;
  /** What it is called in the tree; tells apart projects whose folders have one name. */
  readonly name: string;
  /** Of the filter; with those of its worktrees. */
  readonly counts: ThreadCounts;
  readonly severity: Severity | null;
  readonly updatedAtMs: number;
  /** Whether the folder is there; null where nobody looked. */
  readonly isThere: boolean | null;
  readonly worktrees: readonly ProjectNode[];
}

export interface ThreadCounts {
  readonly threads: number;
  /** Threads with a finding that is not a note. */
  readonly inTrouble: number;
}

export interface ThreadsRequest {
  readonly host: string;
  readonly project: string;
  readonly filter: Filter;
  /** At most so many, since somebody has twenty thousand. */
  readonly limit: number;
  /** A thread that shall be among them, and all those before it; for showing one that was found. */
  readonly including?: string;
}

export interface ThreadsAnswer {
  /** Trouble first, then the newest. Sub-agents and forks are at their parent, if it is of the project. */
  readonly threads: readonly ThreadNode[];
  /** How many there are besides. */
  readonly more: number;
}

export interface ThreadNode {
  readonly kind: 'thread';
  readonly id: string;
  readonly uri: string;
  readonly title: string;
  readonly project: string;
  readonly archived: boolean;
  readonly provider: string;
  readonly updatedAtMs: number;
  readonly severity: Severity | null;
  readonly visibility: Visibility | null;
  readonly live: Live | null;
  readonly findings: readonly FindingNode[];
  /** What came of it: sub-agents and forks, as many as were asked for. */
  readonly children: readonly ChildNode[];
  /** How many there are besides. */
  readonly moreChildren: number;
}

export interface ChildNode extends ThreadNode {
  readonly bond: 'sub-agent' | 'fork';
}

/** What can be told without asking anybody. `held`: a program has it open; `active`: its file has grown. */
export type Live =
  | {
      readonly state: 'held';
      readonly program: string;
      readonly pid: number;
      /** Whether something was written in the last seconds. */
      readonly isActive: boolean;
    }
  | { readonly state: 'active' };

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
  /** Best first. */
  readonly cures: readonly CureOffer[];
}

/** What could not be looked at, and which checks could therefore not tell. */
export interface GapNode {
  readonly kind: 'gap';
  readonly says: string;
  readonly checks: readonly string[];
}

export interface FindRequest {
  readonly text: string;
  readonly limit: number;
}

/** What is needed to open a thread, here and in Codex. */
export interface ThreadDetails {
  readonly id: string;
  readonly title: string;
  /** The document with what was said in it. */
  readonly transcript: string;
  readonly cwd: string;
  readonly isCwdThere: boolean | null;
  readonly archived: boolean;
  /** The program to resume it with; null when there is none on this machine. */
  readonly codex: string | null;
  readonly homePath: string;
  /** Whether Codex uses this home when nobody names one. */
  readonly isDefaultHome: boolean;
  readonly resumable: Visibility['resumable'] | null;
  /** Present where it belongs to another host than this one, or was used on several. */
  readonly elsewhere: Belonging | null;
}

/** Whose thread it is, where several hosts share a home. */
export interface Belonging {
  /** As that host calls itself; null where it was seen on several. */
  readonly host: string | null;
  /** The name under which the person reaches it over ssh; null where none is known. */
  readonly alias: string | null;
  /** What this host calls itself. */
  readonly here: string;
  /** Whether it lies in a home that this host does not have: then it can be gone on with only there. */
  readonly isOnlyThere: boolean;
  /** Sentences, what weighs most first. */
  readonly evidence: readonly string[];
}

/** The person says to which host threads and whole projects belong; null takes that back. */
export interface PinRequest {
  readonly threads: readonly string[];
  /** By their paths. */
  readonly projects: readonly string[];
  /** As it calls itself. */
  readonly host: string | null;
}

export interface NoteRequest {
  readonly isWanted: boolean;
}
