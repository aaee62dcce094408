// The tree: host → project → thread → finding. It asks the server level by level.

import {
  commands,
  EventEmitter,
  window,
  type Disposable,
  type LogOutputChannel,
  type TreeDataProvider,
} from 'vscode';
import {
  THREADS_REQUEST,
  TREE_REQUEST,
  type HealthTree,
  type HostNode,
  type ThreadNode,
} from '../protocol.ts';
import type { Client } from './client.ts';
import { STATE_KEY, VIEW } from './contributions.ts';
import { toTreeItem, type HomeNode, type Node } from './treeItems.ts';

export function registerTree(client: Client, log: LogOutputChannel): Disposable {
  const changed = new EventEmitter<undefined>();
  const newest = () => client.ask<HealthTree>(TREE_REQUEST);
  const provider: TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: toTreeItem,
    getChildren: async (node): Promise<Node[]> => {
      if (node !== undefined) return [...(await children(client, node))];
      const tree = await newest().catch((error: unknown) => void showFailure(error));
      return tree === undefined ? [] : [...tree.hosts];
    },
  };
  const view = window.createTreeView(VIEW, { treeDataProvider: provider, showCollapseAll: true });

  const show = ({ state, nothingLost, threadsInTrouble }: HealthTree) => {
    setState(state);
    view.message = state === 'read' ? nothingLost.says : '';
    view.badge =
      threadsInTrouble === 0
        ? undefined
        : { value: threadsInTrouble, tooltip: inTrouble(threadsInTrouble) };
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
  return view;
}

function setState(state: HealthTree['state'] | 'failed'): void {
  void commands.executeCommand('setContext', STATE_KEY, state);
}

function inTrouble(threads: number): string {
  return threads === 1
    ? '1 Codex thread in trouble'
    : `${String(threads)} Codex threads in trouble`;
}

async function children(client: Client, node: Node): Promise<readonly Node[]> {
  switch (node.kind) {
    case 'host':
      return [...homeOf(node), ...node.projects];
    case 'project':
      return client.ask<readonly ThreadNode[]>(THREADS_REQUEST, {
        host: node.host,
        project: node.path,
      });
    case 'home':
      return [...node.findings, ...node.gaps];
    case 'thread':
      return node.findings;
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
