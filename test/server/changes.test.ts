// What a person asks an editor to change: the plan that they read, the yes, what came of it, and the way
// back. The home is one in memory, and so are the hands.

import { describe, expect, test, vi } from 'vitest';
import type { World } from '../../src/engine/world.ts';
import { REFUSED } from '../../src/protocol/requests.ts';
import type { Wish } from '../../src/protocol/repairs.ts';
import { home, HOME, idOf, type HomeBuilder } from '../support/home.ts';
import { createMemoryHands } from '../support/memoryHands.ts';
import { differences, pictureOf } from '../support/pictures.ts';
import { openEditor, type Editor, type EditorOptions } from './editor.ts';

const ALL: Wish = { kind: 'all' };
const STALE = `thread-path-stale:${idOf('t1')}`;
/** Nothing needs a closed Codex for it. */
const stale = () =>
  home()
    .thread('t1', { row: { rollout_path: '/old/rollout.jsonl' } })
    .thread('t2');
/** For the second one every Codex has to be closed. */
const held = () =>
  stale()
    .thread('t3', { text: text => `x\n${text}` })
    .holder({ pid: 4711, terminal: 'pts/3' });

interface Bench {
  readonly editor: Editor;
  readonly world: World;
  readonly operations: readonly string[];
  picture(): ReturnType<typeof pictureOf>;
  files: Map<string, { readonly bytes: Uint8Array; readonly modifiedMs: number }>;
}

async function open(builder: HomeBuilder, options: EditorOptions = {}): Promise<Bench> {
  const { world, files } = builder.build();
  return openOn(world, files, options);
}

async function openOn(
  world: World,
  files: Bench['files'],
  { settings, ...options }: EditorOptions = {},
): Promise<Bench> {
  const { hands, operations } = createMemoryHands(files);
  // Waiting gives way to others, as it does on a real machine.
  const paused = {
    ...world.files,
    pause: () => new Promise<void>(resolve => setImmediate(resolve)),
  };
  const editor = await openEditor(
    { ...world, files: paused },
    { hands, settings: { home: HOME, problems: 'all', ...settings }, ...options },
  );
  return { editor, world, files, operations, picture: () => pictureOf(files) };
}

async function planned({ ask }: Editor, wish: Wish = ALL) {
  const { sha } = await ask('codexHealth/plan', { wish });
  return { wish, sha, waits: false };
}

test('a plan says what would be done, and changes nothing', async () => {
  const { editor, operations, picture } = await open(stale());
  const before = picture();
  const plan = await editor.ask('codexHealth/plan', { wish: ALL });
  expect(plan).toMatchObject({
    ...{ wish: ALL, repairs: 1, losses: [], needs: [], refused: [], holders: [] },
    withoutStopping: null,
  });
  expect(plan.sha).toMatch(/^[0-9a-f]{64}$/);
  expect(plan.backupBytes).toBeGreaterThan(0);
  expect(plan.uri).toMatch(/^codex-health:\/\/[^/]+\/plan\/Repair%20State$/);
  expect(operations).toEqual([]);
  expect(picture()).toEqual(before);
});

test('sick, plan, yes, healthy, undo, sick', async () => {
  const { editor, picture } = await open(stale());
  const before = picture();
  const sick = [...editor.markers.keys()];
  expect(sick).toHaveLength(1);
  const done = await editor.ask('codexHealth/apply', await planned(editor));
  expect(done).toMatchObject({
    ...{ applied: 1, healed: [STALE], remaining: [], failed: [], skipped: [], unplanned: [] },
    ...{ uncovered: [], recovered: [], made: null },
    confirmed: { codex: null, shown: 0, missing: [] },
  });
  expect(editor.markers.size).toBe(0);
  const undone = await editor.ask('codexHealth/undo', { receipt: done.receipt });
  expect(undone).toEqual({ receipt: done.receipt, undone: 1, left: [] });
  expect(differences(before, picture())).toEqual([]);
  expect([...editor.markers.keys()]).toEqual(sick);
});

test('what is no longer what was shown is refused, and nothing is changed', async () => {
  const { editor, files, picture } = await open(stale());
  const request = await planned(editor);
  const other = stale()
    .thread('t4', { row: { rollout_path: '/old/other.jsonl' } })
    .build();
  for (const [file, content] of other.files) files.set(file, content);
  const before = picture();
  await expect(editor.ask('codexHealth/apply', request)).rejects.toMatchObject({
    code: REFUSED,
    message: expect.stringContaining('has changed since this plan was made') as unknown,
    data: {
      refusal: 'plan-changed',
      next: expect.stringContaining('Look at the new plan') as unknown,
    },
  });
  expect(picture()).toEqual(before);
});

test('a plan of nothing leaves no receipt', async () => {
  const { editor } = await open(home().thread('t1'));
  const request = await planned(editor);
  await expect(editor.ask('codexHealth/apply', request)).rejects.toMatchObject({
    data: { refusal: 'nothing-to-do' },
  });
  expect((await editor.ask('codexHealth/history')).receipts).toEqual([]);
});

