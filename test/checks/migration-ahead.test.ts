import { describe, test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home } from '../support/home.ts';
import { homeWith, recordedDatabase } from '../support/recordedDatabase.ts';

const CHECK = 'migration-ahead';
const KNOWS_62 = { migrations: { 'state_5.sqlite': 62, 'goals_1.sqlite': 2 } };
const KNOWS_58 = { migrations: { 'state_5.sqlite': 58, 'goals_1.sqlite': 2 } };
const KNOWS_39 = { migrations: { 'state_5.sqlite': 39, 'goals_1.sqlite': 1 } };
const KNOWS_22 = { migrations: { 'state_5.sqlite': 22 } };

const at62 = () => home().thread('t1');
const fromTheFuture = () =>
  at62().state("INSERT INTO _sqlx_migrations VALUES (63, 'new', CURRENT_TIMESTAMP, 1, x'00', 1)");

describe('found', () => {
  test('the only Codex here is older', () =>
    expectFindings(at62().codex('0.160.0', KNOWS_58)).toBe(
      'warning migration-ahead state_5.sqlite',
    ));

  test('one of several is older and gets along: a note', () =>
    expectFindings(at62().codex('0.169.0', KNOWS_62).codex('0.160.0', KNOWS_58)).toBe(
      'note migration-ahead state_5.sqlite',
    ));

  test('one of several is so old that it refuses', () =>
    expectOutcome(at62().codex('0.169.0', KNOWS_62).codex('0.117.0', KNOWS_22), CHECK).toBe(
      'found',
    ));

  test('a number that neither a Codex here nor anybody knows', () =>
    expectFindings(
      at62()
        .state("INSERT INTO _sqlx_migrations VALUES (1062, 'new', CURRENT_TIMESTAMP, 1, x'00', 1)")
        .codex('0.169.0', KNOWS_62),
    ).toBe('warning migration-ahead state_5.sqlite'));

  test('the same where no Codex was found', () =>
    expectFindings(fromTheFuture()).toBe('warning migration-ahead state_5.sqlite'));

  test('one older Codex is one finding, however many databases are ahead', () =>
    expectFindings(
      homeWith('goals_1.sqlite', recordedDatabase('0.169.0', 'goals_1.sqlite')).codex(
        '0.142.0',
        KNOWS_39,
      ),
    ).toBe('warning migration-ahead state_5.sqlite'));

  test('only another database is ahead', () =>
    expectFindings(
      homeWith('goals_1.sqlite', recordedDatabase('0.169.0', 'goals_1.sqlite')).codex('0.169.0', {
        migrations: { 'state_5.sqlite': 62, 'goals_1.sqlite': 1 },
      }),
    ).toBe('warning migration-ahead goals_1.sqlite'));
});

describe('not found', () => {
  test('each Codex here knows all', () => expectFindings(at62().codex('0.169.0', KNOWS_62)).toBe());

  test('a newer Codex than this program knows is here', () =>
    expectFindings(
      fromTheFuture().codex('0.180.0', { migrations: { 'state_5.sqlite': 64 } }),
    ).toBe());

  test('what the Codex here knows could not be learnt', async () => {
    await expectFindings(at62().codex('0.160.0')).toBe();
    await expectFindings(fromTheFuture().codex('0.180.0')).toBe();
  });

  test('an older Codex that does not have the database at all', () =>
    expectFindings(
      homeWith('goals_1.sqlite', recordedDatabase('0.169.0', 'goals_1.sqlite')).codex('0.121.0', {
        migrations: { 'state_5.sqlite': 62 },
      }),
    ).toBe());

  test('where notes are missing, that is what is said', () =>
    expectFindings(
      at62().state('DELETE FROM _sqlx_migrations WHERE version = 62').codex('0.160.0', KNOWS_58),
    ).toBe('error migration-rows-missing state_5.sqlite'));
});

test('nobody is accused when the database cannot be read', () =>
  expectOutcome(at62().codex('0.160.0', KNOWS_58).trouble('state_5.sqlite'), CHECK).toBe(
    'unknown',
  ));

describe('says', () => {
  test('who does not know what, and what it makes of that', () =>
    expectFindings(
      at62().codex('0.169.0', KNOWS_62).codex('0.160.0', KNOWS_58).codex('0.117.0', KNOWS_22),
    ).toSay(
      CHECK,
      'The state database has had updates up to 62, and Codex 0.117.0 and 0.160.0 do not know them all. Codex 0.169.0 knows them. Codex 0.117.0 does without the database and lists what it finds in the files and Codex 0.160.0 works with it all the same.',
    ));

  test('that a newer one was here', () =>
    expectFindings(fromTheFuture()).toSay(
      CHECK,
      'The state database has had update 63, and the newest that is known is 62: a newer Codex has used this home.',
    ));
});
