// The SQLite files of a home, opened like any other program would: the last one to close a
// database writes its log into the main file. No Codex may have the home open meanwhile.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Opens a database, hands it to `use`, and closes it whatever happens. */
export function withDatabase<T>(file: string, use: (database: DatabaseSync) => T): T {
  if (!existsSync(file)) {
    throw new Error(`there is no database ${file}`);
  }
  const database = new DatabaseSync(file, { timeout: 5000 });
  try {
    // These homes are thrown away, so there is nothing to protect from a loss of power.
    database.exec('PRAGMA synchronous = OFF');
    return use(database);
  } finally {
    database.close();
  }
}

/** The newest state database of a home, or null when it has none. */
export function findStateDatabase(home: string): string | null {
  const numbers = databaseNames(home, /^state_(\d+)\.sqlite$/)
    .map(name => Number(/\d+/.exec(name)?.[0]))
    .sort((one, other) => other - one);
  const newest = numbers[0];
  return newest === undefined ? null : path.join(home, `state_${newest}.sqlite`);
}

/** The names of the main files of databases in a home. */
export function databaseNames(home: string, pattern: RegExp = /\.sqlite$/): string[] {
  return readdirSync(home).filter(name => pattern.test(name));
}

/** Writes the log of a database into its main file, so that the main file is all there is. */
export function checkpoint(file: string): void {
  withDatabase(file, database => database.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
  rmSync(`${file}-wal`, { force: true });
  rmSync(`${file}-shm`, { force: true });
}

/** Removes a database with its log and its shared memory. */
export function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) {
    rmSync(`${file}${suffix}`, { force: true });
  }
}

/** The names of the columns of a table, which differ between releases. */
export function columnsOf(database: DatabaseSync, table: string): string[] {
  const rows = database.prepare('SELECT name FROM pragma_table_info(?)').all(table);
  return rows.map(row => String(row['name']));
}

/** Codex has noted that these threads, the first of each two, have started agents: the second ones. */
export function startAgents(
  { folder }: { readonly folder: string },
  ...edges: readonly (readonly [parent: string, child: string])[]
): void {
  withDatabase(findStateDatabase(folder) ?? '', database => {
    const enter = database.prepare("INSERT INTO thread_spawn_edges VALUES (?, ?, 'open')");
    for (const edge of edges) enter.run(...edge);
  });
}
