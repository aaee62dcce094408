import assert from 'node:assert/strict';
import { note } from '../../../../src/extension/commands/noting.ts';
import { openInCodex } from '../../../../src/extension/commands/openInCodex.ts';
import { pinToHost } from '../../../../src/extension/commands/pinToHost.ts';
import type { HealthTree, HostNode } from '../../../../src/protocol/tree.ts';
import { test, until } from '../harness.ts';
import { host } from '../treeNodes.ts';
import { details, project, thread, treeOf } from './samples.ts';
import { namesOf, sceneOf, type Answer } from './standIns.ts';

const HERE: HostNode = { ...host, name: 'here', hostname: 'here', alsoFrom: ['one'] };
const THERE: HostNode = {
  ...host,
  ...{ name: 'one', hostname: 'gpu-1', isHere: false, alsoFrom: ['here'] },
};
const ATTIC: HostNode = { ...host, name: 'attic', hostname: 'attic', isHere: false };
const HOSTS = [HERE, THERE, ATTIC];

function shared(tree: Partial<HealthTree> = {}, ...answers: readonly Answer[]) {
  return sceneOf(
    {
      'codexHealth/tree': () => treeOf({ hosts: HOSTS, ...tree }),
      'codexHealth/pin': () => undefined,
      'codexHealth/note': () => undefined,
      'codexHealth/thread': ({ id }) =>
        details(id, {
          elsewhere: {
            ...{ host: 'gpu-1', alias: 'one', here: 'here' },
            ...{ isOnlyThere: false, evidence: [] },
          },
        }),
    },
    ...answers,
  );
}

test('a project and threads are said to belong to a host that has the home', async () => {
  const scene = shared({}, 'gpu-1');
  const selected = [project('/work'), thread('a')];
  await pinToHost(scene.context, { clicked: selected[0], selected });
  scene.end();
  assert.equal(
    scene.heard[0],
    'choose: To which host does it belong? | here | gpu-1 | Let the evidence say',
  );
  assert.deepEqual(scene.asked[1], [
    'codexHealth/pin',
    { threads: ['a'], projects: ['/work'], host: 'gpu-1' },
  ]);
  assert.equal(scene.heard.at(-1), 'mention: From now on it counts as one of gpu-1.');
});

test('what was said is taken back, and who leaves has said nothing', async () => {
  const back = shared({}, 'Let the evidence say');
  await pinToHost(back.context, { clicked: project('/work') });
  assert.deepEqual(back.asked[1]?.[1], { threads: [], projects: ['/work'], host: null });
  const left = shared({}, undefined);
  await pinToHost(left.context, { clicked: project('/work') });
  assert.deepEqual(namesOf(left), ['tree']);
});

test('what lies in a home of its own has its host already', async () => {
  const own = shared();
  await pinToHost(own.context, { clicked: { ...project('/work'), host: 'attic' } });
  const alone = shared({ hosts: [ATTIC] });
  await pinToHost(alone.context, { clicked: thread('a') });
  for (const scene of [own, alone]) {
    assert.match(scene.heard[0] ?? '', /^information: No other host has this Codex home/);
    assert.deepEqual(namesOf(scene), ['tree']);
  }
  const nothing = shared();
  await pinToHost(nothing.context, { clicked: undefined });
  assert.deepEqual(nothing.asked, []);
});

test('who has never said whether it may be noted is asked once, after they have used hosts', async () => {
  const scene = shared({ noting: null }, 'gpu-1', 'Note It', 'gpu-1');
  await pinToHost(scene.context, { clicked: project('/work') });
  await pinToHost(scene.context, { clicked: project('/work') });
  scene.end();
  assert.deepEqual(
    scene.asked.filter(([name]) => name === 'codexHealth/note').map(([, params]) => params),
    [{ isWanted: true }],
  );
  const questions = scene.heard.filter(words => words.includes('Shall it be noted'));
  assert.deepEqual(
    questions.map(words => words.replace(/\?.*?\|/, '? … |')),
    [
      'information: Shall it be noted which threads are written on this host? … | Note It | Do Not Note It',
    ],
  );
});

test('who has said no, or has closed the question, is left in peace', async () => {
  for (const noting of [true, false]) {
    const said = shared({ noting }, 'gpu-1');
    await pinToHost(said.context, { clicked: project('/work') });
    assert.deepEqual(namesOf(said), ['tree', 'pin', 'tree']);
  }
  const closed = shared({ noting: null }, 'gpu-1', undefined, 'gpu-1');
  await pinToHost(closed.context, { clicked: project('/work') });
  await pinToHost(closed.context, { clicked: project('/work') });
  closed.end();
  assert.equal(namesOf(closed).includes('note'), false);
  const no = shared({ noting: null }, 'gpu-1', 'Do Not Note It');
  await pinToHost(no.context, { clicked: project('/work') });
  assert.deepEqual(no.asked.at(-1), ['codexHealth/note', { isWanted: false }]);
});

test('at the guard the question keeps nobody from going on', async () => {
  const scene = shared({ noting: null }, 'It Belongs to here', 'Note It');
  await openInCodex(scene.context, { clicked: thread('a') });
  assert.equal(scene.done[0]?.[0], 'terminal');
  await until('the note', () => (namesOf(scene).includes('note') ? true : undefined));
});

test('noting is begun and ended by a command each', async () => {
  const scene = shared();
  await note(scene.context, true);
  await note(scene.context, false);
  assert.deepEqual(
    scene.asked.map(([, params]) => params),
    [{ isWanted: true }, { isWanted: false }],
  );
  assert.match(scene.heard[0] ?? '', /^mention: From now on it is noted/);
  assert.match(scene.heard[1] ?? '', /^mention: Nothing more is noted/);
});
