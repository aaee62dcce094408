// The one way in which databases are written: Node's own SQLite, which locks as Codex's does. It is
// loaded when something is written, and not before: it is not there before Node 22.13.

import fs from 'node:fs';
import type * as NodeSqlite from 'node:sqlite';
import type { Hands, Transaction } from '../engine/hands.ts';
import { plainly, sqliteNumberOf } from './hindrances.ts';

type Sqlite = typeof NodeSqlite;

const WAIT_MS = 15_000;
const PAUSE_MS = 100;
/** SQLite's number for "somebody else has it locked". */
const BUSY = 5;

export function createDatabaseWriter(): Pick<Hands, 'whyNot' | 'transact' | 'lock'> {
  let loaded: Promise<Sqlite | null> | null = null;
  const load = () => (loaded ??= loadSqlite());
  const demand = async () => {
    const sqlite = await load();
    if (sqlite === null) throw new Error(NO_SQLITE);
    return sqlite;
  };
  return {
    whyNot: async () => ((await load()) === null ? NO_SQLITE : null),
    transact: async (file, work) => {
      const { DatabaseSync } = await demand();
      const attempt = () => {
        // Opening would make it: an empty one where somebody expects theirs.
        if (fs.statSync(file, { throwIfNoEntry: false }) === undefined)
          throw new Error(`there is no database at ${file}`);
        return transact(new DatabaseSync(file, WRITING), work);
      };
      return plainly(() => whenFree(attempt))(file);
    },
    lock: plainly(async file => {
      const { DatabaseSync } = await demand();
      return lock(new DatabaseSync(file, WRITING));
    }),
  };
}

const NO_SQLITE = `Repairs need Node 22.13 or newer, which brings SQLite; this is Node ${process.versions.node}. Looking works with this one.`;

/** What is put back may lean on rows that are put back a moment later, and nothing may cascade. */
const WRITING = { enableForeignKeyConstraints: false };

async function loadSqlite(): Promise<Sqlite | null> {
  const warn = process.emitWarning;
  // It warns that it is new, on the terminal of somebody who is alarmed already.
  process.emitWarning = () => undefined;
  try {
    return await import('node:sqlite');
  } catch {
    return null;
  } finally {
    process.emitWarning = warn;
  }
}

async function whenFree<T>(attempt: () => T): Promise<T> {
  const until = Date.now() + WAIT_MS;
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || Date.now() > until) throw error;
      await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
    }
  }
}

function isBusy(error: unknown): boolean {
  return sqliteNumberOf(error) === BUSY;
}

function transact<T>(database: NodeSqlite.DatabaseSync, work: (transaction: Transaction) => T): T {
  try {
    database.exec('PRAGMA synchronous = FULL; BEGIN IMMEDIATE');
    const result = work({
      ask: question => {
        const statement = database.prepare(question);
        statement.setReturnArrays(true);
        return statement.all() as unknown as ReturnType<Transaction['ask']>;
      },
      run: statement => database.exec(statement),
    });
    database.exec('COMMIT');
    return result;
  } finally {
    // Closing takes back what was not committed.
    database.close();
  }
}

/** The system itself lets go of it when the process ends, however it ends. */
function lock(database: NodeSqlite.DatabaseSync): Awaited<ReturnType<Hands['lock']>> {
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return null;
    throw error;
  }
  return { release: async () => database.close() };
}
