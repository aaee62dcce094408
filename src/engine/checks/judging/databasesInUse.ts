import type { Database } from '../../model/database.ts';
import type { Subject } from '../../model/finding.ts';
import type { Codex, Home, Snapshot } from '../../model/snapshot.ts';
import type { FilePath } from '../../model/words.ts';
import { heedLogDir, isInLogDir } from '../../visibility/logPlace.ts';

/**
 * The databases that Codex opens: of each kind the newest generation. `state_4.sqlite` beside
 * `state_5.sqlite` is what an update has left, and nobody suffers from what is wrong with it. The log is
 * there where the programs of this machine keep it; where they differ, or are not known, it may be in either place.
 */
export function databasesInUse({ databases, home, codexes }: InUse): readonly Database[] {
  const ways = home.logDir === null ? new Set([false]) : heedLogDir(codexes);
  const newest = new Map<string, Database>();
  for (const database of databases) {
    const { kind, generation } = nameParts(database);
    const isApart = isInLogDir(database, home);
    if (database.family === 'logs' && !ways.has(isApart)) continue;
    const key = isApart ? `${kind} in log_dir` : kind;
    const other = newest.get(key);
    if (other === undefined || nameParts(other).generation < generation) newest.set(key, database);
  }
  return [...newest.values()];
}

type InUse = Pick<Snapshot, 'databases' | 'home' | 'codexes'>;

/** Where a Codex of this machine keeps its log apart from the other databases; null where none does. */
export function folderOfLog({
  home,
  codexes,
}: Pick<Snapshot, 'home' | 'codexes'>): FilePath | null {
  return heedLogDir(codexes).has(true) ? home.logDir : null;
}

/** Those that lie together: a log in `log_dir` goes nowhere with them. */
export function databasesTogether(snapshot: InUse): readonly Database[] {
  return databasesInUse(snapshot).filter(database => !isInLogDir(database, snapshot.home));
}

/** The state database as a file, also when it cannot be read. */
export function stateFile(snapshot: Snapshot): Database | null {
  return databasesInUse(snapshot).find(({ family }) => family === 'state') ?? null;
}

/** Where a database of this name has its place. */
export function databaseAt({ sqliteHome, system }: Home, name: string): FilePath {
  return `${sqliteHome}${system === 'win32' ? '\\' : '/'}${name}`;
}

/** Where a Codex may look for one: a log has two places where it is not known which of them it heeds. */
export function placesOf(name: string, codex: Codex, home: Home): readonly FilePath[] {
  const { logDir } = home;
  if (logDir === null || !name.startsWith('logs_')) return [databaseAt(home, name)];
  return [...heedLogDir([codex])].map(isHeeded =>
    databaseAt(isHeeded ? { ...home, sqliteHome: logDir } : home, name),
  );
}

export function databaseSubject({ key, file }: Pick<Database, 'key' | 'file'>): Subject {
  return { kind: 'database', key, path: file };
}

/** The subject of a database that was not found at its place. */
export function subjectOfFile(file: FilePath, { path }: Home): Subject {
  const isInHome = file.startsWith(`${path}/`) || file.startsWith(`${path}\\`);
  const key = isInHome ? file.slice(path.length + 1).replaceAll('\\', '/') : file;
  return databaseSubject({ key, file });
}

/** What people call it. */
export function databaseName(family: string): string {
  return NAMES[family] ?? 'The database';
}

const NAMES: Readonly<Record<string, string>> = {
  state: 'The state database',
  logs: 'The log database',
  goals: 'The database of goals',
  memories: 'The database of memories',
  queue: 'The database of queued messages',
  thread_history: 'The history database',
};

function nameParts({ name }: Database): { readonly kind: string; readonly generation: number } {
  const [, kind = name, generation = '0'] = /^(.*?)_?(\d+)\.sqlite$/.exec(name) ?? [];
  return { kind, generation: Number(generation) };
}
