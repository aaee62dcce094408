// All that says on which host a thread is at home, thread by thread. Nothing is weighed here.

import type { HostEvidence, HostName, HostSight } from '../model/host.ts';
import { canonicalPath, restBelow } from '../model/paths.ts';
import type { Holder, PathState, Snapshot } from '../model/snapshot.ts';
import type { Thread } from '../model/thread.ts';
import type { FilePath, ThreadId } from '../model/words.ts';
import { isHere, type HostsOfHome } from './hostsOfHome.ts';

export type EvidenceOf = (thread: Thread) => readonly HostEvidence[];

/** Programs that write threads and run where they were seen, as one's own Codex does. */
export function writersOf({ holders }: Pick<Snapshot, 'holders'>): readonly Holder[] {
  return holders.filter(
    ({ apart, writesThreads }) => apart === undefined && writesThreads.length > 0,
  );
}

/** Of what was seen or is written down about the thread itself. */
export function createEvidence(snapshot: Snapshot, hosts: HostsOfHome): EvidenceOf {
  const byThread = gather([...writing(snapshot), ...observed(snapshot), ...logged(snapshot)]);
  const pinOf = pins(snapshot);
  const desktopOf = desktop(snapshot);
  const folderOf = folders(snapshot, hosts);
  return thread => [
    ...pinOf(thread),
    ...(byThread.get(thread.id) ?? []),
    ...desktopOf(thread),
    ...folderOf(thread),
  ];
}

/** What the person said of the thread, or of its project. */
export function pins(snapshot: Snapshot): EvidenceOf {
  const { hosts, home } = snapshot;
  const { threads, projects } = hosts.pins;
  if (!hasPins(snapshot)) return () => [];
  // The deepest folder that holds it is the one that is meant.
  const byDepth = Object.entries(projects).sort(([one], [other]) => other.length - one.length);
  return thread => {
    const own = Object.hasOwn(threads, thread.id) ? threads[thread.id] : undefined;
    const around = byDepth.find(([path]) => restBelow(thread.project, path, home.system) !== null);
    return [
      ...(own === undefined ? [] : [pin(own, `You said that it belongs to ${own}.`)]),
      ...(around === undefined
        ? []
        : [pin(around[1], `You said that its project belongs to ${around[1]}.`)]),
    ];
  };
}

export function hasPins({ hosts }: Snapshot): boolean {
  const { threads, projects } = hosts.pins;
  return Object.keys({ ...threads, ...projects }).length > 0;
}

function pin(host: HostName, says: string): HostEvidence {
  return { kind: 'pin', host, says, atMs: null };
}

type OfThread = readonly [ThreadId, HostEvidence];

function gather(all: readonly OfThread[]): ReadonlyMap<ThreadId, readonly HostEvidence[]> {
  const found = new Map<ThreadId, HostEvidence[]>();
  for (const [thread, evidence] of all) {
    const known = found.get(thread);
    if (known === undefined) found.set(thread, [evidence]);
    else known.push(evidence);
  }
  return found;
}

function writing(snapshot: Snapshot): readonly OfThread[] {
  const { here, sights } = snapshot.hosts;
  const sayOf = (host: HostName, atMs: number | null) => (holder: Holder) =>
    [...new Set(holder.writesThreads)].map((thread): OfThread => {
      const says = `${holder.program} on ${host} (process ${String(holder.pid)}) has it open for writing.`;
      return [thread, { kind: 'writing', host, says, atMs }];
    });
  return [
    ...writersOf(snapshot).flatMap(sayOf(here.hostname, null)),
    ...sights.flatMap(sight =>
      sharesOurs(sight) && !isHere(here, sight.machine)
        ? writersOf(sight).flatMap(sayOf(sight.machine.hostname, sight.takenAtMs))
        : [],
    ),
  ];
}

function observed({ hosts }: Snapshot): readonly OfThread[] {
  return hosts.observed.flatMap(({ machine: { hostname: host }, threads }) =>
    Object.entries(threads).map(([thread, { firstMs }]): OfThread => {
      const says = `It was seen being written on ${host}.`;
      return [thread, { kind: 'observed', host, says, atMs: firstMs }];
    }),
  );
}

function logged({ hosts }: Snapshot): readonly OfThread[] {
  return hosts.logged.map(({ thread, host, firstMs }): OfThread => {
    const says = `Codex's own log says that it was open on ${host}.`;
    return [thread, { kind: 'log', host, says, atMs: firstMs }];
  });
}

