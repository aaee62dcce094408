import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home } from '../support/home.ts';

const settings = (provider: string) => ({
  type: 'event_msg',
  payload: {
    type: 'thread_settings_applied',
    thread_settings: { model_provider_id: provider, cwd: '/home/ada/work/one' },
  },
});
const filler = { type: 'response_item', payload: { text: 'x'.repeat(90_000) } };

test('the row has another provider', () =>
  expectFindings(
    home()
      .thread('t1', { row: { model_provider: 'openai' } })
      .thread('t2'),
  ).toBe('warning thread-provider-mismatch t1'));

test('the first line has another provider', () =>
  expectFindings(home().thread('t1', { header: { model_provider: 'openai' } })).toBe(
    'warning thread-provider-mismatch t1',
  ));

test('the newest settings have another provider, as tools leave it behind', () =>
  expectFindings(home().thread('t1', { more: [settings('openai')] })).toBe(
    'warning thread-provider-mismatch t1',
  ));

test('also when the provider is not defined: first of all they disagree', () =>
  expectFindings(home().thread('t1', { row: { model_provider: 'gone' } })).toBe(
    'warning thread-provider-mismatch t1',
  ));

test('nothing, when all three agree', () => expectFindings(home().thread('t1')).toBe());

test('nothing, when an old file says nothing about it', () =>
  expectFindings(home().thread('t1', { header: { model_provider: undefined } })).toBe());

test('older settings do not count', () =>
  expectFindings(home().thread('t1', { more: [settings('openai'), settings('mock')] })).toBe());

test('says who says what', () =>
  expectFindings(home().thread('t1', { row: { model_provider: 'openai' } })).toSay(
    'thread-provider-mismatch',
    'It is recorded under several providers: the first line of its file "mock", the database "openai" and its newest settings "mock"; some lists hide it.',
  ));

test('says that the settings count later', () =>
  expectFindings(home().thread('t1', { more: [settings('openai')] })).toSay(
    'thread-provider-mismatch',
    'It is recorded under several providers: the first line of its file "mock", the database "mock" and its newest settings "openai"; it works until Codex next rebuilds its index, and is hidden then.',
  ));

const long = home().thread('t1', { more: [filler, settings('openai'), filler] });

test('nothing is said to be right when the newest settings may not have been read', () =>
  expectOutcome(long, 'thread-provider-mismatch').toBe('unknown'));

test('they are found when every line is read', () =>
  expectFindings(long, true).toBe('warning thread-provider-mismatch t1'));
