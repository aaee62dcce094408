import { describe, test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home } from '../support/home.ts';
import { homeWith, LONG_AGO, recordedDatabase, statementOf } from '../support/recordedDatabase.ts';

const FOUND = 'error migration-rows-missing state_5.sqlite';
const forget = (where: string) =>
  home().thread('t1').state(`DELETE FROM _sqlx_migrations WHERE ${where}`);

describe('found', () => {
  test('the newest notes are gone', () => expectFindings(forget('version > 59')).toBe(FOUND));

  test('one in the middle is gone', () => expectFindings(forget('version = 15')).toBe(FOUND));

  test('all are gone', () => expectFindings(forget('true')).toBe(FOUND));

  test('their table is gone', () =>
    expectFindings(home().thread('t1').state('DROP TABLE _sqlx_migrations')).toBe(FOUND));

  test('57 is gone, which changes no table, and a later one is there', () =>
    expectFindings(forget('version = 57')).toBe(FOUND));

  test('a failed start has brought back tables that a later update removes', () =>
    expectFindings(
      forget('version > 29').state(
        statementOf('0.128.0', 'state_5.sqlite', 'device_key_bindings'),
        statementOf('0.128.0', 'state_5.sqlite', 'thread_goals'),
      ),
    ).toBe(FOUND));

  test('a gap is evident even in tables that are not known', () =>
    expectFindings(forget('version = 15').state('CREATE TABLE from_the_future (a)')).toBe(FOUND));

  test('in a database other than that of the threads', () =>
    expectFindings(
      homeWith(
        'goals_1.sqlite',
        recordedDatabase('0.169.0', 'goals_1.sqlite', 'DELETE FROM _sqlx_migrations'),
      ),
    ).toBe('error migration-rows-missing goals_1.sqlite'));

  test('of logs it is only a warning, as 0.169 does without', () =>
    expectFindings(
      homeWith(
        'logs_2.sqlite',
        recordedDatabase('0.169.0', 'logs_2.sqlite', 'DELETE FROM _sqlx_migrations'),
      ).codex('0.169.0'),
    ).toBe('warning migration-rows-missing logs_2.sqlite'));
});

describe('not found', () => {
  test('all is there', () => expectFindings(home().thread('t1')).toBe());

  for (const version of ['0.111.0', '0.117.0', '0.121.0', '0.128.0', '0.142.0', '0.160.0'])
    test(`a database that is merely older, of ${version}`, () =>
      expectOutcome(
        home().file(
          'state_5.sqlite',
          recordedDatabase(version, 'state_5.sqlite', 'DELETE FROM threads'),
          LONG_AGO,
        ),
        'migration-rows-missing',
      ).toBe('ok'));

  test('56 and 57 have the same tables: whether 57 ran cannot be told', () =>
    expectFindings(
      home().file(
        'state_5.sqlite',
        recordedDatabase(
          '0.160.0',
          'state_5.sqlite',
          'DELETE FROM threads',
          'DELETE FROM _sqlx_migrations WHERE version > 56',
          'DROP INDEX idx_threads_archive_created_at_ms',
          'DROP INDEX idx_threads_archive_updated_at_ms',
          'DROP INDEX idx_threads_archive_recency_at_ms',
        ),
        LONG_AGO,
      ),
    ).toBe());

  test('tables of no known release, and the newest notes are gone: nobody can tell', () =>
    expectOutcome(
      forget('version > 59').state('CREATE TABLE from_the_future (a)'),
      'migration-rows-missing',
    ).toBe('ok'));

  test('a note with a number far from all others is of a newer Codex', () =>
    expectOutcome(
      home()
        .thread('t1')
        .state(
          "INSERT INTO _sqlx_migrations VALUES (1062, 'new', CURRENT_TIMESTAMP, 1, x'00', 1)",
          'CREATE TABLE from_the_future (a)',
        ),
      'migration-rows-missing',
    ).toBe('ok'));

  test('what an update has left of an older generation', () =>
    expectOutcome(
      homeWith(
        'logs_1.sqlite',
        recordedDatabase('0.117.0', 'logs_1.sqlite', 'DELETE FROM _sqlx_migrations'),
      ).file('logs_2.sqlite', recordedDatabase('0.169.0', 'logs_2.sqlite'), LONG_AGO),
      'migration-rows-missing',
    ).toBe('ok'));
});

test('nobody is accused when the database cannot be read', () =>
  expectOutcome(forget('true').trouble('state_5.sqlite'), 'migration-rows-missing').toBe(
    'unknown',
  ));

describe('says', () => {
  const say = (where: string) => expectFindings(forget(where));
  const check = 'migration-rows-missing';

  test('what the Codexes on this machine do', () =>
    expectFindings(forget('version > 60').codex('0.169.0').codex('0.160.0').codex('0.130.0')).toSay(
      check,
      'The state database has no note of its updates 61, 62, although its tables show that they were made. Codex 0.160.0 and 0.169.0 do not start with it and Codex 0.130.0 does without the database and lists what it finds in the files.',
    ));

  test('what Codex does where none was found', () =>
    say('version = 15 OR version > 59').toSay(
      check,
      'The state database has no note of its updates 15 and 60 to 62, although its tables show that they were made. Codex from 0.131 on does not start with it.',
    ));

  test('that all notes are gone', () =>
    say('true').toSay(
      check,
      'The state database has no notes of its updates, although its tables show that they were made. Codex from 0.131 on does not start with it.',
    ));
});
