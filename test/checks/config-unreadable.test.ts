import { test } from 'vitest';
import { expectFindings } from '../support/expect.ts';
import { home } from '../support/home.ts';

test('config.toml is not TOML', () =>
  expectFindings(home().config('model = "m"\nfoo = [unclosed\n').thread('t1')).toBe(
    'error config-unreadable config.toml',
  ));

test('nothing, when it is TOML', () =>
  expectFindings(home().config('').thread('t1', { provider: 'openai' })).toBe());

test('nothing, when there is none', () =>
  expectFindings(home().without('config.toml').thread('t1', { provider: 'openai' })).toBe());

test('says where', () =>
  expectFindings(home().config('model = "m"\nfoo = [unclosed\n').thread('t1')).toSay(
    'config-unreadable',
    'config.toml has a mistake in line 2, column 8 (Unexpected character): Codex does without all of it, and lists look empty.',
  ));

test('nobody is accused when it cannot be read', () =>
  expectFindings(home().thread('t1').trouble('config.toml')).toBe());
