import assert from 'node:assert/strict';
import { forkThread } from '../../../../src/extension/commands/changeThreads.ts';
import { copyResumeCommand, openInCodex } from '../../../../src/extension/commands/openInCodex.ts';
import type { Context } from '../../../../src/extension/commands/context.ts';
import type { Target } from '../../../../src/extension/commands/targets.ts';
import type { Belonging } from '../../../../src/protocol/tree.ts';
import { test } from '../harness.ts';
import { details, doneOf, planOf, thread } from './samples.ts';
import { namesOf, sceneOf } from './standIns.ts';

const THERE: Belonging = {
  host: 'gpu-1',
  alias: 'gpu-one',
  here: 'login-1',
  isOnlyThere: false,
  evidence: ['It was being written on gpu-1 at 2026-11-20 10:00 UTC.'],
};

async function tried(
  command: (context: Context, target: Target) => Promise<void>,
  elsewhere: Belonging | null,
  ...answers: (string | undefined)[]
) {
  const scene = sceneOf(
    {
      'codexHealth/thread': ({ id }) => details(id, { elsewhere, cwd: '/scratch/ada' }),
      'codexHealth/pin': () => undefined,
      'codexHealth/plan': ({ wish }) => planOf(wish),
      'codexHealth/apply': () => doneOf({ made: 'new', healed: [] }),
    },
    ...answers,
  );
  await command(scene.context, { clicked: thread('a') });
  return scene;
}

const kindsOf = ({ done }: Awaited<ReturnType<typeof tried>>) => done.map(([what]) => what);

test('a thread of another host says so, with the evidence, before it is opened, copied or forked', async () => {
  for (const [command, anyway] of [
    [openInCodex, 'Resume Here Anyway | Fork Here'],
    [copyResumeCommand, 'Copy Anyway | Fork Here'],
    [forkThread, 'Fork Here Anyway'],
  ] as const) {
    const scene = await tried(command, THERE, undefined);
    assert.equal(
      scene.heard[0],
      `ask: This thread belongs to gpu-1.\nIt was being written on gpu-1 at 2026-11-20 10:00 UTC.\nIts folder and what it has changed are there; here Codex would work elsewhere. | Open a Window on gpu-one | ${anyway} | It Belongs to login-1`,
    );
    assert.deepEqual([scene.done, namesOf(scene)], [[], ['thread']]);
  }
});

test('its own host is opened in a window of its own, in the folder of the thread', async () => {
  const uriFor = async (alias: string) => {
    const scene = await tried(openInCodex, { ...THERE, alias }, `Open a Window on ${alias}`);
    const [command, uri, options] = scene.done[0] ?? [];
    assert.deepEqual([command, options], ['vscode.openFolder', { forceNewWindow: true }]);
    return String(uri);
  };
  assert.equal(await uriFor('gpu-one'), 'vscode-remote://ssh-remote%2Bgpu-one/scratch/ada');
  const named = Buffer.from('{"hostName":"Gpu One"}').toString('hex');
  assert.equal(await uriFor('Gpu One'), `vscode-remote://ssh-remote%2B${named}/scratch/ada`);
});

test('it is gone on with here all the same when the person says so', async () => {
  assert.deepEqual(kindsOf(await tried(openInCodex, THERE, 'Resume Here Anyway')), ['terminal']);
  assert.deepEqual(kindsOf(await tried(copyResumeCommand, THERE, 'Copy Anyway')), ['copy']);
  const forked = await tried(forkThread, THERE, 'Fork Here Anyway', undefined);
  assert.deepEqual(namesOf(forked), ['thread', 'plan', 'apply']);
});

test('a fork here is offered instead of resuming it', async () => {
  const scene = await tried(openInCodex, THERE, 'Fork Here', undefined);
  assert.deepEqual(namesOf(scene), ['thread', 'plan', 'apply']);
  assert.deepEqual(scene.asked[1]?.[1], { wish: { kind: 'fork', thread: 'a' } });
});

test('who knows better says so once, and goes on', async () => {
  const scene = await tried(openInCodex, THERE, 'It Belongs to login-1');
  assert.deepEqual(scene.asked[1], [
    'codexHealth/pin',
    { threads: ['a'], projects: [], host: 'login-1' },
  ]);
  assert.deepEqual(kindsOf(scene), ['terminal']);
});

test('a thread that was used on several hosts is called so, and no window is offered', async () => {
  const scene = await tried(openInCodex, { ...THERE, host: null, alias: null }, undefined);
  assert.match(scene.heard[0] ?? '', /^ask: This thread was used on several hosts\./);
  assert.doesNotMatch(scene.heard[0] ?? '', /Open a Window/);
});

test('a thread that lies in the home of another host is opened there, and nowhere else', async () => {
  const scene = await tried(openInCodex, { ...THERE, isOnlyThere: true }, undefined);
  assert.match(scene.heard[0] ?? '', / \| Open a Window on gpu-one$/);
  assert.deepEqual(scene.done, []);
});

test('a thread of this host, or of nobody, asks nothing', async () => {
  const scene = await tried(openInCodex, null);
  assert.deepEqual([scene.heard, kindsOf(scene)], [[], ['terminal']]);
});
