// A home that two hosts share is split from the editor: whom it could be for, its plan as a page, what has to be
// closed on the other host, what came of it, whether it took, and the way back.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { aliasesOf } from '../../src/engine/engine.ts';
import type { SeenStart } from '../../src/engine/model/host.ts';
import type { Holder } from '../../src/engine/model/snapshot.ts';
import type { World } from '../../src/engine/world.ts';
import type { SplitWished } from '../../src/protocol/repairs.ts';
import { codexInMemory, EMPTY } from '../support/codexInMemory.ts';
import { home, HOME, idOf, PROJECT, sightOf } from '../support/home.ts';
import { createMemoryHands } from '../support/memoryHands.ts';
import { OWN, reachedHosts, SHARED, type Reached } from '../support/reachedHosts.ts';
import { differences, pictureOf } from '../support/pictures.ts';
import { openEditor, type Editor } from './editor.ts';
import { offersOn } from './openToChange.ts';

const CODEX = '/opt/codex/codex';
const BASHRC = '/home/ada/.bashrc';
const LOGIN: SeenStart = {
  ...{ how: 'login', shell: '/bin/bash', home: '/home/ada' },
  ...{ codexHome: null, sqliteHome: null },
};
const PINS = { threads: { [idOf('mine')]: 'workbench', [idOf('its')]: 'gpu-1' }, projects: {} };

/** A thread of each host, and for each one whose folder is there alone. */
const shared = () =>
  home()
    .thread('mine', { row: { name: 'Mine' } })
    .thread('its')
    .thread('perhaps', { cwd: '/scratch/x' })
    .thread('here')
    .kept('hosts/pins.json', PINS)
    .file('installation_id', SHARED.installationId ?? '')
    .file('auth.json', 'a key of nobody')
    .file('AGENTS.md', 'Be kind.')
    .file('prompts/mine.md', 'Do it.')
    .state(EMPTY)
    .file(BASHRC, 'alias l=ls\n')
    .file(CODEX, 'a program', 0)
    .codex('0.169.0', { path: CODEX, migrations: { 'state_5.sqlite': 62, 'goals_1.sqlite': 1 } });

/** What the other hosts say; a test changes it while the editor is open. */
let there: Record<string, Reached>;
let editor: Editor;

beforeEach(() => {
  there = { 'gpu-1': { folders: ['/scratch/x'], starts: [LOGIN] }, attic: { homes: [OWN] } };
});
afterEach(() => editor.close());

async function open(builder = shared()) {
  const { world, files } = builder.build();
  const hosts: World['hosts'] = reachedHosts(there, { starts: [LOGIN] });
  const { hands } = createMemoryHands(files, codexInMemory(files));
  // Whoever waits lets others have their turn.
  const pause = () => new Promise<void>(resolve => setImmediate(resolve));
  editor = await openEditor(
    { ...world, hosts, files: { ...world.files, pause } },
    { hands, settings: { home: HOME, hosts: ['gpu-1', 'attic'] } },
  );
  return { files };
}

const wish: SplitWished = {
  kind: 'split',
  hosts: [
    { host: 'workbench', threads: [idOf('mine')] },
    { host: 'gpu-1', threads: [idOf('its')] },
  ],
  shells: ['/bin/bash'],
  shared: 'link',
  closed: [],
};

async function split() {
  const { sha } = await editor.ask('codexHealth/plan', { wish });
  return editor.ask('codexHealth/apply', { wish, sha, waits: false });
}

test('a host that had the home and is silent now counts as the person says', async () => {
  there['attic'] = { servers: [SERVER], starts: [LOGIN] };
  await open();
  await editor.ask('codexHealth/splitChoices');
  delete there['attic'];
  const { others } = await editor.ask('codexHealth/splitChoices');
  expect(others).toMatchObject([{ host: 'attic', isUnseen: true }]);
  const hostsInTheWay = async (closed: readonly string[]) => {
    const plan = await editor.ask('codexHealth/plan', { wish: { ...wish, closed } });
    return plan.elsewhere.map(({ host, programs }) => [host, programs]);
  };
  expect(await hostsInTheWay([])).toEqual([['attic', []]]);
  expect(await hostsInTheWay(['attic'])).toEqual([]);
  // Where it answers, that is what counts.
  there['attic'] = { servers: [SERVER], starts: [LOGIN] };
  expect(await hostsInTheWay(['attic'])).toMatchObject([['attic', [{ pid: 7 }]]]);
});

