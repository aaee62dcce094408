// The ports through which the engine sees a machine. All of them only look. What cannot be looked
// at comes back as data, never as an exception: the scan turns it into a gap.

import type { Repository } from './model/closerLook.ts';
import type { FreshServer, HostSight, SeenStart } from './model/host.ts';
import type { Codex, Holder, PathState, Snapshot } from './model/snapshot.ts';
import type { Filesystem } from './model/database.ts';
import type { FilePath } from './model/words.ts';

export interface World {
  readonly machine: Machine;
  readonly files: Files;
  readonly databases: Databases;
  readonly outside: Outside;
  readonly projects: Projects;
  readonly codexes: Codexes;
  readonly processes: Processes;
  readonly watching: Watching;
  readonly memory: Memory;
  readonly keep: Keep;
  readonly hosts: Hosts;
  /** From now on nothing is ever written below this folder, wherever our own files belong. */
  protect(folder: FilePath): void;
  now(): number;
  /** SHA-256 in hexadecimal digits. */
  hash(text: string): string;
  log(line: string): void;
}

export interface Machine {
  readonly hostname: string;
  /** A digest of the machine's own id; null where it has none. */
  readonly id: string | null;
  readonly user: string;
  readonly system: 'linux' | 'darwin' | 'win32';
  readonly userHome: FilePath;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Joins and normalises as this system writes paths. */
  join(...parts: readonly string[]): FilePath;
  isAbsolute(path: string): boolean;
  /** Against the current directory, as a person's shell would read it. */
  absolute(path: string): FilePath;
}

export type Read<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly trouble: Trouble };

export interface Trouble {
  readonly code: 'missing' | 'denied' | 'timeout' | 'not-a-file' | 'too-large' | 'broken';
  /** A sentence part without the path. */
  readonly why: string;
}

/** Files in and below the home. */
export interface Files {
  stat(path: FilePath): Soon<Read<FileState>>;
  /** The names in a folder. */
  list(folder: FilePath): Promise<Read<readonly TreeEntry[]>>;
  /** Everything below a folder; the folder itself may be a link to elsewhere. */
  tree(root: FilePath): Promise<Read<Tree>>;
  /**
   * The first and the last bytes of a file; the same where the file is short. Whoever reads many files
   * lends room for them, and has each until the next: ten thousand copies would be gigabytes of garbage.
   */
  ends(
    file: FilePath,
    headBytes: number,
    tailBytes: number,
    room?: Uint8Array,
  ): Soon<Read<FileEnds>>;
  range(file: FilePath, offset: number, length: number): Promise<Read<Uint8Array>>;
  /** `room` is lent for it, and need not be taken. */
  whole(file: FilePath, maxBytes: number, room?: Uint8Array): Promise<Read<Uint8Array>>;
  /**
   * Hands over the file piece by piece until `visit` says stop, in bounded memory whatever the
   * size. A `.zst` is handed over unpacked. A piece is valid until `visit` returns.
   */
  stream(file: FilePath, visit: (piece: Uint8Array) => 'more' | 'stop'): Promise<Read<void>>;
  /** What a file holds, unpacked where it is compressed; read piece by piece, whatever the size. */
  digest(file: FilePath): Promise<Read<Digest>>;
  /**
   * Everything at and below a path, with the room that it takes. Links are not followed, but for the
   * path itself.
   */
  measure(root: FilePath): Promise<Read<Measured>>;
  /**
   * How many bytes the beginning of a file comes to when it is compressed as Codex does it; nothing is
   * written. Null where this machine cannot compress so.
   */
  packedSize(file: FilePath, atMost: number): Promise<Read<PackedSize> | null>;
  filesystem(path: FilePath): Promise<Filesystem | null>;
  /** Whether touching this path may wait for ever, as on a mount whose server is gone. */
  mayHang(path: FilePath): Promise<boolean>;
  /** The path without links; as given where there is nothing. */
  realPath(path: FilePath): Promise<FilePath>;
  /** Where a symbolic link leads, as it is written in it; `not-a-file` for what is no link. */
  readLink(path: FilePath): Promise<Read<FilePath>>;
  /** Waits; a database that is being written is tried again a moment later. */
  pause(milliseconds: number): Promise<void>;
}

/** What is asked of ten thousand files comes at once where it can: waiting for it would cost as much as to make it. */
export type Soon<T> = T | Promise<T>;

export interface FileState {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly bytes: number;
  readonly modifiedMs: number;
  /** When anything about the file was last changed, its name and rights among it. */
  readonly changedMs: number;
  /** Changes when the file is replaced by another of the same name. */
  readonly identity: string;
}

export interface Digest {
  readonly bytes: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
}

export interface PackedSize {
  readonly bytes: number;
  readonly packedBytes: number;
}

export interface Measured {
  readonly entries: readonly MeasuredEntry[];
  readonly troubles: Tree['troubles'];
}

