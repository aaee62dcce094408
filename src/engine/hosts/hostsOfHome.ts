// Which other hosts use a home, and whose names can be believed. A name is doubtful when two machines have
// it, when it may be an earlier one of this machine, or when only a log on a disk of our own knows it:
// nothing is concluded from what is said of such a host, least of all that a thread is somebody else's.

import type { HostName, HostSight, MachineIdentity, ObservedHost } from '../model/host.ts';
import type { Snapshot } from '../model/snapshot.ts';

export interface HostsOfHome {
  readonly here: HostName;
  /** Those that use it besides this one. */
  readonly others: readonly OtherHost[];
  /** Names of which nothing is concluded, and a sentence that says why. */
  readonly doubtful: ReadonlyMap<HostName, string>;
  /** Names that several machines have which use the home. */
  readonly twins: readonly HostName[];
}

export interface OtherHost {
  readonly name: HostName;
  /** Whole sentences. */
  readonly because: readonly string[];
}

export function hostsOfHome(snapshot: Snapshot): HostsOfHome {
  const { here, sights, observed } = snapshot.hosts;
  const sharing = sights.filter(sight => sight.sharing?.answer === 'yes');
  const users = [here, ...sharing.map(({ machine }) => machine), ...writersOf(observed)];
  const twins = twinsAmong(users);
  const doubtful = new Map<HostName, string>([
    ...logNames(snapshot, users).map(name => [name, sayOnlyLogged(name)] as const),
    ...earlierNames(here, sights, observed).map(name => [name, sayEarlier(name)] as const),
    ...twinsAmong([here, ...sights.map(({ machine }) => machine), ...observed.map(asMachine)]).map(
      name => [name, sayTwins(name)] as const,
    ),
  ]);
  const names = [...users.map(one => one?.hostname ?? here.hostname), ...namesInLog(snapshot)];
  const others = [...new Set(names)]
    .filter(name => name !== here.hostname && (!doubtful.has(name) || twins.includes(name)))
    .sort()
    .map(name => ({ name, because: reasonsFor(name, snapshot) }));
  return { here: here.hostname, others, doubtful, twins };
}

/** Whether anything says that more than one machine uses the home. */
export function isShared({ others, twins }: HostsOfHome): boolean {
  return others.length > 0 || twins.length > 0;
}

/** Whom anything names that uses the home besides this machine. */
export function namesOfOthers(snapshot: Snapshot): readonly HostName[] {
  const { others, twins } = hostsOfHome(snapshot);
  return [...others.map(({ name }) => name), ...twins];
}

/** Whether a look was at this very machine, as through an alias that leads back to it. */
export function isHere(here: MachineIdentity, machine: MachineIdentity | null): boolean {
  if (machine?.hostname !== here.hostname) return false;
  return machine.machine === here.machine || machine.machine === null || here.machine === null;
}

function asMachine({ machine }: ObservedHost): MachineIdentity {
  return machine;
}

/** Those who have written threads of this home. */
function writersOf(observed: readonly ObservedHost[]): readonly MachineIdentity[] {
  return observed.filter(({ threads }) => Object.keys(threads).length > 0).map(asMachine);
}

function twinsAmong(machines: readonly (MachineIdentity | null)[]): readonly HostName[] {
  const ids = new Map<HostName, Set<string>>();
  for (const one of machines) {
    if (one?.machine == null) continue;
    ids.set(one.hostname, (ids.get(one.hostname) ?? new Set()).add(one.machine));
  }
  return [...ids]
    .filter(([, { size }]) => size > 1)
    .map(([name]) => name)
    .sort();
}

/** Laptops change their names with the network that they are in. */
function earlierNames(
  here: MachineIdentity,
  sights: readonly HostSight[],
  observed: readonly ObservedHost[],
): readonly HostName[] {
  const reached = new Set(sights.map(({ machine }) => machine?.hostname));
  return observed
    .map(asMachine)
    .filter(({ machine }) => machine !== null && machine === here.machine)
    .map(({ hostname }) => hostname)
    .filter(name => name !== here.hostname && !reached.has(name));
}

function namesInLog({ hosts }: Snapshot): readonly HostName[] {
  return hosts.logged.map(({ host }) => host);
}

/** On a disk of our own, a name in the log may well be one that this machine had before. */
function logNames(
  { home, hosts }: Snapshot,
  users: readonly (MachineIdentity | null)[],
): readonly HostName[] {
  if (home.filesystem?.isNetwork === true) return [];
  const met = new Set(users.map(one => one?.hostname));
  return hosts.logged.map(({ host }) => host).filter(name => !met.has(name));
}

function reasonsFor(name: HostName, { hosts }: Snapshot): readonly string[] {
  const { sights, observed, logged } = hosts;
  const compared = sights.filter(
    ({ machine, sharing }) => machine?.hostname === name && sharing?.answer === 'yes',
  );
  const seen = observed.filter(({ machine }) => machine.hostname === name);
  const written = seen.reduce((sum, { threads }) => sum + Object.keys(threads).length, 0);
  const inLog = new Set(logged.filter(({ host }) => host === name).map(({ thread }) => thread));
  return [
    ...new Set(compared.flatMap(({ sharing }) => sharing?.because ?? [])),
    ...(written > 0 ? [`Threads were seen being written on ${name}.`] : []),
    ...(inLog.size > 0 ? [`Codex's own log says that threads were open on ${name}.`] : []),
  ];
}

function sayTwins(name: HostName): string {
  return `Several machines are called ${name}, and nobody can tell which of them it was.`;
}

function sayEarlier(name: HostName): string {
  return `${name} has the id of this machine: it may be an earlier name of it, or a copy.`;
}

function sayOnlyLogged(name: HostName): string {
  return `${name} is known from Codex's log alone: it may be an earlier name of this machine.`;
}
