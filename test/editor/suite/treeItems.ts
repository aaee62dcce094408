import assert from 'node:assert/strict';
import {
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  TreeItemCollapsibleState,
  type FileDecoration,
} from 'vscode';
import { decorations } from '../../../src/extension/tree/decorations.ts';
import { toTreeItem } from '../../../src/extension/tree/items.ts';
import type { HomeNode, Node } from '../../../src/extension/tree/nodes.ts';
import type { ChildNode } from '../../../src/protocol/tree.ts';
import { test } from './harness.ts';
import { database, finding, host, project, sound, thread, visibleTo } from './treeNodes.ts';

const home: HomeNode = {
  kind: 'home',
  host: 'bench',
  path: '/home/ada/.codex',
  isShared: false,
  uri: host.uri,
  findings: [],
  databases: [database],
  gaps: [],
};
const curable = {
  ...finding,
  cures: [{ id: 'x', title: 'X', loses: 'nothing', needs: [], automatic: true } as const],
};
const hidden = visibleTo(false, 'its [row](command:evil) says $(error) so');

const itemOf = (node: Node) => toTreeItem(node, 'an id');
const labelOf = (node: Node) => itemOf(node).accessibilityInformation?.label;

test('a thread in trouble says so to the eye and to the ear', async () => {
  const item = itemOf(thread);
  assert.equal(iconOf(thread), 'warning');
  assert.equal(item.description, '3 hr. ago');
  assert.equal(item.collapsibleState, TreeItemCollapsibleState.Collapsed);
  assert.equal(labelOf(thread), `Thread ${thread.title}, Warning, ${finding.says}`);
});

test('a thread without findings has a quiet icon and nothing to open', async () => {
  assert.equal(iconOf(sound), 'comment-discussion');
  assert.equal(iconOf({ ...sound, archived: true }), 'archive');
  assert.equal(itemOf(sound).collapsibleState, TreeItemCollapsibleState.None);
});

test('a thread that is held or being written says so, and by whom', async () => {
  const held: Node = {
    ...sound,
    live: { state: 'held', program: 'codex', pid: 7, isActive: false },
  };
  assert.equal(itemOf(held).description, 'open, 3 hr. ago');
  assert.equal(labelOf(held), `Thread ${sound.title}, codex has it open (process 7).`);
  const written: Node = {
    ...sound,
    live: { state: 'held', program: 'codex', pid: 7, isActive: true },
  };
  assert.equal(itemOf(written).description, 'running, 3 hr. ago');
  assert.equal(
    labelOf(written),
    `Thread ${sound.title}, codex is writing it right now (process 7).`,
  );
  assert.equal(itemOf(written).contextValue, 'thread active held running');
  const running: Node = { ...sound, live: { state: 'active' } };
  assert.match(String(itemOf(running).description), /^running, /);
});

test('a child says what it is of its parent', async () => {
  const child: ChildNode = { ...sound, bond: 'sub-agent' };
  assert.equal(iconOf(child), 'hubot');
  assert.match(String(itemOf(child).description), /^sub-agent, /);
  assert.equal(iconOf({ ...child, bond: 'fork' } as ChildNode), 'repo-forked');
  assert.equal(labelOf({ ...child, bond: 'fork' } as ChildNode), `Thread ${sound.title}, fork`);
});

test('what a title, a sentence or a reason says is not done in a tooltip', async () => {
  const told: Node = { ...thread, visibility: hidden };
  for (const node of [told, finding, curable, project, host, home] satisfies Node[]) {
    const { tooltip } = itemOf(node);
    assert.ok(tooltip instanceof MarkdownString);
    assert.ok(tooltip.isTrusted !== true && tooltip.supportThemeIcons !== true);
    assert.ok(tooltip.supportHtml !== true);
    assert.doesNotMatch(tooltip.value, /(?<!\\)\[(?:database|row)]|(?<!\\)\*not/);
  }
});

test('a tooltip tells who can see the thread, and why not', async () => {
  const { tooltip } = itemOf({ ...thread, visibility: visibleTo(false, 'of another provider') });
  assert.ok(tooltip instanceof MarkdownString);
  const words = tooltip.value.replaceAll('&nbsp;', ' ').replaceAll('\\', '');
  assert.match(words, /- Codex for VS Code: not shown: of another provider/);
  assert.match(words, /- Desktop app: not known/);
  assert.match(words, /- Can be resumed: yes/);
});

test('menus see what a thread is', async () => {
  const tokens = (node: Node) => itemOf(node).contextValue;
  assert.equal(tokens(sound), 'thread active');
  assert.equal(tokens({ ...sound, archived: true }), 'thread archived');
  assert.equal(
    tokens({
      ...thread,
      findings: [curable],
      live: { state: 'held', program: 'codex', pid: 7, isActive: false },
      visibility: hidden,
    }),
    'thread active held trouble curable hidden',
  );
  assert.equal(tokens({ ...thread, severity: 'note' }), 'thread active');
  assert.equal(tokens(curable), 'finding warning curable check:thread-row-missing');
  assert.equal(tokens({ ...project, isThere: false }), 'project missing trouble');
  assert.equal(tokens({ ...database, trouble: 'it is torn' }), 'database trouble');
  assert.equal(tokens(home), 'home');
  assert.equal(tokens({ ...home, isShared: true }), 'home shared');
  assert.equal(tokens(host), 'host');
  assert.equal(tokens({ ...host, alsoFrom: ['gpu-1'] }), 'host shared');
});

