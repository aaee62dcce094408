// A view of a report → the tree, level by level: host, project, thread, finding.

import type { Source } from '../engine/model/gap.ts';
import type {
  Filter,
  FindRequest,
  HealthTree,
  HostNode,
  ThreadNode,
  ThreadsAnswer,
  ThreadsRequest,
} from '../protocol/tree.ts';
import { homeAddress } from './addresses.ts';
import type { Repositories } from './repositories.ts';
import type { Family } from './tree/families.ts';
import { forestOf } from './tree/forest.ts';
import {
  databaseNodes,
  familyNode,
  gapNodes,
  homeFindings,
  projectNode,
  threadNode,
} from './tree/nodes.ts';
import type { View } from './view.ts';

export { threadDetails } from './tree/details.ts';

export function makeTree(
  view: View,
  repositories: Repositories,
  filter: Filter,
  interrupted: string | null,
): HealthTree {
  const { snapshot, nothingLost } = view.report;
  return {
    state: isHome(view) ? 'read' : 'no-home',
    homePath: snapshot.home.path,
    nothingLost,
    threadsInTrouble: view.threadsInTrouble.size,
    troublesOfHome: [...view.ofHome].filter(({ severity }) => severity !== 'note').length,
    interrupted,
    hasCodex: snapshot.codexes.length > 0,
    hosts: isHome(view) ? [makeHost(view, repositories, filter)] : [],
  };
}

/** Gaps behind which a home may be hidden; one that is not there is itself a gap. */
const HIDING: readonly Source[] = [
  'config',
  'rollouts-active',
  'rollouts-archived',
  'state-database',
  'other-databases',
];

/** Something of Codex, or something that may hide it. */
function isHome({ report }: View): boolean {
  const { threads, databases, config, gaps } = report.snapshot;
  return (
    threads.length > 0 ||
    databases.length > 0 ||
    config.state !== 'absent' ||
    gaps.some(({ source }) => HIDING.includes(source))
  );
}

function makeHost(view: View, repositories: Repositories, filter: Filter): HostNode {
  const { home } = view.report.snapshot;
  const { counts, stands } = forestOf(view, repositories).grove(filter);
  return {
    kind: 'host',
    name: home.hostname,
    homePath: home.path,
    uri: homeAddress(home.key),
    counts,
    projects: stands.map(stand => projectNode(home.hostname, stand)),
    findings: homeFindings(view),
    databases: databaseNodes(view),
    gaps: gapNodes(view),
  };
}

export function makeThreads(
  view: View,
  repositories: Repositories,
  { host, project, filter, limit, including }: ThreadsRequest,
): ThreadsAnswer {
  if (host !== view.report.snapshot.home.hostname) return { threads: [], more: 0 };
  const families = forestOf(view, repositories).grove(filter).families(project);
  const enough = Math.max(limit, including === undefined ? 0 : placeOf(including, families) + 1);
  return {
    threads: families.slice(0, enough).map(family => familyNode(view, family, enough)),
    more: Math.max(0, families.length - enough),
  };
}

/** How far down somebody has to read until a thread has come, at its own level and those above. */
function placeOf(id: string, families: readonly Family[]): number {
  for (const [at, { thread, children }] of families.entries()) {
    if (thread.id === id) return at;
    const below = placeOf(id, children);
    if (below >= 0) return Math.max(at, below);
  }
  return -1;
}

export function findThreads(
  view: View,
  repositories: Repositories,
  { text, limit }: FindRequest,
): readonly ThreadNode[] {
  const found = forestOf(view, repositories).search.find(text, limit);
  return found.map(thread => threadNode(view, thread));
}