test('one change at a time; the second is told so, and after the first it is its turn', async () => {
  const { editor } = await open(stale());
  const request = await planned(editor);
  const [first, second] = await Promise.allSettled([
    editor.ask('codexHealth/apply', request),
    editor.ask('codexHealth/undo', { receipt: null }),
  ]);
  expect(first.status).toBe('fulfilled');
  expect(second).toMatchObject({
    reason: { code: REFUSED, data: { refusal: 'change-under-way' } },
  });
  expect(await editor.ask('codexHealth/undo', { receipt: null })).toMatchObject({ undone: 1 });
});

describe('while Codex has the files open', () => {
  test('the plan names who has, and what can be done all the same', async () => {
    const { world, files } = held().build();
    const processes = {
      ...world.processes,
      ancestors: (pid: number) => Promise.resolve(pid === 4711 ? [300, process.pid, 1] : []),
    };
    const { editor } = await openOn({ ...world, processes }, files, { processId: process.pid });
    const plan = await editor.ask('codexHealth/plan', { wish: ALL });
    expect(plan.needs).toEqual(['codex-stopped']);
    expect(plan.holders).toEqual([
      { pid: 4711, program: 'codex', terminal: 'pts/3', isOfThisWindow: true },
    ]);
    expect(plan.withoutStopping).toEqual({
      kind: 'findings',
      findings: [STALE],
      cure: null,
      to: null,
    });
    const rest = await planned(editor, plan.withoutStopping ?? ALL);
    const { healed } = await editor.ask('codexHealth/apply', rest);
    expect(healed).toEqual([STALE]);
  });

  test('one that another window has started is none of this one', async () => {
    const { editor } = await open(held(), { processId: process.pid });
    const { holders } = await editor.ask('codexHealth/plan', { wish: ALL });
    expect(holders.map(({ isOfThisWindow }) => isOfThisWindow)).toEqual([false]);
  });

  test('what needs it closed is refused, with who has to be closed', async () => {
    const { editor, picture } = await open(held());
    const before = picture();
    const request = await planned(editor);
    await expect(editor.ask('codexHealth/apply', request)).rejects.toMatchObject({
      message: expect.stringContaining('codex (process 4711 in terminal pts/3)') as unknown,
      data: { refusal: 'codex-running', next: expect.not.stringContaining('--wait') as unknown },
    });
    expect(differences(before, picture()).filter(name => !/session-health/.test(name))).toEqual([]);
  });

  test('it is waited for, which is told, and done at once when it has gone', async () => {
    const { world, files } = held().build();
    let isOpen = true;
    const processes = {
      ...world.processes,
      holders: (folders: readonly string[]) =>
        isOpen
          ? world.processes.holders(folders)
          : Promise.resolve({ ok: true as const, value: { holders: [], unreadable: [] } }),
    };
    const { editor } = await openOn({ ...world, processes }, files);
    const request = { ...(await planned(editor)), waits: true, workDoneToken: 'w' };
    const { answer } = editor.begin('codexHealth/apply', request);
    await until(() => said(editor).includes('Waiting'));
    expect(said(editor)).toContain('codex (process 4711 in terminal pts/3)');
    isOpen = false;
    expect((await answer).remaining).toEqual([]);
    expect(editor.progress.every(({ token }) => token === 'w')).toBe(true);
    expect(editor.progress.at(0)?.value).toMatchObject({
      ...{ kind: 'begin', title: 'Repair State', cancellable: true },
    });
    expect(said(editor)).toMatch(/Repairing … \d of 2 repairs/);
    expect(editor.progress.at(-1)?.value).toEqual({ kind: 'end' });
  });

  test('whoever has waited enough has changed nothing', async () => {
    const { editor, picture } = await open(held());
    const before = picture();
    const request = { ...(await planned(editor)), waits: true, workDoneToken: 'w' };
    const { answer, cancel } = editor.begin('codexHealth/apply', request);
    await until(() => said(editor).includes('Waiting'));
    cancel();
    await expect(answer).rejects.toMatchObject({ code: REFUSED, data: { refusal: 'stopped' } });
    expect(picture()).toEqual(before);
    expect((await editor.ask('codexHealth/plan', { wish: ALL })).repairs).toBe(2);
  });
});

test('whoever stops it while it works finds everything as it was', async () => {
  const { editor, picture } = await open(stale());
  const before = picture();
  const { answer, cancel } = editor.begin('codexHealth/apply', await planned(editor));
  cancel();
  await expect(answer).rejects.toMatchObject({ data: { refusal: 'stopped' } });
  expect(differences(before, picture()).filter(name => !/session-health/.test(name))).toEqual([]);
});

test('an editor that asks for no progress is told none', async () => {
  const { editor } = await open(stale());
  await editor.ask('codexHealth/apply', await planned(editor));
  expect(editor.progress).toEqual([]);
});