/**
 * The desktop app keeps under which of its hosts a project is, and calls a host after the alias by which it
 * is reached. Its other ids (`remote-ssh-codex-managed:…`, `remote-control:…`) name nobody that we know. It also
 * keeps in which project it shows a thread. That says no more than the project does: the app puts a thread
 * there when any of its hosts lists it, and of a shared home each of them lists all.
 */
function desktop({ desktop, hosts, home }: Snapshot): EvidenceOf {
  const names = new Map<string, Set<HostName>>();
  for (const { alias, machine } of hosts.sights.filter(sharesOurs))
    put(names, `remote-ssh-discovered:${alias}`, machine.hostname);
  const hostsOf = new Map<FilePath, Set<HostName>>();
  for (const { hostId, path } of desktop?.projects ?? [])
    for (const name of names.get(hostId) ?? [])
      put(hostsOf, canonicalPath(path, home.system), name);
  const shownOn = new Map<ThreadId, Set<HostName>>();
  for (const { hostId, thread } of desktop?.threads ?? [])
    for (const name of names.get(hostId) ?? []) put(shownOn, thread, name);
  const evidence = (says: (host: HostName) => string, on: ReadonlySet<HostName> | undefined) =>
    [...(on ?? [])]
      .sort()
      .map((host): HostEvidence => ({ kind: 'desktop', host, says: says(host), atMs: null }));
  return ({ id, project }) => [
    ...evidence(host => `The desktop app shows it in a project on ${host}.`, shownOn.get(id)),
    ...evidence(host => `The desktop app has its project on ${host}.`, hostsOf.get(project)),
  ];
}

function put<K>(names: Map<K, Set<HostName>>, key: K, name: HostName): void {
  names.set(key, (names.get(key) ?? new Set()).add(name));
}

/** Where every host that uses the home was asked, and exactly one has the folder. */
function folders(snapshot: Snapshot, { others, doubtful }: HostsOfHome): EvidenceOf {
  const neighbours = neighboursOf(snapshot);
  const asked = new Set(neighbours.map(({ machine }) => machine?.hostname));
  const isEverybodyAsked = others.every(({ name }) => asked.has(name));
  if (neighbours.length === 0 || !isEverybodyAsked) return () => [];
  const answersOf = folderAnswers(snapshot);
  return ({ cwd }) => {
    const answers = answersOf(cwd);
    if (answers.some(({ host, state }) => host === null || state === 'unknown')) return [];
    const having = answers.filter(({ state }) => state === 'folder');
    const names = new Set(having.map(({ host }) => host));
    const host = having[0]?.host ?? null;
    if (host === null || names.size !== 1 || !having.every(({ isOurs }) => isOurs)) return [];
    // Two machines of one name are not one that has it.
    if (doubtful.has(host)) return [];
    return [{ kind: 'folder', host, says: `Its folder is only on ${host}.`, atMs: null }];
  };
}

/** Whether the folder of a thread is on other hosts than this one, as far as hosts were asked for it. */
export function createLack(snapshot: Snapshot): (thread: Thread, host: HostName) => boolean {
  if (neighboursOf(snapshot).length === 0) return () => false;
  const answersOf = folderAnswers(snapshot);
  return ({ cwd }, name) => {
    const having = answersOf(cwd).filter(({ state }) => state === 'folder');
    return having.length > 0 && having.every(({ host }) => host !== name);
  };
}

/** Hosts that were looked at and may use the home, besides this one. */
function neighboursOf({ hosts: { here, sights } }: Snapshot): readonly HostSight[] {
  return sights.filter(
    ({ sharing, machine }) => sharing?.answer !== 'no' && !isHere(here, machine),
  );
}

interface FolderAnswer {
  readonly host: HostName | null;
  readonly state: PathState;
  /** Whether it is sure that the host uses the home. */
  readonly isOurs: boolean;
}

function folderAnswers(snapshot: Snapshot): (cwd: FilePath) => readonly FolderAnswer[] {
  const { hosts, paths } = snapshot;
  const neighbours = neighboursOf(snapshot);
  return cwd => [
    { host: hosts.here.hostname, state: stateIn(paths, cwd), isOurs: true },
    ...neighbours.map(sight => ({
      host: sight.machine?.hostname ?? null,
      state: stateIn(sight.paths, cwd),
      isOurs: sharesOurs(sight),
    })),
  ];
}

function stateIn(paths: Snapshot['paths'], path: FilePath): PathState {
  return Object.hasOwn(paths, path) ? (paths[path] ?? 'unknown') : 'unknown';
}

type Sharing = HostSight & { readonly machine: NonNullable<HostSight['machine']> };

function sharesOurs(sight: HostSight): sight is Sharing {
  return sight.machine !== null && sight.sharing?.answer === 'yes';
}
