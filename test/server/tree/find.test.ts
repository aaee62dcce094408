// Finding a thread by what somebody remembers of it, and opening it elsewhere.

import { expect, test } from 'vitest';
import { home, HOME, idOf, PROJECT, type HomeBuilder } from '../../support/home.ts';
import { openEditor } from '../editor.ts';

async function open(builder: HomeBuilder, settings = {}) {
  return openEditor(builder.build().world, { settings: { home: HOME, ...settings } });
}

async function found(builder: HomeBuilder, text: string, limit = 10): Promise<readonly string[]> {
  const editor = await open(builder);
  return (await editor.ask('codexHealth/find', { text, limit })).map(({ title }) => title);
}

function sample(): HomeBuilder {
  return home()
    .thread('a', { prompt: 'Mend the roof of the shop', age: 50 })
    .thread('b', { prompt: 'Shop window', age: 40 })
    .thread('c', { prompt: 'Photoshop plugin', age: 30 })
    .thread('d', { prompt: 'Wiring', cwd: '/home/ada/work/shop', age: 20 })
    .thread('e', { prompt: 'Ärger mit Über', age: 10, archived: true });
}

test('the best come first: beginning of the title, of a word, within it, the path', async () => {
  expect(await found(sample(), 'shop')).toEqual([
    'Shop window',
    'Mend the roof of the shop',
    'Photoshop plugin',
    'Wiring',
  ]);
});

test('of equals the newest come first, and no more than wanted', async () => {
  const many = home();
  for (let at = 0; at < 9; at += 1)
    many.thread(`k${String(at)}`, { prompt: `Roof ${String(at)}`, age: 90 - at });
  expect(await found(many, 'roof', 3)).toEqual(['Roof 8', 'Roof 7', 'Roof 6']);
});

test('all words have to be somewhere; case and the way of writing do not count', async () => {
  expect(await found(sample(), 'SHOP  roof')).toEqual(['Mend the roof of the shop']);
  expect(await found(sample(), 'work wiring')).toEqual(['Wiring']);
  expect(await found(sample(), 'a\u0308rger')).toEqual(['Ärger mit Über']);
  expect(await found(sample(), 'shop nowhere')).toEqual([]);
});

test('an id is found by its beginning, before anything else', async () => {
  const builder = sample().thread('x', { prompt: `about ${idOf('a')}`, age: 1 });
  expect((await found(builder, idOf('a').toUpperCase()))[0]).toBe('Mend the roof of the shop');
});

test('without a word all are found, the newest first', async () => {
  expect(await found(sample(), ' ', 2)).toEqual(['Ärger mit Über', 'Wiring']);
});

test('what was found can be asked for among the threads of its project', async () => {
  const builder = home().thread('parent', { age: 900 });
  for (let at = 0; at < 9; at += 1) builder.thread(`k${String(at)}`, { age: 90 - at });
  builder.thread('child', { age: 901, header: { forked_from_id: idOf('parent') } });
  const editor = await open(builder);
  const request = { host: 'workbench', project: PROJECT, filter: 'all', limit: 2 } as const;
  const ask = async (including: string) => {
    const answer = await editor.ask('codexHealth/threads', { ...request, including });
    return [answer.threads.length, answer.more, answer.threads.at(-1)?.id];
  };
  expect(await ask(idOf('k5'))).toEqual([4, 6, idOf('k5')]);
  expect(await ask(idOf('child'))).toEqual([10, 0, idOf('parent')]);
  expect(await ask('nobody')).toEqual([2, 8, idOf('k7')]);
});

test('the details tell how a thread is opened', async () => {
  const editor = await open(
    home()
      .codex('0.142.0')
      .codex('0.169.0')
      .codex('0.99.0')
      .thread('one', { cwd: '/home/ada/gone', prompt: 'Mend', archived: true }),
  );
  expect(await editor.ask('codexHealth/thread', { id: idOf('one') })).toMatchObject({
    title: 'Mend',
    cwd: '/home/ada/gone',
    isCwdThere: false,
    archived: true,
    codex: '/opt/codex-0.169.0/codex',
    homePath: HOME,
    isDefaultHome: true,
  });
  expect(await editor.ask('codexHealth/thread', { id: 'nobody' })).toBeNull();
});

test('a program that somebody has named goes before newer ones', async () => {
  const builder = home().codex('0.169.0').codex('0.142.0', { foundBy: 'option' }).thread('one');
  const details = await (await open(builder)).ask('codexHealth/thread', { id: idOf('one') });
  expect(details?.codex).toBe('/opt/codex-0.142.0/codex');
  const none = await (
    await open(home().thread('one'))
  ).ask('codexHealth/thread', {
    id: idOf('one'),
  });
  expect(none?.codex).toBeNull();
});
