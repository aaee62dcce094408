import { describe, test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { HOME, home } from '../support/home.ts';
import { sql } from '../support/memoryWorld.ts';
import { LONG_AGO, recordedDatabase } from '../support/recordedDatabase.ts';

const CHECK = 'database-missing';
const FOUND = 'warning database-missing state_5.sqlite';

const withoutState = () => home().thread('t1', { mode: 'legacy' }).noState();

test('conversations without a database', () => expectFindings(withoutState()).toBe(FOUND));

test('conversations and a database with nothing in it', () =>
  expectFindings(withoutState().file('state_5.sqlite', '', LONG_AGO)).toBe(FOUND));

test('elsewhere, where CODEX_SQLITE_HOME says', () =>
  expectFindings(
    withoutState().environment('CODEX_SQLITE_HOME', '/scratch/ada').folder('/scratch/ada'),
  ).toBe('warning database-missing /scratch/ada/state_5.sqlite'));

test('elsewhere, in a folder that is called like the home with more behind it', () =>
  expectFindings(
    withoutState()
      .environment('CODEX_SQLITE_HOME', `${HOME}-databases`)
      .folder(`${HOME}-databases`),
  ).toBe(`warning database-missing ${HOME}-databases/state_5.sqlite`));

test('elsewhere, in a folder that is not there', () =>
  expectFindings(withoutState().environment('CODEX_SQLITE_HOME', '/scratch/gone')).toBe(
    'warning database-missing /scratch/gone/state_5.sqlite',
  ));

test('nothing, when there is one', () =>
  expectFindings(home().thread('t1', { mode: 'legacy' })).toBe());

test('nothing, when there are no conversations', () => expectFindings(home().noState()).toBe());

test('nothing, when it is damaged: that is what is said', () =>
  expectFindings(withoutState().file('state_5.sqlite', 'x'.repeat(5000), LONG_AGO)).toBe(
    'error database-damaged state_5.sqlite',
  ));

test('nobody is accused when the database cannot be read', () =>
  expectOutcome(home().thread('t1', { mode: 'legacy' }).trouble('state_5.sqlite'), CHECK).toBe(
    'unknown',
  ));

test('nobody is accused when the folder of the databases cannot be read', () =>
  expectOutcome(
    withoutState()
      .environment('CODEX_SQLITE_HOME', '/scratch/ada')
      .folder('/scratch/ada')
      .trouble('/scratch/ada'),
    CHECK,
  ).toBe('unknown'));

describe('says', () => {
  test('that Codex makes a new one, and which names can be put back', () =>
    expectFindings(
      withoutState().thread('t2', { mode: 'legacy' }).name('t1', 'Mine').name('t3', 'Gone'),
    ).toSay(
      CHECK,
      'There is no state database, and 2 conversation files are there. Codex makes a new one from them. 1 name that you gave can be put back after that.',
    ));

  test('that it is empty', () =>
    expectFindings(withoutState().file('state_5.sqlite', '', LONG_AGO)).toSay(
      CHECK,
      'The state database has nothing in it, and 1 conversation file is there. Codex makes a new one from them.',
    ));

  test('that it is empty, as a copy without its log is', () =>
    expectFindings(withoutState().file('state_5.sqlite', withoutTables(), LONG_AGO)).toSay(
      CHECK,
      'The state database has nothing in it, and 1 conversation file is there. Codex makes a new one from them.',
    ));

  test('where another one is', () =>
    expectFindings(
      withoutState()
        .file('sqlite/state_5.sqlite', recordedDatabase('0.169.0', 'state_5.sqlite'), LONG_AGO)
        .folder(`${HOME}/sqlite`),
    ).toSay(
      CHECK,
      'There is no state database, and 1 conversation file is there. Another one with threads is at sqlite/state_5.sqlite.',
    ));
});

/** What stands in the file itself while all that was entered is still in the log beside it. */
function withoutTables(): Uint8Array {
  const database = new sql.Database();
  database.run('CREATE TABLE made (one); DROP TABLE made;');
  return database.export();
}
