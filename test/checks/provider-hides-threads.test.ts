import { describe, expect, test } from 'vitest';
import { typed } from '../cli/runCli.ts';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { cured } from '../support/expectRepairs.ts';
import { home, HOME, idOf } from '../support/home.ts';

const CHECK = 'provider-hides-threads';

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

describe('the old provider is set again', () => {
  const CONFIG = `${HOME}/config.toml`;
  const tables = TWO.slice(TWO.indexOf('\n') + 1);
  const hidden = (config: string) =>
    home().config(config).thread('t1', { provider: 'old' }).thread('t2', { archived: true });
  const setting = async (config: string) =>
    (await cured(hidden(config), CHECK, 'set-provider'))?.changed;

  test.each([
    ['a value of another length', 'model_provider = "mock"', 'model_provider = "old"'],
    [
      'a comment, and spaces as somebody likes them',
      "# mine\nmodel_provider   =  'mock'  # which",
      '# mine\nmodel_provider   =  "old"  # which',
    ],
    [
      'a value over several lines',
      'model_provider = """\nmock"""\nx = 1',
      'model_provider = "old"\nx = 1',
    ],
    [
      'letters that are more than a byte before it',
      '# für alle 🎉\n"model_provider" = "mock"',
      '# für alle 🎉\n"model_provider" = "old"',
    ],
    [
      'a byte order mark',
      '\ufeff# one\nmodel_provider = "mock"',
      '\ufeff# one\nmodel_provider = "old"',
    ],
  ])('every other byte stays: %s', async (_, before, after) =>
    expect(await setting(`${before}\n${tables}`)).toEqual({ [CONFIG]: `${after}\n${tables}` }),
  );

  test('line ends of Windows stay', async () => {
    const windows = TWO.replaceAll('\n', '\r\n');
    expect(await setting(windows)).toEqual({ [CONFIG]: windows.replace('"mock"', '"old"') });
  });

  test.each([
    ['\n', '# only tables\n'],
    ['\r\n', '# only tables\r\n'],
    ['\n', ''],
  ])('a line is put at the beginning where none was', async (lineBreak, begin) =>
    expect(await setting(begin + tables)).toEqual({
      [CONFIG]: `model_provider = "old"${lineBreak}${begin}${tables}`,
    }),
  );

  test('behind a byte order mark', async () =>
    expect(await setting(`\ufeff${tables}`)).toEqual({
      [CONFIG]: `\ufeffmodel_provider = "old"\n${tables}`,
    }));

  test('the file is made where there is none', async () => {
    const builder = home().without('config.toml').thread('t1', { provider: 'ollama' });
    const done = await cured(builder, CHECK, 'set-provider');
    expect(done?.changed).toEqual({ [CONFIG]: 'model_provider = "ollama"\n' });
  });

  test('a name that is no plain word is written as a text', async () => {
    const odd = 'my "own" one';
    const config = `model_provider = "mock"\n${tables}[model_providers.${JSON.stringify(odd)}]\nname = "X"\n`;
    const builder = home().config(config).thread('t1', { provider: odd }).thread('t2');
    const done = await cured(builder, CHECK, 'set-provider');
    expect(done?.changed).toEqual({ [CONFIG]: config.replace('"mock"', JSON.stringify(odd)) });
  });

  test('not where Codex does not take the file anyway', async () => {
    const config = `${TWO}sandbox_mode = "none"\n`.replace(/^(.*\n)/, '$1approval_policy = "x"\n');
    expect(await setting(config)).toBeUndefined();
  });
});

test('of two that hide threads only one can be set', async () => {
  const builder = home()
    .config(TWO)
    .thread('t1', { provider: 'old' })
    .thread('t2', { provider: 'ollama' });
  const done = await cured(builder, CHECK, 'set-provider');
  expect(done?.findings).toEqual([`${CHECK}:old`]);
  expect(done?.refused).toEqual(['another repair of this plan changes the same place']);
});

describe('the threads are moved', () => {
  test('all of the finding, and what is archived stays', async () => {
    const builder = home()
      .config(TWO)
      .thread('t1', { provider: 'old' })
      .thread('t2', { provider: 'old' })
      .thread('t3', { provider: 'old', archived: true })
      .thread('t4');
    const done = await cured(builder, CHECK, 'move-provider');
    expect(done?.findings).toEqual([`${CHECK}:old`]);
    const files = Object.keys(done?.changed ?? {}).filter(file => file.endsWith('.jsonl'));
    expect(files.map(file => file.slice(-41, -6)).sort()).toEqual(
      [idOf('t1'), idOf('t2')].map(id => id.slice(1)),
    );
  });

  test('one that is being written stays, and is named', async () => {
    const builder = home()
      .config(TWO)
      .thread('t1', { provider: 'old' })
      .thread('t2', { provider: 'old' })
      .thread('t3')
      .holder({ writesThreads: [idOf('t2')] });
    const { out } = await typed(builder, ['plan', '--check', CHECK, '--cure', 'move-provider'], {
      columns: 200,
    });
    expect(out).toContain('1 repair.');
    expect(out).toContain(`${CHECK}:old: t2: codex (process 4711) has it open for writing.`);
  });
});

test('which way out is taken nobody decides but the person', async () => {
  const builder = home().config(TWO).thread('t1', { provider: 'old' });
  const { code, out } = await typed(builder, ['plan', `${CHECK}:old`], { columns: 300 });
  expect(code).toBe(1);
  expect(out).toContain('--cure set-provider');
  expect(out).toContain('--cure move-provider');
  expect((await typed(builder, ['plan', '--all'])).out).toContain(
    'repaired without a choice of yours',
  );
});
