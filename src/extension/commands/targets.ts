// What a command is about: rows of the tree, several when they are selected, or the record that is open.

import { Uri } from 'vscode';
import type { FindingNode, ProjectNode, ThreadNode } from '../../protocol/tree.ts';
import type { Client } from '../client.ts';
import { threadIdOf } from '../threadPages.ts';

/** What VS Code hands to a command: the row that was clicked and all that are selected, or a document. */
export interface Target {
  readonly clicked: unknown;
  readonly selected?: unknown;
}

type Node =
  | ThreadNode
  | ProjectNode
  | FindingNode
  | { readonly kind: string; readonly findings?: readonly FindingNode[] };

/** More threads than anybody has. */
const ALL = 10_000_000;

/** The threads that are meant; those of projects too. */
export async function threadsOf(client: Client, target: Target): Promise<readonly ThreadNode[]> {
  const found: ThreadNode[] = [];
  for (const node of nodesOf(target)) {
    if (isThread(node)) found.push(node);
    else if (isProject(node)) found.push(...(await threadsOfProject(client, node)));
  }
  const open = recordOf(target);
  if (open !== null) {
    const thread = await threadById(client, open);
    if (thread !== null) found.push(thread);
  }
  return withoutTwins(found);
}

/** Threads and projects as they were pointed at; what lies in a project is not named one by one. */
export function pointedAt(target: Target): {
  readonly threads: readonly ThreadNode[];
  readonly projects: readonly ProjectNode[];
} {
  const nodes = nodesOf(target);
  return { threads: nodes.filter(isThread), projects: nodes.filter(isProject) };
}

/** For what is done with one thread: that which was clicked, however many are selected. */
export async function threadOf(client: Client, { clicked }: Target): Promise<ThreadNode | null> {
  const [thread] = await threadsOf(client, { clicked });
  return thread ?? null;
}

/** The findings that are meant: those named, and those of threads, projects, databases and the home. */
export async function findingsOf(client: Client, target: Target): Promise<readonly FindingNode[]> {
  const threads = await threadsOf(client, target);
  const own = nodesOf(target).flatMap(node => {
    if (isFinding(node)) return [node];
    return isThread(node) || !('findings' in node) ? [] : (node.findings ?? []);
  });
  return withoutTwins([...own, ...threads.flatMap(({ findings }) => findings)]);
}

/** Every thread of a project and of its worktrees; sub-agents and forks are threads as well. */
async function threadsOfProject(client: Client, project: ProjectNode): Promise<ThreadNode[]> {
  const { threads } = await client.ask('codexHealth/threads', {
    host: project.host,
    project: project.path,
    filter: 'all',
    limit: ALL,
  });
  const inWorktrees: ThreadNode[] = [];
  for (const worktree of project.worktrees)
    inWorktrees.push(...(await threadsOfProject(client, worktree)));
  return [...threads.flatMap(withChildren), ...inWorktrees];
}

function withChildren(thread: ThreadNode): readonly ThreadNode[] {
  return [thread, ...thread.children.flatMap(withChildren)];
}

async function threadById(client: Client, id: string): Promise<ThreadNode | null> {
  const found = await client.ask('codexHealth/find', { text: id, limit: 10 });
  return found.flatMap(withChildren).find(thread => thread.id === id) ?? null;
}

/** The id of the thread whose record or transcript is meant. */
function recordOf({ clicked }: Target): string | null {
  return clicked instanceof Uri ? threadIdOf(clicked) : null;
}

function nodesOf({ clicked, selected }: Target): readonly Node[] {
  const all: readonly unknown[] =
    Array.isArray(selected) && selected.length > 0 ? selected : [clicked];
  return all.filter(isNode);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

function isThread(node: Node): node is ThreadNode {
  return node.kind === 'thread';
}

function isProject(node: Node): node is ProjectNode {
  return node.kind === 'project';
}

function isFinding(node: Node): node is FindingNode {
  return node.kind === 'finding';
}

function withoutTwins<T extends { readonly id: string }>(all: readonly T[]): readonly T[] {
  return [...new Map(all.map(one => [one.id, one])).values()];
}
