import assert from 'node:assert/strict';
import { commands } from 'vscode';
import { COMMANDS } from '../../../src/extension/contributions.ts';
import type { Node } from '../../../src/extension/tree/nodes.ts';
import { messageOf, stateOf } from '../../../src/extension/tree/states.ts';
import { createStatusBar, troubleInWords } from '../../../src/extension/tree/statusBar.ts';
import { ThreadTree } from '../../../src/extension/tree/threadTree.ts';
import { toItem } from '../../../src/extension/tree/findThread.ts';
import { describeFilter } from '../../../src/extension/tree/filter.ts';
import { badgeOf } from '../../../src/extension/tree/registerTree.ts';
import type { Filter, HealthTree } from '../../../src/protocol/tree.ts';
import { test } from './harness.ts';
import {
  finding,
  healthTree,
  host,
  numbered,
  project,
  sound,
  standIn,
  thread,
  visibleTo,
  type StandIn,
} from './treeNodes.ts';

function planted(server: StandIn, filter: () => Filter = () => 'all') {
  const tree = new ThreadTree(server.client, filter);
  const fired: (Node[] | undefined)[] = [];
  const answers: (HealthTree | Error)[] = [];
  tree.onDidChangeTreeData(node => fired.push(node));
  tree.onAnswered(answer => answers.push(answer));
  return { tree, fired, answers };
}

/** Everything below a row, opened as VS Code would, as ids. */
async function open(tree: ThreadTree, parent?: Node, depth = 0): Promise<readonly string[]> {
  if (depth > 6) throw new Error('the tree has no end');
  const lines: string[] = [];
  for (const row of await tree.getChildren(parent)) {
    lines.push(`${' '.repeat(depth)}${String(tree.getTreeItem(row).id)}`);
    lines.push(...(await open(tree, row, depth + 1)));
  }
  return lines;
}

async function projectIn(tree: ThreadTree): Promise<Node> {
  const [top] = await tree.getChildren();
  const row = (await tree.getChildren(top)).find(({ kind }) => kind === 'project');
  assert.ok(row !== undefined);
  return row;
}

test('rows come level by level, and the threads of a project when it is opened', async () => {
  const server = standIn();
  const { tree } = planted(server);
  const [top] = await tree.getChildren();
  assert.deepEqual(await tree.getChildren(top).then(rows => rows.map(({ kind }) => kind)), [
    'project',
    'home',
  ]);
  assert.equal(server.asked.filter(one => one.includes('/threads')).length, 0);
  assert.deepEqual(await open(tree), [
    'host bench',
    ' project bench /home/ada/roof',
    '  thread t',
    '   finding thread-row-missing:t at thread t',
    ' home bench',
    '  database codex-health://k/database/state_5.sqlite',
  ]);
});

test('rows keep their ids when everything is asked again', async () => {
  const server = standIn();
  const { tree, fired } = planted(server);
  const before = await open(tree);
  const copy = JSON.stringify(healthTree);
  server.tree = () => Promise.resolve(JSON.parse(copy) as HealthTree);
  tree.redraw();
  assert.deepEqual(fired, [undefined]);
  assert.deepEqual(await open(tree), before);
});

/** A tree that is open down to its threads, and the row of one of them. */
async function opened(server: StandIn) {
  const all = planted(server);
  await open(all.tree);
  const projectRow = await projectIn(all.tree);
  const threadRow = (await all.tree.getChildren(projectRow)).find(({ kind }) => kind === 'thread');
  assert.ok(threadRow !== undefined);
  const [hostRow] = await all.tree.getChildren();
  assert.ok(hostRow !== undefined);
  return { ...all, hostRow, projectRow, threadRow };
}

test('nothing is drawn again when nothing looks otherwise', async () => {
  const server = standIn();
  const { tree, fired } = await opened(server);
  const later = { ...project, updatedAtMs: 2 };
  server.tree = () => Promise.resolve({ ...healthTree, hosts: [{ ...host, projects: [later] }] });
  server.threads = () => ({ threads: [{ ...thread }], more: 0 });
  await tree.refresh();
  assert.deepEqual(fired, []);
});

