// Plans as pages: the address that carries a wish, and what stands on the page before and after somebody has
// carried it out.

import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { DocumentLink, DocumentSymbol, FoldingRange } from 'vscode-languageserver';
import type { Wish } from '../../src/protocol/repairs.ts';
import { parseChangeAddress, planAddress } from '../../src/server/changes/addresses.ts';
import { home, HOME, idOf, NOW } from '../support/home.ts';
import type { Editor } from './editor.ts';
import { offersOn, openToChange as open, stale, STALE } from './openToChange.ts';

describe('addresses of plans', () => {
  const wishes: readonly Wish[] = [
    { kind: 'all' },
    { kind: 'findings', findings: [STALE, 'rollout-twin:ä/ö ü.jsonl'], cure: 'x', to: '/a b/ç' },
    { kind: 'move', from: null, to: 'my/provider?#%', threads: null },
    { kind: 'restore', threads: [idOf('t1')] },
    { kind: 'unarchive', threads: [idOf('t1'), idOf('t2')] },
    { kind: 'rename', thread: idOf('t1'), name: '../../%2e “Ünïcode” \n' },
    { kind: 'fork', thread: idOf('t1') },
  ];

  test.each(wishes)('carry the wish there and back, also decoded: $kind', wish => {
    const uri = planAddress('key', wish);
    expect(parseChangeAddress(uri)).toEqual({ kind: 'plan', homeKey: 'key', wish });
    // Editors decode an address and encode it in their own way.
    expect(parseChangeAddress(decodeURIComponent(uri))).toMatchObject({ wish });
    // As VS Code writes it, so that both have one name for it, and with nothing but words behind the slash.
    expect(uri).toMatch(/^codex-health:\/\/key\.[0-9a-f]+\/plan\/(?:[\w-]|%20)+$/);
  });

  test.each<[Wish, string]>([
    [{ kind: 'all' }, 'Repair State'],
    [{ kind: 'findings', findings: ['a:1'], cure: null, to: null }, 'Repair a'],
    [
      { kind: 'findings', findings: ['a:1', 'a:2'], cure: null, to: null },
      'Repair 2 findings of a',
    ],
    [{ kind: 'findings', findings: ['a:1', 'b:1'], cure: null, to: null }, 'Repair 2 findings'],
    // No name of a file, by which an editor would choose a language.
    [{ kind: 'move', from: null, to: 'x.py', threads: null }, 'Move threads to x py'],
  ])('end in what people call it: %j', (wish, title) => {
    expect(decodeURIComponent(planAddress('key', wish).split('/').at(-1) ?? '')).toBe(title);
  });

  test('of ten thousand findings are no longer than their ids', () => {
    const findings = Array.from(
      { length: 10_000 },
      (_, at) => `thread-path-stale:${idOf(`t${at}`)}`,
    );
    const wish: Wish = { kind: 'findings', findings, cure: null, to: null };
    const uri = planAddress('key', wish);
    expect(parseChangeAddress(uri)).toMatchObject({ wish });
    expect(uri.length).toBeLessThan(findings.join().length);
  });

  test('say what is wished to an editor that has nothing but the page', async () => {
    const { editor, plan } = await open(stale());
    const wish: Wish = { kind: 'findings', findings: [STALE], cure: null, to: null };
    const { uri } = await plan(wish);
    expect(await editor.ask('codexHealth/wishAt', { uri })).toEqual(wish);
    for (const other of ['codex-health://key/plan/x', 'codex-health://key/history', 'file:///a'])
      expect(await editor.ask('codexHealth/wishAt', { uri: other })).toBeNull();
    await expect(editor.send('codexHealth/wishAt', {})).rejects.toThrow(/is missing/);
  });

  test('that are damaged carry none', () => {
    const carried = planAddress('key', { kind: 'all' }).split(/[./]/)[3] ?? '';
    expect(parseChangeAddress(`codex-health://key.${carried}/plan`)).toMatchObject({
      wish: { kind: 'all' },
    });
    const nothing = deflateRawSync('null').toString('hex');
    const endless = deflateRawSync(`{"kind":"all"}${' '.repeat(20 * 1024 * 1024)}`).toString('hex');
    const damaged = ['', '.', '.%', '.xyz', '.00', `.${carried.slice(0, -8)}`];
    for (const rest of [...damaged, `.${nothing}`, `.${endless}`, `.${'a'.repeat(100_000)}`])
      for (const path of ['plan', 'plan/', 'plan/%E0%A4%A'])
        expect(parseChangeAddress(`codex-health://key${rest}/${path}`)).toMatchObject({
          ...{ kind: 'plan', homeKey: 'key', wish: null },
        });
  });

  test('of other documents are none of them', () => {
    for (const uri of [
      'codex-health://key/thread/x',
      'codex-health://key/planet',
      'file:///plan/x',
    ])
      expect(parseChangeAddress(uri)).toBeNull();
  });
});

