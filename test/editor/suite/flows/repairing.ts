import assert from 'node:assert/strict';
import { CancellationTokenSource, Uri } from 'vscode';
import { applyPlan, change } from '../../../../src/extension/commands/change.ts';
import { isCancelled, orTell, reasonOf } from '../../../../src/extension/commands/failures.ts';
import { outcomeText } from '../../../../src/extension/commands/outcomePage.ts';
import { orCancelled } from '../../../../src/extension/commands/person.ts';
import { repairState } from '../../../../src/extension/commands/repairState.ts';
import type { PlanShown, RefusedShown, Wish } from '../../../../src/protocol/repairs.ts';
import { test } from '../harness.ts';
import { doneOf, panel, planOf, RECEIPT, refusedOf, treeOf } from './samples.ts';
import { namesOf, refusal, sceneOf } from './standIns.ts';

const ALL: Wish = { kind: 'all' };
const refresh = { 'codexHealth/refresh': () => undefined };

test('Repair State shows the plan, asks, repairs, and undoes on request', async () => {
  const scene = sceneOf(
    {
      ...refresh,
      'codexHealth/plan': ({ wish }) => planOf(wish, { losses: ['unreadable bytes'] }),
      'codexHealth/apply': () => doneOf(),
      'codexHealth/undo': () => ({ receipt: RECEIPT, undone: 1, left: [] }),
    },
    'Repair',
    'Undo',
  );
  await repairState(scene.context);
  scene.end();
  assert.deepEqual(namesOf(scene), ['refresh', 'plan', 'apply', 'undo']);
  assert.deepEqual(scene.asked[2]?.[1], { wish: ALL, sha: 'sha256-1', waits: false });
  assert.deepEqual(scene.asked[3]?.[1], { receipt: RECEIPT });
  assert.deepEqual(scene.done, [['beside', 'codex-health://key/plan/all']]);
  assert.match(scene.heard[0] ?? '', /^ask: Repair this\?\nBytes that nobody can read/);
  assert.match(scene.heard[0] ?? '', /backed up first \(2\.0 KiB\)/);
  assert.match(
    scene.heard[2] ?? '',
    /^information: 1 finding is repaired.*lists the thread\. \| Undo \| Show$/,
  );
  assert.match(scene.heard.at(-1) ?? '', /everything is as it was before/);
});

test('a no leaves the home alone', async () => {
  const scene = sceneOf({ ...refresh, 'codexHealth/plan': ({ wish }) => planOf(wish) }, undefined);
  await repairState(scene.context);
  assert.deepEqual(namesOf(scene), ['refresh', 'plan']);
  assert.equal(scene.heard.length, 1);
});

test('who reads the plan first is asked nothing more, and goes on from its page', async () => {
  const server = {
    'codexHealth/plan': () => planOf(ALL),
    'codexHealth/apply': () => doneOf(),
    'codexHealth/wishAt': () => ALL,
  };
  const reading = sceneOf(server, 'Read the Plan First');
  await change(reading.context, ALL);
  reading.end();
  assert.deepEqual(namesOf(reading), ['plan']);
  assert.equal(reading.heard.length, 1);
  const page = 'codex-health://key/plan/all';
  assert.deepEqual(reading.done, [
    ['beside', page],
    ['show', page],
  ]);
  const going = sceneOf(server, 'Repair', undefined);
  await applyPlan(going.context, Uri.parse(page));
  going.end();
  assert.deepEqual(going.asked[0], ['codexHealth/wishAt', { uri: page }]);
  assert.deepEqual(namesOf(going), ['wishAt', 'plan', 'apply']);
  assert.match(going.heard[0] ?? '', /^ask: Repair this\?/);
});

test('a page without a plan has none to carry out', async () => {
  const pages = [undefined, Uri.file('/a'), Uri.parse('codex-health://key/plan/damaged')];
  for (const page of pages) {
    const scene = sceneOf({ 'codexHealth/wishAt': () => null });
    await applyPlan(scene.context, page);
    assert.match(scene.heard[0] ?? '', /^information: This page shows no plan\./);
  }
});

