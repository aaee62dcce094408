// A view of a report → the tree, level by level: host, project, thread, finding.

import type { Finding, Severity } from '../engine/model/finding.ts';
import type { Source } from '../engine/model/gap.ts';
import type { Thread } from '../engine/model/thread.ts';
import type { Place } from '../protocol/documents.ts';
import type {
  FindingNode,
  GapNode,
  HealthTree,
  HostNode,
  ProjectNode,
  ThreadNode,
  ThreadsAnswer,
  ThreadsRequest,
} from '../protocol/tree.ts';
import { homeAddress, threadAddress } from './addresses.ts';
import { placeAtHome, placeAtThread, recordOf } from './documents.ts';
import { append } from './group.ts';
import { harmless } from '../words/harmless.ts';
import { gravest, gravity, visibilityOf, type View } from './view.ts';

export function makeTree(view: View): HealthTree {
  const { snapshot, nothingLost } = view.report;
  const host = makeHost(view);
  return {
    state: isHome(view) ? 'read' : 'no-home',
    homePath: snapshot.home.path,
    nothingLost,
    threadsInTrouble: view.threadsInTrouble.size,
    troublesOfHome: [...view.ofHome].filter(({ severity }) => severity !== 'note').length,
    interrupted: null,
    hasCodex: snapshot.codexes.length > 0,
    hosts: isHome(view) ? [host] : [],
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

function makeHost(view: View): HostNode {
  const { threads, home } = view.report.snapshot;
  return {
    kind: 'host',
    name: home.hostname,
    homePath: home.path,
    uri: homeAddress(home.key),
    counts: { threads: threads.length, inTrouble: view.threadsInTrouble.size },
    projects: makeProjects(view),
    findings: [...view.ofHome].map(finding =>
      makeFinding(view, finding, placeAtHome(view, finding)),
    ),
    databases: [],
    gaps: makeGaps(view),
  };
}

function makeProjects(view: View): readonly ProjectNode[] {
  const host = view.report.snapshot.home.hostname;
  const byProject = new Map<string, Thread[]>();
  for (const thread of view.threads.values()) append(byProject, thread.project, thread);
  const projects = [...byProject].map(([path, threads]) => ({
    kind: 'project' as const,
    host,
    path,
    name: path.split(/[\\/]/).findLast(part => part !== '') ?? path,
    counts: {
      threads: threads.length,
      inTrouble: threads.filter(({ id }) => view.threadsInTrouble.has(id)).length,
    },
    severity: gravestOf(threads.map(({ id }) => severityOf(view, id))),
    updatedAtMs: threads.reduce((newest, thread) => Math.max(newest, thread.updatedAtMs), 0),
    isThere: null,
    worktrees: [],
  }));
  return projects.sort(troubleThenNewest);
}

export function makeThreads(view: View, request: ThreadsRequest): ThreadsAnswer {
  const { snapshot } = view.report;
  const { host, project, limit } = request;
  const all = host === snapshot.home.hostname ? snapshot.threads : [];
  const sorted = all
    .filter(thread => thread.project === project)
    .map(thread => ({
      thread,
      severity: severityOf(view, thread.id),
      updatedAtMs: thread.updatedAtMs,
    }))
    .sort(troubleThenNewest);
  return {
    threads: sorted.slice(0, limit).map(({ thread }) => makeThread(view, thread)),
    more: Math.max(0, sorted.length - limit),
  };
}

function makeThread(view: View, thread: Thread): ThreadNode {
  const { id, title, project, archived, provider, updatedAtMs } = thread;
  const findings = view.byThread.get(id) ?? [];
  const place = (finding: Finding): Place =>
    view.ofHome.has(finding)
      ? placeAtHome(view, finding)
      : placeAtThread(view, finding, id, () => recordOf(view, thread));
  return {
    kind: 'thread',
    id,
    uri: threadAddress(view.report.snapshot.home.key, id),
    title: harmless(title, 300),
    project,
    archived,
    provider,
    updatedAtMs,
    severity: severityOf(view, id),
    visibility: visibilityOf(view, id),
    live: null,
    children: [],
    findings: findings.map(finding => makeFinding(view, finding, place(finding))),
  };
}

function makeFinding({ titles }: View, finding: Finding, place: Place): FindingNode {
  const { id, check, severity, says, subject, threads, cures } = finding;
  return {
    kind: 'finding',
    id,
    check,
    title: titles.get(check) ?? check,
    severity,
    says: harmless(says, 1000),
    subject,
    place,
    threads: threads.length,
    cures,
  };
}

/** One row for each reason, however many checks could not tell because of it. */
function makeGaps({ report }: View): readonly GapNode[] {
  const byReason = new Map<string, string[]>();
  for (const { id, outcome, why } of report.checks)
    if (outcome === 'unknown' || outcome === 'crashed')
      append(byReason, outcome === 'crashed' ? `${id} failed: ${why ?? ''}` : (why ?? ''), id);
  return [...byReason].map(([why, checks]) => ({ kind: 'gap', says: harmless(why, 300), checks }));
}

function severityOf(view: View, id: string): Severity | null {
  return gravest(view.byThread.get(id) ?? []);
}

function gravestOf(severities: readonly (Severity | null)[]): Severity | null {
  return [...severities].sort((one, other) => gravity(one) - gravity(other))[0] ?? null;
}

interface Ranked {
  readonly severity: Severity | null;
  readonly updatedAtMs: number;
}

function troubleThenNewest(one: Ranked, other: Ranked): number {
  return gravity(one.severity) - gravity(other.severity) || other.updatedAtMs - one.updatedAtMs;
}