test('those that share the home are to be chosen, with their threads; of the others it is said why not', async () => {
  await open();
  const { hosts, others, shells } = await editor.ask('codexHealth/splitChoices');
  expect(hosts).toEqual([
    {
      ...{ host: 'workbench', isHere: true, home: '/home/ada/.codex-hosts/workbench' },
      ...{ threads: [idOf('mine')], inferred: [idOf('here')] },
    },
    {
      ...{ host: 'gpu-1', isHere: false, home: '/home/ada/.codex-hosts/gpu-1' },
      ...{ threads: [idOf('its')], inferred: [idOf('perhaps')] },
    },
  ]);
  expect(others).toEqual([
    {
      ...{ host: 'attic', isUnseen: false },
      says: expect.stringMatching(/^attic: it has another home\. /) as string,
    },
  ]);
  expect(shells).toEqual(['/bin/bash']);
});

test('a second way to a host is none of its own, and who does not answer takes no part', async () => {
  there['again'] = { hostname: 'gpu-1', starts: [LOGIN] };
  const { world } = shared().build();
  const hosts = reachedHosts(there, { starts: [LOGIN] });
  editor = await openEditor(
    { ...world, hosts },
    { settings: { home: HOME, hosts: ['gpu-1', 'again', 'down'] } },
  );
  const choices = await editor.ask('codexHealth/splitChoices');
  expect(choices.hosts.map(({ host }) => host)).toEqual(['workbench', 'gpu-1']);
  expect(choices.others).toEqual([
    {
      ...{ host: 'down', isUnseen: true },
      says: 'down: it did not answer within 10 seconds. A Codex there may have this home open, which cannot be seen.',
    },
  ]);
});

test('while a host cannot be seen nothing is done, until a person says that no Codex runs there', async () => {
  delete there['attic'];
  const { files } = await open();
  const before = pictureOf(files);
  const { sha, uri, elsewhere } = await editor.ask('codexHealth/plan', { wish });
  expect(elsewhere).toEqual([
    {
      host: 'attic',
      why: 'Whether a Codex on attic has this home open could not be seen: it did not answer within 10 seconds.',
      next: 'Nothing was changed. Let attic answer, or begin anew and say that no Codex runs there.',
      programs: [],
    },
  ]);
  expect(await editor.text(uri)).toContain('on attic');
  const refused = editor.ask('codexHealth/apply', { wish, sha, waits: false });
  await expect(refused).rejects.toMatchObject({
    message: expect.stringContaining('on every host that may use it: attic.') as string,
    data: {
      refusal: 'hosts-unknown',
      next: 'Nothing was changed. Let them answer, or name them in the setting codexHealth.hosts. Where you know that no Codex runs there, say so when "Codex: Give Each Host Its Own Codex Home…" asks for it.',
    },
  });
  expect(differences(before, pictureOf(files))).toEqual([]);

  const said = { ...wish, closed: ['attic'] };
  const agreed = await editor.ask('codexHealth/plan', { wish: said });
  expect(agreed.elsewhere).toEqual([]);
  expect(await editor.text(agreed.uri)).toContain('you say that no Codex runs there');
  const done = await editor.ask('codexHealth/apply', {
    ...{ wish: said, sha: agreed.sha, waits: false },
  });
  expect(done.failed).toEqual([]);
  expect(done.healed).toHaveLength(2);
});

test('a thread that came from one of a host goes along with it, and is not merely inferred', async () => {
  there['gpu-1'] = { ...there['gpu-1'], folders: ['/scratch/x', PROJECT] };
  const fork = { header: { forked_from_id: idOf('its') } };
  await open(shared().thread('fork', fork));
  const { hosts } = await editor.ask('codexHealth/splitChoices');
  expect(hosts[1]?.threads).toEqual([idOf('its'), idOf('fork')]);
});

test('where no other host has the home it is said why, in the words of an editor', async () => {
  delete there['gpu-1'];
  await open();
  const refused = editor.ask('codexHealth/splitChoices');
  await expect(refused).rejects.toThrow(/nothing to split\..* attic: it has another home\./);
  await expect(refused).rejects.toMatchObject({
    data: {
      refusal: 'not-shared',
      next: 'Nothing was changed. Name a host in the setting codexHealth.hosts; "Codex: Refresh Session Health" looks at all of them.',
    },
  });
});

