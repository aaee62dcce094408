import assert from 'node:assert/strict';
import { Uri } from 'vscode';
import {
  acceptFinding,
  acceptNamed,
  showAccepted,
} from '../../../../src/extension/commands/accepting.ts';
import { relinkFolder } from '../../../../src/extension/commands/relinkFolder.ts';
import { repairFinding, repairNamed } from '../../../../src/extension/commands/repairFinding.ts';
import { test } from '../harness.ts';
import { cure, finding, planOf, project, thread } from './samples.ts';
import { namesOf, sceneOf } from './standIns.ts';

/** A server that plans and never gets to apply, since the person says no. */
const planning = {
  'codexHealth/plan': ({ wish }: { wish: Parameters<typeof planOf>[0] }) => planOf(wish),
};

test('of several cures the person chooses, who sees what each does and loses', async () => {
  const row = finding('a', [
    cure('rebind'),
    cure('put-row-away', { loses: 'readable data', automatic: false }),
  ]);
  const scene = sceneOf(planning, 'Do put-row-away', undefined);
  await repairFinding(scene.context, { clicked: row });
  scene.end();
  assert.equal(scene.heard[0], 'choose: How shall it be repaired? | Do rebind | Do put-row-away');
  assert.deepEqual(scene.asked[0]?.[1], {
    wish: { kind: 'findings', findings: [row.id], cure: 'put-row-away', to: null },
  });
  const none = sceneOf({}, undefined);
  await repairFinding(none.context, { clicked: row });
  assert.deepEqual(none.asked, []);
});

test('several rows are one plan: with the cure that they have in common, or each with its own', async () => {
  const wishFor = async (...selected: ReturnType<typeof finding>[]) => {
    const scene = sceneOf(planning, undefined);
    await repairFinding(scene.context, { clicked: selected[0], selected });
    assert.deepEqual(namesOf(scene), ['plan']);
    return scene.asked[0]?.[1];
  };
  const one = finding('a', [cure('rebind')]);
  const same = finding('b', [cure('rebind'), cure('other')]);
  const different = finding('c', [cure('list')], 'thread-row-missing');
  const incurable = finding('d', []);
  assert.deepEqual(await wishFor(one, same, incurable), {
    wish: { kind: 'findings', findings: [one.id, same.id], cure: 'rebind', to: null },
  });
  assert.deepEqual(await wishFor(one, different), {
    wish: { kind: 'findings', findings: [one.id, different.id], cure: null, to: null },
  });
});

test('the lightbulb names finding and cure', async () => {
  const scene = sceneOf(planning, undefined);
  await repairNamed(scene.context, 'thread-path-stale:a', 'rebind');
  assert.deepEqual(scene.asked[0]?.[1], {
    wish: { kind: 'findings', findings: ['thread-path-stale:a'], cure: 'rebind', to: null },
  });
});

test('a thread, a project and an open record stand for their findings', async () => {
  const child = {
    ...thread('kid', { findings: [finding('kid', [cure('rebind')])] }),
    bond: 'fork' as const,
  };
  const parent = thread('a', { findings: [finding('a', [cure('rebind')])], children: [child] });
  const server = {
    ...planning,
    'codexHealth/threads': ({ project: path }: { project: string }) => ({
      threads:
        path === '/work' ? [parent] : [thread('w', { findings: [finding('w', [cure('rebind')])] })],
      more: 0,
    }),
    'codexHealth/find': () => [thread('ab'), parent],
  };
  const findingsFor = async (clicked: unknown) => {
    const scene = sceneOf(server, undefined);
    await repairFinding(scene.context, { clicked });
    const [, asked] = scene.asked.at(-1) ?? [];
    return (asked as { wish: { findings: readonly string[] } }).wish.findings;
  };
  const [ofParent, ofChild, ofWorktree] = ['a', 'kid', 'w'].map(id => `thread-path-stale:${id}`);
  assert.deepEqual(await findingsFor(parent), [ofParent]);
  assert.deepEqual(await findingsFor(project('/work', [project('/work-tree')])), [
    ...[ofParent, ofChild, ofWorktree],
  ]);
  assert.deepEqual(await findingsFor(Uri.parse('codex-health://key/thread/kid')), [ofChild]);
  assert.deepEqual(await findingsFor(Uri.parse('codex-health://key/transcript/a')), [ofParent]);
});

