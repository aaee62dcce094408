import assert from 'node:assert/strict';
import { MarkdownString, ThemeIcon, TreeItemCollapsibleState } from 'vscode';
import { toTreeItem, type Node } from '../../../src/extension/treeItems.ts';
import type { FindingNode, ThreadNode } from '../../../src/protocol/tree.ts';
import { test } from './harness.ts';

const finding: FindingNode = {
  kind: 'finding',
  id: 'thread-row-missing:t',
  check: 'thread-row-missing',
  title: 'Thread is not in the database',
  severity: 'warning',
  says: 'It is on disk, and *not* in the [database](command:evil).',
  subject: { kind: 'thread', key: 't', path: null },
  place: { uri: 'codex-health://k/thread/t', line: 33, startCharacter: 22, endCharacter: 26 },
  threads: 1,
  cures: [],
};

const thread: ThreadNode = {
  kind: 'thread',
  id: 't',
  uri: 'codex-health://k/thread/t',
  title: 'Mend <b>the</b> `roof` $(error)',
  archived: false,
  project: '/home/ada/roof',
  provider: 'openai',
  live: null,
  children: [],
  updatedAtMs: Date.now() - 3 * 3_600_000,
  severity: 'warning',
  visibility: null,
  findings: [finding],
};

test('a thread in trouble says so to the eye and to the ear', async () => {
  const item = toTreeItem(thread);
  assert.equal(iconOf(thread), 'warning');
  assert.equal(item.description, '3 hr. ago');
  assert.equal(item.collapsibleState, TreeItemCollapsibleState.Collapsed);
  assert.equal(
    item.accessibilityInformation?.label,
    `Thread ${thread.title}, Warning, ${finding.says}`,
  );
});

test('a thread without findings has a quiet icon and nothing to open', async () => {
  const sound: ThreadNode = { ...thread, severity: null, findings: [] };
  assert.equal(iconOf(sound), 'comment-discussion');
  assert.equal(iconOf({ ...sound, archived: true }), 'archive');
  assert.equal(toTreeItem(sound).collapsibleState, TreeItemCollapsibleState.None);
});

test('what a title says is not done in a tooltip', async () => {
  for (const node of [thread, finding] satisfies Node[]) {
    const { tooltip } = toTreeItem(node);
    assert.ok(tooltip instanceof MarkdownString);
    assert.ok(tooltip.isTrusted !== true && tooltip.supportThemeIcons !== true);
    assert.ok(tooltip.supportHtml !== true);
    assert.doesNotMatch(tooltip.value, /(?<!\\)\[database]|(?<!\\)\*not/);
  }
});

test('a finding opens the line that is wrong', async () => {
  const { command, label } = toTreeItem(finding);
  assert.equal(label, finding.title);
  assert.deepEqual(
    command?.arguments?.map(argument => String(argument)),
    ['codex-health://k/thread/t', '33', '22'],
  );
});

test('a project is named by its folder, on every system', async () => {
  const counts = { threads: 2, inTrouble: 1 };
  const project = {
    kind: 'project',
    host: 'h',
    name: 'shop',
    isThere: null,
    worktrees: [],
    counts,
    severity: 'error',
    updatedAtMs: 0,
  } as const;
  assert.equal(toTreeItem({ ...project, path: '/home/ada/shop' }).label, 'shop');
  assert.equal(toTreeItem({ ...project, path: 'C:\\work\\shop\\' }).label, 'shop');
  assert.equal(toTreeItem({ ...project, path: '' }).label, 'No directory');
  assert.equal(toTreeItem({ ...project, path: '/' }).description, '2 threads, 1 in trouble');
});

function iconOf(node: Node): string | undefined {
  const { iconPath } = toTreeItem(node);
  return iconPath instanceof ThemeIcon ? iconPath.id : undefined;
}
