// The pages of plans and of the history, and the smaller requests beside them: receipts, backups, copies,
// providers, folders to choose from, and what somebody lives with.

import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { CodeLens, DocumentLink, DocumentSymbol, FoldingRange } from 'vscode-languageserver';
import type { World } from '../../src/engine/world.ts';
import type { Wish } from '../../src/protocol/repairs.ts';
import { parseChangeAddress, planAddress } from '../../src/server/changes/addresses.ts';
import { home, HOME, idOf, NOW, type HomeBuilder } from '../support/home.ts';
import { createMemoryHands } from '../support/memoryHands.ts';
import { openEditor, type Editor } from './editor.ts';

const STALE = `thread-path-stale:${idOf('t1')}`;
const stale = () =>
  home()
    .thread('t1', { row: { rollout_path: '/old/rollout.jsonl' } })
    .thread('t2');

/** Reading takes a while, as on a real disk. */
function slowKeep(world: World): World {
  const read: World['keep']['read'] = async name => {
    const answer = await world.keep.read(name);
    await new Promise(resolve => setTimeout(resolve, 20));
    return answer;
  };
  return { ...world, keep: { ...world.keep, read } };
}

async function open(builder: HomeBuilder, change = (world: World) => world) {
  const { world: built, files } = builder.build();
  const world = change(built);
  const { hands, operations } = createMemoryHands(files);
  let daysLater = 0;
  const now = () => NOW + daysLater * 24 * 60 * 60 * 1000;
  const editor = await openEditor(
    { ...world, now },
    { hands, settings: { home: HOME, problems: 'all' } },
  );
  const plan = (wish: Wish = { kind: 'all' }) => editor.ask('codexHealth/plan', { wish });
  const apply = async (wish: Wish = { kind: 'all' }) => {
    const { sha } = await plan(wish);
    return editor.ask('codexHealth/apply', { wish, sha, waits: false });
  };
  return { editor, files, operations, plan, apply, wait: (days: number) => (daysLater += days) };
}

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

  const lensesOf = async (editor: Editor, uri: string) => {
    const lines = (await editor.text(uri)).split('\n');
    const about = { textDocument: { uri } };
    const lenses = await editor.request<CodeLens[]>('textDocument/codeLens', about);
    return lenses.map(({ range, command }): readonly unknown[] => [
      lines[range.start.line],
      command?.command,
      ...(command?.arguments ?? []),
    ]);
  };
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
      expect(await lensesOf(editor, uri)).toEqual([]);
      const { receipt } = await apply(wish);
      const text = await editor.text(uri);
      expect(text).not.toMatch(/cannot be done|as it stands|Left as it is/);
      expect(text).toContain(
        wish.kind === 'all'
          ? 'There is nothing to do.'
          : 'All of this is healed or gone. Nothing has to be done.',
      );
      expect(await lensesOf(editor, uri)).toEqual([
        [expect.stringMatching(/^repair +2026-/), 'codexHealth.undoRepair', receipt],
      ]);
      expect(await linksOf(editor, uri)).toEqual(
        expect.arrayContaining([`/history/${receipt}`, '/history']),
      );
      await editor.ask('codexHealth/undo', { receipt });
      expect(await editor.text(uri)).toContain('1 repair. Nothing is lost');
      expect(await lensesOf(editor, uri)).toEqual([]);
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

