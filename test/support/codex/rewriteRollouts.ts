// Changes texts in all rollouts of a home without making its history database wrong.

import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { columnsOf, databaseNames, withDatabase } from './databases.ts';
import { readMeta, rolloutFiles } from './rollouts.ts';

/**
 * Changes every line of every plain rollout. Files keep their times, and the byte offsets that the
 * history database (Codex 0.160 and later) keeps of them move along.
 */
export function rewriteRollouts(home: string, change: (line: string) => string): void {
  const offsets = new Map<string, OffsetMap>();
  for (const file of rolloutFiles(home)) {
    const id = readMeta(file)?.id;
    if (id === undefined) {
      throw new Error(`${file} does not say whose thread it is`);
    }
    offsets.set(id, rewriteFile(file, change));
  }
  for (const name of databaseNames(home, /^thread_history_\d+\.sqlite$/)) {
    moveOffsets(path.join(home, name), offsets);
  }
}

/** Where the lines of a file began, to where they begin now; its end counts as a line. */
type OffsetMap = ReadonlyMap<number, number>;

function rewriteFile(file: string, change: (line: string) => string): OffsetMap {
  const { atimeMs, mtimeMs } = statSync(file);
  const offsets = new Map<number, number>();
  let before = 0;
  let after = 0;
  const lines = readFileSync(file, 'utf8')
    .split(/(?<=\n)/)
    .map(line => {
      const changed = change(line);
      offsets.set(before, after);
      before += Buffer.byteLength(line);
      after += Buffer.byteLength(changed);
      return changed;
    });
  offsets.set(before, after);
  writeFileSync(file, lines.join(''));
  utimesSync(file, atimeMs / 1000, mtimeMs / 1000);
  return offsets;
}

function moveOffsets(file: string, offsets: ReadonlyMap<string, OffsetMap>): void {
  withDatabase(file, database => {
    for (const table of ['thread_turns', 'thread_history_projection_state']) {
      for (const column of columnsOf(database, table).filter(name =>
        name.endsWith('byte_offset'),
      )) {
        const rows = database
          .prepare(`SELECT rowid, thread_id, ${column} AS old FROM ${table}`)
          .all();
        const update = database.prepare(`UPDATE ${table} SET ${column} = ? WHERE rowid = ?`);
        for (const { rowid, thread_id: id, old } of rows.filter(row => row['old'] !== null)) {
          const moved = offsets.get(String(id))?.get(Number(old));
          if (moved === undefined) {
            throw new Error(`${column} of ${String(id)} is ${String(old)}, where no line begins`);
          }
          update.run(moved, Number(rowid));
        }
      }
    }
  });
}