test('backups are kept where the setting says', async () => {
  const { editor, files } = await open(stale(), { settings: { vault: '~/vault' } });
  await editor.ask('codexHealth/apply', await planned(editor));
  const ours = [...files.keys()].filter(file => /journal|receipt|vault/.test(file));
  expect(ours).not.toEqual([]);
  expect(ours.every(file => file.startsWith('/home/ada/vault/'))).toBe(true);
  expect((await editor.ask('codexHealth/undo', { receipt: null })).left).toEqual([]);
});

describe('what makes no sense', () => {
  const nonsense: readonly unknown[] = [
    ...[undefined, null, 7, 'all', {}, { kind: 'everything' }],
    ...[
      { kind: 'findings', findings: [] },
      { kind: 'findings', findings: [7] },
    ],
    ...[
      { kind: 'move', to: '' },
      { kind: 'archive', threads: 'x' },
      { kind: 'rename', thread: 't' },
    ],
  ];
  test.each(nonsense)('is refused, and not taken for anything: %j', async wish => {
    const { editor, operations } = await open(stale());
    for (const request of ['codexHealth/plan', 'codexHealth/apply'])
      await expect(editor.send(request, { wish, sha: 'x' })).rejects.toMatchObject({
        code: REFUSED,
        data: { refusal: 'not-understood' },
      });
    expect(operations).toEqual([]);
  });

  test('nor are requests without anything', async () => {
    const { editor, operations } = await open(stale());
    const all = ['apply', 'planPruning', 'prune', 'save', 'candidates', 'accept', 'takeBack'];
    for (const name of all)
      for (const given of [[], [null], [{}]])
        await expect(editor.send(`codexHealth/${name}`, ...given)).rejects.toMatchObject({
          code: REFUSED,
        });
    expect(operations).toEqual([]);
  });

  test('findings that are gone are named in the plan', async () => {
    const { editor } = await open(stale());
    const wish: Wish = { kind: 'findings', findings: [STALE, 'no-check:x'], cure: null, to: null };
    const { repairs, refused } = await editor.ask('codexHealth/plan', { wish });
    expect(repairs).toBe(1);
    expect(refused).toEqual([
      expect.objectContaining({ finding: 'no-check:x', why: 'it is not found any more' }),
    ]);
  });
});

function said({ progress }: Editor): string {
  return progress.map(({ value }) => (value as { message?: string }).message ?? '').join('\n');
}

async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 10_000 && !isSo(); turn += 1)
    await new Promise(resolve => setImmediate(resolve));
}

describe('a repair that was stopped in the middle', () => {
  async function stopped() {
    const { world, files } = held().build();
    const memory = createMemoryHands(files);
    let holders: Awaited<ReturnType<World['processes']['holders']>> & { ok: true };
    holders = { ok: true, value: { holders: [], unreadable: [] } };
    const processes = { ...world.processes, holders: () => Promise.resolve(holders) };
    const editor = await openEditor(
      { ...world, processes },
      { hands: memory.hands, settings: { home: HOME, problems: 'all' } },
    );
    const before = pictureOf(files);
    const request = await planned(editor);
    expect((await editor.tree()).interrupted).toBeNull();
    memory.stopAfter(8, false);
    await expect(editor.ask('codexHealth/apply', request)).rejects.toThrow('stopped before');
    memory.restart();
    const { uri: home } = (await editor.tree()).hosts[0] ?? { uri: '' };
    const uri = home.replace(/home$/, 'history');
    const left = () =>
      differences(before, pictureOf(files)).filter(name => !/session-health/.test(name));
    const begin = (codex: (typeof holders)['value']['holders']) => {
      holders = { ok: true, value: { holders: codex, unreadable: [] } };
    };
    return { editor, memory, left, begin, uri };
  }

  test('is told of by the tree, and put back by the history', async () => {
    const { editor, left } = await stopped();
    expect(left()).not.toEqual([]);
    await vi.waitFor(async () => expect((await editor.tree()).interrupted).toMatch(/^\d{8}T/));
    expect(await editor.ask('codexHealth/history')).toMatchObject({ interrupted: null });
    expect(left()).toEqual([]);
    await vi.waitFor(async () => expect((await editor.tree()).interrupted).toBeNull());
  });

  test('stays as it is while a Codex is open, which was started after the last look', async () => {
    const { editor, left, begin } = await stopped();
    const half = left();
    begin([{ pid: 4711, program: 'codex', terminal: null, files: [], writesThreads: [] }] as never);
    const { interrupted } = await editor.ask('codexHealth/history');
    expect(interrupted).toMatch(/^\d{8}T/);
    expect(left()).toEqual(half);
  });

  test('is told of by the page of the history, which puts nothing back', async () => {
    const { editor, memory, uri } = await stopped();
    const { operations } = memory;
    const before = [...operations];
    expect(await editor.text(uri)).toContain('was stopped in the middle');
    expect(operations).toEqual(before);
  });
});
