import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home } from '../support/home.ts';

test.each(['/tmp/build-7', '/var/tmp/x', '/dev/shm/x', '/tmp'])('an active thread in %s', cwd =>
  expectFindings(home().folder(cwd).thread('t1', { cwd }).thread('t2')).toBe(
    'note thread-temporary t1',
  ),
);

test('also when the directory is gone', () =>
  expectFindings(home().thread('t1', { cwd: '/tmp/gone' })).toBe('note thread-temporary t1'));

test.each(['status', '/status', 'ping', 'Health check', 'usage'])(
  'a program that asks "%s" at the root of the disk',
  prompt =>
    expectFindings(home().folder('/').thread('t1', { cwd: '/', prompt })).toBe(
      'note thread-temporary t1',
    ),
);

test('a script that says nothing', () =>
  expectFindings(home().thread('t1', { source: 'exec', prompt: null })).toBe(
    'note thread-temporary t1',
  ));

test('not a script with something to do', () =>
  expectFindings(home().thread('t1', { source: 'exec' })).toBe());

test('not a person who asks for the status of a project', () =>
  expectFindings(home().thread('t1', { prompt: 'status' })).toBe());

test('not a person at the root of the disk', () =>
  expectFindings(home().folder('/').thread('t1', { cwd: '/' })).toBe());

test('not when it is archived', () =>
  expectFindings(home().thread('t1', { cwd: '/tmp/gone', archived: true })).toBe());

test('says that the directory is gone', () =>
  expectFindings(home().thread('t1', { cwd: '/tmp/gone' })).toSay(
    'thread-temporary',
    'It worked in a temporary directory that is gone (/tmp/gone): it takes a place in the lists.',
  ));

test('says that a program made it', () =>
  expectFindings(home().folder('/').thread('t1', { cwd: '/', prompt: 'status' })).toSay(
    'thread-temporary',
    'A program made it in / to see whether Codex answers: it takes a place in the lists.',
  ));

test('nothing is said to be right when a folder cannot be read', () =>
  expectOutcome(
    home().thread('t1').file('sessions/2026/11/20/x', '').trouble('sessions/2026/11/20'),
    'thread-temporary',
  ).toBe('unknown'));
