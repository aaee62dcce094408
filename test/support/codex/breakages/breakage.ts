// What a breakage is, and how it finds what it breaks.

import { statSync, utimesSync, writeFileSync, readFileSync, rmSync } from 'node:fs';
import { zstdCompressSync } from 'node:zlib';
import { findStateDatabase, withDatabase, columnsOf } from '../databases.ts';
import type { CodexHome, ThreadName } from '../makeHome.ts';
import { findRollout } from '../rollouts.ts';

/** One named way in which a home can be broken, in place. */
export interface Breakage {
  readonly name: string;
  /** The thread that it is about; G and BAD are brought in by the breakage itself. */
  readonly target: ThreadName | 'G' | 'BAD' | null;
  readonly about: string;
  apply(home: CodexHome): void;
}

/** The home has nothing that this breakage could break, perhaps because another one was there first. */
export class NotApplicable extends Error {}

/** Ids that breakages bring in and that no thread of a home has. */
export const madeIds = {
  G: '01900000-0000-7000-8000-000000000001',
  DEAD: '01900000-0000-7000-8000-00000000dead',
  BEEF: '01900000-0000-7000-8000-00000000beef',
  BAD: 'not-a-uuid',
} as const;

export function stateDatabase(home: CodexHome): string {
  return findStateDatabase(home.folder) ?? notApplicable('the home has no state database');
}

export function rollout(home: CodexHome, name: ThreadName): string {
  return (
    findRollout(home.folder, home.ids[name]) ?? notApplicable(`there is no rollout of ${name}`)
  );
}

/** The rollout of a thread, when it is a plain text file. */
export function plainRollout(home: CodexHome, name: ThreadName): string {
  const file = rollout(home, name);
  return file.endsWith('.zst') ? notApplicable(`the rollout of ${name} is compressed`) : file;
}

/** Sets columns of the row of a thread; columns that this release does not have are left out. */
export function setRow(
  home: CodexHome,
  name: ThreadName,
  values: Readonly<Record<string, string | number | null>>,
): void {
  withDatabase(stateDatabase(home), database => {
    const columns = columnsOf(database, 'threads');
    const known = Object.keys(values).filter(column => columns.includes(column));
    const assignments = known.map(column => `${column} = ?`).join(', ');
    const result = database
      .prepare(`UPDATE threads SET ${assignments} WHERE id = ?`)
      .run(...known.map(column => values[column] ?? null), home.ids[name]);
    requireChange(result.changes);
  });
}

export function deleteRow(home: CodexHome, name: ThreadName): void {
  withDatabase(stateDatabase(home), database => {
    requireChange(database.prepare('DELETE FROM threads WHERE id = ?').run(home.ids[name]).changes);
  });
}

/** Inserts a row that differs from the row of a thread in its id only. */
export function copyRow(home: CodexHome, name: ThreadName, newId: string): void {
  withDatabase(stateDatabase(home), database => {
    const others = columnsOf(database, 'threads')
      .filter(column => column !== 'id')
      .join(', ');
    const result = database
      .prepare(`INSERT INTO threads (id, ${others}) SELECT ?, ${others} FROM threads WHERE id = ?`)
      .run(newId, home.ids[name]);
    requireChange(result.changes);
  });
}

/** Compresses a rollout beside itself; like Codex, it gives the new file the old one's times. */
export function compress(file: string, plain: 'keep' | 'remove'): void {
  const { atimeMs, mtimeMs } = statSync(file);
  writeFileSync(`${file}.zst`, zstdCompressSync(readFileSync(file)));
  utimesSync(`${file}.zst`, atimeMs / 1000, mtimeMs / 1000);
  if (plain === 'remove') {
    rmSync(file);
  }
}

export function notApplicable(reason: string): never {
  throw new NotApplicable(reason);
}

export function requireChange(changes: number | bigint): void {
  if (Number(changes) === 0) {
    notApplicable('there is no such row');
  }
}