test('a host of which no shell is known is not given a home that nothing would lead to', async () => {
  there['gpu-1'] = { ...there['gpu-1'], starts: [] };
  await open();
  await expect(editor.ask('codexHealth/splitChoices')).rejects.toMatchObject({
    message: expect.stringContaining('which shell is used on gpu-1') as string,
    data: {
      refusal: 'shell-unknown',
      next: expect.not.stringMatching(/codex-health hosts/) as string,
    },
  });
});

test('a host of which no shell is known stays behind, with the reason, and the others can go', async () => {
  there['gpu-2'] = { starts: [], gaps: [{ what: 'the shell', why: 'it ended at once' }] };
  const { world } = shared().build();
  editor = await openEditor(
    { ...world, hosts: reachedHosts(there, { starts: [LOGIN] }) },
    { settings: { home: HOME, hosts: ['gpu-1', 'gpu-2'] } },
  );
  const { hosts, others } = await editor.ask('codexHealth/splitChoices');
  expect(hosts.map(({ host }) => host)).toEqual(['workbench', 'gpu-1']);
  expect(others).toEqual([
    {
      ...{ host: 'gpu-2', isUnseen: false },
      says: 'gpu-2: it could not be seen which shell is used there: the shell: it ended at once. Nothing would tell it of a new home, and it goes on with this one.',
    },
  ]);
});

test('a home that was split is not split once more', async () => {
  await open();
  await split();
  await expect(editor.ask('codexHealth/splitChoices')).rejects.toMatchObject({
    message: expect.stringContaining('workbench, gpu-1 have homes of their own') as string,
    data: {
      refusal: 'split-already',
      next: 'Nothing was changed. The list of Codex Session Health says whether they use them; "Codex: Undo Repair" takes the split back.',
    },
  });
});

test('its plan is a page, which a new window makes again from its address', async () => {
  await open();
  const shown = await editor.ask('codexHealth/plan', { wish });
  expect(shown.elsewhere).toEqual([]);
  expect(shown.needs).toContain('codex-stopped');
  const text = await editor.text(shown.uri);
  expect(text).toContain('Codex plan: A Codex home for each host');
  expect(text).toContain('workbench, gpu-1');
  expect(text).toContain('threads that go to gpu-1: 1');
  // Said in full, however long it is.
  expect(text).toContain('has keys of its own from the next login on.');
  expect(text).toContain('/home/ada/.codex-hosts/gpu-1');
  expect(text).toContain(BASHRC);
  expect(await editor.ask('codexHealth/wishAt', { uri: shown.uri })).toEqual(wish);
});

test('what is open on the other host is named before, and nothing is done', async () => {
  const server = { pid: 7, program: 'codex', codexHome: HOME, sqliteHome: null, isOpaque: false };
  there['gpu-1'] = { ...there['gpu-1'], servers: [server] };
  const { files } = await open();
  const shown = await editor.ask('codexHealth/plan', { wish });
  expect(shown.elsewhere).toEqual([
    {
      host: 'gpu-1',
      why: expect.stringContaining('codex (process 7)') as string,
      next: expect.stringContaining('Close every Codex on gpu-1') as string,
      programs: [{ pid: 7, says: 'codex (process 7) runs with it, or with the home of that host' }],
    },
  ]);
  expect(await editor.text(shown.uri)).toContain('codex (process 7)');
  const refused = editor.ask('codexHealth/apply', { wish, sha: shown.sha, waits: false });
  await expect(refused).rejects.toThrow('codex (process 7)');
  expect([...files.keys()].filter(file => file.includes('.codex-hosts'))).toEqual([]);
});

const SERVER = { pid: 7, program: 'codex', codexHome: HOME, sqliteHome: null, isOpaque: false };

/** A split that waits for a program on the other host. */
async function waitForSplit() {
  there['gpu-1'] = { ...there['gpu-1'], servers: [SERVER] };
  const { files } = await open();
  const before = pictureOf(files);
  const { sha } = await editor.ask('codexHealth/plan', { wish });
  const asked = { wish, sha, waits: true, workDoneToken: 'split' };
  const { answer, cancel } = editor.begin('codexHealth/apply', asked);
  answer.catch(() => undefined);
  const message = expect.stringMatching(/^on gpu-1: codex \(process 7\)/) as string;
  await expect
    .poll(() => editor.progress.map(({ value }) => value))
    .toContainEqual(expect.objectContaining({ message }));
  return { files, before, answer, cancel };
}

