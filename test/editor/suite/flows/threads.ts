import assert from 'node:assert/strict';
import {
  archiveThread,
  forkThread,
  renameThread,
  unarchiveThread,
} from '../../../../src/extension/commands/changeThreads.ts';
import { moveProvider } from '../../../../src/extension/commands/moveProvider.ts';
import { openInCodex } from '../../../../src/extension/commands/openInCodex.ts';
import type { PlanShown, ProviderChoice, Wish } from '../../../../src/protocol/repairs.ts';
import { test } from '../harness.ts';
import { details, doneOf, panel, planOf, project, refusedOf, thread } from './samples.ts';
import { namesOf, sceneOf } from './standIns.ts';

function changing(more: Partial<PlanShown> = {}, done = doneOf({ healed: [] })) {
  return {
    'codexHealth/plan': ({ wish }: { wish: Wish }) => planOf(wish, more),
    'codexHealth/apply': () => done,
  };
}

const answeringDetails = { 'codexHealth/thread': ({ id }: { id: string }) => details(id) };

test('archiving takes the selected threads that are not archived, and says how to take it back', async () => {
  const rows = [thread('a'), thread('b', { archived: true }), thread('c')];
  const scene = sceneOf(changing({ repairs: 2 }, doneOf({ applied: 2, healed: [] })));
  await archiveThread(scene.context, { clicked: rows[0], selected: rows });
  assert.deepEqual(scene.asked[0]?.[1], { wish: { kind: 'archive', threads: ['a', 'c'] } });
  assert.deepEqual(namesOf(scene), ['plan', 'apply']);
  assert.equal(
    scene.heard.at(-1),
    'mention: 2 threads are archived. "Codex: Undo Repair" takes it back.',
  );
});

test('taking out of the archive is for archived threads alone', async () => {
  const rows = [thread('a'), thread('b', { archived: true })];
  const scene = sceneOf(changing());
  await unarchiveThread(scene.context, { clicked: rows[1], selected: rows });
  assert.deepEqual(scene.asked[0]?.[1], { wish: { kind: 'unarchive', threads: ['b'] } });
  const none = sceneOf({});
  await unarchiveThread(none.context, { clicked: rows[0] });
  assert.match(none.heard[0] ?? '', /^information: There is no thread/);
});

test('what is for one thread is for the one that was clicked, however many are selected', async () => {
  const rows = [thread('a'), thread('b')];
  const target = { clicked: rows[1], selected: rows };
  const forked = sceneOf(
    { ...changing({}, doneOf({ healed: [] })), ...answeringDetails },
    undefined,
  );
  await forkThread(forked.context, target);
  assert.deepEqual(forked.asked[1]?.[1], { wish: { kind: 'fork', thread: 'b' } });
  const named = sceneOf(changing(), 'Another name', undefined);
  await renameThread(named.context, target);
  assert.match(named.heard[0] ?? '', /Thread b$/);
  const opened = sceneOf(answeringDetails);
  await openInCodex(opened.context, target);
  assert.deepEqual(opened.asked[0]?.[1], { id: 'b' });
});

test('what loses something, leaves something or needs Codex closed is asked about', async () => {
  const asking: Partial<PlanShown>[] = [
    { losses: ['readable data'] },
    { refused: [refusedOf('it is held')] },
    { needs: ['codex-stopped'], holders: [panel] },
  ];
  for (const more of asking) {
    const scene = sceneOf(changing(more), undefined);
    await archiveThread(scene.context, { clicked: thread('a') });
    assert.deepEqual(namesOf(scene), ['plan']);
    assert.match(scene.heard[0] ?? '', /^ask: Archive 1 thread\?/);
  }
});

test('what could not be archived is a warning', async () => {
  const done = doneOf({ applied: 0, healed: [], failed: [{ what: 'a', why: 'Codex said no' }] });
  const scene = sceneOf(changing({}, done), undefined);
  await archiveThread(scene.context, { clicked: thread('a') });
  assert.match(scene.heard.at(-1) ?? '', /^warning: .*Codex said no\./);
});