describe('the page of a plan', () => {
  test('says what is done, touched, kept and needed', async () => {
    const { editor, plan, operations } = await open(
      stale()
        .thread('t3', { text: text => `x\n${text}` })
        .holder({ pid: 4711, terminal: 'pts/3' }),
    );
    const text = await editor.text((await plan()).uri);
    expect(text).toContain('Codex plan: Repair State\n');
    expect(text).toContain('2 repairs.');
    expect(text).toContain('Nothing has been changed yet.');
    expect(text).toMatch(/^Codex +every Codex that uses this home has to be closed for it$/m);
    expect(text).toMatch(/^open now +codex \(process 4711, in terminal pts\/3\)$/m);
    expect(text).toMatch(/^1\. \S/m);
    expect(text).toMatch(/^step +changes 1 row in threads/m);
    expect(text).toContain(`${HOME}/state_5.sqlite › threads › '${idOf('t1')}'`);
    expect(operations).toEqual([]);
  });

  test('names what is left as it is, and why', async () => {
    const { editor, plan } = await open(home().thread('t1').config('[broken'));
    const findings = (await editor.tree()).hosts[0]?.findings.map(({ id }) => id) ?? [];
    const { uri } = await plan({ kind: 'findings', findings, cure: null, to: null });
    const text = await editor.text(uri);
    expect(text).toContain('Nothing of this can be done as it stands.');
    expect(text).toMatch(/^left +config-unreadable:config\.toml: no cure of it is known/m);
  });

  test('folds by its repairs, has them in its outline, and leads to what they touch', async () => {
    const text = (sound: string) => `x\n${sound}`;
    const { editor, plan } = await open(stale().thread('t3', { text, prompt: 'mend it' }));
    const { uri } = await plan();
    const about = { textDocument: { uri } };
    const [lines, folds, outline, links] = await Promise.all([
      editor.text(uri).then(text => text.split('\n')),
      editor.request<FoldingRange[]>('textDocument/foldingRange', about),
      editor.request<DocumentSymbol[]>('textDocument/documentSymbol', about),
      editor.request<DocumentLink[]>('textDocument/documentLink', about),
    ]);
    const names = outline.map(({ name }) => name);
    const repairs = names.filter(name => /^\d+\. /.test(name));
    expect(repairs).toHaveLength(2);
    expect(names).toEqual(expect.arrayContaining(['What is done', 'To go on']));
    expect(folds.map(({ startLine }) => lines[startLine])).toEqual(names);
    for (const { endLine } of folds) expect(lines[endLine + 1]).toBe('');
    const told = links.map(({ range: { start, end }, target = '' }) => [
      lines[start.line]?.slice(start.character, end.character),
      target.replace(/^codex-health:\/\/[^/]+/, ''),
    ]);
    const title = (key: string) => `/thread/${idOf(key)}/please%20do%20${key}%20%28record%29`;
    expect(told).toContainEqual(['please do t1', title('t1')]);
    expect(told).toContainEqual([
      `${HOME}/state_5.sqlite › threads › '${idOf('t1')}'`,
      '/database/state_5.sqlite',
    ]);
    const rollout =
      lines.map(line => /touches +(\/.*\.jsonl)$/.exec(line)?.[1]).find(Boolean) ?? '';
    expect(told).toContainEqual([rollout, `file://${rollout}`]);
  });

  test('makes its plan once for text, parts and links, and anew when something is another', async () => {
    let reads = 0;
    const { editor, plan, apply } = await open(stale(), world => ({
      ...world,
      databases: {
        ...world.databases,
        open: (...given) => {
          reads += 1;
          return world.databases.open(...given);
        },
      },
    }));
    const { uri } = await plan();
    const ask = () =>
      Promise.all([
        editor.text(uri),
        ...['foldingRange', 'documentSymbol', 'documentLink', 'codeLens'].map(feature =>
          editor.request(`textDocument/${feature}`, { textDocument: { uri } }),
        ),
      ]);
    reads = 0;
    const [before] = await ask();
    const once = reads;
    expect(once).toBeGreaterThan(0);
    await ask();
    expect(reads).toBe(once);
    await apply();
    expect((await ask())[0]).not.toBe(before);
  });

  const linksOf = async (editor: Editor, uri: string) => {
    const about = { textDocument: { uri } };
    const links = await editor.request<DocumentLink[]>('textDocument/documentLink', about);
    return links.map(({ target = '' }) => target.replace(/^codex-health:\/\/[^/]+/, ''));
  };

  test.each<Wish>([{ kind: 'all' }, { kind: 'findings', findings: [STALE], cure: null, to: null }])(
    'that was carried out leads to its repair, and to the way back: $kind',
    async wish => {
      const { editor, plan, apply } = await open(stale());
      const { uri } = await plan(wish);
      expect(await offersOn(editor, uri)).toEqual([]);
      const { receipt } = await apply(wish);
      const text = await editor.text(uri);
      expect(text).not.toMatch(/cannot be done|as it stands|Left as it is/);
      expect(text).toContain(
        wish.kind === 'all'
          ? 'There is nothing to do.'
          : 'All of this is healed or gone. Nothing has to be done.',
      );
      expect(await offersOn(editor, uri)).toEqual([
        [expect.stringMatching(/^repair +2026-/), 'codexHealth.undoRepair', receipt],
      ]);
      expect(await linksOf(editor, uri)).toEqual(
        expect.arrayContaining([`/history/${receipt}`, '/history']),
      );
      await editor.ask('codexHealth/undo', { receipt });
      expect(await editor.text(uri)).toContain('1 repair. Nothing is lost');
      expect(await offersOn(editor, uri)).toEqual([]);
    },
  );

  test('tells what is healed meanwhile apart from what cannot be done', async () => {
    const builder = stale().config('[broken');
    const { editor, plan, apply } = await open(builder);
    const broken = (await editor.tree()).hosts[0]?.findings.map(({ id }) => id) ?? [];
    const wish: Wish = { kind: 'findings', findings: [STALE, ...broken], cure: null, to: null };
    const { uri } = await plan(wish);
    await apply({ kind: 'findings', findings: [STALE], cure: null, to: null });
    const text = await editor.text(uri);
    expect(text).toContain(
      '1 finding of this is healed or gone. The rest cannot be done as it stands.',
    );
    expect(text).toMatch(new RegExp(`^healed or gone +${STALE}$`, 'm'));
    expect(text).toMatch(/^left +config-unreadable:/m);
    expect((await plan(wish)).refused.map(({ isSettled }) => isSettled)).toEqual(
      expect.arrayContaining([true, false]),
    );
  });

  test('says of threads that are so already that nothing has to be done', async () => {
    const { editor, plan } = await open(
      home()
        .thread('t1', { archived: true, row: { archived: 1 } })
        .codex('0.169.0'),
    );
    const { uri, refused } = await plan({ kind: 'archive', threads: [idOf('t1')] });
    expect(refused).toMatchObject([{ isSettled: true }]);
    const text = await editor.text(uri);
    expect(text).toContain('All of this is so already, as it was wanted. Nothing has to be done.');
    expect(text).toMatch(/^so already +.*: it is archived already$/m);
  });

  test('says a refusal in plain words', async () => {
    const { editor } = await open(stale());
    const { hosts } = await editor.tree();
    const key = /^codex-health:\/\/([^/]+)/.exec(hosts[0]?.uri ?? '')?.[1] ?? '';
    const wish: Wish = { kind: 'move', from: null, to: 'nowhere', threads: null };
    expect(await editor.text(planAddress(key, wish))).toContain(
      'config.toml does not define the provider "nowhere"',
    );
    expect(await editor.text(`codex-health://${key}.rubbish/plan/x`)).toContain(
      'This address names no plan.',
    );
    expect(await editor.text(planAddress('another', wish))).toContain('another Codex home');
  });

  test('shows what comes from elsewhere, and does nothing of it', async () => {
    const { editor, plan } = await open(stale());
    const name = '\u001b[31mred\u202e';
    const { uri } = await plan({ kind: 'rename', thread: idOf('t1'), name });
    expect(await editor.text(uri)).not.toMatch(/[\u001b\u202e]/);
  });
});

test('the stamp of a plan changes when what is wished depends on something else', async () => {
  const { editor, plan, files } = await open(home().thread('t1'));
  const { uri } = await plan({ kind: 'rename', thread: idOf('t1'), name: 'Wanted' });
  const stampOf = async () => (await editor.ask('codexHealth/documentStamps', { uris: [uri] }))[0];
  const before = await stampOf();
  expect(await stampOf()).toBe(before);
  const named = home()
    .thread('t1', { row: { name: 'Wanted' } })
    .build();
  for (const [file, { bytes }] of named.files) files.set(file, { bytes, modifiedMs: NOW - 5000 });
  await editor.ask('codexHealth/refresh');
  expect(await stampOf()).not.toBe(before);
});
