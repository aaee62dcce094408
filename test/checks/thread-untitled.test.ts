import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home, idOf } from '../support/home.ts';

const filler = { type: 'response_item', payload: { text: 'x'.repeat(5_000_000) } };

test('no name and no message', () =>
  expectFindings(home().thread('t1', { prompt: null }).thread('t2')).toBe(
    'note thread-untitled t1',
  ));

test('a message without any text', () =>
  expectFindings(home().thread('t1', { prompt: '   ', row: { title: '', preview: '' } })).toBe(
    'note thread-untitled t1',
  ));

test('not, when it has a name', () =>
  expectFindings(
    home()
      .thread('t1', { prompt: null, row: { name: 'Mine' } })
      .thread('t2', { prompt: null, mode: 'legacy' })
      .name('t2', 'Mine'),
  ).toBe());

test('not, when it shows the first message of its parent', () =>
  expectFindings(home().thread('t1', { prompt: null, row: { preview: 'please do t0' } })).toBe());

test('not, when it is archived', () =>
  expectFindings(home().thread('t1', { prompt: null, archived: true })).toBe());

test('says that it is a fork', () =>
  expectFindings(
    home()
      .thread('t0')
      .thread('t1', { prompt: null, header: { forked_from_id: idOf('x') } }),
  ).toSay(
    'thread-untitled',
    'It is a fork without a name in which nothing was said yet: lists show it without a title.',
  ));

test('is said in one sentence', () =>
  expectFindings(home().thread('t1', { prompt: null })).toSay(
    'thread-untitled',
    'It has no name and no first message: lists show it without a title, or not at all.',
  ));

test('nobody is accused when the message may be in a part that was not read', () =>
  expectFindings(home().thread('t1', { prompt: null, more: [filler] })).toBe());

test('nobody is accused when the names cannot be read', () =>
  expectOutcome(
    home().thread('t1', { prompt: null }).trouble('session_index.jsonl'),
    'thread-untitled',
  ).toBe('unknown'));
