import { expect, test } from 'vitest';
import type { Hosts, World } from '../../src/engine/world.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { home, HOME, idOf, type HomeBuilder } from '../support/home.ts';
import { OWN, reachedHosts, type Reached } from '../support/reachedHosts.ts';
import { openEditor, type Editor } from './editor.ts';

/** A home with one thread of which nothing is known, and one whose folder is on gpu-1 alone. */
const shared = () => home().thread('here').thread('there', { cwd: '/scratch/x' });
const GPU: Readonly<Record<string, Reached>> = { 'gpu-1': { folders: ['/scratch/x'] } };

async function opened(builder: HomeBuilder, hosts: Hosts, names = ['gpu-1']) {
  const world: World = { ...builder.build().world, hosts };
  return openEditor(world, { settings: { home: HOME, hosts: names } });
}

/** Waits until every host has been seen. */
async function seen(editor: Editor) {
  for (;;) {
    const changed = editor.nextChange();
    const tree = await editor.tree();
    const isSeen = tree.hosts
      .slice(1)
      .every(
        ({ seenAtMs, gaps, isLooking }) => !isLooking && (seenAtMs !== null || gaps.length > 0),
      );
    if (tree.hosts.length > 1 && isSeen) return tree;
    await changed;
  }
}

const threadsAt = async (editor: Editor, host: string, project: string) => {
  const request = { host, project, filter: 'all', limit: 10 } as const;
  return (await editor.ask('codexHealth/threads', request)).threads.map(({ id }) => id);
};

test('threads of a shared home stand once, under their host, which lists those of the others too', async () => {
  const editor = await opened(shared(), reachedHosts(GPU));
  const { hosts } = await seen(editor);
  expect(
    hosts.map(({ name, isHere, hasHome, alsoFrom, counts }) => [
      name,
      isHere,
      hasHome,
      alsoFrom,
      counts.threads,
    ]),
  ).toEqual([
    ['workbench', true, true, ['gpu-1'], 1],
    ['gpu-1', false, false, ['workbench'], 1],
  ]);
  expect(await threadsAt(editor, 'gpu-1', '/scratch/x')).toEqual([idOf('there')]);
  expect(await threadsAt(editor, 'workbench', '/scratch/x')).toEqual([]);
  // Its folder is there, whatever this machine sees at that path.
  expect(hosts[1]?.projects.map(({ path, isThere }) => [path, isThere])).toEqual([
    ['/scratch/x', true],
  ]);
  editor.close();
});

test('a thread that belongs elsewhere says so, with the evidence and the way there', async () => {
  const editor = await opened(
    shared(),
    reachedHosts({ one: { hostname: 'gpu-1', folders: ['/scratch/x'] } }),
    ['one'],
  );
  await seen(editor);
  const details = await editor.ask('codexHealth/thread', { id: idOf('there') });
  expect(details?.elsewhere).toEqual({
    host: 'gpu-1',
    alias: 'one',
    here: 'workbench',
    isOnlyThere: false,
    evidence: [expect.stringContaining('gpu-1')],
  });
  expect((await editor.ask('codexHealth/thread', { id: idOf('here') }))?.elsewhere).toBeNull();
  editor.close();
});

test('who says that it belongs here is believed, and may take that back', async () => {
  const editor = await opened(shared(), reachedHosts(GPU));
  await seen(editor);
  const elsewhere = async () =>
    (await editor.ask('codexHealth/thread', { id: idOf('there') }))?.elsewhere?.host;
  const threads = [idOf('there')];
  await editor.ask('codexHealth/pinThreads', { threads, host: 'workbench' });
  expect(await elsewhere()).toBeUndefined();
  expect((await editor.tree()).hosts.map(({ counts }) => counts.threads)).toEqual([2, 0]);
  await editor.ask('codexHealth/pinThreads', { threads, host: null });
  expect(await elsewhere()).toBe('gpu-1');
  editor.close();
});

test('a host with a home of its own has its own threads, records and trouble', async () => {
  const attic = home().thread('attic', { cwd: '/attic' }).thread('lost', { file: false });
  const { snapshot } = await createEngine(attic.build().world).scan({
    home: HOME,
    sqliteHome: null,
    codex: null,
    full: false,
  });
  const hosts = reachedHosts({ 'gpu-1': { homes: [OWN], snapshot } });
  const editor = await opened(shared(), hosts);
  const tree = await seen(editor);
  expect(
    tree.hosts.map(({ name, hasHome, alsoFrom, counts }) => [
      name,
      hasHome,
      alsoFrom,
      counts.threads,
    ]),
  ).toEqual([
    ['workbench', true, [], 2],
    ['gpu-1', true, [], 2],
  ]);
  expect(tree.hosts[0]?.uri).not.toBe(tree.hosts[1]?.uri);
  const [found] = await editor.ask('codexHealth/find', { text: idOf('attic'), limit: 5 });
  expect(await editor.text(found?.uri ?? '')).toContain('/attic');
  editor.close();
});

test('a host that does not answer is a row that says so, and keeps nothing else waiting', async () => {
  const never: Hosts = { ...reachedHosts({}), connect: () => new Promise(() => undefined) };
  const slow = await opened(shared(), never);
  expect((await slow.tree()).hosts.map(({ name, counts }) => [name, counts.threads])).toEqual([
    ['workbench', 2],
  ]);
  slow.close();
  const silent = await opened(shared(), reachedHosts({}));
  const { hosts } = await seen(silent);
  expect(hosts[1]).toMatchObject({
    name: 'gpu-1',
    seenAtMs: null,
    gaps: [{ kind: 'gap', says: 'the host: it did not answer within 10 seconds' }],
  });
  silent.close();
});

test('without hosts there is this machine alone', async () => {
  const connected: string[] = [];
  const editor = await opened(shared(), reachedHosts(GPU, {}, connected), []);
  expect((await editor.tree()).hosts.map(({ name }) => name)).toEqual(['workbench']);
  expect(connected).toEqual([]);
  editor.close();
});
