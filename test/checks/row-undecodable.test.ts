import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home, idOf } from '../support/home.ts';

test('an id that is none', () =>
  expectFindings(
    home()
      .thread('t1')
      .state(
        "CREATE TEMP TABLE copied AS SELECT * FROM threads; UPDATE copied SET id = 'not-a-uuid'; INSERT INTO threads SELECT * FROM copied",
      ),
  ).toBe('error row-undecodable not-a-uuid'));

// Each of these made a real Codex 0.169 fail its lists.
test.each([
  ['created_at_ms', "'x'"],
  ['created_at_ms', '1.5'],
  ['updated_at_ms', '9999999999999999'],
  ['archived_at', "'x'"],
  ['archived_at', '9999999999999'],
  ['history_mode', "'x'"],
  ['title', "x'ff'"],
  ['cli_version', "x'ff'"],
])('%s = %s', (column, value) =>
  expectFindings(
    home()
      .thread('t1')
      .thread('t2')
      .state(`UPDATE threads SET ${column} = ${value} WHERE id = '${idOf('t1')}'`),
  ).toBe('error row-undecodable t1'),
);

// And these did not.
test.each([
  ['created_at', "'x'"],
  ['updated_at_ms', '4102444800000'],
  ['updated_at_ms', '-1'],
  ['id', 'lower(id)'],
])('%s = %s is no reason', (column, value) =>
  expectFindings(home().thread('t1').state(`UPDATE threads SET ${column} = ${value}`)).toBe(),
);

test('is said in one sentence', () =>
  expectFindings(home().thread('t1').state("UPDATE threads SET history_mode = 'x'")).toSay(
    'row-undecodable',
    'Codex cannot read this entry of the database (its history_mode is "x"), and because of it no list from the database works, for any thread.',
  ));

test('nobody is accused when the database cannot be read', () =>
  expectOutcome(home().thread('t1').trouble('state_5.sqlite'), 'row-undecodable').toBe('unknown'));
