import type { CureNeed, CureOffer } from './finding.ts';
import type { HostName } from './host.ts';
import type { FilePath, Json, ThreadId } from './words.ts';

/** What would be done about some findings, in order. Data: the same home gives the same plan. */
export interface Plan {
  /** Fingerprint of everything that the plan says; names it between showing and doing. */
  readonly sha: string;
  readonly units: readonly Unit[];
  readonly refused: readonly Refused[];
  readonly needs: readonly CureNeed[];
  /** What the backup will come to, but for files that are moved into the vault. */
  readonly backupBytes: number;
}

/** Steps that stand or fall together: when one cannot be done, those before it are taken back. */
export interface Unit {
  /** The ids of the findings that it heals. */
  readonly findings: readonly string[];
  /** The cure, as it is offered. */
  readonly cure: Pick<CureOffer, 'id' | 'title'>;
  readonly says: string;
  readonly loses: CureOffer['loses'];
  readonly needs: readonly CureNeed[];
  readonly steps: readonly Step[];
  /**
   * Present where places have to agree with each other: it is undone as a whole, or left as a whole
   * when anything of it has been changed since. Says what else brings the person back then.
   */
  readonly undoneWhole?: string;
  /**
   * Present where it moves a thread to another provider: the original is noted before. Of a finding
   * about many threads it is one part, which stands or falls by itself.
   */
  readonly move?: ThreadMove;
  /**
   * Present where it is one part of something bigger: when it cannot be done the rest goes on without these
   * threads, and when the rest cannot be done it is taken back with it.
   */
  readonly part?: readonly ThreadId[];
}

export interface ThreadMove {
  readonly thread: ThreadId;
  readonly from: string;
  readonly to: string;
}

/** A finding that is left as it is. */
export interface Refused {
  readonly finding: string;
  readonly why: string;
  readonly next: string;
  /** Present where nothing has to be done: what was wrong is gone, or what was wanted is so already. */
  readonly isSettled?: true;
}

export type Step = RowsStep | EditStep | MoveStep | CreateStep | LinkStep | BlockStep | AskStep;
export type StepKind = Step['kind'];

/**
 * A value as SQLite writes it in a statement: `'text'`, `12`, `NULL`, `X'00'`. Exact where a number of
 * JavaScript is not, and readable in a plan.
 */
export type Literal = string;
export interface Columns {
  readonly [column: string]: Literal;
}

/** Changes rows of one table in one transaction. */
export interface RowsStep {
  readonly kind: 'rows';
  readonly database: FilePath;
  readonly table: string;
  /** How the table is made, where it is not there. */
  readonly makes?: string;
  readonly changes: readonly RowChange[];
}

/** `before` null: the row is made. `after` null: it is taken out, and `before` is all of it. */
export interface RowChange {
  readonly key: Columns;
  readonly before: Columns | null;
  readonly after: Columns | null;
}

/** Bytes as text, one character for each. */
export type Bytes = string & { readonly flavour?: 'Bytes' };

/** Changes places of a file. Everything else in it keeps every byte, and the file its time. */
export interface EditStep {
  readonly kind: 'edit';
  readonly file: FilePath;
  /** What the file was like when the plan was made. */
  readonly bytes: number;
  readonly modifiedMs: number;
  /** In order, and not over each other. */
  readonly splices: readonly Splice[];
  /** It is undone only while nobody has written anything into the file since. */
  readonly isStrict?: true;
  /**
   * The name under which forks lean on bytes of this file, and the names of those that did. When one
   * was made since, the file keeps its length, and with it all that was done.
   */
  readonly leaning?: { readonly on: ThreadId; readonly known: readonly ThreadId[] };
}

export interface Splice {
  readonly at: number;
  readonly before: Bytes;
  readonly after: Bytes;
}

/** Moves a file to where nothing is. */
export interface MoveStep {
  readonly kind: 'move';
  readonly from: FilePath;
  readonly to: Destination;
  readonly bytes: number;
  readonly modifiedMs: number;
  /** It is a database: the one that Codex makes in its place goes into the vault when this is undone. */
  readonly isDatabase?: true;
}

/** A place on disk, or a name in the vault of the repair that is being made. */
export type Destination = { readonly file: FilePath } | { readonly vault: string };

/** Makes a file where nothing is: a small one, or what another one holds. */
export interface CreateStep {
  readonly kind: 'create';
  readonly file: FilePath;
  readonly content: Bytes | Unpacked | Copied | Imaged;
  readonly modifiedMs: number | null;
}

/** Another file as it is, with its rights and its time. It is copied, and never looked into. */
export interface Copied {
  readonly copied: FilePath;
  readonly bytes: number;
}

