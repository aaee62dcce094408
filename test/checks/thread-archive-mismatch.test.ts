import { expect, test } from 'vitest';
import { expectFindings, expectOutcome, scanned } from '../support/expect.ts';
import { cured } from '../support/expectRepairs.ts';
import { home, HOME } from '../support/home.ts';

test('the row says archived, the file is among the active ones', () =>
  expectFindings(
    home()
      .thread('t1', { row: { archived: 1 } })
      .thread('t2'),
  ).toBe('warning thread-archive-mismatch t1'));

test('the row says active, the file is in the archive', () =>
  expectFindings(home().thread('t1', { archived: true, row: { archived: 0 } })).toBe(
    'warning thread-archive-mismatch t1',
  ));

test('nothing, when they agree', () =>
  expectFindings(home().thread('t1').thread('t2', { archived: true })).toBe());

test('says what happens to a thread that was only flagged', () =>
  expectFindings(home().thread('t1', { row: { archived: 1 } })).toSay(
    'thread-archive-mismatch',
    'The database counts it as archived, and its file is among the active ones: it comes back into the lists as soon as something looks through the files.',
  ));

test('says what happens to a thread that was only moved', () =>
  expectFindings(home().thread('t1', { archived: true, row: { archived: 0 } })).toSay(
    'thread-archive-mismatch',
    'Its file is in the archive, and the database counts it as active: lists still show it, and Codex refuses to resume it.',
  ));

test('nobody is accused when the database cannot be read', () =>
  expectOutcome(home().thread('t1').trouble('state_5.sqlite'), 'thread-archive-mismatch').toBe(
    'unknown',
  ));

test.each([
  ['active', home().thread('t1', { row: { archived: 1, archived_at: 5 } })],
  ['archived', home().thread('t1', { archived: true, row: { archived: 0, archived_at: null } })],
])('the database follows the folder when somebody chooses that: %s', async (_, builder) => {
  const done = await cured(builder, 'thread-archive-mismatch', 'follow-folder');
  expect(Object.keys(done?.changed ?? {})).toEqual([`${HOME}/state_5.sqlite`]);
  const { report } = await scanned(builder);
  // Without a choice the flag counts.
  expect(report.findings[0]?.cures.map(({ automatic }) => automatic)).toEqual([true, false]);
});
