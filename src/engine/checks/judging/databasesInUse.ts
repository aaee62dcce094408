import type { Database } from '../../model/database.ts';
import type { Subject } from '../../model/finding.ts';
import type { Home, Snapshot } from '../../model/snapshot.ts';
import type { FilePath } from '../../model/words.ts';

/**
 * The databases that Codex opens: of each kind the newest generation. `state_4.sqlite` beside
 * `state_5.sqlite` is what an update has left, and nobody suffers from what is wrong with it.
 */
export function databasesInUse({ databases }: Snapshot): readonly Database[] {
  const newest = new Map<string, Database>();
  for (const database of databases) {
    const { kind, generation } = nameParts(database);
    const other = newest.get(kind);
    if (other === undefined || nameParts(other).generation < generation) newest.set(kind, database);
  }
  return [...newest.values()];
}

/** The state database as a file, also when it cannot be read. */
export function stateFile(snapshot: Snapshot): Database | null {
  return databasesInUse(snapshot).find(({ family }) => family === 'state') ?? null;
}

/** Where a database of this name has its place. */
export function databaseAt({ sqliteHome, system }: Home, name: string): FilePath {
  return `${sqliteHome}${system === 'win32' ? '\\' : '/'}${name}`;
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
