// The rows of the tree. Most are nodes of the protocol as the server made them; a few stand for
// what only the tree knows.

import type {
  DatabaseNode,
  FindingNode,
  GapNode,
  HostNode,
  ProjectNode,
  ThreadNode,
} from '../../protocol/tree.ts';

/** The home itself, as a group of its own: its databases, and what is wrong with it. */
export interface HomeNode {
  readonly kind: 'home';
  readonly host: string;
  readonly path: string;
  /** Whether other hosts have it as well. */
  readonly isShared: boolean;
  /** The page of the home. */
  readonly uri: string;
  readonly findings: readonly FindingNode[];
  readonly databases: readonly DatabaseNode[];
  readonly gaps: readonly GapNode[];
}

/** Stands for threads that are not shown yet. */
export interface MoreNode {
  readonly kind: 'more';
  readonly project: ProjectNode;
  readonly more: number;
}

export type Node =
  HostNode | HomeNode | DatabaseNode | ProjectNode | ThreadNode | MoreNode | FindingNode | GapNode;

/** What a row holds that need not be asked for. */
export function rowsBelow(node: Exclude<Node, ProjectNode | ThreadNode>): readonly Node[] {
  switch (node.kind) {
    case 'host':
      return rowsOfHost(node);
    case 'home':
      return [...node.findings, ...node.gaps, ...node.databases];
    case 'database':
      return node.findings;
    case 'more':
    case 'finding':
    case 'gap':
      return [];
  }
}

/**
 * Trouble first: the home goes before the projects when something is wrong with it. Of a host that only shares
 * a home, that home stands elsewhere.
 */
function rowsOfHost(host: HostNode): readonly Node[] {
  const { name, hasHome, alsoFrom, homePath, uri, findings, databases, gaps, projects } = host;
  if (!hasHome) return [...gaps, ...projects];
  const home: HomeNode = {
    kind: 'home',
    host: name,
    path: homePath,
    isShared: alsoFrom.length > 0,
    uri,
    findings,
    databases,
    gaps,
  };
  return needsAttention(home) ? [home, ...projects] : [...projects, home];
}

/** Whether something is wrong with the home, or could not be told. */
export function needsAttention({ findings, databases, gaps }: HomeNode): boolean {
  const all = [...findings, ...databases.flatMap(database => database.findings)];
  return (
    gaps.length > 0 ||
    databases.some(({ trouble }) => trouble !== null) ||
    all.some(({ severity }) => severity !== 'note')
  );
}

/** Names a row, and the same thing always by the same name: so VS Code knows it again. */
export function idOf(node: Node, parent: string): string {
  switch (node.kind) {
    case 'host':
      return `host ${node.name}`;
    case 'home':
      return `home ${node.host}`;
    case 'project':
      return `project ${node.host} ${node.path}`;
    case 'thread':
      // Not by its address, which has its title in it.
      return `thread ${node.id}`;
    case 'database':
      return `database ${node.uri}`;
    // One finding may concern several threads, and then stands at each.
    case 'finding':
      return `finding ${node.id} at ${parent}`;
    case 'gap':
      return `gap ${node.says} at ${parent}`;
    case 'more':
      return `more ${parent}`;
  }
}