test('a thread that looks otherwise is drawn alone, and stays the same row', async () => {
  const server = standIn();
  const { tree, fired, threadRow } = await opened(server);
  const running = { ...thread, live: { state: 'active' } } as const;
  server.threads = () => ({ threads: [running], more: 0 });
  await tree.refresh();
  assert.deepEqual(fired, [[threadRow]]);
  assert.equal(fired[0]?.[0], threadRow);
  assert.match(String(tree.getTreeItem(threadRow).description), /^running/);
  await tree.refresh();
  assert.equal(fired.length, 1);
  // What a row says is handed to commands, also where it looks as it did.
  server.threads = () => ({ threads: [{ ...running, project: '/home/ada/moved' }], more: 0 });
  server.tree = () => Promise.resolve({ ...healthTree });
  await tree.refresh();
  assert.ok(threadRow.kind === 'thread' && threadRow.project === '/home/ada/moved');
});

test('who can see a thread is told anew when it has changed', async () => {
  const server = standIn();
  const { tree, fired, threadRow } = await opened(server);
  server.threads = () => ({ threads: [{ ...thread, visibility: visibleTo(false) }], more: 0 });
  await tree.refresh();
  assert.deepEqual(fired, [[threadRow]]);
});

test('a project is drawn when its threads stand otherwise, and a host with all that is in it', async () => {
  const server = standIn();
  const { tree, fired, hostRow, projectRow } = await opened(server);
  server.threads = () => ({ threads: [numbered(1), thread], more: 0 });
  await tree.refresh();
  assert.deepEqual(fired, [[projectRow]]);
  await open(tree);
  const counts = { threads: 3, inTrouble: 1 };
  const grown = { ...host, counts, projects: [{ ...project, counts }] };
  server.tree = () => Promise.resolve({ ...healthTree, hosts: [grown] });
  await tree.refresh();
  assert.deepEqual(fired.slice(1), [[hostRow]]);
});

test('everything is drawn when there is another host, or none', async () => {
  const server = standIn();
  const { tree, fired } = await opened(server);
  server.tree = () => Promise.resolve({ ...healthTree, state: 'no-home', hosts: [] });
  await tree.refresh();
  assert.deepEqual(fired, [undefined]);
  assert.deepEqual(await tree.getChildren(), []);
  server.tree = () => Promise.reject(new Error('no server'));
  await tree.refresh();
  assert.deepEqual(fired, [undefined, undefined]);
});

test('of projects that nobody has opened no threads are asked for, nor of those that were closed', async () => {
  const server = standIn();
  const { tree, fired } = planted(server);
  const row = await projectIn(tree);
  const threadsAsked = () => server.asked.filter(one => one.includes('/threads')).length;
  await tree.refresh();
  assert.equal(threadsAsked(), 0);
  await tree.getChildren(row);
  tree.closed(row);
  await tree.refresh();
  await tree.refresh();
  // Once, so that what VS Code has of it is not shown when it is opened.
  assert.deepEqual(fired, [[row]]);
  assert.equal(threadsAsked(), 1);
  tree.opened(row);
  await tree.getChildren(row);
  await tree.refresh();
  assert.equal(threadsAsked(), 3);
});

test('what was asked before is not written over what was asked since', async () => {
  const server = standIn();
  const { tree, threadRow } = await opened(server);
  let answerLate: (answer: HealthTree) => void = () => undefined;
  const late = new Promise<HealthTree>(resolve => (answerLate = resolve));
  server.tree = () => late;
  server.threads = () => ({ threads: [{ ...thread, title: 'old' }], more: 0 });
  const first = tree.refresh();
  server.tree = () => Promise.resolve(healthTree);
  server.threads = () => ({ threads: [{ ...thread, title: 'new' }], more: 0 });
  await tree.refresh();
  answerLate(healthTree);
  server.threads = () => ({ threads: [{ ...thread, title: 'old' }], more: 0 });
  await first;
  assert.ok(threadRow.kind === 'thread' && threadRow.title === 'new');
});

test('a thread that is called something else is the same row', async () => {
  const server = standIn();
  const { tree } = planted(server);
  const before = await open(tree);
  const uri = 'codex-health://k/thread/t/Renamed%20%28record%29';
  server.threads = () => ({ threads: [{ ...thread, uri, title: 'Renamed' }], more: 0 });
  await tree.refresh();
  assert.deepEqual(await open(tree), before);
});

test('one finding of two threads is two rows', async () => {
  const server = standIn();
  const other = { ...thread, id: 'u', uri: 'codex-health://k/thread/u' };
  server.threads = () => ({ threads: [thread, { ...other, findings: [{ ...finding }] }], more: 0 });
  const rows = await open(planted(server).tree);
  assert.equal(new Set(rows).size, rows.length);
  assert.equal(rows.filter(id => id.includes('finding')).length, 2);
});