test('what is healed meanwhile, or so already, is no warning', async () => {
  const wish: Wish = { kind: 'findings', findings: ['a:1'], cure: null, to: null };
  const settled = [refusedOf('it is not found any more', { isSettled: true })];
  const saying = (wish: Wish, refused: readonly RefusedShown[], answer?: string) =>
    sceneOf({ 'codexHealth/plan': () => planOf(wish, { repairs: 0, refused }) }, answer);
  const healed = saying(wish, settled, 'Show History');
  await change(healed.context, wish);
  assert.deepEqual(healed.heard, [
    'information: All of this is healed or gone. Nothing has to be done. | Show History',
  ]);
  assert.deepEqual(healed.done, [['codexHealth.showHistory']]);
  const part = saying(wish, [...settled, refusedOf('it is held')]);
  await change(part.context, wish);
  assert.match(part.heard[0] ?? '', /^warning: Nothing was changed\./);
  const archive: Wish = { kind: 'archive', threads: ['a'] };
  const archived = saying(archive, [refusedOf('it is archived already', { isSettled: true })]);
  await change(archived.context, archive);
  assert.equal(
    archived.heard[0],
    'information: Nothing was changed. It is archived already. Do this.',
  );
});

test('what is refused for several reasons can be read in full', async () => {
  const refused = ['one', 'two'].map(why => ({ ...refusedOf(why), finding: why }));
  const plan = planOf(ALL, { repairs: 0, refused });
  const scene = sceneOf({ 'codexHealth/plan': () => plan }, 'Show All Reasons');
  await change(scene.context, ALL);
  scene.end();
  assert.deepEqual(scene.done, [['show', plan.uri]]);
});

test('who no longer waits for a slow server is told nothing, and nothing is done', async () => {
  const waiting = new CancellationTokenSource();
  const never = new Promise<never>(() => undefined);
  const given = orCancelled(never, waiting.token);
  waiting.cancel();
  await assert.rejects(given, isCancelled);
  assert.equal(await orCancelled(Promise.resolve(7), waiting.token), 7);
  const scene = sceneOf({});
  await orTell(scene.context.person, 'Could not repair', () => given);
  assert.deepEqual(scene.heard, []);
});

test('what is lost and what is left as it is stands in the question', async () => {
  const refused = [1, 2, 3, 4, 1, 1].map(number => refusedOf(`reason ${String(number)}`));
  const scene = sceneOf({
    'codexHealth/plan': () =>
      planOf(ALL, { losses: ['readable data'], refused, needs: ['codex-started'], repairs: 7 }),
  });
  await change(scene.context, ALL);
  const [question = ''] = scene.heard;
  assert.match(
    question,
    /^ask: Repair this\? The plan has 7 repairs\.\nReadable data is taken out/,
  );
  assert.match(question, /Codex itself is started/);
  assert.match(
    question,
    /6 findings are left as they are:\n• Reason 1\. Do this\. \(3 findings\)\n• Reason 2\. Do/,
  );
  assert.match(question, /• … The plan names all of them\./);
});

