// The ports through which the engine changes something on disk. They are handed to `repair/` alone:
// nothing that looks can reach them. Whatever returns is on the disk itself, and not on its way there.
// Several files may be written at once, which is many times faster than one after the other.

import type { Cell } from './world.ts';
import type { FilePath } from './model/words.ts';

/** What is being written lies beside its place under its name and this; a stop may leave it there. */
export const BESIDE = '.codex-health-new';

export interface Hands {
  /** Why nothing can be changed here, as a sentence; null when it can. */
  whyNot(): Promise<string | null>;
  /** Makes a folder, and those above it, for this account only. */
  makeFolder(folder: FilePath): Promise<void>;
  /** Makes a file. Fails when something is there. */
  create(file: FilePath, bytes: Uint8Array, modifiedMs: number | null): Promise<void>;
  append(file: FilePath, bytes: Uint8Array): Promise<void>;
  /** Writes into a file, and gives it this time. What is behind `cutTo`, where given, goes. */
  write(file: FilePath, writing: Writing): Promise<void>;
  /**
   * Puts in place of a file another one that is made of new bytes and of parts of the old one; in one
   * step, with the rights of the old one.
   */
  rewrite(file: FilePath, rewriting: Rewriting): Promise<void>;
  /** Moves a file to where nothing is, also to another disk: there it is compared before it goes here. */
  move(from: FilePath, to: FilePath): Promise<void>;
  /** Gives a file a second name, where nothing is; it costs no room. */
  link(file: FilePath, name: FilePath): Promise<void>;
  /** Makes a symbolic link where nothing is. */
  linkTo(file: FilePath, target: FilePath): Promise<void>;
  /** Copies a file to where nothing is, with its rights and its time. What is in it is looked at by nobody. */
  copy(from: FilePath, to: FilePath): Promise<void>;
  /**
   * Makes a file of what a compressed one holds, with the rights of that. Fails when it holds anything
   * else than was expected, and then makes nothing.
   */
  unpack(packed: FilePath, file: FilePath, expected: Unpacking): Promise<void>;
  /** Removes what we have made ourselves. */
  removeOwn(file: FilePath): Promise<void>;
  /** Gives a folder that we have made another name on the same disk, in one step. */
  renameOwnFolder(from: FilePath, to: FilePath): Promise<void>;
  /**
   * Removes a folder that we have made, and all that is in it: the one of this name directly in `within`.
   * A name that leads elsewhere is refused, and links are removed and not followed.
   */
  removeOwnFolder(within: FilePath, name: string): Promise<void>;
  setTime(file: FilePath, modifiedMs: number): Promise<void>;
  /** All of the work or nothing of it. Waits some seconds for others who write. */
  transact<T>(database: FilePath, work: (transaction: Transaction) => T): Promise<T>;
  /** So that two repairs do not meet; null when somebody else has it. It ends with the process. */
  lock(file: FilePath): Promise<Lock | null>;
  readonly appServers: AppServers;
  /** Some letters that nobody else has. */
  unique(): string;
}

/** What keeps a disk or a database from being written although nothing is wrong with what we do. */
export type Hindrance = 'full' | 'read-only' | 'busy' | 'denied' | 'failing';

/** Thrown by all hands, so that a full disk is not taken for a fault of ours. */
export class Hindered extends Error {
  readonly hindrance: Hindrance;

  constructor(hindrance: Hindrance, file: FilePath, cause: Error) {
    const says: Readonly<Record<Hindrance, string>> = {
      full: `There is no room left for ${file}.`,
      'read-only': `${file} cannot be written: its disk can only be read.`,
      busy: `${file} stayed locked: another program is writing it.`,
      denied: `This account may not write ${file}.`,
      failing: `${file} could not be written: ${cause.message}.`,
    };
    super(says[hindrance], { cause });
    this.hindrance = hindrance;
  }

  /** Whether it would be the same with whatever comes next. */
  get stopsAll(): boolean {
    return ['full', 'read-only', 'busy'].includes(this.hindrance);
  }
}

export interface Writing {
  readonly pieces: readonly { readonly at: number; readonly bytes: Uint8Array }[];
  readonly cutTo: number | null;
  readonly modifiedMs: number;
}

export interface Unpacking {
  readonly bytes: number;
  /** Null where nobody has noted it. */
  readonly sha256: string | null;
  readonly modifiedMs: number;
}

export interface Rewriting {
  /** In order: bytes, or a part of the old file. */
  readonly pieces: readonly (Uint8Array | { readonly from: number; readonly to: number | null })[];
  readonly modifiedMs: number;
}

/** The database as it is, and then as it will be. */
export interface Transaction {
  ask(question: string): readonly (readonly Cell[])[];
  run(statement: string): void;
}

export interface Lock {
  release(): Promise<void>;
}

/** Codex itself: a server of our own, that is ended when we have asked what we wanted. */
export interface AppServers {
  /** Starts Codex, which may change the home by that alone. */
  start(request: StartRequest): Promise<AppServer>;
}

export interface StartRequest {
  readonly codex: FilePath;
  readonly home: FilePath;
  /** Null when the databases are in the home. */
  readonly sqliteHome: FilePath | null;
  /** Told now and then while the start takes long: a large index can take a minute to be made. */
  readonly waiting?: (seconds: number) => void;
  readonly signal?: AbortSignal;
}

export interface AppServer {
  /** What it says it is: our own name and its version. */
  readonly userAgent: string;
  /** Whether it knows a method; asked of the server itself, which names all of them. */
  knows(method: string): Promise<boolean>;
  /**
   * Asks, and waits for the answer. What Codex refuses is an `AppServerRefusal`; a server that has
   * died or does not answer in time is an `Error` that says so.
   */
  call(method: string, params: object): Promise<unknown>;
  /** All entries of a list that comes page by page. */
  pages(method: string, params: object): Promise<readonly unknown[]>;
  /** Ends it, and waits until it has gone. */
  end(): Promise<void>;
}

/** Codex has answered, and the answer is no. */
export class AppServerRefusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}
