// A view of a report → the tree, level by level: host, project, thread, finding.

import { createSearch, type Search } from '../engine/engine.ts';
import type { Source } from '../engine/model/gap.ts';
import type { Thread } from '../engine/model/thread.ts';
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
import type { HostView } from './hostViews.ts';
import type { Repositories } from './repositories.ts';
import type { Family } from './tree/families.ts';
import { forestOf } from './tree/forest.ts';
import {
  databaseNodes,
  familyNode,
  gapNodes,
  homeFindings,
  hostGapNodes,
  projectNode,
  threadNode,
} from './tree/nodes.ts';
import type { View } from './view.ts';

export { threadDetails } from './tree/details.ts';

/** `looking`: hosts that are being looked at just now. */
export function makeTree(
  hosts: readonly HostView[],
  repositories: Repositories,
  filter: Filter,
  {
    interrupted,
    looking,
  }: Pick<HealthTree, 'interrupted'> & { readonly looking: ReadonlySet<string> },
): HealthTree {
  const { view } = hereOf(hosts);
  const { snapshot, nothingLost } = view.report;
  const isShown = isHome(view) || hosts.length > 1;
  return {
    state: isShown ? 'read' : 'no-home',
    homePath: snapshot.home.path,
    nothingLost,
    threadsInTrouble: view.threadsInTrouble.size,
    troublesOfHome: [...view.ofHome].filter(({ severity }) => severity !== 'note').length,
    interrupted,
    hasCodex: snapshot.codexes.length > 0,
    noting: snapshot.hosts.remembers,
    hosts: isShown ? hosts.map(host => hostNode(host, repositories, filter, looking)) : [],
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

function hereOf(hosts: readonly HostView[]): HostView {
  const here = hosts.find(({ isHere }) => isHere);
  if (here === undefined) throw new Error('this machine is among the hosts');
  return here;
}

/** Git was asked on this machine, and about its own folders. */
function notesOn(host: HostView, repositories: Repositories): Repositories {
  return host.isHere ? repositories : NOTHING_NOTED;
}

const NOTHING_NOTED: Repositories = new Map();

function hostNode(
  host: HostView,
  repositories: Repositories,
  filter: Filter,
  looking: ReadonlySet<string>,
): HostNode {
  const { name, hostname, view, sight, isHere, hasHome, alsoFrom, doubts } = host;
  const { home } = view.report.snapshot;
  const { counts, stands } = forestOf(host, notesOn(host, repositories)).grove(filter);
  return {
    kind: 'host',
    name,
    hostname,
    isHere,
    seenAtMs: sight === null || sight.by === 'nobody' ? null : sight.takenAtMs,
    isLooking: sight !== null && looking.has(sight.alias),
    alsoFrom,
    hasHome,
    homePath: home.path,
    uri: homeAddress(home.key),
    counts,
    projects: stands.map(stand => projectNode(name, stand)),
    findings: hasHome ? homeFindings(view) : [],
    databases: hasHome ? databaseNodes(view, name) : [],
    gaps: [
      ...hostGapNodes([...(sight?.gaps ?? []), ...doubts]),
      ...(hasHome ? gapNodes(view) : []),
    ],
  };
}

export function makeThreads(
  hosts: readonly HostView[],
  repositories: Repositories,
  { host: name, project, filter, limit, including }: ThreadsRequest,
): ThreadsAnswer {
  const host = hosts.find(one => one.name === name);
  if (host === undefined) return { threads: [], more: 0 };
  const grove = forestOf(host, notesOn(host, repositories)).grove(filter);
  const families = grove.families(project);
  const enough = Math.max(limit, including === undefined ? 0 : placeOf(including, families) + 1);
  return {
    threads: families.slice(0, enough).map(family => familyNode(host.view, family, enough)),
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
  hosts: readonly HostView[],
  { text, limit }: FindRequest,
): readonly ThreadNode[] {
  const { search, hostOf } = searchOf(hosts);
  return search.find(text, limit).flatMap(thread => {
    const host = hostOf.get(thread);
    return host === undefined ? [] : [threadNode(host.view, thread)];
  });
}

interface Everywhere {
  readonly search: Search;
  readonly hostOf: ReadonlyMap<Thread, HostView>;
}

const searches = new WeakMap<readonly HostView[], Everywhere>();

function searchOf(hosts: readonly HostView[]): Everywhere {
  const known = searches.get(hosts);
  if (known !== undefined) return known;
  const hostOf = new Map(
    hosts.flatMap(host => host.threads.map(thread => [thread, host] as const)),
  );
  const made = { search: createSearch([...hostOf.keys()]), hostOf };
  searches.set(hosts, made);
  return made;
}
