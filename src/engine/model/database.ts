import type { FilePath, ThreadId } from './words.ts';

/** One SQLite file that Codex made. */
export interface Database {
  /** Relative to the home, or absolute when it lies elsewhere. Names it in findings. */
  readonly key: string;
  readonly file: FilePath;
  /** `state_5.sqlite` */
  readonly name: string;
  /** `state`, `logs`, `goals`, `memories`, `queue`, `thread_history`; else the name's own stem. */
  readonly family: string;
  readonly bytes: number;
  readonly walBytes: number;
  readonly modifiedMs: number;
  readonly header: DatabaseHeader | null;
  readonly trouble: DatabaseTrouble | null;
  readonly filesystem: Filesystem | null;
  readonly migrations: Migrations | null;
}

export interface DatabaseHeader {
  readonly pageBytes: number;
  readonly pages: number;
  readonly freePages: number;
  readonly journal: 'wal' | 'rollback';
}

/**
 * Why a database could not be read.
 * `unread` says nothing about the file: it is ours that we could not look.
 */
export interface DatabaseTrouble {
  readonly kind: 'not-a-database' | 'damaged' | 'truncated' | 'empty' | 'folder' | 'unread';
  readonly why: string;
}

export interface Filesystem {
  /** `ext4`, `nfs4`, `cifs`, …; `unknown` where the system does not say. */
  readonly type: string;
  /** Another machine may have the same files open. */
  readonly isNetwork: boolean;
  readonly mountPoint: FilePath;
  readonly options: string;
}

/** What a database records of its migrations, held against what is known of them. */
export interface Migrations {
  /** Null when the table is not there. */
  readonly recorded: readonly RecordedMigration[] | null;
  /** What is known of this database; empty when Codex has a database that we do not know. */
  readonly known: readonly KnownMigration[];
  /** The versions whose schema this is; empty when the schema is of no known version. */
  readonly schemaVersions: readonly number[];
  readonly fingerprint: string;
  /** Objects of the newest recorded version that the schema lacks, as `table threads`. */
  readonly missingObjects: readonly string[];
  /** Those that it has in another form; tables to which somebody added columns are not among them. */
  readonly changedObjects: readonly string[];
  /** The newest version in the list of known ones. */
  readonly newestKnown: number | null;
}

export interface KnownMigration {
  readonly version: number;
  readonly description: string;
  /** The checksum that Codex for Linux and macOS records, and the one that Codex for Windows does. */
  readonly lf: string;
  readonly crlf: string | null;
}

export interface RecordedMigration {
  readonly version: number;
  readonly description: string;
  readonly success: boolean;
  readonly checksum: string;
  /** Whose line ends the checksum is of: Linux and macOS (`lf`), Windows (`crlf`), or nobody's. */
  readonly family: 'lf' | 'crlf' | 'foreign' | 'unknown';
}

/** What the state database says. */
export interface StateDatabase {
  readonly database: Database;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly backfill: Backfill | null;
  /** Counts of tables that a rebuild would lose. */
  readonly kept: { readonly projects: number; readonly sections: number; readonly pins: number };
}

export interface Backfill {
  readonly status: string;
  readonly watermark: string | null;
  readonly updatedAtMs: number | null;
}

/** One row of `threads`, as stored. Long texts are shortened; `null` also stands for no such column. */
export interface Row {
  /** As stored, even when it is no id. */
  readonly id: ThreadId;
  readonly rolloutPath: string;
  readonly createdAtMs: number | null;
  readonly updatedAtMs: number | null;
  readonly source: string;
  readonly provider: string;
  readonly cwd: string;
  readonly title: string;
  readonly name: string | null;
  readonly preview: string | null;
  readonly firstUserMessage: string | null;
  readonly archived: boolean;
  /** As stored: Codex lists rows of 0 and of 1, and none of another value. */
  readonly archivedValue: number | null;
  readonly archivedAt: number | null;
  readonly cliVersion: string;
  readonly historyMode: string | null;
  readonly isPinned: boolean;
  readonly projectId: string | null;
  readonly sectionId: string | null;
  readonly gitBranch: string | null;
  readonly gitCommit: string | null;
  readonly gitOrigin: string | null;
  readonly agentNickname: string | null;
  readonly parentThread: ThreadId | null;
  /** Why Codex cannot read this row, and with it any list of the database; null when it can. */
  readonly undecodable: string | null;
  /** Codex before 0.160 does not look at what the newer ones cannot read. */
  readonly isReadByOlder: boolean;
  /** No Codex starts with such a row. */
  readonly stopsStart: boolean;
}
