import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home } from '../support/home.ts';

const TWO = `model_provider = "mock"
[model_providers.mock]
name = "Mock"
[model_providers.old]
name = "Old"
`;

test('threads of a provider that is not set now', () =>
  expectFindings(
    home().config(TWO).thread('t1', { provider: 'old' }).thread('t2').thread('t3'),
  ).toBe('note provider-hides-threads old'));

test('is a warning when it hides more than half', () =>
  expectFindings(
    home()
      .config(TWO)
      .thread('t1', { provider: 'old' })
      .thread('t2', { provider: 'openai' })
      .thread('t3'),
  ).toBe('warning provider-hides-threads old', 'warning provider-hides-threads openai'));

test('half is not more than half', () =>
  expectFindings(home().config(TWO).thread('t1', { provider: 'old' }).thread('t2')).toBe(
    'note provider-hides-threads old',
  ));

test('without any configuration Codex lists its own provider', () =>
  expectFindings(home().config('').thread('t1', { provider: 'ollama' })).toBe(
    'warning provider-hides-threads ollama',
  ));

test('the provider of the profile counts', () =>
  expectFindings(
    home()
      .config(`profile = "work"\n${TWO}[profiles.work]\nmodel_provider = "old"\n`)
      .thread('t1', { provider: 'old' }),
  ).toBe());

test('nothing, when all are of the one that is set', () =>
  expectFindings(home().config(TWO).thread('t1').thread('t2')).toBe());

test('archived threads are hidden anyway', () =>
  expectFindings(
    home().config(TWO).thread('t1', { provider: 'old', archived: true }).thread('t2'),
  ).toBe());

test('is said in one sentence', () =>
  expectFindings(
    home().config(TWO).thread('t1', { provider: 'old' }).thread('t2').thread('t3'),
  ).toSay(
    'provider-hides-threads',
    '1 of 3 active conversations is kept under the provider "old": lists show only those of "mock", which is set now.',
  ));

test('nobody is accused when config.toml cannot be read', () =>
  expectOutcome(
    home().thread('t1', { provider: 'old' }).trouble('config.toml'),
    'provider-hides-threads',
  ).toBe('unknown'));

test('nobody is accused when config.toml cannot be parsed', () =>
  expectOutcome(
    home().config('a = [').thread('t1', { provider: 'old' }),
    'provider-hides-threads',
  ).toBe('unknown'));