test('a finding opens the line that is wrong', async () => {
  const { command, label } = itemOf(finding);
  assert.equal(label, finding.title);
  assert.deepEqual(
    command?.arguments?.map(argument => String(argument)),
    ['codex-health://k/thread/t', '33', '22'],
  );
});

test('a project has the name that tells it apart, its counts, and says when its folder is gone', async () => {
  assert.equal(itemOf({ ...project, name: 'work/roof' }).label, 'work/roof');
  assert.equal(itemOf({ ...project, path: '', name: '' }).label, 'No directory');
  assert.equal(itemOf(project).description, '2 threads, 1 in trouble');
  // VS Code leaves out `folder` on a row that has an address.
  assert.equal(iconOf(project), 'symbol-folder');
  const gone: Node = { ...project, isThere: false };
  assert.equal(itemOf(gone).description, '2 threads, 1 in trouble, folder is gone');
  assert.equal(labelOf(gone), 'Project roof, 2 threads, 1 in trouble, folder is gone, Error');
});

test('a database says how large it is, and why it cannot be read', async () => {
  assert.equal(itemOf(database).description, '3.0 MiB');
  const torn: Node = { ...database, trouble: 'it is torn' };
  assert.equal(labelOf(torn), 'Database state_5.sqlite, 3.0 MiB, cannot be read: it is torn');
});

test('the home is open when something is wrong with it, and closed else', async () => {
  assert.equal(itemOf(home).collapsibleState, TreeItemCollapsibleState.Collapsed);
  const sick: Node = { ...home, findings: [finding] };
  assert.equal(itemOf(sick).collapsibleState, TreeItemCollapsibleState.Expanded);
  assert.equal(labelOf(sick), 'Codex home, 1 finding');
});

test('every row has an id and speaks', async () => {
  const gap: Node = { kind: 'gap', says: 'it did not answer', checks: ['a'] };
  const more: Node = { kind: 'more', project, more: 7 };
  assert.equal(toTreeItem(more, 'm').command?.command, 'codexHealth.showMore');
  for (const node of [host, home, database, project, thread, finding, gap, more]) {
    assert.equal(itemOf(node).id, 'an id');
    assert.ok((labelOf(node) ?? '').length > 5);
  }
});

test('the row below the shown threads of a project shows more of them', async () => {
  const more: Node = { kind: 'more', project, more: 7 };
  const { command } = itemOf(more);
  assert.deepEqual([command?.command, command?.arguments], ['codexHealth.showMore', [more]]);
});

test('trouble is a colour and a number on a row, and a sound one has neither', async () => {
  assert.deepEqual(look(thread), ['1', 'list.warningForeground', 'Warning: 1 finding']);
  assert.deepEqual(look(project), ['1', 'list.errorForeground', '1 Codex thread is in trouble']);
  assert.deepEqual(look(host), ['1', 'list.errorForeground', '1 Codex thread is in trouble']);
  const grave = { ...finding, severity: 'error' } as const;
  const sick = { ...home, findings: [finding], databases: [{ ...database, findings: [grave] }] };
  assert.deepEqual(look(sick), ['2', 'list.errorForeground', 'Error: 2 findings']);
  const many: Node = { ...project, counts: { threads: 99, inTrouble: 12 } };
  assert.deepEqual(look(many), ['9+', 'list.errorForeground', '12 Codex threads are in trouble']);
  const note = { ...finding, severity: 'note' } as const;
  for (const quiet of [sound, { ...thread, severity: 'note', findings: [note] } as const, database])
    assert.equal(itemOf(quiet).resourceUri, undefined);
});

test('only our own rows are decorated', async () => {
  const { resourceUri } = itemOf(thread);
  assert.ok(resourceUri !== undefined);
  assert.equal(decorationOf(resourceUri.with({ scheme: 'file' })), undefined);
  // Rows are no files: none is inside of another one, whatever their names are.
  assert.equal(resourceUri.path.lastIndexOf('/'), 0);
});

function look(node: Node): readonly unknown[] {
  const { resourceUri } = itemOf(node);
  assert.ok(resourceUri !== undefined);
  const decoration = decorationOf(resourceUri);
  assert.ok(decoration?.color instanceof ThemeColor);
  return [decoration.badge, decoration.color.id, decoration.tooltip];
}

function decorationOf(uri: Parameters<typeof decorations.provideFileDecoration>[0]) {
  const token = {
    isCancellationRequested: false,
    onCancellationRequested: () => ({ dispose() {} }),
  };
  return decorations.provideFileDecoration(uri, token) as FileDecoration | undefined;
}

function iconOf(node: Node): string | undefined {
  const { iconPath } = itemOf(node);
  return iconPath instanceof ThemeIcon ? iconPath.id : undefined;
}