test('worktrees, children and what there is besides stand where they belong', async () => {
  const server = standIn();
  const side = { ...project, path: '/home/ada/side', name: 'side' };
  const top = { ...host, projects: [{ ...project, worktrees: [side] }] };
  server.tree = () => Promise.resolve({ ...healthTree, hosts: [top] });
  const child = { ...numbered(1), bond: 'fork' } as const;
  server.threads = ({ project: path }) =>
    path === side.path
      ? { threads: [], more: 0 }
      : { threads: [{ ...sound, children: [child], moreChildren: 3 }], more: 5 };
  const { tree } = planted(server);
  assert.deepEqual(
    (await open(tree, await projectIn(tree), 1)).map(line => line.trim()),
    [
      'project bench /home/ada/side',
      'thread t',
      'thread n1',
      'more thread t',
      'more project bench /home/ada/roof',
    ],
  );
});

test('more threads are asked for page by page, and only their project is drawn again', async () => {
  const server = standIn();
  server.threads = ({ limit }) => ({ threads: [thread], more: 900 - limit });
  const { tree, fired } = planted(server);
  const row = await projectIn(tree);
  const more = (await tree.getChildren(row)).at(-1);
  assert.ok(more?.kind === 'more');
  assert.equal(more.more, 700);
  tree.showMore(more);
  assert.deepEqual(fired, [[row]]);
  const next = (await tree.getChildren(row)).at(-1);
  assert.ok(next?.kind === 'more' && next.more === 500);
});

test('the row for more threads runs the command that shows them', async () => {
  const server = standIn();
  server.threads = ({ limit }) => ({ threads: [thread], more: 900 - limit });
  const { tree } = planted(server);
  const more = (await tree.getChildren(await projectIn(tree))).at(-1);
  assert.ok(more?.kind === 'more');
  const { command } = tree.getTreeItem(more);
  assert.equal(command?.command, COMMANDS.showMore);
  assert.deepEqual(command.arguments, [more]);
  // Of the tree in the window, to which this row is strange.
  await commands.executeCommand(COMMANDS.showMore, more);
});

test('the filter goes with every question', async () => {
  const server = standIn();
  let filter: Filter = 'all';
  const { tree } = planted(server, () => filter);
  await open(tree);
  filter = 'archived';
  server.asked.length = 0;
  tree.redraw();
  await open(tree);
  assert.ok(server.asked.length >= 2);
  assert.ok(server.asked.every(question => question.includes('"filter":"archived"')));
});

test('an answer that a newer question has overtaken is not shown', async () => {
  const server = standIn();
  let answerLate: (answer: HealthTree) => void = () => undefined;
  const late = new Promise<HealthTree>(resolve => (answerLate = resolve));
  server.tree = () => late;
  const { tree, answers } = planted(server);
  const old = tree.getChildren();
  const newer = { ...healthTree, threadsInTrouble: 7 };
  server.tree = () => Promise.resolve(newer);
  tree.redraw();
  await tree.getChildren();
  answerLate(healthTree);
  await old;
  assert.deepEqual(answers, [newer]);
});

test('a failure is told, and whoever asks next tries again', async () => {
  const server = standIn();
  server.tree = () => Promise.reject(new Error('no server'));
  const { tree, answers } = planted(server);
  assert.deepEqual(await tree.getChildren(), []);
  assert.match(String(answers[0]), /no server/);
  server.tree = () => Promise.resolve(healthTree);
  assert.equal((await tree.getChildren()).length, 1);
});

test('a thread that was found has a row and the way to it, also behind many others', async () => {
  const server = standIn();
  const child = { ...numbered(7), bond: 'sub-agent' } as const;
  server.threads = ({ including }) => ({
    threads: including === 'n7' ? [thread, { ...numbered(1), children: [child] }] : [thread],
    more: 1,
  });
  const { tree } = planted(server);
  await open(tree);
  const row = await tree.rowOf(numbered(7));
  assert.ok(row?.kind === 'thread' && row.id === 'n7');
  const way: string[] = [];
  for (let at: Node | undefined = row; at !== undefined; at = tree.getParent(at))
    way.push(at.kind === 'thread' ? at.id : at.kind);
  assert.deepEqual(way, ['n7', 'n1', 'project', 'host']);
  assert.equal(await tree.rowOf({ ...sound, project: '/nowhere' }), null);
});

