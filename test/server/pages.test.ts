// What an editor may ask about our pages without sending their text.

import { expect, test } from 'vitest';
import type {
  CodeLens,
  DocumentLink,
  DocumentSymbol,
  FoldingRange,
  Hover,
} from 'vscode-languageserver';
import { home, HOME, idOf, type HomeBuilder } from '../support/home.ts';
import { openEditor, type Editor } from './editor.ts';

async function open(builder: HomeBuilder, key = 'one') {
  const editor = await openEditor(builder.build().world, {
    settings: { home: HOME, problems: 'all' },
  });

  const { hosts } = await editor.tree();
  const homeKey = /\/\/([^/]+)\//.exec(hosts[0]?.uri ?? '')?.[1] ?? '';
  const at = (place: string) => `codex-health://${homeKey}/${place}`;
  /** What is behind an id for people: what the thread is called, and what the page is. */
  const titled = (kind: string, of: string, what: string) =>
    at(`${kind}/${idOf(of)}/please%20do%20${of}%20%28${what}%29`);
  return { editor, at, titled, record: at(`thread/${idOf(key)}`) };
}

const about = (uri: string) => ({ textDocument: { uri } });

/** The lines of a document, with what is asked of them. */
async function linesOf(editor: Editor, uri: string): Promise<readonly string[]> {
  return (await editor.text(uri)).split('\n');
}

test('each part of a record folds under its heading, and is in the outline', async () => {
  const { editor, record } = await open(home().thread('one'));
  const lines = await linesOf(editor, record);
  const folds = await editor.request<FoldingRange[]>('textDocument/foldingRange', about(record));
  const outline = await editor.request<DocumentSymbol[]>(
    'textDocument/documentSymbol',
    about(record),
  );
  const headings = ['Session', 'What is wrong', 'Who can see it', 'Conversation on disk'];
  expect(outline.map(({ name }) => name)).toEqual(expect.arrayContaining(headings));
  expect(folds.map(({ startLine }) => lines[startLine])).toEqual(outline.map(({ name }) => name));
  for (const { startLine, endLine } of folds) {
    expect(lines[endLine]).not.toBe('');
    expect(lines.slice(startLine + 1, endLine)).not.toContain('');
    expect(lines[endLine + 1]).toBe('');
  }
});

test('a record leads to its file, its transcript, and the sessions that it names', async () => {
  const header = { forked_from_id: idOf('parent') };
  const { editor, titled, record } = await open(home().thread('parent').thread('one', { header }));
  const lines = await linesOf(editor, record);
  const links = await editor.request<DocumentLink[]>('textDocument/documentLink', about(record));
  const texts = links.map(({ range: { start, end }, target }) => [
    lines[start.line]?.slice(start.character, end.character),
    target,
  ]);
  const file = lines.find(line => line.startsWith('file '))?.replace(/^file +/, '') ?? '';
  expect(file).toMatch(/^sessions\/.*\.jsonl$/);
  expect(texts).toEqual([
    ['what was said in it', titled('transcript', 'one', 'transcript')],
    [file, `file://${HOME}/${file}`],
    [idOf('parent'), titled('thread', 'parent', 'record')],
    [idOf('parent'), titled('thread', 'parent', 'record')],
  ]);
  const back = titled('thread', 'parent', 'record');
  const forks = await editor.request<DocumentLink[]>('textDocument/documentLink', about(back));
  expect(forks.map(({ target }) => target)).toContain(titled('thread', 'one', 'record'));
});

test('a file that is too large for an editor is no link', async () => {
  const text = (sound: string) => sound + ' '.repeat(2 ** 20);
  const { editor, record } = await open(home().thread('one', { text }));
  const links = await editor.request<DocumentLink[]>('textDocument/documentLink', about(record));
  expect(links.filter(({ target }) => target?.startsWith('file:'))).toEqual([]);
});

test('the home leads to its databases and its config', async () => {
  const { editor, at } = await open(home().thread('one'));
  const links = await editor.request<DocumentLink[]>(
    'textDocument/documentLink',
    about(at('home')),
  );
  expect(links.map(({ target }) => target)).toEqual(
    expect.arrayContaining([`file://${HOME}/config.toml`, at('database/state_5.sqlite')]),
  );
});

test('the line of a finding explains its check, and says nothing that a home says', async () => {
  const builder = home().thread('one', { row: false, prompt: '<b>[x](command:y)' });
  const { editor, record } = await open(builder);
  const lines = await linesOf(editor, record);
  const ask = (line: number) =>
    editor.request<Hover | null>('textDocument/hover', {
      ...about(record),
      position: { line, character: 3 },
    });
  const hover = await ask(lines.findIndex(line => line.startsWith('warning')));
  const { value = '' } = hover?.contents as { readonly value?: string };
  expect(value).toMatch(/^\*\*.+\*\*\n\n/);
  expect(value).toContain('/docs/checks.md#thread-row-missing)');
  expect(value).not.toContain('command:y');
  expect(await ask(0)).toBeNull();
  expect(await ask(9999)).toBeNull();
});