/**
 * What a database holds at the moment in which this is done, with what is only in its log by then. It is one
 * consistent picture also beside somebody who writes, as another host may.
 */
export interface Imaged {
  readonly imaged: FilePath;
  /** The host on whose own disk the file is made: at its path on any other host lies something else. */
  readonly on: HostName;
}

/** What a file holds, unpacked where it is compressed; so many bytes. */
export interface Unpacked {
  readonly unpacked: FilePath;
  readonly bytes: number;
}

/** Makes a symbolic link where nothing is. */
export interface LinkStep {
  readonly kind: 'link';
  readonly file: FilePath;
  /** Where it leads, as it is written into the link. */
  readonly target: FilePath;
}

/**
 * Puts lines at the beginning of a file, or makes the file of them. Undoing takes exactly these lines out
 * again, wherever they stand by then: the file is a person's, who may have changed it since.
 */
export interface BlockStep {
  readonly kind: 'block';
  readonly file: FilePath;
  readonly block: Bytes;
  /** What the file was like when the plan was made; null where there was none. */
  readonly was: { readonly bytes: number; readonly modifiedMs: number } | null;
}

/** Lets Codex itself do something, through a server of its own that is ended afterwards. */
export interface AskStep {
  readonly kind: 'ask';
  readonly codex: FilePath;
  readonly home: FilePath;
  readonly sqliteHome: FilePath;
  readonly state: FilePath;
  /** Databases that it opens at its start, and makes where they are not; absent in early plans. */
  readonly opens?: readonly OpenedDatabase[];
  readonly calls: readonly Call[];
  /** Present where Codex makes its database anew in this: what it does not put there by itself. */
  readonly replay?: Replay;
  /**
   * Present where this is not the home that is repaired but one that the repair makes: a word that no other
   * step of the plan has. Its databases stay when somebody has worked there since.
   */
  readonly newHome?: string;
}

/**
 * Rows that are written when Codex has ended. What they replace cannot be known beforehand: Codex has yet
 * to make it. It need not be, since the whole new database goes away when this is undone.
 */
export interface Replay {
  readonly finding: string;
  /** What was found and what was not, for the person who reads the plan. */
  readonly says: string;
  readonly rows: readonly KnownRow[];
  /** Rows of other databases that are copied as they are, being too many to be named one by one. */
  readonly copies?: readonly CopiedRows[];
}

/** All rows about some threads, from a database of another home to the one of the same name. */
export interface CopiedRows {
  readonly from: FilePath;
  readonly to: FilePath;
  readonly tables: readonly ThreadTable[];
  readonly threads: readonly ThreadId[];
}

/** A table of which each row belongs to the thread in this column. */
export interface ThreadTable {
  readonly table: string;
  readonly column: string;
}

export interface KnownRow {
  readonly table: string;
  readonly key: Columns;
  readonly values: Columns;
  /** Whether the row is made where Codex has made none. */
  readonly makes: boolean;
}

export interface OpenedDatabase {
  readonly file: FilePath;
  /** Whether it is there when Codex is started. */
  readonly isThere: boolean;
}

export interface Call {
  readonly method: string;
  readonly params: { readonly [name: string]: Json };
  /** What it is for: sentences that begin with a verb, as `archives the thread …`. */
  readonly says: string;
  /** The findings that it heals. */
  readonly findings: readonly string[];
  /** Threads that it is about; Codex makes or changes their rows, and may write or move their files. */
  readonly threads: readonly ThreadId[];
  /** Files that Codex compresses by it, as the plan found them. */
  readonly packs?: readonly Packing[];
  /** What Codex does to rows by itself on that occasion, as far as it is foreseen. */
  readonly corrects?: readonly Correction[];
  /** Databases that Codex makes on that occasion, and not yet at its start. */
  readonly makes?: readonly FilePath[];
}

export interface Packing {
  /** What is noted as failed when this one is not compressed. */
  readonly finding: string;
  readonly file: FilePath;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** A row of `threads` that Codex makes, changes in these columns, or takes out. */
export interface Correction {
  readonly thread: ThreadId;
  readonly does: 'enters' | 'changes' | 'takes out';
  readonly columns: readonly string[];
}

/** What a plan came to. */
export interface Receipt {
  /** `20261121T020000Z-4f2a` */
  readonly id: string;
  readonly at: string;
  readonly plan: string;
  readonly findings: readonly string[];
  /** How many findings something was done about. */
  readonly applied: number;
  readonly skipped: readonly Left[];
  readonly failed: readonly Left[];
  /** What Codex changed beside what was planned, in words. */
  readonly unplanned: readonly string[];
}

/** Something that was not done, and why. */
export interface Left {
  readonly what: string;
  readonly why: string;
}
