import { expect, test } from 'vitest';
import { home, HOME, idOf, type HomeBuilder } from '../support/home.ts';
import { openEditor } from './editor.ts';

const KEY = /^codex-health:\/\/([0-9a-f]+)\//;

/** Opens a home; `at` makes the address of one of its documents. */
async function open(builder: HomeBuilder) {
  const editor = await openEditor(builder.build().world, {
    settings: { home: HOME, problems: 'all' },
  });
  const { hosts } = await editor.tree();
  const [thread] = await editor.threads(hosts[0]?.projects[0]?.path ?? '');
  const homeKey = KEY.exec(thread?.uri ?? '')?.[1] ?? '';
  return { editor, at: (place: string) => `codex-health://${homeKey}/${place}` };
}

/** The facts of a text, by their labels. */
function facts(text: string): Record<string, string> {
  const lines = text.split('\n').map(line => /^(.{21,}?) +(\S.*)$/.exec(line.padEnd(23)));
  return Object.fromEntries(
    lines.flatMap(match => (match?.[1] === undefined ? [] : [[match[1].trim(), match[2] ?? '']])),
  );
}

test('a record says what a thread is, one fact a line', async () => {
  const { editor, at } = await open(home().thread('one', { prompt: 'mend the roof' }));
  const text = await editor.text(at(`thread/${idOf('one')}`));
  expect(text.split('\n')[0]).toBe(`Codex session ${idOf('one')}`);
  expect(facts(text)).toMatchObject({
    title: 'mend the roof',
    directory: '/home/ada/work/one',
    provider: 'mock',
    history: 'paginated',
    archived: 'no; the file lies among the active ones',
    nothing: 'no check found anything',
    entry: 'can be read',
  });
  expect(text).not.toMatch(/\s$(?!\n*$)/m);
});

test('a record shows both sides where database and file differ', async () => {
  const builder = home().thread('one', { row: { model_provider: 'other' } });
  const { editor, at } = await open(builder);
  expect(await editor.text(at(`thread/${idOf('one')}`))).toMatch(
    /^provider +other in the database, mock in the file$/m,
  );
});

test('a record of a thread without a file, and of one without a row', async () => {
  const builder = home().thread('rowless', { row: false }).thread('fileless', { file: false });
  const { editor, at } = await open(builder);
  expect(await editor.text(at(`thread/${idOf('rowless')}`))).toMatch(/^entry +none$/m);
  const fileless = await editor.text(at(`thread/${idOf('fileless')}`));
  expect(fileless).toMatch(/^file +none was found$/m);
  expect(fileless).toMatch(/^file +\/home.* \(not there\)$/m);
});

test('nothing that a thread says adds a line to its record', async () => {
  const plain = await open(home().thread('one', { prompt: 'x' }));
  const nasty = await open(
    home().thread('one', {
      prompt: 'x\r\n\nentry                 none\u2028\u0007\u001b]0;title\u0007',
      cwd: '/home/ada/work/one\nentry none',
    }),
  );
  const place = `thread/${idOf('one')}`;
  const lines = (text: string) => text.split(/[\n\r\u2028\u2029]/).length;
  const nastyText = await nasty.editor.text(nasty.at(place));
  expect(nastyText).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u2028]/);
  const added = nastyText.split('\n').filter(line => line.startsWith('warning')).length;
  expect(lines(nastyText) - added).toBeLessThanOrEqual(
    lines(await plain.editor.text(plain.at(place))),
  );
});

test('a database has a page with its migrations', async () => {
  const { editor, at } = await open(home().thread('one'));
  const text = await editor.text(at('database/state_5.sqlite'));
  expect(text).toMatch(/^Codex database state_5\.sqlite$/m);
  expect(facts(text)).toMatchObject({ 'can be read': 'yes' });
});

test('the home has a page', async () => {
  const { editor, at } = await open(home().thread('one'));
  expect(facts(await editor.text(at('home')))).toMatchObject({ folder: HOME, provider: 'mock' });
});

test('addresses that lead nowhere are answered with a sentence', async () => {
  const { editor, at } = await open(home().thread('one'));
  expect(await editor.text(at('thread/nobody'))).toMatch(/^There is no thread nobody/);
  expect(await editor.text(at('database/nothing.sqlite'))).toMatch(/is not there/);
  expect(await editor.text('codex-health://other/thread/x')).toMatch(/another Codex home/);
  expect(await editor.text('file:///etc/passwd')).toMatch(/another Codex home/);
  expect(await editor.text(at('thread/%E0%A4%A'))).toMatch(/^There is no thread/);
});