test('the view says for each state what is so', async () => {
  const empty = { ...healthTree, hosts: [{ ...host, projects: [] }], threadsInTrouble: 0 };
  const sick = {
    ...empty,
    troublesOfHome: 1,
    hosts: [{ ...host, projects: [], findings: [finding] }],
  };
  const none: HealthTree = { ...empty, state: 'no-home', hosts: [] };
  assert.equal(stateOf(healthTree, 'all'), 'read');
  assert.equal(stateOf(none, 'all'), 'no-home');
  assert.equal(stateOf({ ...none, hasCodex: false }, 'trouble'), 'no-codex');
  assert.equal(stateOf(empty, 'all'), 'empty');
  assert.equal(stateOf(sick, 'all'), 'read');
  assert.equal(stateOf(sick, 'trouble'), 'read');
  assert.equal(stateOf(empty, 'trouble'), 'healthy');
  assert.equal(stateOf(sick, 'archived'), 'no-match');
});

test('an empty view leaves the word to its welcome text', async () => {
  const server = standIn();
  server.tree = () => Promise.resolve({ ...healthTree, hosts: [{ ...host, projects: [] }] });
  assert.deepEqual(await planted(server, () => 'hidden').tree.getChildren(), []);
  assert.equal(messageOf(healthTree, 'no-match', 'all'), '');
});

test('above the rows stands whether everything is there', async () => {
  assert.equal(messageOf(healthTree, 'read', 'all'), 'All is there.');
  const quiet = { ...healthTree, threadsInTrouble: 0 };
  assert.equal(messageOf(quiet, 'read', 'all'), 'All is there. No check found trouble.');
  const gap = { kind: 'gap', says: 'x', checks: ['y'] } as const;
  const unsure = { ...quiet, hosts: [{ ...host, gaps: [gap] }] };
  assert.equal(messageOf(unsure, 'read', 'all'), 'All is there.');
  assert.match(
    messageOf({ ...quiet, hasCodex: false }, 'read', 'all'),
    /No Codex program was found/,
  );
  assert.equal(
    messageOf(healthTree, 'read', 'archived'),
    'Only archived threads are shown. All is there.',
  );
  assert.match(messageOf({ ...quiet, interrupted: 'r' }, 'read', 'all'), /stopped in the middle/);
});

test('badge and status bar speak only while something is wrong', async () => {
  assert.equal(badgeOf(0), undefined);
  assert.deepEqual(badgeOf(2), { value: 2, tooltip: '2 Codex threads are in trouble' });
  assert.equal(troubleInWords({ threadsInTrouble: 0, troublesOfHome: 0 }), '');
  assert.equal(
    troubleInWords({ threadsInTrouble: 1, troublesOfHome: 2 }),
    '1 Codex thread is in trouble, 2 problems of the Codex home itself',
  );
  const { item, show } = createStatusBar();
  try {
    show({ ...healthTree, threadsInTrouble: 1, troublesOfHome: 2 });
    assert.equal(item.text, '$(warning) Codex 3');
    assert.equal(item.command, 'codexHealth.threads.focus');
    assert.match(item.accessibilityInformation?.label ?? '', /^1 Codex thread is in trouble, /);
    assert.equal(item.backgroundColor, undefined);
    show({ ...healthTree, threadsInTrouble: 0, troublesOfHome: 0, interrupted: 'r' });
    assert.equal(item.command, 'codexHealth.showHistory');
    assert.match(item.accessibilityInformation?.label ?? '', /stopped in the middle\. The history/);
    show({ ...healthTree, threadsInTrouble: 1 });
    assert.equal(item.command, 'codexHealth.threads.focus');
  } finally {
    item.dispose();
  }
});

test('a filter is named beside the title of the view, and all threads are not', async () => {
  assert.equal(describeFilter('all'), '');
  for (const filter of ['trouble', 'hidden', 'archived'] as const)
    assert.notEqual(describeFilter(filter), '');
});

test('a thread in the list of those that were found is shown, and its title draws no icons', async () => {
  const item = toItem({ ...thread, archived: true });
  assert.equal(item.alwaysShow, true);
  assert.equal(item.label, 'Mend <b>the</b> `roof` \\$(error)');
  assert.match(item.description ?? '', /^archived, /);
  assert.match(item.detail ?? '', /roof {2}t$/);
});
