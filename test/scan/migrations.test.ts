import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Migrations } from '../../src/engine/model/database.ts';
import {
  judgeMigrations,
  MIGRATIONS_QUESTION,
  readSchema,
  SCHEMA_QUESTION,
} from '../../src/engine/scan/databases/migrations.ts';
import type { Cell } from '../../src/engine/world.ts';
import { sql } from '../support/memoryWorld.ts';
import { recordedDatabase, statementOf, windowsChecksums } from '../support/recordedDatabase.ts';

const STATE = 'state_5.sqlite';
const homes = path.join(import.meta.dirname, '../homes');

/** What each release has come to, as it says itself in the homes that it has made. */
const releases = fs.readdirSync(homes).map(version => {
  const names = fs.readdirSync(path.join(homes, version)).filter(name => name.endsWith('.sqlite'));
  return { version, names };
});

describe('databases of real releases', () => {
  for (const { version, names } of releases)
    for (const name of names)
      test(`${version} ${name}: notes, tables and checksums are those that are known`, () => {
        const { recorded, schemaVersions, ...rest } = judged(recordedDatabase(version, name), name);
        const versions = (recorded ?? []).map(one => one.version);
        expect(versions).toEqual(versions.map((_, index) => index + 1));
        expect(schemaVersions).toEqual([versions.length]);
        expect(recorded?.map(({ family, success }) => [family, success])).toEqual(
          versions.map(() => ['lf', true]),
        );
        expect(rest).toMatchObject({ missingObjects: [], changedObjects: [] });
      });
});

describe('the versions whose tables these are', () => {
  test('two, where the second changes only rows', () =>
    expect(
      state(
        '0.160.0',
        'DROP INDEX idx_threads_archive_created_at_ms',
        'DROP INDEX idx_threads_archive_updated_at_ms',
        'DROP INDEX idx_threads_archive_recency_at_ms',
      ).schemaVersions,
    ).toEqual([56, 57]));

  test('one, although tables that it does not have any more were brought back', () =>
    expect(
      state(
        '0.142.0',
        statementOf('0.128.0', STATE, 'device_key_bindings'),
        statementOf('0.128.0', STATE, 'thread_goals'),
      ).schemaVersions,
    ).toEqual([39]));

  test('one, although the first form of such a table was brought back', () =>
    // The second migration, run once more, makes the log table as it was then.
    expect(
      state(
        '0.169.0',
        `CREATE TABLE logs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ts INTEGER NOT NULL,
    ts_nanos INTEGER NOT NULL,
    level TEXT NOT NULL,
    target TEXT NOT NULL,
    message TEXT,
    module_path TEXT,
    file TEXT,
    line INTEGER
)`,
        'CREATE INDEX idx_logs_ts ON logs(ts DESC, ts_nanos DESC, id DESC)',
      ).schemaVersions,
    ).toEqual([62]));

  test('none, when there is a table that nobody knows', () =>
    expect(state('0.169.0', 'CREATE TABLE mine (a)').schemaVersions).toEqual([]));

  test('none, when a known table has another form', () =>
    expect(state('0.169.0', 'ALTER TABLE threads ADD COLUMN mine TEXT').schemaVersions).toEqual(
      [],
    ));

  test('the same where the texts have the line ends of Windows', () => {
    const bytes = recordedDatabase(
      '0.169.0',
      STATE,
      'PRAGMA writable_schema = ON',
      'UPDATE sqlite_master SET sql = replace(sql, char(10), char(13) || char(10))',
    );
    expect(judged(bytes, STATE).schemaVersions).toEqual([62]);
  });
});

describe('parts that are missing', () => {
  test('a table, its indexes and its triggers', () =>
    expect(state('0.169.0', 'DROP TABLE thread_spawn_edges').missingObjects).toEqual([
      'table thread_spawn_edges',
      'index idx_thread_spawn_edges_parent_status',
    ]));

  test('what is there in another form is another matter', () =>
    expect(state('0.169.0', 'ALTER TABLE threads DROP COLUMN cli_version')).toMatchObject({
      missingObjects: [],
      changedObjects: ['table threads'],
    }));

  test('columns that somebody has added are no other form', () =>
    expect(
      state(
        '0.169.0',
        'ALTER TABLE threads ADD COLUMN mine TEXT',
        "ALTER TABLE threads ADD COLUMN more TEXT DEFAULT 'a, b' CHECK (more IN ('a, b', 'c'))",
      ).changedObjects,
    ).toEqual([]));

  test('a column that was renamed is another form', () =>
    expect(
      state('0.169.0', 'ALTER TABLE projects RENAME COLUMN name TO title').changedObjects,
    ).toContain('table projects'));

  test('none can be named where a note is newer than all that is known', () =>
    expect(
      state(
        '0.169.0',
        'DROP TABLE thread_spawn_edges',
        "INSERT INTO _sqlx_migrations VALUES (63, 'new', CURRENT_TIMESTAMP, 1, x'00', 1)",
      ),
    ).toMatchObject({ missingObjects: [], newestKnown: 62 }));
});

describe('notes', () => {
  test('with checksums of Windows, of nobody, and of what is not known', () => {
    const { recorded } = state(
      '0.169.0',
      ...windowsChecksums(STATE, 1),
      "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 2",
      "INSERT INTO _sqlx_migrations VALUES (63, 'new', CURRENT_TIMESTAMP, 0, x'00', 1)",
    );
    expect(recorded?.filter((_, index) => [0, 1, 2, 62].includes(index))).toMatchObject([
      { version: 1, family: 'crlf', success: true },
      { version: 2, family: 'foreign' },
      { version: 3, family: 'lf' },
      { version: 63, family: 'unknown', success: false, description: 'new', checksum: '00' },
    ]);
  });

  test('none, and no table of them', () => {
    expect(state('0.169.0', 'DELETE FROM _sqlx_migrations').recorded).toEqual([]);
    expect(judgeMigrations(STATE, null, [], hash)).toMatchObject({
      recorded: null,
      schemaVersions: [],
      missingObjects: [],
    });
  });

  test('of a database that is not known', () =>
    expect(judged(recordedDatabase('0.169.0', STATE), 'future_1.sqlite')).toMatchObject({
      known: [],
      schemaVersions: [],
      missingObjects: [],
      changedObjects: [],
      newestKnown: null,
    }));
});

function state(version: string, ...statements: readonly string[]): Migrations {
  return judged(recordedDatabase(version, STATE, ...statements), STATE);
}

function judged(bytes: Uint8Array, name: string): Migrations {
  const database = new sql.Database(bytes);
  const ask = (question: string) => (database.exec(question)[0]?.values ?? []) as Cell[][];
  const migrations = judgeMigrations(
    name,
    ask(MIGRATIONS_QUESTION),
    readSchema(ask(SCHEMA_QUESTION)),
    hash,
  );
  database.close();
  return migrations;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