test('where no safe repair is known, the record is offered', async () => {
  const scene = sceneOf({}, 'Open Record');
  await repairFinding(scene.context, { clicked: finding('a', []) });
  scene.end();
  assert.match(
    scene.heard[0] ?? '',
    /^information: No safe repair is known for this: The row of a/,
  );
  assert.deepEqual(scene.done, [['show', 'codex-health://key/thread/a']]);
});

test('a folder that is gone gets one with evidence, or one that the person picks', async () => {
  const gone = finding('a', [cure('relink', { needs: ['a-choice'] })], 'thread-cwd-missing');
  const candidates = {
    gone: '/old/shop',
    folders: [{ folder: '/new/shop', evidence: 'It has the same commits.', isCertain: true }],
  };
  const wishAfter = async (...answers: Parameters<typeof sceneOf>[1][]) => {
    const scene = sceneOf(
      { ...planning, 'codexHealth/candidates': () => candidates },
      ...answers,
      undefined,
    );
    await repairFinding(scene.context, { clicked: gone });
    return scene;
  };
  const known = await wishAfter('/new/shop');
  assert.deepEqual(known.asked[0]?.[1], { findings: [gone.id] });
  assert.deepEqual(known.asked[1]?.[1], {
    wish: { kind: 'findings', findings: [gone.id], cure: 'relink', to: '/new/shop' },
  });
  const picked = await wishAfter(/^Choose another/, Uri.file('/picked'));
  assert.match(picked.heard[1] ?? '', /^folder: Which folder has taken the place of \/old\/shop\?/);
  assert.equal((picked.asked[1]?.[1] as { wish: { to: string } }).wish.to, '/picked');
  const elsewhere = await wishAfter(/^Choose another/, Uri.parse('vscode-vfs://github/shop'));
  assert.match(elsewhere.heard.at(-1) ?? '', /^warning: vscode-vfs:.* is not on the machine/);
  assert.deepEqual(namesOf(elsewhere), ['candidates']);
  assert.deepEqual(namesOf(await wishAfter(undefined)), ['candidates']);
});

test('without a candidate the folder picker comes at once', async () => {
  const gone = finding('a', [cure('relink')], 'thread-cwd-missing');
  const scene = sceneOf(
    { ...planning, 'codexHealth/candidates': () => ({ gone: '/old', folders: [] }) },
    Uri.file('/new'),
    undefined,
  );
  await relinkFolder(scene.context, { clicked: thread('a', { findings: [gone] }) });
  assert.deepEqual(namesOf(scene), ['candidates', 'plan']);
});

test('relinking what is not gone says so', async () => {
  const scene = sceneOf({});
  await relinkFolder(scene.context, { clicked: thread('a') });
  assert.deepEqual(scene.heard, ['information: No folder of these threads is known to be gone.']);
});

test('findings are accepted, listed, and taken back', async () => {
  const accept = { 'codexHealth/accept': () => undefined };
  const rows = [finding('a', []), finding('b', [])];
  const selected = sceneOf(accept);
  await acceptFinding(selected.context, { clicked: rows[0], selected: rows });
  assert.deepEqual(selected.asked, [
    ['codexHealth/accept', { findings: rows.map(({ id }) => id) }],
  ]);
  assert.match(selected.heard[0] ?? '', /^mention: 2 findings are accepted\. .* takes them back/);
  const bulb = sceneOf(accept);
  await acceptNamed(bulb.context, ['x:1']);
  assert.deepEqual(bulb.asked, [['codexHealth/accept', { findings: ['x:1'] }]]);

  const accepted = ['one', 'two'].map(says => ({ finding: `x:${says}`, says, acceptedAtMs: 0 }));
  const list = sceneOf(
    { 'codexHealth/accepted': () => accepted, 'codexHealth/takeBack': () => undefined },
    ['two'],
  );
  await showAccepted(list.context);
  assert.deepEqual(list.asked.at(-1), ['codexHealth/takeBack', { findings: ['x:two'] }]);
  const closed = sceneOf({ 'codexHealth/accepted': () => accepted }, undefined);
  await showAccepted(closed.context);
  assert.deepEqual(namesOf(closed), ['accepted']);
  const empty = sceneOf({ 'codexHealth/accepted': () => [] });
  await showAccepted(empty.context);
  assert.deepEqual(empty.heard, ['information: No finding is accepted.']);
});
