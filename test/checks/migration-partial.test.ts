import { describe, test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home } from '../support/home.ts';
import { homeWith, recordedDatabase } from '../support/recordedDatabase.ts';

const unfinished = (where: string) =>
  home().thread('t1').state(`UPDATE _sqlx_migrations SET success = 0 WHERE ${where}`);

test('an update that is noted as unfinished', () =>
  expectFindings(unfinished('version = 62')).toBe('error migration-partial state_5.sqlite'));

test('several of them are one finding', () =>
  expectFindings(unfinished('version IN (3, 62)')).toBe('error migration-partial state_5.sqlite'));

test('an unfinished one and a missing one are two causes', () =>
  expectFindings(
    unfinished('version = 62').state('DELETE FROM _sqlx_migrations WHERE version = 15'),
  ).toBe('error migration-partial state_5.sqlite', 'error migration-rows-missing state_5.sqlite'));

test('of logs it is only a warning, as 0.169 does without', () =>
  expectFindings(
    homeWith(
      'logs_2.sqlite',
      recordedDatabase('0.169.0', 'logs_2.sqlite', 'UPDATE _sqlx_migrations SET success = 0'),
    ).codex('0.169.0'),
  ).toBe('warning migration-partial logs_2.sqlite'));

test('of logs it is an error, where a Codex is here that does not start with it', () =>
  expectFindings(
    homeWith(
      'logs_2.sqlite',
      recordedDatabase('0.169.0', 'logs_2.sqlite', 'UPDATE _sqlx_migrations SET success = 0'),
    ).codex('0.160.0'),
  ).toBe('error migration-partial logs_2.sqlite'));

test('nothing, when all are finished', () => expectFindings(home().thread('t1')).toBe());

test('nobody is accused when the database cannot be read', () =>
  expectOutcome(unfinished('version = 62').trouble('state_5.sqlite'), 'migration-partial').toBe(
    'unknown',
  ));

describe('says', () => {
  const check = 'migration-partial';

  test('that the tables show that it was made', () =>
    expectFindings(unfinished('version = 62').codex('0.169.0')).toSay(
      check,
      'The state database notes that its update 62 was not finished, but its tables show that it was. Codex 0.169.0 does not start with it.',
    ));

  test('nothing of that where the tables are of no known release', () =>
    expectFindings(
      unfinished('version IN (61, 62)').state('CREATE TABLE from_the_future (a)'),
    ).toSay(
      check,
      'The state database notes that its updates 61, 62 were not finished. Codex from 0.131 on does not start with it.',
    ));

  test('nothing of that where the tables show that it was not made', () =>
    expectFindings(
      unfinished('version = 62').state(
        'DROP INDEX idx_threads_attached_parent',
        'ALTER TABLE threads DROP COLUMN attached_thread_parent_id',
      ),
    ).toSay(
      check,
      'The state database notes that its update 62 was not finished. Codex from 0.131 on does not start with it.',
    ));
});