test('nothing to repair is one sentence, which says what is left to choose', async () => {
  const said = async (plan: Partial<PlanShown>, tree = treeOf(), ...answers: string[]) => {
    const scene = sceneOf(
      {
        ...refresh,
        'codexHealth/plan': () => planOf(ALL, { repairs: 0, ...plan }),
        'codexHealth/tree': () => ({ ...tree, interrupted: null }),
        // The tree may not know of it yet.
        'codexHealth/stopped': () => tree.interrupted,
      },
      ...answers,
    );
    await repairState(scene.context);
    scene.end();
    assert.equal(scene.heard.length, 1);
    return { words: scene.heard[0] ?? '', done: scene.done };
  };
  assert.equal((await said({})).words, 'information: There is nothing to repair.');
  const left = await said({}, treeOf({ threadsInTrouble: 2, troublesOfHome: 1 }), 'Show');
  assert.match(
    left.words,
    /^information: Nothing .* without a choice of yours\. Threads in trouble: 2; .* home: 1\./,
  );
  assert.deepEqual(left.done, [['codexHealth.threads.focus']]);
  const stopped = await said({}, treeOf({ interrupted: RECEIPT }), 'Show History');
  assert.match(stopped.words, /^warning: .*stopped in the middle/);
  assert.deepEqual(stopped.done, [['codexHealth.showHistory']]);
  const refused = [refusedOf('another host may have it open', { next: 'Close it there.' })];
  assert.equal(
    (await said({ refused })).words,
    'warning: Nothing was changed. Another host may have it open. Close it there.',
  );
});

test('what does not need Codex closed comes first, then the rest with who is in the way', async () => {
  const some: Wish = { kind: 'findings', findings: ['a:1', 'b:2'], cure: null, to: null };
  const now: Wish = { kind: 'findings', findings: ['a:1'], cure: null, to: null };
  const plans: PlanShown[] = [
    planOf(some, { repairs: 2, needs: ['codex-stopped'], withoutStopping: now, holders: [panel] }),
    planOf(now, { sha: 'now', uri: 'codex-health://key/plan/now' }),
    planOf(some, { sha: 'rest', needs: ['codex-stopped'], holders: [panel] }),
  ];
  const scene = sceneOf(
    {
      'codexHealth/plan': () => plans.shift() ?? assert.fail('no more plans'),
      'codexHealth/apply': () => doneOf(),
    },
    'Repair 1 Now',
    'The Rest…',
    'Wait for Codex, Then Go On',
    undefined,
  );
  await change(scene.context, some);
  scene.end();
  assert.deepEqual(namesOf(scene), ['plan', 'plan', 'apply', 'plan', 'apply']);
  assert.deepEqual(scene.asked[2]?.[1], { wish: now, sha: 'now', waits: false });
  assert.deepEqual(scene.asked[3]?.[1], { wish: { ...some, findings: ['b:2'] } });
  assert.deepEqual(scene.asked[4]?.[1], { wish: some, sha: 'rest', waits: true });
  assert.match(
    scene.heard[0] ?? '',
    /1 more repair needs Codex closed[^]*codex app-server \(process 4711\)/,
  );
  assert.match(
    scene.heard[3] ?? '',
    /waits for that, and then goes on by itself[^]*to the Codex panel of this window/,
  );
  assert.deepEqual(scene.progress, ['begun', 'codex app-server (4711)', 'begun']);
  assert.match(scene.heard.at(-1) ?? '', /Codex may be started again\./);
});

test('all of it can wait for Codex instead', async () => {
  const now: Wish = { kind: 'findings', findings: ['a:1'], cure: null, to: null };
  const whole = planOf(ALL, {
    repairs: 2,
    needs: ['codex-stopped'],
    withoutStopping: now,
    holders: [panel],
  });
  const scene = sceneOf(
    {
      'codexHealth/plan': ({ wish }) => (wish.kind === 'all' ? whole : planOf(wish)),
      'codexHealth/apply': () => doneOf(),
    },
    'All, Once Codex Is Closed',
    /^Wait for Codex/,
    undefined,
  );
  await change(scene.context, ALL);
  scene.end();
  assert.deepEqual(scene.asked.at(-1)?.[1], { wish: ALL, sha: 'sha256-1', waits: true });
});