test('nothing is said about documents of somebody else', async () => {
  const { editor } = await open(home().thread('one'));
  expect(await editor.request('textDocument/foldingRange', about('file:///etc/hosts'))).toBeNull();
});

test('a transcript is a document, with the way back', async () => {
  const { editor, at, record } = await open(home().thread('one', { prompt: 'mend # the *roof*' }));
  const text = await editor.text(at(`transcript/${idOf('one')}`));
  expect(text).toMatch(/^# Codex transcript: mend \\# the \\\*roof\\\*$/m);
  expect(text).toContain(`(${record}/mend%20%23%20the%20%2Aroof%2A%20%28record%29)`);
  expect(text).toMatch(/^## You · 2026-11-21 \d\d:\d\d:\d\d UTC$/m);
  expect(text).toMatch(/^> mend # the \*roof\*$/m);
  expect(await editor.text(at(`transcript/${idOf('one')}/1`))).toBe(text);
  expect(await editor.text(at(`transcript/${idOf('one')}/7`))).toMatch(/^There is no part 7/);
  expect(await editor.text(at('transcript/nobody'))).toMatch(/^There is no thread nobody/);
});

test('a file outside the conversation of its thread has a page of its own', async () => {
  const at = `sessions/2025/01/02/rollout-2025-01-02T11-00-00-${idOf('one')}.jsonl`;
  const header = { id: idOf('one'), session_id: idOf('one') };
  const message = 'x'.repeat(1000);
  const more = Array.from({ length: 600 }, () => ({
    type: 'event_msg',
    payload: { type: 'agent_message', message },
  }));
  const copy = { at, header, more, row: false, prompt: 'what lies (beside) it' } as const;
  const {
    editor,
    at: place,
    titled,
    record,
  } = await open(home().thread('one').thread('copy', copy));
  const address = place(`file/${at}%20%28transcript%29`);
  const lines = await linesOf(editor, record);
  const links = await editor.request<DocumentLink[]>('textDocument/documentLink', about(record));
  const leading = links.filter(({ target }) => target === address);
  expect(leading.map(({ range }) => lines[range.start.line]?.trim())).toEqual([
    'transcript          what stands in this file alone',
  ]);
  const conversation = titled('transcript', 'one', 'transcript');
  const counted = await editor.text(conversation);
  expect(counted).not.toContain('what lies');
  expect(counted).toContain(`(${address})`);
  const newest = await editor.text(address);
  expect(newest).toContain('Part 2 of 2');
  expect(newest).toContain(`(${conversation})`);
  const first = place(`file/${at}%20%28transcript%2C%20part%201%29`);
  expect(newest).toContain(`(${first})`);
  expect(await editor.text(first)).toMatch(/^> what lies \(beside\) it$/m);
  // As VS Code writes what it has decoded.
  expect(await editor.text(decodeURIComponent(address))).toBe(newest);
  const stamps = () => editor.ask('codexHealth/documentStamps', { uris: [address, first] });
  expect(await stamps()).toEqual(await stamps());
  expect(await editor.text(place('file/config.toml%20%28transcript%29'))).toMatch(
    /^There is no file config\.toml/,
  );
  expect(await editor.request('textDocument/foldingRange', about(address))).toBeNull();
});

test('a record is found by its id, whatever stands behind that', async () => {
  const strange = '../a%2Fb/100%';
  const { editor, at, titled, record } = await open(
    home()
      .thread('one', { prompt: 'fix src/main.py' })
      .thread('two')
      .state(`UPDATE threads SET id = '${strange}' WHERE id = '${idOf('two')}'`),
  );
  const text = await editor.text(record);
  for (const title of ['', '/', '/x', '/what%20it%20was%20called%20%28record%29', '/7'])
    expect(await editor.text(`${record}${title}`)).toBe(text);
  const [found] = await editor.ask('codexHealth/find', { text: idOf('one'), limit: 1 });
  // No part of the address looks like the name of a file.
  expect(found?.uri).toBe(`${record}/fix%20src%E2%88%95main.py%20%28record%29`);
  const { transcript = '' } = (await editor.ask('codexHealth/thread', { id: idOf('one') })) ?? {};
  expect(transcript).toBe(
    at(`transcript/${idOf('one')}/fix%20src%E2%88%95main.py%20%28transcript%29`),
  );
  expect(await editor.text(transcript)).toContain(`(${found?.uri ?? ''})`);
  const [other] = await editor.ask('codexHealth/find', { text: '100%', limit: 1 });
  expect(other?.id).toBe(strange);
  expect(await editor.text(other?.uri ?? '')).toContain(`Codex session ${strange}\n`);
  expect(titled('thread', 'one', 'record')).not.toBe(found?.uri);
});

test('the parts of a long transcript lead to each other', async () => {
  const message = 'x'.repeat(1000);
  const more = Array.from({ length: 900 }, () => ({
    type: 'event_msg',
    payload: { type: 'agent_message', message },
  }));
  const { editor, at } = await open(home().thread('one', { more }));
  const part = (number: number) =>
    at(
      `transcript/${idOf('one')}/${String(number)}/please%20do%20one%20%28transcript%2C%20part%20${String(number)}%29`,
    );
  const [first, second, newest] = await Promise.all([
    editor.text(part(1)),
    editor.text(part(2)),
    editor.text(at(`transcript/${idOf('one')}`)),
  ]);
  const ways = (text: string) =>
    [...text.matchAll(/^- \[(Earlier|Later): part (\d)/gm)].map(m => m[0]);
  expect(/Part \d of \d/.exec(newest)?.[0]).toBe('Part 3 of 3');
  const [earlier, later] = ['- [Earlier: part ', '- [Later: part '];
  // Above and below what was said.
  expect(ways(first)).toEqual([`${later}2`, `${later}2`]);
  expect(ways(second)).toEqual([`${earlier}1`, `${later}3`, `${earlier}1`, `${later}3`]);
  expect(ways(newest)).toEqual([`${earlier}2`, `${earlier}2`]);
  expect(first.includes(`(${part(2)})`)).toBe(true);
});

test('a document has another stamp when its text is another one, and no transcript is read for it', async () => {
  const { world, files } = home().thread('one').thread('two').build();
  let read = 0;
  const counting = {
    ...world,
    files: {
      ...world.files,
      range: (...asked: Parameters<typeof world.files.range>) => {
        read += 1;
        return world.files.range(...asked);
      },
    },
  };
  const editor = await openEditor(counting, { settings: { home: HOME } });
  const { hosts } = await editor.tree();
  const root = (hosts[0]?.uri ?? '').replace(/home$/, '');
  const uris = ['one', 'two'].flatMap(key => [
    `${root}thread/${idOf(key)}`,
    `${root}transcript/${idOf(key)}`,
  ]);
  const stamps = () => editor.ask('codexHealth/documentStamps', { uris });
  const before = await stamps();
  await editor.ask('codexHealth/refresh');
  expect(await stamps()).toEqual(before);
  const [name = ''] = [...files.keys()].filter(file => file.endsWith(`${idOf('one')}.jsonl`));
  const file = files.get(name);
  const text = `${new TextDecoder().decode(file?.bytes)}{}${' '.repeat(9000)}\n`;
  files.set(name, {
    bytes: new TextEncoder().encode(text),
    modifiedMs: (file?.modifiedMs ?? 0) + 1,
  });
  read = 0;
  await editor.ask('codexHealth/refresh');
  const after = await stamps();
  expect(after.map((stamp, at) => stamp !== before[at])).toEqual([true, true, false, false]);
  expect(read).toBe(0);
});

test('above each finding stands what can be done about it, since no lightbulb is shown there', async () => {
  const { editor, record } = await open(
    home().thread('one', { row: { rollout_path: '/old/rollout.jsonl' } }),
  );
  const lines = await linesOf(editor, record);
  const lenses = await editor.request<CodeLens[]>('textDocument/codeLens', about(record));
  const id = `thread-path-stale:${idOf('one')}`;
  const said = lines.findIndex(line => line.startsWith('error '));
  const wrong = lines.findIndex(line => line.includes('/old/rollout.jsonl (not there)'));
  expect(lines[said - 1]).toBe('What is wrong');
  expect(
    lenses.map(({ range, command }): readonly unknown[] => [
      range.start.line,
      command?.command,
      command?.arguments?.[0],
    ]),
  ).toEqual([
    [said, 'codexHealth.repairFinding', id],
    [said, 'codexHealth.acceptFinding', id],
    [wrong, 'codexHealth.repairFinding', id],
  ]);
});

test('files of others have neither parts nor links nor lenses of ours', async () => {
  const { editor } = await open(home().thread('one', { row: false }));
  const foreign = about('file:///home/ada/shop/config.toml');
  for (const feature of ['codeLens', 'foldingRange', 'documentLink', 'documentSymbol'])
    expect(await editor.request(`textDocument/${feature}`, foreign)).toBeNull();
});
