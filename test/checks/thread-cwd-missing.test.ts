import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home } from '../support/home.ts';

const gone = '/home/ada/work/gone';
const DAY = 24 * 60;

test('the directory is gone', () =>
  expectFindings(home().thread('t1', { cwd: gone }).thread('t2')).toBe(
    'warning thread-cwd-missing t1',
  ));

test('there is a file in its place', () =>
  expectFindings(home().thread('t1', { cwd: gone }).file(gone, '')).toBe(
    'warning thread-cwd-missing t1',
  ));

test('is worth a note only, when the thread is archived', () =>
  expectFindings(home().thread('t1', { cwd: gone, archived: true })).toBe(
    'note thread-cwd-missing t1',
  ));

test('is worth a note only, when nobody has touched the thread for ninety days', () =>
  expectFindings(
    home()
      .thread('t1', { cwd: gone, age: 91 * DAY })
      .thread('t2', { cwd: gone, age: 89 * DAY }),
  ).toBe('note thread-cwd-missing t1', 'warning thread-cwd-missing t2'));

test('not, when the directory is there', () =>
  expectFindings(home().thread('t1', { cwd: gone }).folder(gone)).toBe());

test('not, when the directory was a temporary one', () =>
  expectFindings(
    home().thread('t1', { cwd: '/tmp/x' }).thread('t2', { cwd: '/tmp/y', archived: true }),
  ).toBe('note thread-temporary t1'));

test('not, when the conversation itself is gone', () =>
  expectFindings(home().thread('t1', { cwd: gone, file: false })).toBe(
    'warning thread-file-missing t1',
  ));

test('is said in one sentence', () =>
  expectFindings(home().thread('t1', { cwd: gone })).toSay(
    'thread-cwd-missing',
    'Its working directory /home/ada/work/gone does not exist here: the conversation can be read, and what is run in it has no directory to run in.',
  ));

test('nobody is accused when nobody answers', () =>
  expectOutcome(home().thread('t1', { cwd: gone }).silence(gone), 'thread-cwd-missing').toBe(
    'unknown',
  ));
