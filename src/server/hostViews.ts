// The hosts of the tree: this machine, and those that were looked at, each with the threads that belong to
// it. Threads of a home that several hosts share stand once, at the host to which they belong; so do those of
// homes of which nobody can tell whether they are one.

import { attribute, doubledThreads, judge, type Doubled } from '../engine/engine.ts';
import type { Attribution, HostGap, HostName, HostSight } from '../engine/model/host.ts';
import type { Thread } from '../engine/model/thread.ts';
import type { Report } from '../engine/model/report.ts';
import type { Snapshot } from '../engine/model/snapshot.ts';
import type { ServerSettings } from '../protocol/settings.ts';
import type { ThreadId } from '../engine/model/words.ts';
import { append } from './group.ts';
import { viewReport, type View } from './view.ts';

export interface HostView {
  /** What the person calls it; requests name it by this. */
  readonly name: string;
  /** What it calls itself. */
  readonly hostname: HostName;
  /** The home in which its threads lie. */
  readonly view: View;
  readonly threads: readonly Thread[];
  /** Null for this machine, and for a host that is only known by what lies in the home. */
  readonly sight: HostSight | null;
  readonly isHere: boolean;
  /** Whether what is said of the home itself stands here. */
  readonly hasHome: boolean;
  /** Other hosts that list the same threads. */
  readonly alsoFrom: readonly string[];
  /** Threads of its home that stand at another host, as it may be one home. */
  readonly doubts: readonly HostGap[];
}

/** The hosts beside a view; worked out once for each. */
export function createHostViews(
  titles: ReadonlyMap<string, string>,
): (view: View) => readonly HostView[] {
  const its = new WeakMap<HostSight, View>();
  const made = new WeakMap<View, readonly HostView[]>();
  const viewOf = (sight: HostSight, { settings }: View): View | null => {
    if (sight.snapshot === null) return null;
    const known = its.get(sight);
    if (known?.settings === settings) return known;
    const view = viewElsewhere(sight.snapshot, sight.alias, settings, titles);
    its.set(sight, view);
    return view;
  };
  return view => {
    const { snapshot } = view.report;
    const { sights } = snapshot.hosts;
    const attribution = attribute(snapshot);
    const known = { sights, attribution, doubled: doubledThreads(snapshot) };
    const hosts = made.get(view) ?? hostViews(view, { ...known, viewOf: one => viewOf(one, view) });
    made.set(view, hosts);
    return hosts;
  };
}

/** What is wrong there is repaired there. */
function viewElsewhere(
  snapshot: Snapshot,
  host: string,
  settings: ServerSettings,
  titles: ReadonlyMap<string, string>,
): View {
  const report = judge(snapshot);
  const findings = report.findings.map(finding => ({ ...finding, cures: [] }));
  // Not spread: who can see a thread is worked out when somebody asks.
  const shown = Object.create(report, { findings: { value: findings } }) as Report;
  return viewReport(shown, settings, titles, snapshot.takenAtMs, host);
}

export interface Hosts {
  readonly sights: readonly HostSight[];
  readonly attribution: ReadonlyMap<ThreadId, Attribution>;
  /** Threads that hosts with a home of their own have in common with others. */
  readonly doubled: ReadonlyMap<HostSight, Doubled>;
  /** What a host has for itself, as a view of its own; null where nobody could scan it. */
  viewOf(sight: HostSight): View | null;
}

/** This machine first, then the hosts in the order in which they were chosen, then those nobody chose. */
export function hostViews(view: View, hosts: Hosts): readonly HostView[] {
  const { snapshot } = view.report;
  const here = snapshot.home.hostname;
  const sharing = hosts.sights.filter(({ sharing }) => sharing?.answer === 'yes');
  const owned = threadsByHost(view, hosts, sharing);
  const unseen = [...owned.keys()].filter(
    hostname => hostname !== here && !sharing.some(({ machine }) => machine?.hostname === hostname),
  );
  const together = [here, ...sharing.map(({ alias }) => alias), ...unseen];
  const shared = (name: string, hostname: HostName, sight: HostSight | null): HostView => ({
    name,
    hostname,
    view,
    threads: owned.get(hostname) ?? [],
    sight,
    isHere: hostname === here && sight === null,
    hasHome: hostname === here && sight === null,
    alsoFrom: together.filter(other => other !== name),
    doubts: [],
  });
  return [
    shared(here, here, null),
    ...hosts.sights.map(sight =>
      sharing.includes(sight)
        ? shared(sight.alias, sight.machine?.hostname ?? sight.alias, sight)
        : alone(view, sight, hosts),
    ),
    ...unseen.map(hostname => shared(hostname, hostname, null)),
  ];
}

/** A host with a home of its own; of one that could not be scanned nothing but the gaps is known. */
function alone(ours: View, sight: HostSight, { viewOf, doubled }: Hosts): HostView {
  const its = viewOf(sight);
  const elsewhere = doubled.get(sight);
  const threads = its?.report.snapshot.threads ?? [];
  return {
    name: sight.alias,
    hostname: sight.machine?.hostname ?? sight.alias,
    view: its ?? ours,
    threads: threads.filter(({ id }) => elsewhere?.threads.has(id) !== true),
    sight,
    isHere: false,
    hasHome: its !== null,
    alsoFrom: [],
    doubts: elsewhere?.gaps ?? [],
  };
}

/**
 * A thread of which nothing tells whose it is, or that was used on several hosts, stands here. So does one of a
 * host that has its own row with a home of its own: in that home it is not, and two rows would have one name.
 */
function threadsByHost(
  { report: { snapshot } }: View,
  { sights, attribution }: Hosts,
  sharing: readonly HostSight[],
): ReadonlyMap<HostName, readonly Thread[]> {
  const here = snapshot.home.hostname;
  const apart = sights.filter(sight => !sharing.includes(sight));
  const taken = new Set(apart.flatMap(({ alias, machine }) => [alias, machine?.hostname ?? alias]));
  const owned = new Map<HostName, Thread[]>();
  for (const thread of snapshot.threads) {
    const host = attribution.get(thread.id)?.host ?? here;
    append(owned, taken.has(host) ? here : host, thread);
  }
  return owned;
}