describe('the history', () => {
  const lensesOn = async (editor: Editor, uri: string) => {
    const about = { textDocument: { uri } };
    const lenses = await editor.request<CodeLens[]>('textDocument/codeLens', about);
    return lenses.map(({ command }): readonly unknown[] => [
      command?.command,
      ...(command?.arguments ?? []),
    ]);
  };

  test('lists receipts, the newest first, each with whether it can be undone', async () => {
    const { editor, apply } = await open(stale());
    expect(await editor.ask('codexHealth/history')).toMatchObject({
      receipts: [],
      interrupted: null,
    });
    const { receipt } = await apply();
    const history = await editor.ask('codexHealth/history');
    expect(history.receipts).toMatchObject([
      { receipt, applied: 1, undone: false, undoable: true, says: [expect.any(String)] },
    ]);
    expect(history.vaultBytes).toBeGreaterThan(0);
    const text = await editor.text(history.uri);
    expect(text).toContain(receipt);
    expect(text).toMatch(/^state +can be undone$/m);
    expect(await lensesOn(editor, history.uri)).toEqual([['codexHealth.undoRepair', receipt]]);
    await editor.ask('codexHealth/undo', { receipt });
    expect(await editor.text(history.uri)).toMatch(/^state +undone$/m);
    expect(await lensesOn(editor, history.uri)).toEqual([]);
    await expect(editor.ask('codexHealth/undo', { receipt })).rejects.toMatchObject({
      data: {
        refusal: 'already-undone',
        next: expect.not.stringContaining('codex-health') as unknown,
      },
    });
  });

  test('leads to the page of each repair, with what it was about and the way back', async () => {
    const { editor, apply, files } = await open(stale());
    const { receipt } = await apply();
    const { uri } = await editor.ask('codexHealth/history');
    const about = (uri: string) => ({ textDocument: { uri } });
    const [link] = await editor.request<DocumentLink[]>('textDocument/documentLink', about(uri));
    const page = link?.target ?? '';
    expect(page).toBe(`${uri}/${receipt}`);
    const folds = await editor.request<FoldingRange[]>('textDocument/foldingRange', about(uri));
    expect(folds).toHaveLength(2);
    const before = JSON.stringify([...files]);
    const text = await editor.text(page);
    expect(text.split('\n')[0]).toBe(`Codex repair ${receipt}`);
    expect(text).toMatch(/^state +can be undone$/m);
    expect(text).toMatch(new RegExp(`^about +${STALE}$`, 'm'));
    expect(await lensesOn(editor, page)).toEqual([['codexHealth.undoRepair', receipt]]);
    const links = await editor.request<DocumentLink[]>('textDocument/documentLink', about(page));
    expect(links.map(({ target }) => target)).toEqual([
      uri,
      expect.stringContaining(`/thread/${idOf('t1')}/`),
    ]);
    expect(JSON.stringify([...files])).toBe(before);
    const stampOf = async () =>
      (await editor.ask('codexHealth/documentStamps', { uris: [page] }))[0];
    const stamp = await stampOf();
    await editor.ask('codexHealth/undo', { receipt });
    expect(await stampOf()).not.toBe(stamp);
    expect(await editor.text(page)).toMatch(/^state +undone$/m);
    expect(await lensesOn(editor, page)).toEqual([]);
    expect(await editor.text(`${uri}/20261121T000000Z-none`)).toContain('There is no such repair');
  });

  test('a repair that was stopped in the middle is told of in the tree, which changes nothing', async () => {
    const { editor, apply, files } = await open(stale());
    const { receipt } = await apply();
    expect((await editor.tree()).interrupted).toBeNull();
    const journal = [...files.keys()].find(file => file.endsWith(`${receipt}/journal.jsonl`)) ?? '';
    const file = files.get(journal) ?? { bytes: new Uint8Array(), modifiedMs: 0 };
    const text = new TextDecoder().decode(file.bytes);
    const cut = text.replace(/^.*"note":"applied"\}\n/m, '');
    files.set(journal, { ...file, bytes: new TextEncoder().encode(cut) });
    const before = JSON.stringify([...files]);
    expect((await editor.tree()).interrupted).toBe(receipt);
    expect(JSON.stringify([...files])).toBe(before);
    // The history puts back what was begun.
    expect((await editor.ask('codexHealth/history')).interrupted).toBeNull();
    expect((await editor.tree()).interrupted).toBeNull();
  });

  test('old backups are dropped when that is what was shown', async () => {
    const { editor, apply, wait } = await open(stale());
    const { receipt } = await apply();
    wait(5);
    const request = { olderThanDays: 4 };
    const { sha, bytes } = await editor.ask('codexHealth/planPruning', request);
    expect(bytes).toBeGreaterThan(0);
    expect(await editor.ask('codexHealth/planPruning', { olderThanDays: 9 })).toMatchObject({
      receipts: [],
    });
    await expect(
      editor.ask('codexHealth/prune', { ...request, sha: 'another' }),
    ).rejects.toMatchObject({ data: { refusal: 'plan-changed' } });
    expect((await editor.ask('codexHealth/history')).receipts).toMatchObject([{ receipt }]);
    await editor.ask('codexHealth/prune', { ...request, sha });
    expect((await editor.ask('codexHealth/history')).receipts).toEqual([]);
  });
});