export interface MeasuredEntry extends TreeEntry {
  /** Its length, as it is read. */
  readonly bytes: number;
  /** The room that it takes on disk: less than its length where it has holes. */
  readonly allocated: number;
  readonly modifiedMs: number;
  /** Two names of one file have one identity. */
  readonly identity: string;
}

export interface Tree {
  readonly entries: readonly TreeEntry[];
  readonly troubles: readonly { readonly path: FilePath; readonly trouble: Trouble }[];
}

export interface TreeEntry {
  /** Relative to the root, with `/` on every system. */
  readonly path: string;
  /** The whole path, as this system writes it. */
  readonly file: FilePath;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
}

export interface FileEnds {
  readonly state: FileState;
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  /** Where the tail begins. */
  readonly tailOffset: number;
}

/** SQLite in memory, on an image of a database; the file on disk is never handed to it. */
export interface Databases {
  /**
   * Makes the image by the engine's own reading (`scan/databases/databaseImage.ts`), beside the scan: its bytes
   * never pass through the hands of the caller.
   */
  open(file: FilePath, maxBytes: number): Promise<Read<OpenDatabase>>;
}

export interface OpenDatabase {
  readonly image: ImageFacts;
  ask(questions: readonly string[]): Promise<readonly Table[]>;
  /** What the engine's own `packThreads` (`scan/databases/stateDatabase.ts`) makes of the database. */
  threads(): Promise<string | null>;
  /** What the engine's own `pageUses` (`scan/databases/pageUses.ts`) makes of the image. */
  pageUses(): Promise<PageUses | null>;
  close(): void;
}

/** What can be said of an image before SQLite is asked. */
export interface ImageFacts {
  /** The first hundred of them, which are its header; fewer where there are fewer. */
  readonly head: Uint8Array;
  readonly bytes: number;
  readonly journal: 'wal' | 'rollback';
  readonly origin: ImageOrigin;
}

/** Of which state of the files an image is: whoever finds them so again knows what has come since. */
export interface ImageOrigin {
  readonly main: FileState;
  readonly log: { readonly identity: string; readonly header: Uint8Array } | null;
  /** Where in the log the last commit of the image ends; 0 where it has none. */
  readonly logEnd: number;
}

/** Which pages of a database hold what a scan reads of it. */
export interface PageUses {
  /** The first page, as it was. */
  readonly first: Uint8Array;
  /** Pages of the schema and of tables that are read as a whole. */
  readonly whole: readonly number[];
  /** The ids in the table of sections; null where there is none. */
  readonly sections: readonly Cell[] | null;
  /** The one table of which a scan has many rows; null where there is none. */
  readonly rows: RowPages | null;
}

/** Where the rows of a table are: in the order in which SQLite goes through them. */
export interface RowPages {
  readonly root: number;
  readonly usable: number;
  /** The columns that are read, and where in a record they are. */
  readonly columns: readonly string[];
  readonly places: readonly (number | 'rowid')[];
  /** Pages that only lead to others. */
  readonly inner: readonly number[];
  readonly leaves: readonly RowLeaf[];
}

export interface RowLeaf {
  readonly page: number;
  /** Pages on which long rows go on. */
  readonly further: readonly number[];
  readonly rowids: readonly number[];
}

export type Table =
  | {
      readonly ok: true;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly Cell[])[];
    }
  | { readonly ok: false; readonly why: string };

export type Cell = null | number | string | Uint8Array;

/** Paths that may hang: asked in another process with a time limit. No answer is `unknown`. */
export interface Outside {
  look(paths: readonly FilePath[]): Promise<ReadonlyMap<FilePath, PathState>>;
}

/** Folders outside the home that may be projects: asked like `Outside`, in bounded steps; no answer is absent. */
export interface Projects {
  /** The names of folders, and of links, in these; of a huge folder only some. */
  inside(folders: readonly FilePath[]): Promise<ReadonlyMap<FilePath, readonly string[]>>;
  /** What Git says of these working directories, and which of these commits they have. */
  repositories(
    folders: readonly FilePath[],
    commits: readonly string[],
  ): Promise<ReadonlyMap<FilePath, Repository>>;
}

export interface Codexes {
  /**
   * Every Codex program on this machine, or the one named. What a program knows is learnt from the
   * databases that it makes on an empty home of its own; how to read those is told by the caller.
   */
  find(
    named: FilePath | null,
    readMigrations: (database: FilePath) => Promise<readonly LearntMigration[] | null>,
  ): Promise<Read<readonly Codex[]>>;
}

export interface LearntMigration {
  readonly version: number;
  /** In hexadecimal digits. */
  readonly checksum: string;
}

export interface Processes {
  /** Programs that have one of these folders' files open; a database may be named instead of a folder. */
  holders(folders: readonly FilePath[]): Promise<Read<Holders>>;
  /** The process that has started this one, the one that has started that, and so on; as far as can be told. */
  ancestors(pid: number): Promise<readonly number[]>;
}

