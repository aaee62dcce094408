// Breakages of the state database as a database: its migration records, its schema, its bytes.

import { closeSync, openSync, readFileSync, statSync, truncateSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { checkpoint, withDatabase } from '../databases.ts';
import { notApplicable, requireChange, stateDatabase } from './breakage.ts';
import type { Breakage } from './breakage.ts';

export const drifts: readonly Breakage[] = [
  rowsMissing(1),
  rowsMissing(3),
  rowsMiddle(15),
  wrongChecksum(10),
  windowsChecksums(),
  partial(),
  partialNewer(),
  unknownNewer(),
  tableGone(),
  dropTable('threads'),
  dropTable('thread_spawn_edges'),
  truncated(),
  headerGarbage(),
];

const TABLE = '_sqlx_migrations';

function rowsMissing(count: number): Breakage {
  return drift(
    `rows-missing:${count}`,
    `The newest ${count} migration records are gone, the schema is complete.`,
    database => {
      requireChange(
        database
          .prepare(`DELETE FROM ${TABLE} WHERE version > ?`)
          .run(newestVersion(database) - count).changes,
      );
    },
  );
}

function rowsMiddle(version: number): Breakage {
  return drift(
    `rows-middle:${version}`,
    `The record of migration ${version} is gone, the records after it are there.`,
    database => {
      requireChange(
        database.prepare(`DELETE FROM ${TABLE} WHERE version = ?`).run(version).changes,
      );
    },
  );
}

function wrongChecksum(version: number): Breakage {
  return drift(
    `checksum:${version}`,
    `The record of migration ${version} has a checksum that no release has.`,
    database => {
      const update = database.prepare(
        `UPDATE ${TABLE} SET checksum = zeroblob(48) WHERE version = ?`,
      );
      requireChange(update.run(version).changes);
    },
  );
}

function windowsChecksums(): Breakage {
  return drift(
    'checksums-windows',
    'All records have the checksums of the Windows builds.',
    database => {
      const known = readWindowsChecksums('state_5.sqlite');
      const update = database.prepare(`UPDATE ${TABLE} SET checksum = ? WHERE version = ?`);
      for (const { version } of database.prepare(`SELECT version FROM ${TABLE}`).all()) {
        const checksum =
          known.get(Number(version)) ??
          notApplicable(`the Windows checksum of migration ${version} is not known`);
        update.run(Buffer.from(checksum, 'hex'), Number(version));
      }
    },
  );
}

function partial(): Breakage {
  return drift(
    'partial',
    'The newest record says that its migration did not succeed.',
    database => {
      const update = database.prepare(`UPDATE ${TABLE} SET success = 0 WHERE version = ?`);
      requireChange(update.run(newestVersion(database)).changes);
    },
  );
}

function partialNewer(): Breakage {
  return recordToCome(
    'partial-newer',
    'There is a record of a migration that no release has yet, and it did not succeed.',
    0,
  );
}

function unknownNewer(): Breakage {
  return recordToCome(
    'unknown-newer',
    'There is a record of a migration that no release has yet.',
    1,
  );
}

function recordToCome(name: string, says: string, success: 0 | 1): Breakage {
  return drift(name, says, database => {
    database
      .prepare(
        `INSERT INTO ${TABLE} (version, description, installed_on, success, checksum, execution_time)
         VALUES (?, 'future thing', CURRENT_TIMESTAMP, ?, ?, 1)`,
      )
      .run(newestVersion(database) + 1000, success, Buffer.alloc(48, 1));
  });
}

function tableGone(): Breakage {
  return drift('table-gone', 'The table of the migration records is gone.', database => {
    database.exec(`DROP TABLE ${TABLE}`);
  });
}

function dropTable(table: string): Breakage {
  return drift(
    `drop-table:${table}`,
    `The table ${table} is gone, all migration records are there.`,
    database => {
      database.exec(`DROP TABLE ${table}`);
    },
  );
}

function truncated(): Breakage {
  return damage('truncate', 'The second half of the pages of the database is gone.', file => {
    const pageSize = 4096;
    truncateSync(file, Math.floor(statSync(file).size / pageSize / 2) * pageSize);
  });
}

function headerGarbage(): Breakage {
  return damage(
    'header-garbage',
    'The first 100 bytes of the database, its header, are overwritten.',
    file => {
      const handle = openSync(file, 'r+');
      writeSync(handle, Buffer.alloc(100, 0xa5), 0, 100, 0);
      closeSync(handle);
    },
  );
}

/** A breakage by SQL. */
function drift(name: string, about: string, change: (database: DatabaseSync) => void): Breakage {
  return {
    name,
    target: null,
    about,
    apply: home => {
      withDatabase(stateDatabase(home), database => {
        database.exec('BEGIN');
        change(database);
        database.exec('COMMIT');
      });
    },
  };
}

/** A breakage of the bytes of the main file, which has everything in it by then. */
function damage(name: string, about: string, change: (file: string) => void): Breakage {
  return {
    name,
    target: null,
    about,
    apply: home => {
      const file = stateDatabase(home);
      checkpoint(file);
      change(file);
    },
  };
}

function newestVersion(database: DatabaseSync): number {
  const row = database.prepare(`SELECT max(version) AS newest FROM ${TABLE}`).get();
  return typeof row?.['newest'] === 'number'
    ? row['newest']
    : notApplicable('there are no migration records');
}

/** The checksums of the Windows builds by version; read when asked for, as only one breakage needs them. */
function readWindowsChecksums(database: string): ReadonlyMap<number, string> {
  const file = path.resolve(
    import.meta.dirname,
    '../../../../src/engine/scan/databases/knownMigrations.json',
  );
  const known = JSON.parse(readFileSync(file, 'utf8')) as Record<
    string,
    { version: number; crlf: string | null }[]
  >;
  return new Map(
    (known[database] ?? []).flatMap(({ version, crlf }) =>
      crlf === null ? [] : [[version, crlf]],
    ),
  );
}
