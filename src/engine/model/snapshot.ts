import type { Database, Filesystem, StateDatabase } from './database.ts';
import type { Gap } from './gap.ts';
import type { HostKnowledge } from './host.ts';
import type { Rollout } from './rollout.ts';
import type { Thread } from './thread.ts';
import type { FilePath, HomePath, ThreadId } from './words.ts';

/** Everything that one look at a home has shown. Plain data; nothing in it can look again. */
export interface Snapshot {
  readonly takenAtMs: number;
  /** `ends`: heads and tails of rollouts. `whole`: every line. */
  readonly depth: 'ends' | 'whole';
  readonly home: Home;
  readonly config: Config;
  readonly codexes: readonly Codex[];
  readonly databases: readonly Database[];
  /** Null when there is none, or when it could not be read; `databases` and `gaps` say which. */
  readonly state: StateDatabase | null;
  /** State databases that the home has besides the one in use. */
  readonly otherStates: readonly Database[];
  readonly history: ThreadHistory | null;
  readonly rollouts: readonly Rollout[];
  /**
   * Files outside the home to which rows lead whose threads have files in it: surely others than those. Of
   * each, `file` is the path as its row has it, and `path` that in the other home.
   */
  readonly strays: readonly Rollout[];
  /** Files that go on from one which ends before that place, as an older copy of it does. */
  readonly cutBeginnings: readonly HomePath[];
  /** The newest name of each thread in session_index.jsonl. */
  readonly names: Readonly<Record<ThreadId, string>>;
  readonly threads: readonly Thread[];
  /** Paths outside the rollout trees that something names, and what is there. */
  readonly paths: Readonly<Record<FilePath, PathState>>;
  readonly desktop: DesktopState | null;
  readonly holders: readonly Holder[];
  readonly locked: readonly LockedDatabase[];
  readonly hosts: HostKnowledge;
  readonly gaps: readonly Gap[];
}

export interface Home {
  /** Short and stable; names the home in the address of a document. */
  readonly key: string;
  /** Without links, as Codex writes it. */
  readonly path: FilePath;
  /** Other spellings of places in the home: through a link to it, or of a tree that is a link. */
  readonly aliases: readonly { readonly path: FilePath; readonly at: HomePath }[];
  readonly sqliteHome: FilePath;
  readonly sqliteHomeFrom: 'option' | 'environment' | 'config' | 'home';
  /** Where config.toml has Codex from 0.169 on keep the database of its log; null where it is with the others. */
  readonly logDir: FilePath | null;
  readonly hostname: string;
  readonly system: 'linux' | 'darwin' | 'win32';
  readonly filesystem: Filesystem | null;
  readonly installationId: string | null;
  /** Whether a Codex before 0.150 has noted that it has chosen a personality here, or needs none. */
  readonly hasPersonalityMark: boolean;
}

export interface Config {
  readonly file: FilePath;
  readonly state: 'read' | 'absent' | 'broken' | 'unread';
  readonly error: { readonly line: number; readonly column: number; readonly why: string } | null;
  /** Why Codex does not take a file that is valid TOML, where that is known. */
  readonly refused: string | null;
  /** The provider of a thread that is started now; Codex's own default when none is named. */
  readonly provider: string;
  readonly providerPosition: TextPosition | null;
  readonly profile: string | null;
  readonly hasPersonality: boolean;
  /** Providers that config.toml or one of its profiles defines. */
  readonly definedProviders: readonly string[];
  readonly sqliteHome: string | null;
  readonly logDir: string | null;
}

/** Counted from one, as people count. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
}

/** A Codex program on this machine. */
export interface Codex {
  readonly path: FilePath;
  readonly foundBy: 'option' | 'path' | 'editor' | 'desktop';
  readonly version: string | null;
  /** The newest migration that it knows of each database file, learnt from a run of it. */
  readonly migrations: Readonly<Record<string, number>> | null;
  /** Of the first migration of its state database, in hexadecimal digits: tells its line ends. */
  readonly firstChecksum: string | null;
}

/** Which paginated threads the history database has a projection of. */
export interface ThreadHistory {
  readonly database: Database;
  readonly projected: readonly ThreadId[];
}

/** What a path outside the rollout trees is. `unknown`: no answer in time, or not allowed to look. */
export type PathState = 'folder' | 'file' | 'missing' | 'unknown';

export interface DesktopState {
  readonly file: FilePath;
  readonly state: 'read' | 'broken';
  readonly hosts: readonly string[];
  readonly projects: readonly { readonly hostId: string; readonly path: string }[];
  /** Threads that it shows in a project of another host. */
  readonly threads: readonly { readonly hostId: string; readonly thread: ThreadId }[];
}

/** A program that has files of this home open. */
export interface Holder {
  readonly pid: number;
  readonly program: string;
  readonly files: readonly FilePath[];
  /** Files that were removed or replaced while it held them. */
  readonly deletedFiles: readonly FilePath[];
  /** Threads whose writer lock it holds, or whose rollout it has open for writing. */
  readonly writesThreads: readonly ThreadId[];
  /** Where a person finds it, as `pts/3`; null when it has no terminal, or the system is silent. */
  readonly terminal: string | null;
  /**
   * Why nothing follows from it about whose a thread is: it is one of our own, or it runs under another host
   * name than we do, as in a container. Absent for any other.
   */
  readonly apart?: 'ours' | 'other-host';
}

/** A database that a program keeps others from: the same lock in each of several looks, and nothing written. */
export interface LockedDatabase {
  readonly file: FilePath;
  readonly by: Pick<Holder, 'pid' | 'program' | 'terminal'>;
  /** What others cannot do with it meanwhile. */
  readonly bars: 'writing' | 'everything';
}