export interface Holders {
  readonly holders: readonly Holder[];
  /** Programs whose open files this account may not see: any of them may be one more holder. */
  readonly unreadable: readonly { readonly pid: number; readonly program: string }[];
  /** Locks on databases, but for those of our own repairs. Absent where the system does not tell of them. */
  readonly locks?: readonly FileLock[];
}

/** A lock of a program on some bytes of a database, or of the memory that its users share (`-shm`). */
export interface FileLock extends Pick<Holder, 'pid' | 'program' | 'terminal'> {
  /** As the system names it: one and the same as long as it is held, and when it is taken again. */
  readonly name: string;
  readonly file: FilePath;
  /** Others may have a lock on the same bytes unless it is. */
  readonly isExclusive: boolean;
  readonly first: number;
  readonly last: number;
}

/** Hears of changes instead of looking for them. Opens nothing for writing, and waits for no server. */
export interface Watching {
  /**
   * `notice` is told at which paths, or below them, something may have changed; null: anywhere. Where the
   * system does not tell of changes, as on a disk of another machine, that is said now and then.
   */
  watch(
    places: readonly WatchedPlace[],
    notice: (changed: readonly FilePath[] | null) => void,
  ): Watch;
}

export interface WatchedPlace {
  /** May be a link; it need not be there yet. */
  readonly folder: FilePath;
  /** Whether folders below it belong to it. */
  readonly isTree: boolean;
  /** The only names in it that matter, where it is no tree; all when absent. */
  readonly names?: (name: string) => boolean;
}

export interface Watch {
  /** As soon as everything is watched that can be. */
  readonly ready: Promise<void>;
  close(): void;
}

/** What was learnt in earlier scans; kept outside every Codex home and safe to lose. */
export interface Memory {
  recall(key: string): Promise<string | null>;
  /** Nobody has to wait until it is written down. */
  remember(key: string, text: string): Promise<void>;
}

/**
 * What a person decided. Unlike what is remembered it must not get lost, so that every failure to
 * keep it is said. It is kept in the person's state directory, outside every Codex home.
 */
export interface Keep {
  /** Null when nothing was kept under this name. */
  read(name: string): Promise<Read<string | null>>;
  /** The names of what is kept in a folder; none where there is no such folder. */
  list(folder: string): Promise<Read<readonly string[]>>;
  /** Replaces what is kept, in one step. Refuses to write into or below one of these folders. */
  write(name: string, text: string, outsideOf: readonly FilePath[]): Promise<Read<void>>;
}

/** Other machines, through the person's own ssh. Nobody is connected to who was not named. */
export interface Hosts {
  /** The hosts that the person's ssh config names. */
  offered(): Promise<Read<readonly string[]>>;
  /** What the probe says of this machine, to hold the others against. */
  here(asked: ProbeRequest): Promise<Read<Probe>>;
  /** One connection, for all that is asked; it asks for no password and ends with `close`. */
  connect(alias: string, asked: ProbeRequest, signal?: AbortSignal): Promise<Read<HostConnection>>;
  /**
   * Starts an app server on a host, one after another in each of these ways, or on this machine where `alias` is
   * null; each is asked where it keeps its things, and ended. It writes into that home what Codex writes there at
   * any start, so that none is started which would use another home than `home`, as it is found in that moment.
   */
  startFresh(
    alias: string | null,
    starts: readonly FreshStart[],
    signal?: AbortSignal,
  ): Promise<readonly FreshServer[]>;
}

export interface FreshStart {
  readonly how: SeenStart['how'];
  /** As CODEX_HOME names it there. */
  readonly home: FilePath;
  /** Where no `codex` is on the path that a Codex has which is started so; null: then none is started. */
  readonly program: FilePath | null;
}

export interface ProbeRequest {
  /** Homes to look at besides those that Codex would use there; of each only what can be compared. */
  readonly homes: readonly FilePath[];
}

/**
 * What a host says of itself: asked of its own shell, so that nothing need be installed there. Of its homes the
 * one comes first that a Codex would use which is started there now.
 */
export type Probe = Pick<
  HostSight,
  'machine' | 'homes' | 'servers' | 'codexes' | 'starts' | 'gaps'
>;

export interface HostConnection {
  readonly probe: Probe;
  /** Why our scanner cannot run there; null when it does. */
  readonly whyNoScanner: string | null;
  /** Whether these directories are there; asked of a helper there with a time limit. */
  paths(paths: readonly FilePath[]): Promise<Read<Readonly<Record<FilePath, PathState>>>>;
  /** Who has files below these folders open. */
  holders(folders: readonly FilePath[]): Promise<Read<Holders>>;
  /** What a scan there sees of a home; nothing is changed by it. */
  scan(home: FilePath | null): Promise<Read<Snapshot>>;
  close(): Promise<void>;
}
