import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home } from '../support/home.ts';

test('a conversation without a row', () =>
  expectFindings(home().thread('t1', { row: false }).thread('t2')).toBe(
    'warning thread-row-missing t1',
  ));

test('nothing, when each conversation has its row', () =>
  expectFindings(home().thread('t1').thread('t2', { archived: true })).toBe());

test('nobody is accused when the database cannot be read', () =>
  expectOutcome(
    home().thread('t1', { row: false }).trouble('state_5.sqlite'),
    'thread-row-missing',
  ).toBe('unknown'));