test('where nobody has the files open, all of it is done at once', async () => {
  const now: Wish = { kind: 'findings', findings: ['a:1'], cure: null, to: null };
  const whole = planOf(ALL, { repairs: 2, needs: ['codex-stopped'], withoutStopping: now });
  const scene = sceneOf(
    { 'codexHealth/plan': () => whole, 'codexHealth/apply': () => doneOf() },
    'Repair',
    undefined,
  );
  await change(scene.context, ALL);
  scene.end();
  assert.deepEqual(namesOf(scene), ['plan', 'apply']);
  assert.deepEqual(scene.asked[1]?.[1], { wish: ALL, sha: 'sha256-1', waits: true });
});

test('each program in the way is named with how to close it', async () => {
  const holders = [
    panel,
    { ...panel, pid: 2, isOfThisWindow: false },
    { ...panel, pid: 3, terminal: 'pts/3', isOfThisWindow: false },
    { ...panel, pid: 4, terminal: 'pts/4' },
  ];
  const scene = sceneOf({
    'codexHealth/plan': () => planOf(ALL, { needs: ['codex-stopped'], holders }),
  });
  await change(scene.context, ALL);
  const lines = (scene.heard[0] ?? '').split('\n').filter(line => line.includes('(process '));
  assert.deepEqual(
    lines.map(line => /process (\d+)\) (\S+ \S+ \S+ \S+)/.exec(line)?.slice(1).join(' ')),
    [
      '4711 belongs to the Codex',
      '2 belongs to another window',
      '3 runs in the terminal',
      '4 runs in a terminal',
    ],
  );
});

test('the way to the extension behind the panel is a button, where it is installed', async () => {
  const held = planOf(ALL, { needs: ['codex-stopped'], holders: [panel] });
  const scene = sceneOf({ 'codexHealth/plan': () => held }, 'Show the Codex Extension');
  scene.manifests.set('openai.chatgpt', {});
  await change(scene.context, ALL);
  assert.deepEqual(scene.done.at(-1), ['workbench.extensions.search', '@id:openai.chatgpt']);
  assert.deepEqual(namesOf(scene), ['plan']);
  const without = sceneOf({ 'codexHealth/plan': () => held });
  await change(without.context, ALL);
  assert.doesNotMatch(without.heard[0] ?? '', /Show the Codex Extension/);
});

test('waiting that is ended changes nothing, and says so without alarm', async () => {
  const scene = sceneOf(
    {
      'codexHealth/plan': () => planOf(ALL, { needs: ['codex-stopped'], holders: [panel] }),
      'codexHealth/apply': (_request, { cancel }) => {
        cancel();
        return new Promise(() => undefined);
      },
    },
    /^Wait/,
  );
  await change(scene.context, ALL);
  scene.end();
  assert.equal(scene.heard.at(-1), 'information: The waiting was ended. Do something else.');
});

test('a plan that is no longer the one is made again', async () => {
  let tries = 0;
  const scene = sceneOf(
    {
      'codexHealth/plan': () => planOf(ALL, { sha: `sha-${String(tries)}` }),
      'codexHealth/apply': () => {
        if ((tries += 1) === 1) throw refusal('plan-changed', 'The plan is another one now.');
        return doneOf();
      },
    },
    'Repair',
    'Plan Again',
    'Repair',
    undefined,
  );
  await change(scene.context, ALL);
  scene.end();
  assert.deepEqual(scene.asked.at(-1)?.[1], { wish: ALL, sha: 'sha-1', waits: false });
});

test('a refusal is one notification with the next step, and a button where one fits', async () => {
  const told = async (error: Error, ...answers: string[]) => {
    const scene = sceneOf({ 'codexHealth/plan': () => Promise.reject(error) }, ...answers);
    await orTell(scene.context.person, 'Could not repair', () => change(scene.context, ALL));
    scene.end();
    assert.equal(scene.heard.length, 1);
    return [scene.heard[0], ...scene.done];
  };
  assert.deepEqual(await told(refusal('other-hosts', 'Other hosts share it.', 'Go there.')), [
    'warning: Other hosts share it. Go there.',
  ]);
  assert.deepEqual(
    await told(refusal('two-databases', 'There are two.', 'Choose.'), 'Open Settings'),
    [
      'warning: There are two. Choose. | Open Settings',
      ['workbench.action.openSettings', 'codexHealth.sqliteHome'],
    ],
  );
  assert.deepEqual(await told(new Error('a bug'), 'Show Log'), [
    'error: Could not repair: a bug | Show Log',
    ['codexHealth.showLog'],
  ]);
});

