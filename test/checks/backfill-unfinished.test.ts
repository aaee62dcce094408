import { describe, test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home, NOW } from '../support/home.ts';

const CHECK = 'backfill-unfinished';
const FOUND = 'warning backfill-unfinished state_5.sqlite';

/** The state of the backfill, and how many minutes ago it was noted. */
const marked = (status: string, minutesAgo: number) => {
  const seconds = Math.floor(NOW / 1000) - minutesAgo * 60;
  return `UPDATE backfill_state SET status = '${status}', updated_at = ${String(seconds)}`;
};
const at = (status: string, minutesAgo: number) =>
  home().thread('t1').state(marked(status, minutesAgo));
const withoutRow = (status: string, minutesAgo: number) =>
  home().thread('t1').thread('t2', { row: false }).state(marked(status, minutesAgo));

/** Homes of so many conversations with an entry, and so many without. */
const entered = (rows: number, missing: number) => {
  const builder = home();
  for (let number = 0; number < rows; number += 1) builder.thread(`r${String(number)}`);
  for (let number = 0; number < missing; number += 1)
    builder.thread(`m${String(number)}`, { row: false });
  return builder;
};

describe('found', () => {
  test('pending, and a conversation is not entered', () =>
    expectFindings(withoutRow('pending', 0)).toBe(FOUND));

  test('pending for long', () => expectFindings(at('pending', 16)).toBe(FOUND));

  test('begun and left', () => expectFindings(at('running', 16)).toBe(FOUND));

  test('begun and left, and a conversation is not entered: one finding', () =>
    expectFindings(withoutRow('running', 60 * 24)).toBe(FOUND));

  test('complete, and most conversations are not entered', () =>
    expectFindings(entered(2, 3)).toBe(FOUND));

  test('what no Codex understands', () =>
    expectFindings(at('strange', 0)).toBe('error backfill-unfinished state_5.sqlite'));
});

describe('not found', () => {
  test('complete', () => expectFindings(at('complete', 60)).toBe());

  test('somebody is at it: nor is a conversation accused', () =>
    expectFindings(withoutRow('running', 14)).toBe());

  test('pending, and just begun', () => expectFindings(at('pending', 14)).toBe());

  test('pending, and there is nothing to enter', () =>
    expectFindings(home().state(marked('pending', 60))).toBe());

  test('complete, and few are not entered: they are named one by one', () =>
    expectFindings(entered(1, 2)).toBe(
      'warning thread-row-missing m0',
      'warning thread-row-missing m1',
    ));

  test('complete, and as many are entered as are not', async () => {
    await expectOutcome(entered(3, 3), CHECK).toBe('ok');
    await expectOutcome(entered(3, 3), 'thread-row-missing').toBe('found');
  });

  test('complete, and threads without a message have no entry', () =>
    expectOutcome(
      home()
        .thread('t1', { row: false, prompt: null })
        .thread('t2', { row: false, prompt: null })
        .thread('t3', { row: false, prompt: null }),
      CHECK,
    ).toBe('ok'));

  test('a state of a Codex that is newer than what is known', () =>
    expectOutcome(
      at('strange', 0).state(
        "INSERT INTO _sqlx_migrations VALUES (63, 'new', CURRENT_TIMESTAMP, 1, x'00', 1)",
      ),
      CHECK,
    ).toBe('ok'));

  test('a database that does not keep the state', () =>
    expectOutcome(home().thread('t1').state('DELETE FROM backfill_state'), CHECK).toBe('ok'));
});

describe('nobody is accused', () => {
  test('when the database cannot be read', () =>
    expectOutcome(at('running', 60).trouble('state_5.sqlite'), CHECK).toBe('unknown'));

  test('when the files cannot be read', () =>
    expectOutcome(entered(2, 3).trouble('sessions'), CHECK).toBe('unknown'));
});

describe('says', () => {
  test('that it has not begun', () =>
    expectFindings(withoutRow('pending', 0)).toSay(
      CHECK,
      'Codex has yet to enter the conversations in the database; it does so when it is started. 1 conversation is not entered. Nothing is lost.',
    ));

  test('that it was interrupted', () =>
    expectFindings(at('running', 60)).toSay(
      CHECK,
      'Codex was interrupted while it entered the conversations in the database; it goes on when it is started. Nothing is lost.',
    ));

  test('that it is not complete', () =>
    expectFindings(entered(0, 3)).toSay(
      CHECK,
      'Codex takes the entering of conversations in the database for done, and it is not. 3 conversations are not entered. Nothing is lost.',
    ));

  test('that Codex does not start', () =>
    expectFindings(at('strange', 0)).toSay(
      CHECK,
      'The database says of the entering of conversations what no Codex understands; Codex does not start with it. Nothing is lost.',
    ));
});
