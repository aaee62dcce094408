import { expect, test } from 'vitest';
import type { SeenHome } from '../../src/engine/model/host.ts';
import type { Snapshot } from '../../src/engine/model/snapshot.ts';
import type { Hosts, World } from '../../src/engine/world.ts';
import type { HealthTree } from '../../src/protocol/tree.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { home, HOME, idOf, type HomeBuilder } from '../support/home.ts';
import { OWN, reachedHosts, SHARED, type Reached } from '../support/reachedHosts.ts';
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
  await editor.ask('codexHealth/pin', { threads, projects: [], host: 'workbench' });
  expect(await elsewhere()).toBeUndefined();
  expect((await editor.tree()).hosts.map(({ counts }) => counts.threads)).toEqual([2, 0]);
  await editor.ask('codexHealth/pin', { threads, projects: [], host: null });
  expect(await elsewhere()).toBe('gpu-1');
  editor.close();
});

test('a whole project is said to belong to a host, and no longer', async () => {
  const editor = await opened(shared(), reachedHosts(GPU));
  await seen(editor);
  const counts = async () =>
    (await editor.tree()).hosts.map(one => [one.hostname, one.counts.threads]);
  const projects = ['/scratch/x'];
  await editor.ask('codexHealth/pin', { threads: [], projects, host: 'workbench' });
  expect(await counts()).toEqual([
    ['workbench', 2],
    ['gpu-1', 0],
  ]);
  await editor.ask('codexHealth/pin', { threads: [], projects, host: null });
  expect(await counts()).toEqual([
    ['workbench', 1],
    ['gpu-1', 1],
  ]);
  editor.close();
});

test('whether it is noted what is written here is what the person said, if they did', async () => {
  const editor = await opened(shared(), reachedHosts(GPU));
  const noting = async () => (await editor.tree()).noting;
  expect(await noting()).toBeNull();
  await editor.ask('codexHealth/note', { isWanted: true });
  expect(await noting()).toBe(true);
  await editor.ask('codexHealth/note', { isWanted: false });
  expect(await noting()).toBe(false);
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

/** On the same server, but of which other files are told: one home or a copy, nobody can tell. */
const DOUBTFUL: SeenHome = {
  ...SHARED,
  files: { 'state_5.sqlite': { inode: '77', bytes: 1000, modifiedS: 1_780_000_000 } },
};

async function snapshotOf(builder: HomeBuilder): Promise<Snapshot> {
  const request = { home: HOME, sqliteHome: null, codex: null, full: false };
  return (await createEngine(builder.build().world).scan(request)).snapshot;
}

const standing = ({ hosts }: HealthTree) =>
  hosts.map(({ name, counts, gaps }) => [name, counts.threads, gaps.map(({ says }) => says)]);

test('threads of homes that may be one stand once, and it is said that nobody can tell', async () => {
  const snapshot = await snapshotOf(shared().thread('attic', { cwd: '/attic' }));
  const hosts = reachedHosts({ 'gpu-1': { homes: [DOUBTFUL], snapshot } });
  const editor = await opened(shared(), hosts);
  expect(standing(await seen(editor))).toEqual([
    ['workbench', 2, []],
    [
      'gpu-1',
      1,
      [
        'whether it has one home with workbench: 2 threads are in both, and shown at workbench. Too little of what both have could be compared.',
      ],
    ],
  ]);
  expect(await editor.ask('codexHealth/find', { text: idOf('there'), limit: 5 })).toHaveLength(1);
  editor.close();
});

test('what two other hosts have in one home stands at the first of them', async () => {
  const snapshot = await snapshotOf(home().thread('attic', { cwd: '/attic' }));
  const hosts = reachedHosts({
    'gpu-1': { homes: [OWN_ON_NFS], snapshot },
    'gpu-2': { homes: [OWN_ON_NFS], snapshot },
  });
  const editor = await opened(shared(), hosts, ['gpu-1', 'gpu-2']);
  expect(standing(await seen(editor))).toEqual([
    ['workbench', 2, []],
    ['gpu-1', 1, []],
    [
      'gpu-2',
      0,
      [
        'what it has in common with gpu-1: they have one home: one thread is in both, and shown at gpu-1',
      ],
    ],
  ]);
  editor.close();
});

const OWN_ON_NFS: SeenHome = {
  ...SHARED,
  installationId: '0198aaaa-0000-7000-8000-000000000003',
  mounted: 'files:/export/cluster',
};

test('a thread of this home stands in no row of another home, whoever it belongs to', async () => {
  const snapshot = await snapshotOf(home().thread('attic'));
  const hosts = reachedHosts({ 'gpu-1': { homes: [OWN], snapshot } });
  const editor = await opened(shared(), hosts);
  await seen(editor);
  await editor.ask('codexHealth/pin', { threads: [idOf('there')], projects: [], host: 'gpu-1' });
  expect(standing(await editor.tree())).toEqual([
    ['workbench', 2, []],
    ['gpu-1', 1, []],
  ]);
  expect((await editor.ask('codexHealth/thread', { id: idOf('there') }))?.elsewhere?.host).toBe(
    'gpu-1',
  );
  editor.close();
});

test('a copy of the home has its own threads, also where they are those of the home', async () => {
  const snapshot = await snapshotOf(shared());
  const hosts = reachedHosts({ 'gpu-1': { homes: [OWN], snapshot } });
  const editor = await opened(shared(), hosts);
  expect(standing(await seen(editor))).toEqual([
    ['workbench', 2, []],
    ['gpu-1', 2, []],
  ]);
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
