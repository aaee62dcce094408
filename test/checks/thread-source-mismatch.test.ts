import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home } from '../support/home.ts';

const spawned = { subagent: { thread_spawn: { parent_thread_id: 'p', depth: 1 } } };

test('the row says exec, the file says vscode', () =>
  expectFindings(
    home()
      .thread('t1', { row: { source: 'exec' } })
      .thread('t2'),
  ).toBe('warning thread-source-mismatch t1'));

test('the row says what Codex does not know', () =>
  expectFindings(home().thread('t1', { row: { source: 'zzz' } })).toBe(
    'warning thread-source-mismatch t1',
  ));

test('also when the file says the same', () =>
  expectFindings(home().thread('t1', { source: 'zzz' })).toBe('warning thread-source-mismatch t1'));

test('the file says sub-agent, the row says vscode', () =>
  expectFindings(home().thread('t1', { source: spawned, row: { source: 'vscode' } })).toBe(
    'warning thread-source-mismatch t1',
  ));

test('file and row name different sub-agents', () =>
  expectFindings(
    home().thread('t1', { source: spawned, row: { source: '{"subagent":"review"}' } }),
  ).toBe('warning thread-source-mismatch t1'));

test('nothing, when they agree', () =>
  expectFindings(
    home()
      .thread('t1', { source: 'cli' })
      .thread('t2', { source: spawned })
      .thread('t3', { source: { custom: 'atlas' } }),
  ).toBe());

test('nothing, when an object is only written in another way', () =>
  expectFindings(
    home().thread('t1', {
      source: spawned,
      row: {
        source:
          '{"subagent":{"thread_spawn":{"depth":1,"agent_path":null,"parent_thread_id":"p"}}}',
      },
    }),
  ).toBe());

test('nothing, when Codex has put its own word for what it does not know', () =>
  expectFindings(home().thread('t1', { source: 'zzz', row: { source: 'unknown' } })).toBe());

test('nothing, when the file says nothing and the row what Codex takes then', () =>
  expectFindings(home().thread('t1', { header: { source: undefined } })).toBe());

test('is said in one sentence', () =>
  expectFindings(home().thread('t1', { row: { source: 'exec' } })).toSay(
    'thread-source-mismatch',
    'The database says that it was started by "exec", and its file says "vscode": lists from the database put it in the wrong place.',
  ));

test('nobody is accused when the database cannot be read', () =>
  expectOutcome(home().thread('t1').trouble('state_5.sqlite'), 'thread-source-mismatch').toBe(
    'unknown',
  ));
