import assert from 'node:assert/strict';
import { Uri, type TerminalOptions } from 'vscode';
import { copyReport, openRecord } from '../../../../src/extension/commands/looking.ts';
import { copyResumeCommand, openInCodex } from '../../../../src/extension/commands/openInCodex.ts';
import type { ThreadDetails, ThreadNode } from '../../../../src/protocol/tree.ts';
import { test } from '../harness.ts';
import { cure, details, finding, planOf, thread } from './samples.ts';
import { namesOf, sceneOf } from './standIns.ts';

async function opened(
  more: Partial<ThreadDetails>,
  row: ThreadNode,
  ...answers: (string | undefined)[]
) {
  const scene = sceneOf(
    {
      'codexHealth/thread': ({ id }) => details(id, more),
      'codexHealth/plan': ({ wish }) => planOf(wish),
      'codexHealth/candidates': () => ({ gone: '/work', folders: [] }),
    },
    ...answers,
  );
  await openInCodex(scene.context, { clicked: row });
  return scene;
}

function terminalOf({ done }: Awaited<ReturnType<typeof opened>>): TerminalOptions {
  const [what, options] = done.at(-1) ?? [];
  assert.equal(what, 'terminal');
  return options as TerminalOptions;
}

test('without the official extension a terminal runs the program itself', async () => {
  const options = terminalOf(await opened({}, thread('a')));
  assert.equal(options.shellPath, '/usr/bin/codex');
  assert.deepEqual(options.shellArgs, ['resume', 'a']);
  assert.equal(String(options.cwd), 'file:///work');
  assert.deepEqual(options.env, {});
});

const WITH_EDITOR = {
  contributes: { customEditors: [{ viewType: 'chatgpt.conversationEditor' }] },
};

test('the official extension opens it in its editor, if it has one and looks into this home', async () => {
  const doneBy = async (manifest: unknown, more: Partial<ThreadDetails> = {}) => {
    const scene = sceneOf({ 'codexHealth/thread': ({ id }) => details(id, more) });
    scene.manifests.set('openai.chatgpt', manifest);
    await openInCodex(scene.context, { clicked: thread('a') });
    return scene.done.map(([what, ...values]) => [what, ...values.map(String)]);
  };
  assert.deepEqual(await doneBy(WITH_EDITOR), [
    ['vscode.openWith', 'openai-codex://route/local/a', 'chatgpt.conversationEditor'],
  ]);
  assert.equal((await doneBy({ contributes: {} }))[0]?.[0], 'terminal');
  assert.equal((await doneBy(WITH_EDITOR, { isDefaultHome: false }))[0]?.[0], 'terminal');
});

test('where its editor no longer opens, the terminal does', async () => {
  const scene = sceneOf({ 'codexHealth/thread': ({ id }) => details(id) });
  scene.manifests.set('openai.chatgpt', WITH_EDITOR);
  const person = {
    ...scene.context.person,
    run: () => Promise.reject(new Error('no such editor')),
  };
  await openInCodex({ ...scene.context, person }, { clicked: thread('a') });
  assert.deepEqual(
    scene.done.map(([what]) => what),
    ['terminal'],
  );
});

test('another home than the usual one is named to it', async () => {
  const options = terminalOf(await opened({ isDefaultHome: false }, thread('a')));
  assert.deepEqual(options.env, { CODEX_HOME: '/home/ada/.codex' });
});

test('a thread that Codex will not resume is said to be so first, with what helps', async () => {
  const not = {
    resumable: { answer: false, why: 'its row names a file that is not there' },
  } as const;
  const sick = thread('a', { findings: [finding('a', [cure('rebind')])] });
  const repaired = await opened(not, sick, 'Repair…', undefined);
  assert.match(
    repaired.heard[0] ?? '',
    /^warning: Codex will not resume this thread: its row names.* \| Repair… \| Open Anyway$/,
  );
  assert.deepEqual(namesOf(repaired), ['thread', 'plan']);
  terminalOf(await opened(not, sick, 'Open Anyway'));
  assert.deepEqual((await opened(not, sick, undefined)).done, []);
  const archived = await opened(
    { ...not, archived: true },
    thread('a', { archived: true }),
    'Unarchive',
    undefined,
  );
  assert.deepEqual(archived.asked[1]?.[1], { wish: { kind: 'unarchive', threads: ['a'] } });
  const helpless = await opened(not, thread('a'), undefined);
  assert.match(helpless.heard[0] ?? '', /\| Open Anyway$/);
});

test('a directory that is gone is said first, and can be relinked', async () => {
  const lost = thread('a', { findings: [finding('a', [cure('relink')], 'thread-cwd-missing')] });
  const relinked = await opened({ isCwdThere: false }, lost, 'Relink Folder…', undefined);
  assert.deepEqual(namesOf(relinked), ['thread', 'candidates']);
  const options = terminalOf(await opened({ isCwdThere: false }, lost, 'Open Anyway'));
  assert.equal(options.cwd, undefined);
});

test('without a Codex on the machine the command is still to be had', async () => {
  const scene = await opened({ codex: null }, thread('a'));
  assert.match(scene.heard[0] ?? '', /^warning: No Codex was found/);
  assert.deepEqual(scene.done, []);
});

test('the resume command is copied, from a row and from an open record', async () => {
  const server = {
    'codexHealth/thread': ({ id }: { id: string }) => details(id, { cwd: "/it's" }),
    'codexHealth/find': () => [thread('ab'), thread('a')],
  };
  for (const clicked of [thread('a'), Uri.parse('codex-health://key/thread/a')]) {
    const scene = sceneOf(server);
    await copyResumeCommand(scene.context, { clicked });
    assert.deepEqual(scene.done, [['copy', `cd -- '/it'\\''s' && /usr/bin/codex resume a`]]);
  }
  const gone = sceneOf({ 'codexHealth/thread': () => null });
  await copyResumeCommand(gone.context, { clicked: thread('a') });
  assert.deepEqual(gone.heard, ['information: This thread is not there any more.']);
});

test('a row opens its record, and what has none opens nothing', async () => {
  const scene = sceneOf({});
  await openRecord(scene.context, thread('a'), 0, 0);
  await openRecord(scene.context, undefined, 0, 0);
  assert.deepEqual(scene.done, [['show', 'codex-health://key/thread/a']]);
});

test('the report goes to the clipboard', async () => {
  const scene = sceneOf({ 'codexHealth/report': () => 'Codex Session Health, …' });
  await copyReport(scene.context);
  assert.deepEqual(scene.done, [['copy', 'Codex Session Health, …']]);
});
