import { expect, test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { cured } from '../support/expectRepairs.ts';
import { home, HOME, idOf } from '../support/home.ts';

test('threads of a provider that nobody defines', () =>
  expectFindings(home().thread('t1', { provider: 'gone' }).thread('t2')).toBe(
    'error provider-undefined gone',
  ));

test('is a warning when only archived threads have it', () =>
  expectFindings(home().thread('t1', { provider: 'gone', archived: true }).thread('t2')).toBe(
    'warning provider-undefined gone',
  ));

test('the one that is set is not defined', () =>
  expectFindings(
    home().config('model_provider = "nope"\n').thread('t1', { provider: 'nope' }),
  ).toBe('error provider-undefined nope'));

test.each(['openai', 'ollama', 'lmstudio', 'amazon-bedrock'])('%s is built in', provider =>
  expectFindings(home().config(`model_provider = "${provider}"`).thread('t1', { provider })).toBe(),
);

test('a provider of another profile is defined', () =>
  expectFindings(
    home()
      .config(
        'model_provider = "mock"\n[model_providers.mock]\nname = "M"\n[profiles.p.model_providers.old]\nname = "O"\n',
      )
      .thread('t1', { provider: 'old' })
      .thread('t2')
      .thread('t3'),
  ).toBe('note provider-hides-threads old'));

test('says which, and what that means', () =>
  expectFindings(
    home().thread('t1', { provider: 'gone' }).thread('t2', { provider: 'gone' }),
  ).toSay(
    'provider-undefined',
    'config.toml does not define the provider "gone": 2 conversations are kept under it and cannot be resumed. What helps is its definition in config.toml: [model_providers.gone] with the name and the base_url that it had.',
  ));

test('says that Codex has given it up', () =>
  expectFindings(home().thread('t1', { provider: 'ollama-chat' }).thread('t2')).toSay(
    'provider-undefined',
    'Codex no longer supports the provider "ollama-chat": 1 conversation is kept under it and cannot be resumed.',
  ));

test('says that it is the one that is set', () =>
  expectFindings(home().config('model_provider = "nope"\n').thread('t1')).toSay(
    'provider-undefined',
    'config.toml does not define the provider "mock": 1 conversation is kept under it and cannot be resumed. What helps is its definition in config.toml: [model_providers.mock] with the name and the base_url that it had.',
    'config.toml does not define the provider "nope": it is the one that is set, so that no thread can be started. What helps is its definition in config.toml: [model_providers.nope] with the name and the base_url that it had.',
  ));

test('nobody is accused when config.toml cannot be parsed', () =>
  expectOutcome(
    home().config('a = [').thread('t1', { provider: 'gone' }),
    'provider-undefined',
  ).toBe('unknown'));

test('a name that is no plain word is put into quotes', () =>
  expectFindings(home().thread('t1', { provider: 'my own' })).toSay(
    'provider-undefined',
    'config.toml does not define the provider "my own": 1 conversation is kept under it and cannot be resumed. What helps is its definition in config.toml: [model_providers."my own"] with the name and the base_url that it had.',
  ));

test('its threads are moved to the one that is set, when somebody chooses that', async () => {
  const builder = home()
    .thread('t1', { provider: 'gone' })
    .thread('t2', { provider: 'gone', archived: true })
    .thread('t3');
  const done = await cured(builder, 'provider-undefined', 'move-provider');
  expect(done?.refused).toEqual([]);
  expect(Object.keys(done?.changed ?? {})).toEqual([
    expect.stringContaining(idOf('t2')),
    expect.stringContaining(idOf('t1')),
    `${HOME}/state_5.sqlite`,
  ]);
  expect(await cured(builder, 'provider-undefined', null)).toBeNull();
});

test('nothing is moved to one that is not defined either', async () =>
  expect(
    await cured(
      home().config('model_provider = "nope"\n').thread('t1', { provider: 'nope' }),
      'provider-undefined',
      'move-provider',
    ),
  ).toBeNull());
