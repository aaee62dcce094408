// Homes of real Codex releases, recorded once and kept in the tree.

import { cpSync, mkdirSync, readdirSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { databaseNames, withDatabase } from './databases.ts';
import { messages } from './makeHome.ts';
import type { CodexHome } from './makeHome.ts';
import { rewriteRollouts } from './rewriteRollouts.ts';
import type { SessionMeta } from './rollouts.ts';
import { readMeta, readRollout, rolloutFiles } from './rollouts.ts';

/** The folder of the person to whom the recorded homes belong. */
export const PLACEHOLDER = '/home/grace';

const recordings = path.resolve(import.meta.dirname, '../../homes');

/** The releases of which there is a recorded home, oldest first. */
export function recordedVersions(): string[] {
  return readdirSync(recordings).sort();
}

/**
 * Puts the recorded home of a release into an existing folder as `.codex`, with its projects beside
 * it in `work`, such that everything in it speaks of that folder.
 */
export function unpackRecordedHome(version: string, root: string): CodexHome {
  const folder = path.join(root, '.codex');
  cpSync(path.join(recordings, version), folder, { recursive: true });
  for (const project of ['one', 'two']) {
    mkdirSync(path.join(root, 'work', project), { recursive: true });
  }
  const inJson = JSON.stringify(root).slice(1, -1);
  rewriteRollouts(folder, line => line.replaceAll(PLACEHOLDER, () => inJson));
  for (const database of databaseNames(folder)) {
    replaceInDatabase(path.join(folder, database), PLACEHOLDER, root);
  }
  for (const file of rolloutFiles(folder)) {
    restoreTime(file);
  }
  return { version, folder, ...whatRolloutsTell(folder) };
}

function whatRolloutsTell(folder: string): Pick<CodexHome, 'mode' | 'ids'> {
  const files = rolloutFiles(folder);
  const metaOf = (message: string): SessionMeta | null => {
    const file = files.find(candidate => readRollout(candidate).includes(JSON.stringify(message)));
    return file === undefined ? null : readMeta(file);
  };
  const ids = Object.entries(messages).map(([name, message]) => [name, metaOf(message)?.id]);
  return {
    mode: metaOf(messages.A)?.history_mode ?? 'legacy',
    ids: Object.fromEntries(ids) as CodexHome['ids'],
  };
}

/** Replaces a text in every column of every table that has it. */
function replaceInDatabase(file: string, from: string, to: string): void {
  withDatabase(file, database => {
    database.exec('PRAGMA secure_delete = ON');
    const columns = database
      .prepare(
        `SELECT tables.name AS "table", columns.name AS "column"
         FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
         WHERE tables.type = 'table' AND columns.type = 'TEXT'`,
      )
      .all();
    for (const { table, column } of columns) {
      const name = String(column);
      database
        .prepare(
          `UPDATE ${String(table)} SET ${name} = replace(${name}, ?, ?) WHERE instr(${name}, ?)`,
        )
        .run(from, to, from);
    }
  });
}

/** A rollout was last changed when its last line was written; a checkout does not keep that. */
function restoreTime(file: string): void {
  const last = readRollout(file).trimEnd().split('\n').at(-1) ?? '';
  const seconds = Date.parse((JSON.parse(last) as { timestamp: string }).timestamp) / 1000;
  utimesSync(file, statSync(file).atimeMs / 1000, seconds);
}
