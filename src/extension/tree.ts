// The tree: host → project → thread → finding. It asks the server level by level.

import {
  commands,
  Disposable,
  EventEmitter,
  window,
  type LogOutputChannel,
  type TreeDataProvider,
  type ViewBadge,
} from 'vscode';
import type { HealthTree, HostNode, ProjectNode } from '../protocol/tree.ts';
import type { Client } from './client.ts';
import { COMMANDS, STATE_KEY, VIEW } from './contributions.ts';
import { toTreeItem, type HomeNode, type MoreNode, type Node } from './treeItems.ts';

/** Threads of a project that are shown at once; trouble is among the first. */
const PAGE = 200;

export function registerTree(client: Client, log: LogOutputChannel): Disposable {
  const changed = new EventEmitter<undefined>();
  const pages = new Map<string, number>();
  const newest = () => client.ask('codexHealth/tree', { filter: 'all' });
  const provider: TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: toTreeItem,
    getChildren: async (node): Promise<Node[]> => {
      if (node?.kind === 'project') return threadsOf(client, node, pages.get(keyOf(node)) ?? 1);
      if (node !== undefined) return [...childrenOf(node)];
      const tree = await newest().catch((error: unknown) => void showFailure(error));
      return tree === undefined ? [] : [...tree.hosts];
    },
  };
  const view = window.createTreeView(VIEW, { treeDataProvider: provider, showCollapseAll: true });
  const show = ({ state, nothingLost, threadsInTrouble }: HealthTree) => {
    setState(state);
    // A view with a message shows no welcome text.
    view.message = state === 'read' ? nothingLost.says : '';
    view.badge = badgeOf(threadsInTrouble);
  };
  const showFailure = (error: unknown) => {
    log.error(String(error));
    setState('failed');
    view.message = '';
  };
  // Message and badge are shown while the view is closed, when nobody asks for its rows.
  client.onChanged(() => {
    newest().then(show, showFailure);
    changed.fire(undefined);
  });
  const showMore = commands.registerCommand(COMMANDS.showMore, ({ project }: MoreNode) => {
    pages.set(keyOf(project), (pages.get(keyOf(project)) ?? 1) + 1);
    changed.fire(undefined);
  });
  return Disposable.from(view, showMore, changed);
}

function keyOf({ host, path }: ProjectNode): string {
  return `${host} ${path}`;
}

function badgeOf(threads: number): ViewBadge | undefined {
  if (threads === 0) return undefined;
  const noun = threads === 1 ? 'thread' : 'threads';
  return { value: threads, tooltip: `${String(threads)} Codex ${noun} in trouble` };
}

async function threadsOf(client: Client, project: ProjectNode, pages: number): Promise<Node[]> {
  const { host, path } = project;
  const { threads, more } = await client.ask('codexHealth/threads', {
    host,
    project: path,
    filter: 'all',
    limit: pages * PAGE,
  });
  return more === 0 ? [...threads] : [...threads, { kind: 'more', project, more }];
}

function setState(state: HealthTree['state'] | 'failed'): void {
  void commands.executeCommand('setContext', STATE_KEY, state);
}

function childrenOf(node: Exclude<Node, ProjectNode>): readonly Node[] {
  switch (node.kind) {
    case 'host':
      return [...homeOf(node), ...node.projects];
    case 'home':
      return [...node.findings, ...node.gaps];
    case 'thread':
      return node.findings;
    case 'more':
    case 'finding':
    case 'gap':
      return [];
  }
}

/** The group of what is wrong with the home itself; nothing where nothing is. */
function homeOf({ name, homePath, findings, gaps }: HostNode): readonly HomeNode[] {
  return findings.length + gaps.length === 0
    ? []
    : [{ kind: 'home', host: name, path: homePath, findings, gaps }];
}