describe('besides', () => {
  test('a safe copy goes into a folder elsewhere', async () => {
    const { editor, files } = await open(stale());
    const done = await editor.ask('codexHealth/save', { folder: '~/copy' });
    expect(done).toMatchObject({ folder: '/home/ada/copy', left: [] });
    expect([...files.keys()].filter(file => file.startsWith('/home/ada/copy/'))).toHaveLength(
      done.files,
    );
    await expect(editor.ask('codexHealth/save', { folder: `${HOME}/copy` })).rejects.toMatchObject({
      data: { refusal: 'inside-the-home' },
    });
  });

  test('nor into the home by another way, nor where no folder can be', async () => {
    const builder = home().thread('t1').file('/mnt/link/x', '').file('/mnt/file', '');
    const { editor, operations } = await open(builder, world => ({
      ...world,
      files: {
        ...world.files,
        realPath: path => Promise.resolve(path.replace('/mnt/link', HOME)),
      },
    }));
    const save = (folder: string) => editor.ask('codexHealth/save', { folder });
    await expect(save('/mnt/link/new/copy')).rejects.toMatchObject({
      data: { refusal: 'inside-the-home' },
    });
    for (const place of ['/mnt/file', '/mnt/file/new'])
      await expect(save(place)).rejects.toMatchObject({
        message: `No folder can be made at ${place}.`,
        data: { refusal: 'no-folder' },
      });
    expect(operations).toEqual([]);
  });

  test('providers, with their threads', async () => {
    const { editor } = await open(home().thread('t1').thread('t2', { provider: 'openai' }));
    const providers = await editor.ask('codexHealth/providers');
    expect(providers).toEqual([
      { id: 'mock', isCurrent: true, state: 'defined', threads: 1, listed: 1 },
      { id: 'openai', isCurrent: false, state: 'defined', threads: 1, listed: 0 },
    ]);
  });

  test('threads are moved from wherever they are, and given back', async () => {
    const { editor, apply } = await open(home().thread('t1').thread('t2', { provider: 'openai' }));
    const to = { kind: 'move', from: null, to: 'mock', threads: [idOf('t1'), idOf('t2')] } as const;
    expect((await apply(to)).healed).toEqual([idOf('t2')]);
    expect((await editor.ask('codexHealth/providers')).map(({ threads }) => threads)).toEqual([2]);
    expect((await apply({ kind: 'restore', threads: null })).healed).toEqual([idOf('t2')]);
  });

  test('folders that may have taken the place of one that is gone', async () => {
    const { editor, plan } = await open(
      home()
        .thread('t1', { cwd: '/home/ada/work/gone', age: 60 * 24 * 30 })
        .thread('t2', { cwd: '/home/ada/work/gone/inner', age: 60 * 24 * 30 })
        .folder('/home/ada/archive/gone/inner'),
    );
    const findings = ['t1', 't2'].map(key => `thread-cwd-missing:${idOf(key)}`);
    const found = await editor.ask('codexHealth/candidates', { findings });
    expect(found).toEqual({
      gone: '/home/ada/work/gone',
      folders: [{ folder: '/home/ada/archive/gone', evidence: 'the same name', isCertain: false }],
    });
    const to = found.folders[0]?.folder ?? '';
    expect((await plan({ kind: 'findings', findings, cure: null, to })).repairs).toBe(2);
  });

  test('what is certain is marked so; what fits one thread alone is none for both', async () => {
    const age = 60 * 24 * 30;
    const { editor } = await open(
      home()
        .thread('t1', { cwd: '/home/ada/work/gone', age })
        .thread('t2', { cwd: '/home/ada/work/gone/inner', age })
        .folder('/home/ada/work/gone2')
        .repository('/home/ada/work/tree', { notedAt: '/home/ada/work/gone/inner' })
        .repository('/home/ada/work/new', { notedAt: '/home/ada/work/gone' }),
    );
    const find = (...keys: readonly string[]) =>
      editor.ask('codexHealth/candidates', {
        findings: keys.map(key => `thread-cwd-missing:${idOf(key)}`),
      });
    expect((await find('t1')).folders[0]).toEqual({
      folder: '/home/ada/work/new',
      evidence: 'the worktree that Git has noted there',
      isCertain: true,
    });
    const both = await find('t1', 't2');
    expect(both.gone).toBe('/home/ada/work/gone');
    expect(both.folders.map(({ folder }) => folder)).toEqual(['/home/ada/work/new']);
  });

  test('a finding that is not about a directory has no such folders', async () => {
    const { editor } = await open(stale());
    await expect(editor.ask('codexHealth/candidates', { findings: [STALE] })).rejects.toMatchObject(
      { data: { refusal: 'no-directory' } },
    );
  });

  test('a finding is accepted, listed and taken back', async () => {
    const { editor } = await open(
      stale().thread('t3', { row: { rollout_path: '/old/other.jsonl' } }),
      slowKeep,
    );
    const other = `thread-path-stale:${idOf('t3')}`;
    expect(editor.markers.size).toBe(2);
    // Both at once: neither may forget the other.
    await Promise.all([
      editor.ask('codexHealth/accept', { findings: [STALE] }),
      editor.ask('codexHealth/accept', { findings: [other] }),
    ]);
    expect(editor.markers.size).toBe(0);
    expect(await editor.ask('codexHealth/accepted')).toEqual([
      { finding: STALE, says: expect.any(String) as unknown, acceptedAtMs: NOW },
      { finding: other, says: expect.any(String) as unknown, acceptedAtMs: NOW },
    ]);
    await editor.ask('codexHealth/takeBack', { findings: [STALE] });
    expect(editor.markers.size).toBe(1);
    await expect(
      editor.ask('codexHealth/accept', { findings: ['no-check:x'] }),
    ).rejects.toMatchObject({ data: { refusal: 'no-such-finding' } });
  });
});
