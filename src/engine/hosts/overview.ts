// Hosts side by side: which of them use one home, and which Codex each of them runs on it. Pure.

import type { HostSight, OwnDatabases, SeenHome } from '../model/host.ts';
import type { FilePath } from '../model/words.ts';
import { databasesTook, type DatabasesTook } from './databasesTook.ts';
import { sharesHome } from './sharing.ts';

export interface HostsOverview {
  /** This machine first, then the others as they were asked for. */
  readonly hosts: readonly HostEntry[];
  readonly shared: readonly SharedHome[];
  /** Of all hosts for which databases of their own were made, also of those that were not looked at. */
  readonly ownDatabases: readonly SeenOwnDatabases[];
}

export interface SeenOwnDatabases extends Pick<OwnDatabases, 'host' | 'home' | 'folder' | 'at'> {
  /** Whether a Codex that is started or runs there uses them. */
  readonly isUsed: DatabasesTook['answer'];
}

export interface HostEntry extends Omit<HostSight, 'paths' | 'holders' | 'snapshot' | 'alias'> {
  /** What the person calls it; this machine by what it calls itself. */
  readonly name: string;
  readonly isHere: boolean;
  /** Threads in the home that it has for itself; null where nobody could count, or the home is ours. */
  readonly threads: number | null;
}

/** One home, and the hosts that have it. */
export interface SharedHome {
  readonly hosts: readonly string[];
  /** Where it is on the first of them. */
  readonly path: FilePath;
  /** From what that follows, as sentences. */
  readonly because: readonly string[];
  /** Versions of the Codex programs of these hosts, where they are known. */
  readonly versions: readonly { readonly host: string; readonly version: string }[];
  /** Whether they are not all of one version: the older may not read what the newer writes. */
  readonly areVersionsMixed: boolean;
  /** Running app servers whose home could not be told: any of them may use it too. */
  readonly opaqueServers: number;
}

/** `here`: what the probe says of this machine; its alias is its host name. */
export function hostsOverview(
  here: HostSight,
  sights: readonly HostSight[],
  ownDatabases: readonly OwnDatabases[] = [],
): HostsOverview {
  const all = [here, ...sights];
  const hosts = all.map((sight, place) => entryOf(sight, place === 0));
  return {
    hosts,
    shared: groupsOf(hosts).map(sharedHome),
    ownDatabases: ownDatabases.map(own => {
      const { host, home, folder, at } = own;
      return { host, home, folder, at, isUsed: databasesTook(own, all).answer };
    }),
  };
}

function entryOf(sight: HostSight, isHere: boolean): HostEntry {
  const { alias, snapshot } = sight;
  const { takenAtMs, by, machine, homes, servers, codexes, starts, gaps } = sight;
  const seen = { takenAtMs, by, machine, homes, servers, codexes, starts, gaps };
  return { name: alias, isHere, threads: snapshot?.threads.length ?? null, ...seen };
}

interface Member {
  readonly host: HostEntry;
  readonly home: SeenHome;
}

interface Group {
  readonly members: Member[];
  readonly because: Set<string>;
}

/** Homes that are one, as far as can be told; one that only a single host has is no group. */
function groupsOf(hosts: readonly HostEntry[]): readonly Group[] {
  const groups: Group[] = [];
  for (const host of hosts)
    for (const home of host.homes) {
      const group = groups.find(one => joins(one, home));
      if (group === undefined) groups.push({ members: [{ host, home }], because: new Set() });
      else group.members.push({ host, home });
    }
  return groups.filter(({ members }) => new Set(members.map(({ host }) => host)).size > 1);
}

function joins({ members, because }: Group, home: SeenHome): boolean {
  for (const member of members) {
    const shares = sharesHome(member.home, home);
    if (shares.answer !== 'yes') continue;
    for (const reason of shares.because) because.add(reason);
    return true;
  }
  return false;
}

function sharedHome({ members, because }: Group): SharedHome {
  const hosts = [...new Set(members.map(({ host }) => host))];
  const versions = hosts.flatMap(({ name, codexes }) =>
    [...new Set(codexes.map(({ version }) => version))].flatMap(version =>
      version === null ? [] : [{ host: name, version }],
    ),
  );
  return {
    hosts: hosts.map(({ name }) => name),
    path: members[0]?.home.path ?? '',
    because: [...because],
    versions,
    areVersionsMixed: new Set(versions.map(({ version }) => version)).size > 1,
    opaqueServers: hosts.flatMap(({ servers }) => servers).filter(one => one.isOpaque).length,
  };
}
