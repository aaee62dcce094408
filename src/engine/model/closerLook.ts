import type { Bytes, Columns, Literal } from './plan.ts';
import type { Rollout, RolloutMeta } from './rollout.ts';
import type { PathState } from './snapshot.ts';
import type { FilePath, ThreadId } from './words.ts';

/** What a cure must know beyond the scan. */
export interface Wishes {
  /** Rows of `threads`, whole, by their ids as stored. */
  readonly rows?: readonly ThreadId[];
  /** Threads of which has to be known which threads their agents have. */
  readonly agents?: readonly ThreadId[];
  /** The first line of these files, and what stands before it. */
  readonly heads?: readonly FilePath[];
  /** The first message of the person in these files, in full. */
  readonly messages?: readonly FilePath[];
  /** What was said first in these files, where Codex finds no message of a person. */
  readonly words?: readonly FilePath[];
  /** Pairs of files of which one may hold all that the other holds. */
  readonly pairs?: readonly Pair[];
  /** The files that SQLite keeps beside these databases. */
  readonly sidecars?: readonly FilePath[];
  /** How these files end, and the newest settings in them. */
  readonly ends?: readonly FilePath[];
  /** Where the history database says that the turns of these threads stand. */
  readonly projections?: readonly ThreadId[];
  /** Where these config.toml name the provider. */
  readonly providerPlaces?: readonly FilePath[];
  /** Files in which conversations begin, and that are not where they should be. */
  readonly beginnings?: readonly Beginning[];
  /** State databases that Codex cannot use any more, and of which all is wanted that can be read. */
  readonly salvage?: readonly FilePath[];
  /** State databases that are gone, and of which Codex may have put an older one aside. */
  readonly backups?: readonly FilePath[];
  /** Directories of which has to be known whether they are there. */
  readonly folders?: readonly FilePath[];
  /** Directories that are gone: what may have taken their places. */
  readonly successors?: readonly Vanished[];
}

/** A file that is named by another one as what comes before it. */
export interface Beginning {
  /** The name by which it is named: of a thread, or of a part of one. */
  readonly name: ThreadId;
  /** The file that names it. */
  readonly leaning: FilePath;
}

/** What can still be read of a database, by its tables. What is NULL in a row is left out. */
export interface Salvage {
  readonly tables: Readonly<Record<string, readonly Columns[]>>;
  /** Tables of which something could not be read. */
  readonly torn: readonly string[];
}

/** A directory that is gone, and the commit at which a thread has worked in it. */
export interface Vanished {
  readonly folder: FilePath;
  readonly commit: string | null;
}

/** A directory that may have taken the place of one that is gone. */
export interface Successor {
  readonly folder: FilePath;
  /** It does not take the place itself, but holds it, or would: the place in it is not there. */
  readonly isAbove: boolean;
  /** The repository that it belongs to, as its own files tell; null when there is none. */
  readonly repository: Repository | null;
  /** A commit at which a thread has worked in the one that is gone is in that repository. */
  readonly hasCommit: boolean;
}

/** What Git says of a working directory, in small files of its own. */
export interface Repository {
  readonly remotes: readonly string[];
  /** Those that were asked about and are there. */
  readonly commits: readonly string[];
  /** Where Git has noted that this worktree is, though it may have been moved; null when it is none. */
  readonly notedAt: FilePath | null;
  /** The working directory of which this is a worktree; null when it is none, or of none. */
  readonly main: FilePath | null;
  /** Where Git has noted further worktrees of this repository. */
  readonly worktrees: readonly FilePath[];
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

/** What was said first; null where nothing was. */
export interface FirstWords {
  readonly person: string | null;
  readonly model: string | null;
}

/** A file as it lies there. */
export interface FileFacts {
  readonly file: FilePath;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** Where a config.toml names the provider. */
export interface ProviderPlace extends FileFacts {
  readonly at: number;
  /** The value as it stands there; empty where none is named, and a line of its own can be put. */
  readonly written: Bytes;
  readonly lineBreak: '\n' | '\r\n';
}

/** What a search for a beginning came to. */
export interface BeginningSearch {
  /** How many files were opened that could have been it. */
  readonly looked: number;
  /** False when not everything could be looked at: there was too much, or it may not be read. */
  readonly isWhole: boolean;
  /** The one that holds all that any fitting one holds; null when there is none. */
  readonly found: FoundBeginning | null;
  /** Files of it that cannot be taken, and why. */
  readonly unfit: readonly { readonly file: FilePath; readonly why: string }[];
}

export interface FoundBeginning extends Pick<
  Rollout,
  'file' | 'path' | 'bytes' | 'modifiedMs' | 'compressed' | 'name'
> {
  readonly meta: RolloutMeta;
  /** Unpacked where it is compressed. */
  readonly length: number;
}

export type Pair = readonly [first: FilePath, second: FilePath];

/** `apart`: each has something that the other lacks. */
export type Comparison =
  'same' | 'first-within-second' | 'second-within-first' | 'apart' | 'unknown';

/** What the cures of some findings must know beyond the scan: looked at once for all of them. */
export interface CloserLook {
  readonly rows: Readonly<Record<ThreadId, Columns>>;
  /** The threads of a thread's agents, and of their agents, by its id. */
  readonly agents: Readonly<Record<ThreadId, readonly ThreadId[]>>;
  readonly heads: Readonly<Record<FilePath, Bytes>>;
  readonly messages: Readonly<Record<FilePath, string>>;
  readonly words: Readonly<Record<FilePath, FirstWords>>;
  /** By the two paths, with a line break between them. */
  readonly pairs: Readonly<Record<string, Comparison>>;
  readonly sidecars: Readonly<Record<FilePath, readonly FileFacts[]>>;
  readonly ends: Readonly<Record<FilePath, RolloutEnd>>;
  readonly projections: Readonly<Record<ThreadId, Projection>>;
  /** Absent where it is not there or not understood. */
  readonly providerPlaces: Readonly<Record<FilePath, ProviderPlace>>;
  /** By the files that name them. */
  readonly beginnings: Readonly<Record<FilePath, BeginningSearch>>;
  readonly salvage: Readonly<Record<FilePath, Salvage>>;
  /** By the database that it was: when Codex has put it aside, and what can be read of it. */
  readonly backups: Readonly<
    Record<FilePath, { readonly atMs: number; readonly salvage: Salvage }>
  >;
  readonly folders: Readonly<Record<FilePath, PathState>>;
  /** By the directory that is gone; absent where nobody has looked. */
  readonly successors: Readonly<Record<FilePath, readonly Successor[]>>;
}

/** Whole tables: by their names, then by the id of each row. */
export interface TableImages {
  readonly [table: string]: { readonly [id: string]: Columns };
}
