// What a home on disk is like, in a form that can be compared. Left out is what starting Codex changes
// by itself, whoever starts it: logs, caches, locks, and the side files of databases.

import fs from 'node:fs';
import path from 'node:path';
import { databaseNames, findStateDatabase, withDatabase } from './databases.ts';
import type { CodexHome } from './makeHome.ts';
import { rolloutFiles } from './rollouts.ts';

export type HomePicture = Readonly<Record<string, string>>;

/** Names at the top of a home which a start of Codex makes or changes by itself, in all releases tried. */
const CODEX_OWN = new Set([
  ...['session-health', '.tmp', 'tmp', 'log', 'skills', 'cache', 'plugins', 'shell_snapshots'],
  ...['thread-writer-locks', 'installation_id', 'models_cache.json', 'version.json', 'auth.json'],
  ...['session_index.jsonl.lock', '.personality_migration', '.sandbox_migration'],
  ...['memories', 'db-backups'],
]);

export function homePicture(home: string): HomePicture {
  const picture: Record<string, string> = {};
  const walk = (folder: string) => {
    for (const entry of fs.readdirSync(path.join(home, folder), { withFileTypes: true })) {
      const name = path.join(folder, entry.name);
      if (CODEX_OWN.has(name) || /\.sqlite(?:-wal|-shm)?$/.test(name)) continue;
      if (entry.isDirectory()) walk(name);
      else if (entry.isFile()) {
        const file = path.join(home, name);
        const modified = fs.statSync(file, { bigint: true }).mtimeNs / 1000n;
        picture[name] = `${String(modified)} ${fs.readFileSync(file, 'latin1')}`;
      }
    }
  };
  walk('');
  const state = findStateDatabase(home);
  const histories = databaseNames(home, /^thread_history_\d+\.sqlite$/);
  return Object.assign(
    picture,
    ...[...(state === null ? [] : [state]), ...histories.map(name => path.join(home, name))].map(
      rowsOf,
    ),
  ) as HomePicture;
}

function rowsOf(file: string): HomePicture {
  try {
    return withDatabase(file, database => {
      const rows: Record<string, string> = {};
      const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
      for (const { name } of tables) {
        const table = String(name);
        const columns = database.prepare('SELECT name FROM pragma_table_info(?)').all(table);
        const values = columns
          .map(column => `quote("${String(column['name'])}")`)
          .join(` || ' ' || `);
        const all = database.prepare(`SELECT ${values} AS row FROM "${table}" ORDER BY 1`).all();
        rows[`${path.basename(file)} table ${table}`] = all
          .map(({ row }) => String(row))
          .join('\n');
      }
      return rows;
    });
  } catch (error) {
    // What is no database has no rows; its bytes are the picture.
    return { [path.basename(file)]: `${String(error)} ${fs.readFileSync(file, 'latin1')}` };
  }
}

export function pictureDifferences(one: HomePicture, other: HomePicture): readonly string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter(name => one[name] !== other[name]).sort();
}

/** The time of each rollout, to the microsecond. */
export function timesOf({ folder }: Pick<CodexHome, 'folder'>): readonly string[] {
  return rolloutFiles(folder).map(
    file => `${file} ${String(fs.statSync(file, { bigint: true }).mtimeNs / 1000n)}`,
  );
}
