import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home, idOf } from '../support/home.ts';

test('a conversation without a row', () =>
  expectFindings(home().thread('t1', { row: false }).thread('t2')).toBe(
    'warning thread-row-missing t1',
  ));

test('also when it is archived', () =>
  expectFindings(home().thread('t1', { row: false, archived: true }).thread('t2')).toBe(
    'warning thread-row-missing t1',
  ));

test('is worth a note only, when nobody ever said anything in it', () =>
  expectFindings(home().thread('t1', { row: false, prompt: null }).thread('t2')).toBe(
    'note thread-row-missing t1',
  ));

test('nothing, when each conversation has its row', () =>
  expectFindings(home().thread('t1').thread('t2', { archived: true })).toBe());

test('a fork in which nothing was said yet is a conversation all the same', () =>
  expectFindings(
    home()
      .thread('t1')
      .thread('t2', {
        row: false,
        prompt: null,
        header: { forked_from_id: idOf('x'), history_base: { thread_id: idOf('t1') } },
      }),
  ).toBe('warning thread-row-missing t2'));

test('is said in one sentence', () =>
  expectFindings(home().thread('t1', { row: false }).thread('t2')).toSay(
    'thread-row-missing',
    'The conversation is on disk (sessions/2026/11/21/rollout-2026-11-21T11-00-00-t1.jsonl), and the database has no entry for it: lists that are read from the database do not show it.',
  ));

test('nobody is accused when the database cannot be read', () =>
  expectOutcome(
    home().thread('t1', { row: false }).trouble('state_5.sqlite'),
    'thread-row-missing',
  ).toBe('unknown'));

test('nobody is accused while Codex has yet to enter its conversations', () =>
  expectOutcome(
    home()
      .thread('t1', { row: false })
      .thread('t2')
      .state("UPDATE backfill_state SET status = 'running', updated_at = 1795262400"),
    'thread-row-missing',
  ).toBe('ok'));