test('a new name is typed; an empty, the same, or no name changes nothing', async () => {
  const scene = sceneOf(changing(), '  Better name ');
  await renameThread(scene.context, { clicked: thread('a') });
  assert.deepEqual(scene.asked[0]?.[1], {
    wish: { kind: 'rename', thread: 'a', name: 'Better name' },
  });
  assert.match(scene.heard.at(-1) ?? '', /^mention: The thread is called "Better name" now\./);
  for (const answer of ['   ', 'Thread a', undefined]) {
    const same = sceneOf({}, answer);
    await renameThread(same.context, { clicked: thread('a') });
    assert.deepEqual(same.asked, []);
  }
});

test('a fork can be opened, and taken back', async () => {
  const changed = changing({}, doneOf({ made: 'codex-health://key/thread/new', healed: [] }));
  const scene = sceneOf({ ...changed, ...answeringDetails }, 'Open in Codex');
  await forkThread(scene.context, { clicked: thread('a') });
  assert.deepEqual(scene.asked[1]?.[1], { wish: { kind: 'fork', thread: 'a' } });
  assert.match(scene.heard.at(-1) ?? '', /\| Open in Codex \| Undo \| Show$/);
  const [command, uri] = scene.done.at(-1) ?? [];
  assert.equal(command, 'codexHealth.openInCodex');
  assert.equal(String(uri), 'codex-health://key/thread/new');
});

const providers: readonly ProviderChoice[] = [
  { id: 'mock', isCurrent: true, state: 'defined', threads: 3, listed: 3 },
  { id: 'openai', isCurrent: false, state: 'defined', threads: 40, listed: 0 },
  { id: 'old', isCurrent: false, state: 'undefined', threads: 2, listed: 0 },
  { id: 'spare', isCurrent: false, state: 'defined', threads: 0, listed: 0 },
];
const moving = { ...changing(), 'codexHealth/providers': () => providers };

test('from the palette a provider is chosen, and where its threads go', async () => {
  const scene = sceneOf(moving, 'openai', 'mock', undefined);
  await moveProvider(scene.context, { clicked: undefined });
  scene.end();
  assert.equal(
    scene.heard[0],
    'choose: Move threads of which provider? | mock | openai | old | Give threads their original provider back',
  );
  assert.equal(scene.heard[1], 'choose: Move the threads to which provider? | mock | spare');
  assert.deepEqual(scene.asked.at(-1)?.[1], {
    wish: { kind: 'move', from: 'openai', to: 'mock', threads: null },
  });
  assert.match(scene.heard[2] ?? '', /^ask: Move 1 thread to the provider "mock"\?[^]*\| Move \|/);
});

test('originals are given back, to all or to the selected threads', async () => {
  const all = sceneOf(moving, /^Give threads/, undefined);
  await moveProvider(all.context, { clicked: undefined });
  assert.deepEqual(all.asked.at(-1)?.[1], { wish: { kind: 'restore', threads: null } });
  const some = sceneOf(moving, /^Give threads/, undefined);
  await moveProvider(some.context, { clicked: thread('a'), selected: [thread('a'), thread('b')] });
  assert.deepEqual(some.asked.at(-1)?.[1], { wish: { kind: 'restore', threads: ['a', 'b'] } });
});

test('a project moves all its threads, whatever they are under', async () => {
  const child = { ...thread('kid'), bond: 'sub-agent' as const };
  const scene = sceneOf(
    {
      ...moving,
      'codexHealth/threads': () => ({ threads: [thread('a', { children: [child] })], more: 0 }),
    },
    'mock',
    undefined,
  );
  await moveProvider(scene.context, { clicked: project('/work') });
  assert.deepEqual(scene.asked.at(-1)?.[1], {
    wish: { kind: 'move', from: null, to: 'mock', threads: ['a', 'kid'] },
  });
});

test('a choice that is closed moves nothing, and without another provider it is said', async () => {
  for (const answers of [[undefined], ['openai', undefined]] as const) {
    const closed = sceneOf(moving, ...answers);
    await moveProvider(closed.context, { clicked: undefined });
    assert.deepEqual(namesOf(closed), ['providers']);
  }
  const alone = sceneOf(
    { ...moving, 'codexHealth/providers': () => providers.slice(0, 1) },
    'mock',
  );
  await moveProvider(alone.context, { clicked: undefined });
  assert.match(alone.heard.at(-1) ?? '', /^information: There is no other provider/);
});
