import type { Bytes, Columns, Literal } from './plan.ts';
import type { FilePath, ThreadId } from './words.ts';

/** What a cure must know beyond the scan. */
export interface Wishes {
  /** Rows of `threads`, whole, by their ids as stored. */
  readonly rows?: readonly ThreadId[];
  /** The first line of these files, and what stands before it. */
  readonly heads?: readonly FilePath[];
  /** The first message of the person in these files, in full. */
  readonly messages?: readonly FilePath[];
  /** Pairs of files of which one may hold all that the other holds. */
  readonly pairs?: readonly Pair[];
  /** The files that SQLite keeps beside these databases. */
  readonly sidecars?: readonly FilePath[];
  /** How these files end, and the newest settings in them. */
  readonly ends?: readonly FilePath[];
  /** Where the history database says that the turns of these threads stand. */
  readonly projections?: readonly ThreadId[];
  /** State databases that Codex cannot use any more, and of which all is wanted that can be read. */
  readonly salvage?: readonly FilePath[];
  /** State databases that are gone, and of which Codex may have put an older one aside. */
  readonly backups?: readonly FilePath[];
}

/** What can still be read of a database, by its tables. What is NULL in a row is left out. */
export interface Salvage {
  readonly tables: Readonly<Record<string, readonly Columns[]>>;
  /** Tables of which something could not be read. */
  readonly torn: readonly string[];
}

/** What a line that is added to a rollout must follow. */
export interface RolloutEnd {
  /** So many bytes it holds, unpacked where it is compressed. */
  readonly bytes: number;
  /** Whether its last line ends with a line break. */
  readonly isEnded: boolean;
  /** The number of the last line that Codex reads; null when it has none. */
  readonly lastOrdinal: number | null;
  /** The newest settings line, without its line break, and where it stands. */
  readonly settings: { readonly at: number; readonly line: Bytes } | null;
}

/** Places in a rollout, in bytes, as the history database has noted them. */
export interface Projection {
  /** Up to where the file was read; null when nothing is noted of the thread. */
  readonly next: Literal | null;
  readonly turns: readonly { readonly turn: Literal; readonly places: Columns }[];
}

/** A file as it lies there. */
export interface FileFacts {
  readonly file: FilePath;
  readonly bytes: number;
  readonly modifiedMs: number;
}

export type Pair = readonly [first: FilePath, second: FilePath];

/** `apart`: each has something that the other lacks. */
export type Comparison =
  'same' | 'first-within-second' | 'second-within-first' | 'apart' | 'unknown';

/** What the cures of some findings must know beyond the scan: looked at once for all of them. */
export interface CloserLook {
  readonly rows: Readonly<Record<ThreadId, Columns>>;
  readonly heads: Readonly<Record<FilePath, Bytes>>;
  readonly messages: Readonly<Record<FilePath, string>>;
  /** By the two paths, with a line break between them. */
  readonly pairs: Readonly<Record<string, Comparison>>;
  readonly sidecars: Readonly<Record<FilePath, readonly FileFacts[]>>;
  readonly ends: Readonly<Record<FilePath, RolloutEnd>>;
  readonly projections: Readonly<Record<ThreadId, Projection>>;
  readonly salvage: Readonly<Record<FilePath, Salvage>>;
  /** By the database that it was: when Codex has put it aside, and what can be read of it. */
  readonly backups: Readonly<
    Record<FilePath, { readonly atMs: number; readonly salvage: Salvage }>
  >;
}

/** Whole tables: by their names, then by the id of each row. */
export interface TableImages {
  readonly [table: string]: { readonly [id: string]: Columns };
}
