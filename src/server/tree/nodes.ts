// Threads, findings, databases and gaps → nodes of the tree, as plain data.

import type { Finding } from '../../engine/model/finding.ts';
import type { HostGap } from '../../engine/model/host.ts';
import type { Thread } from '../../engine/model/thread.ts';
import type { Place } from '../../protocol/documents.ts';
import type {
  ChildNode,
  DatabaseNode,
  FindingNode,
  GapNode,
  ProjectNode,
  ThreadNode,
} from '../../protocol/tree.ts';
import { harmless } from '../../words/harmless.ts';
import { databaseAddress, threadAddress } from '../addresses.ts';
import { placeAtHome, placeAtThread, recordOf } from '../documents.ts';
import { append } from '../group.ts';
import { liveStateOf } from '../liveState.ts';
import { gravest, visibilityOf, type View } from '../view.ts';
import type { Family } from './families.ts';
import type { Stand } from './forest.ts';

const LONGEST_TITLE = 300;

export function projectNode(host: string, stand: Stand): ProjectNode {
  const { project, counts, severity, updatedAtMs, worktrees } = stand;
  return {
    kind: 'project',
    host,
    path: project.path,
    name: harmless(project.name, LONGEST_TITLE),
    counts,
    severity,
    updatedAtMs,
    isThere: project.isThere,
    worktrees: worktrees.map(worktree => projectNode(host, worktree)),
  };
}

/** With at most so many children on each level. */
export function familyNode(view: View, family: Family, limit: number): ThreadNode {
  const children = family.children.slice(0, limit).map((child): ChildNode => ({
    ...familyNode(view, child, limit),
    bond: child.bond ?? 'fork',
  }));
  const moreChildren = family.children.length - children.length;
  return { ...threadNode(view, family.thread), children, moreChildren };
}

/** One thread by itself. */
export function threadNode(view: View, thread: Thread): ThreadNode {
  const { id, title, project, archived, provider, updatedAtMs } = thread;
  const findings = view.byThread.get(id) ?? [];
  const place = (finding: Finding): Place =>
    view.ofHome.has(finding)
      ? placeAtHome(view, finding)
      : placeAtThread(view, finding, id, () => recordOf(view, thread));
  return {
    kind: 'thread',
    id,
    uri: threadAddress(view.report.snapshot.home.key, thread),
    title: harmless(title, LONGEST_TITLE),
    project,
    archived,
    provider,
    updatedAtMs,
    severity: gravest(findings),
    visibility: visibilityOf(view, id),
    live: liveStateOf(view, id),
    findings: findings.map(finding => findingNode(view, finding, place(finding))),
    children: [],
    moreChildren: 0,
  };
}

function findingNode({ titles }: View, finding: Finding, place: Place): FindingNode {
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

/** Findings about the home itself; those about one of its databases stand at the database. */
export function homeFindings(view: View): readonly FindingNode[] {
  const known = new Set(view.report.snapshot.databases.map(({ key }) => key));
  return [...view.ofHome]
    .filter(({ subject }) => subject.kind !== 'database' || !known.has(subject.key))
    .map(finding => findingNode(view, finding, placeAtHome(view, finding)));
}

export function databaseNodes(view: View, host: string): readonly DatabaseNode[] {
  const { home, databases } = view.report.snapshot;
  return databases.map(({ key, bytes, walBytes, trouble }) => {
    const findings = [...view.ofHome].filter(
      ({ subject }) => subject.kind === 'database' && subject.key === key,
    );
    return {
      kind: 'database',
      host,
      key,
      uri: databaseAddress(home.key, key),
      bytes: bytes + walBytes,
      trouble: trouble === null ? null : harmless(trouble.why, 300),
      severity: gravest(findings),
      findings: findings.map(finding => findingNode(view, finding, placeAtHome(view, finding))),
    };
  });
}

/** What is not known of a host. */
export function hostGapNodes(gaps: readonly HostGap[]): readonly GapNode[] {
  return gaps.map(({ what, why }) => ({
    kind: 'gap',
    says: harmless(`${what}: ${why}`, 300),
    checks: [],
  }));
}

/** One row for each reason, however many checks could not tell because of it. */
export function gapNodes({ report }: View): readonly GapNode[] {
  const byReason = new Map<string, string[]>();
  for (const { id, outcome, why } of report.checks)
    if (outcome === 'unknown' || outcome === 'crashed')
      append(byReason, outcome === 'crashed' ? `${id} failed: ${why ?? ''}` : (why ?? ''), id);
  return [...byReason].map(([why, checks]) => ({ kind: 'gap', says: harmless(why, 300), checks }));
}
