import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home } from '../support/home.ts';

test('the file of names has one, the database has none', () =>
  expectFindings(home().thread('t1').name('t1', 'My Name').thread('t2')).toBe(
    'warning thread-name-lost t1',
  ));

test('an empty name is none', () =>
  expectFindings(
    home()
      .thread('t1', { row: { name: ' ' } })
      .name('t1', 'My Name'),
  ).toBe('warning thread-name-lost t1'));

test('nothing, when the database has a name', () =>
  expectFindings(
    home()
      .thread('t1', { row: { name: 'Another' } })
      .name('t1', 'My Name'),
  ).toBe());

test('nothing, when nobody ever gave it one', () =>
  expectFindings(home().thread('t1').name('t2', 'My Name')).toBe());

test('nothing in a thread with legacy history: Codex falls back to the file', () =>
  expectFindings(home().thread('t1', { mode: 'legacy' }).name('t1', 'My Name')).toBe());

test('is said in one sentence', () =>
  expectFindings(home().thread('t1').name('t1', 'Old').name('t1', 'My Name')).toSay(
    'thread-name-lost',
    'Its name "My Name" is still in session_index.jsonl, and the database has lost it: lists show the first message instead.',
  ));

test('nothing is said to be right when the names cannot be read', () =>
  expectOutcome(home().thread('t1').trouble('session_index.jsonl'), 'thread-name-lost').toBe(
    'unknown',
  ));