test('what is open on the other host is waited for, and then it goes on', async () => {
  const { files, before, answer } = await waitForSplit();
  expect(differences(before, pictureOf(files))).toEqual([]);
  there['gpu-1'] = { ...there['gpu-1'], servers: [] };
  const done = await answer;
  expect([done.failed, done.healed.length]).toEqual([[], 2]);
});

test('whoever has waited enough has changed nothing', async () => {
  const { files, before, answer, cancel } = await waitForSplit();
  cancel();
  await expect(answer).rejects.toMatchObject({ data: { refusal: 'stopped' } });
  expect(differences(before, pictureOf(files))).toEqual([]);
});

test('the page of a plan says what is open elsewhere as it was seen last', async () => {
  const server = { pid: 7, program: 'codex', codexHome: HOME, sqliteHome: null, isOpaque: false };
  there['gpu-1'] = { ...there['gpu-1'], servers: [server] };
  await open();
  const { uri } = await editor.ask('codexHealth/plan', { wish });
  expect(await editor.text(uri)).toContain('codex (process 7)');
  there['gpu-1'] = { ...there['gpu-1'], servers: [] };
  await editor.ask('codexHealth/plan', { wish });
  expect(await editor.text(uri)).not.toContain('codex (process 7)');
});

test('a host that keeps the home may have it open as well', async () => {
  const server = { pid: 9, program: 'codex', codexHome: HOME, sqliteHome: null, isOpaque: false };
  there['gpu-1'] = { ...there['gpu-1'], servers: [server] };
  await open();
  const alone = { ...wish, hosts: wish.hosts.slice(0, 1) };
  const { elsewhere } = await editor.ask('codexHealth/plan', { wish: alone });
  expect(elsewhere.map(({ host, why }) => [host, why.includes('codex (process 9)')])).toEqual([
    ['gpu-1', true],
  ]);
});

test('each host gets its threads, the page of the plan leads to it, and it is undone', async () => {
  const { files } = await open();
  const before = pictureOf(files);
  const { uri } = await editor.ask('codexHealth/plan', { wish });
  const done = await split();
  expect(done.failed).toEqual([]);
  expect([...done.healed].sort()).toEqual([idOf('its'), idOf('mine')].sort());
  expect(done.confirmed).toMatchObject({ codex: 'Codex', why: null, missing: [] });
  const at = (host: string) =>
    [...files.keys()].filter(file => file.startsWith(`/home/ada/.codex-hosts/${host}/sessions/`));
  expect([at('workbench'), at('gpu-1')].map(list => list.length)).toEqual([1, 1]);
  // Made again, the plan is refused. What has made the homes is named, to be undone.
  expect(await editor.text(uri)).toContain('workbench, gpu-1 have homes of their own');
  expect(await offersOn(editor, uri)).toEqual([
    [expect.any(String), 'codexHealth.undoRepair', done.receipt],
  ]);

  const { left } = await editor.ask('codexHealth/undo', { receipt: done.receipt });
  expect(left).toEqual([]);
  expect(differences(before, pictureOf(files))).toEqual([]);
  expect(at('gpu-1')).toEqual([]);
});

test('undoing it looks at its hosts anew, and is refused while one of them has it open', async () => {
  await open();
  const { receipt } = await split();
  const own = '/home/ada/.codex-hosts/gpu-1';
  const server = { pid: 8, program: 'codex', codexHome: own, sqliteHome: null, isOpaque: false };
  there['gpu-1'] = { ...there['gpu-1'], servers: [server] };
  const undoing = () => editor.ask('codexHealth/undo', { receipt });
  await expect(undoing()).rejects.toThrow('codex (process 8)');
  // No server at all: whoever has files of the new home open is seen as well.
  const holder: Holder = {
    ...{ pid: 11, program: 'tui', terminal: null },
    ...{ files: [], deletedFiles: [], writesThreads: [] },
  };
  there['gpu-1'] = { ...there['gpu-1'], servers: [], holders: { [own]: [holder] } };
  await expect(undoing()).rejects.toThrow('tui (process 11)');
  there['gpu-1'] = { ...there['gpu-1'], holders: {} };
  expect((await undoing()).left).toEqual([]);
});

