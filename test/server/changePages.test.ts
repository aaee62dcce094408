// The pages of the history and of its repairs, and the smaller requests beside them: receipts, backups,
// copies, providers, folders to choose from, and what somebody lives with.

import { describe, expect, test, vi } from 'vitest';
import type { DocumentLink, FoldingRange } from 'vscode-languageserver';
import type { World } from '../../src/engine/world.ts';
import { home, HOME, idOf, NOW } from '../support/home.ts';
import { offersOn, openToChange as open, stale, STALE } from './openToChange.ts';

/** Reading takes a while, as on a real disk. */
function slowKeep(world: World): World {
  const read: World['keep']['read'] = async name => {
    const answer = await world.keep.read(name);
    await new Promise(resolve => setTimeout(resolve, 20));
    return answer;
  };
  return { ...world, keep: { ...world.keep, read } };
}

describe('the history', () => {
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
    expect(await offersOn(editor, history.uri)).toEqual([
      [expect.stringMatching(/^state +can be undone$/), 'codexHealth.undoRepair', receipt],
    ]);
    await editor.ask('codexHealth/undo', { receipt });
    expect(await editor.text(history.uri)).toMatch(/^state +undone$/m);
    expect(await offersOn(editor, history.uri)).toEqual([]);
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
    expect(await offersOn(editor, page)).toEqual([
      [expect.stringMatching(/^state +can be undone$/), 'codexHealth.undoRepair', receipt],
    ]);
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
    expect(await offersOn(editor, page)).toEqual([]);
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
    await vi.waitFor(async () => expect((await editor.tree()).interrupted).toBe(receipt));
    expect(await editor.ask('codexHealth/stopped')).toBe(receipt);
    expect(JSON.stringify([...files])).toBe(before);
    // The history puts back what was begun.
    expect((await editor.ask('codexHealth/history')).interrupted).toBeNull();
    expect(await editor.ask('codexHealth/stopped')).toBeNull();
    await vi.waitFor(async () => expect((await editor.tree()).interrupted).toBeNull());
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