test('a way out is shown where there is one: a repair can be stopped, an undo comes to its end', async () => {
  const scene = sceneOf(
    {
      'codexHealth/plan': () => planOf(ALL),
      'codexHealth/apply': () => doneOf(),
      'codexHealth/undo': () => ({ receipt: RECEIPT, undone: 1, left: [] }),
    },
    'Repair',
    'Undo',
  );
  await change(scene.context, ALL);
  assert.deepEqual(
    scene.heard.filter(words => words.startsWith('follow')),
    ['follow: Changing Codex sessions | Cancel', 'follow: Undoing the repair'],
  );
});

test('a connection that is gone is not told in the words of the connection', async () => {
  for (const code of [-32096, -32097, -32099])
    assert.match(reasonOf(Object.assign(new Error('EPIPE'), { code })), /ended/);
  assert.equal(reasonOf(Object.assign(new Error('disk full'), { code: -32603 })), 'disk full');
});

test('a server that ends in the middle leads to the history', async () => {
  const ended = Object.assign(new Error('Pending response rejected'), { code: -32097 });
  const scene = sceneOf(
    { 'codexHealth/plan': () => planOf(ALL), 'codexHealth/apply': () => Promise.reject(ended) },
    'Repair',
    'Show History',
  );
  await change(scene.context, ALL);
  scene.end();
  assert.match(
    scene.heard.at(-1) ?? '',
    /^error: It could not be finished: the language server ended.* is taken back/,
  );
  assert.deepEqual(scene.done.at(-1), ['codexHealth.showHistory']);
});

test('what failed, what remains and what Codex does not list is said and shown by name', async () => {
  const done = doneOf({
    healed: ['a:1', 'a:2'],
    remaining: ['b:1'],
    failed: [{ what: 'c:1', why: 'the disk is full' }],
    confirmed: { codex: 'codex 0.169.0', why: null, shown: 1, missing: ['t9'] },
    uncovered: ['d:1'],
  });
  const scene = sceneOf(
    { 'codexHealth/plan': () => planOf(ALL), 'codexHealth/apply': () => done },
    'Repair',
    'Show',
  );
  await change(scene.context, ALL);
  scene.end();
  assert.equal(
    scene.heard.at(-1),
    'warning: 2 findings are repaired, and were seen to be healed. 1 could not be done: The disk is full. 1 finding is still there. 1 thread is not confirmed by Codex. 1 finding came to light that could not be seen before. | Undo | Show',
  );
  assert.deepEqual(scene.done.at(-1), ['show', `codex-health-outcome:/${RECEIPT}`]);
});

test('the page of a repair names everything, also that there is nothing of a kind', async () => {
  const text = outcomeText(
    doneOf({
      healed: ['a:1', 'a:\u202e2'],
      failed: [{ what: 'c:1', why: 'the disk is full' }],
      confirmed: { codex: 'codex 0.169.0', why: null, shown: 1, missing: ['t9'] },
    }),
  );
  assert.match(text, new RegExp(`^Codex repair ${RECEIPT}\n`));
  assert.match(text, /\nRepaired, and seen to be healed \(2\)\n {2}a:1\n {2}a:\ufffd2\n/);
  assert.match(text, /\nCould not be done \(1\)\n {2}c:1: The disk is full\.\n/);
  assert.match(text, /\nDone, and still found \(0\)\n\n/);
  assert.match(
    text,
    /\ncodex 0\.169\.0 was asked\. .* lists: 1; that it does not list \(1\)\n {2}t9\n/,
  );
});