test('whether it took is asked of each host, as often as somebody wants', async () => {
  await open();
  const { receipt } = await split();
  const ask = async () =>
    (await editor.ask('codexHealth/confirmSplit', { receipt }))?.find(
      ({ host }) => host === 'gpu-1',
    );
  const first = await ask();
  expect(first?.answer).toBe('no');
  expect(first?.says[0]).toBe(
    'A Codex that is started in a terminal (/bin/bash) gets the usual home.',
  );
  const codexHome = '/home/ada/.codex-hosts/gpu-1';
  there['gpu-1'] = { ...there['gpu-1'], starts: [{ ...LOGIN, codexHome }] };
  expect((await ask())?.answer).not.toBe('no');
  expect(await editor.ask('codexHealth/confirmSplit', { receipt: 'none' })).toBeNull();
});

test('the split of a home is asked about without its receipt, and it is said how far that is', async () => {
  await open();
  const asked = { receipt: null, workDoneToken: 'asking' };
  await expect(editor.ask('codexHealth/confirmSplit', asked)).rejects.toMatchObject({
    data: {
      refusal: 'not-split',
      next: '"Codex: Give Each Host Its Own Codex Home…" shows what a split would do.',
    },
  });
  await split();
  const took = await editor.ask('codexHealth/confirmSplit', asked);
  expect(took?.map(({ host }) => host)).toEqual(['workbench', 'gpu-1']);
  expect(editor.progress.map(({ value }) => value)).toContainEqual(
    expect.objectContaining({ kind: 'report', percentage: 100 }),
  );
});

test('who has had enough of a host that does not answer hears of the others', async () => {
  const { world, files } = shared().build();
  const reached = reachedHosts(there, { starts: [LOGIN] });
  let asked = () => {};
  const isAsked = new Promise<void>(resolve => (asked = resolve));
  const startFresh: World['hosts']['startFresh'] = (alias, starts, signal) =>
    alias === null
      ? reached.startFresh(alias, starts, signal)
      : new Promise(resolve => {
          signal?.addEventListener('abort', () => resolve([]));
          asked();
        });
  const { hands } = createMemoryHands(files, codexInMemory(files));
  editor = await openEditor(
    { ...world, hosts: { ...reached, startFresh } },
    { hands, settings: { home: HOME, hosts: ['gpu-1', 'attic'] } },
  );
  const { receipt } = await split();
  const codexHome = '/home/ada/.codex-hosts/gpu-1';
  there['gpu-1'] = { ...there['gpu-1'], starts: [{ ...LOGIN, codexHome }] };
  const { answer, cancel } = editor.begin('codexHealth/confirmSplit', { receipt });
  await isAsked;
  cancel();
  const took = await answer;
  expect(took?.map(({ host, answer }) => [host, answer])).toEqual([
    ['workbench', 'no'],
    ['gpu-1', 'unknown'],
  ]);
});

test('a split that did not take on a host offers to ask the hosts', async () => {
  await open();
  await split();
  await editor.ask('codexHealth/splitChoices').catch(() => null);
  const { hosts } = await editor.tree();
  const offers = await offersOn(editor, hosts[0]?.uri ?? '');
  expect(offers.map(([, command]) => command)).toContain('codexHealth.askHosts');
});

test('of a host that was not looked at before it is found out by which name it is reached', () => {
  const sight = (alias: string, hostname: string) =>
    sightOf(alias, { machine: { hostname, machine: null, system: 'linux', user: 'ada' } });
  const sights = [sight('a', 'gpu-1'), sight('b', 'gpu-2'), sightOf('c', { machine: null })];
  const split = [{ host: 'gpu-1', home: '/homes/gpu-1' }];
  expect(aliasesOf(split, ['a', 'b', 'c', 'd'], sights)).toEqual(['a', 'c', 'd']);
});

test('a home that several hosts have offers it on its page', async () => {
  await open();
  await editor.ask('codexHealth/splitChoices');
  const { hosts } = await editor.tree();
  const offers = await offersOn(editor, hosts[0]?.uri ?? '');
  expect(offers.map(([, command]) => command)).toContain('codexHealth.splitHome');
});

test.each([
  [{ hosts: [] }],
  [{ hosts: [{ host: '../elsewhere', threads: [] }] }],
  [{ hosts: [{ host: '..', threads: [] }] }],
  [{ hosts: [{ host: 'gpu-1', threads: [7] }] }],
  [{ shells: [] }],
  [{ shared: 'move' }],
  [{ closed: 'attic' }],
])('what makes no sense as a split is refused: %j', async nonsense => {
  await open();
  await expect(editor.send('codexHealth/plan', { wish: { ...wish, ...nonsense } })).rejects.toThrow(
    'not understood',
  );
});
