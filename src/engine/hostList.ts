// The hosts that a person chose, and what looks at them have shown. They are kept outside every Codex
// home; nobody is connected to who was not chosen, and not before somebody asks.

import { hostsKept, type HostsKept } from './hostsKept.ts';
import type { HostSight } from './model/host.ts';
import type { Report } from './model/report.ts';
import { Refusal } from './refusal.ts';
import { lookAtHosts } from './scan/hosts.ts';
import type { World } from './world.ts';

export interface HostList extends HostsKept {
  /** The hosts that the person's own ssh config names. */
  offered(): Promise<readonly string[]>;
  /** The aliases of those that they chose. */
  chosen(): Promise<readonly string[]>;
  choose(aliases: readonly string[]): Promise<void>;
  /** This machine, by the same probe as the others. */
  here(report: Report): Promise<HostSight>;
  /** What the last look at each of these has shown; of some there may be none. */
  known(aliases: readonly string[]): Promise<readonly HostSight[]>;
  /** Looks at these hosts, some at a time. A host that does not answer is a sight with a gap. */
  look(request: HostLook): Promise<readonly HostSight[]>;
}

export interface HostLook {
  readonly aliases: readonly string[];
  /** Of the home that may be shared with them; null where there is none here. */
  readonly report: Report | null;
  readonly signal?: AbortSignal;
  /** Told as soon as one has been looked at. */
  readonly seen?: (sight: HostSight) => void;
}

const CHOSEN = 'hosts/chosen.json';

export function createHostList(world: World): HostList {
  return {
    ...hostsKept(world),
    offered: async () => {
      const read = await world.hosts.offered();
      if (read.ok) return read.value;
      throw new Refusal(
        'ssh-config-unreadable',
        `Your ssh config could not be read: ${read.trouble.why}.`,
        'Name the host as you would to ssh.',
      );
    },
    chosen: () => readChosen(world),
    choose: aliases => writeChosen(world, aliases),
    here: report => lookHere(world, report),
    known: async aliases => {
      const sights = await Promise.all(aliases.map(alias => recall(world, alias)));
      return sights.filter(sight => sight !== null);
    },
    look: request => lookAtAll(world, request),
  };
}

async function lookHere(world: World, { snapshot }: Report): Promise<HostSight> {
  const { hostname, id, system, user } = world.machine;
  const probed = await world.hosts.here({ homes: [snapshot.home.path] });
  const seen = {
    alias: hostname,
    takenAtMs: world.now(),
    paths: {},
    holders: snapshot.holders,
    snapshot: null,
  };
  if (probed.ok) return { ...seen, by: 'node', ...probed.value };
  // What of it can be compared with other hosts is not known then; the rest the scan has seen.
  return {
    ...seen,
    by: 'node',
    machine: { hostname, machine: id, system, user },
    homes: [],
    servers: [],
    codexes: snapshot.codexes.map(({ path, version }) => ({ path, version })),
    starts: [],
    gaps: [{ what: 'what of this machine is compared with others', why: probed.trouble.why }],
  };
}

async function lookAtAll(
  world: World,
  { aliases, report, signal, seen = () => undefined }: HostLook,
): Promise<readonly HostSight[]> {
  return lookAtHosts(world, report?.snapshot ?? null, aliases, {
    signal,
    seen: async sight => {
      const told = await remembered(world, ownKey(world, sight));
      seen(told);
      return told;
    },
  });
}

/** A home is known by host and path: two hosts may have one at the same path. */
function ownKey(world: World, sight: HostSight): HostSight {
  const { alias, snapshot } = sight;
  if (snapshot === null) return sight;
  const key = world.hash(`${alias}\n${snapshot.home.path}`).slice(0, 8);
  return { ...sight, snapshot: { ...snapshot, home: { ...snapshot.home, key } } };
}

async function remembered(world: World, sight: HostSight): Promise<HostSight> {
  if (sight.by === 'nobody') return withWhatWasKnown(world, sight);
  await world.memory.remember(keyOf(sight.alias), JSON.stringify(sight));
  return sight;
}

/** What was seen earlier says more than that nobody answers now, as long as it says when that was. */
async function withWhatWasKnown(world: World, silent: HostSight): Promise<HostSight> {
  const earlier = await recall(world, silent.alias);
  const gaps = silent.gaps.map(({ why }) => ({ what: 'how it is now', why }));
  return earlier === null ? silent : { ...earlier, gaps: [...gaps, ...earlier.gaps] };
}

/** The number goes up whenever a sight is written in another form. */
function keyOf(alias: string): string {
  return `host-sight/1/${alias}`;
}

async function recall(world: World, alias: string): Promise<HostSight | null> {
  const text = await world.memory.recall(keyOf(alias));
  try {
    return text === null ? null : (JSON.parse(text) as HostSight);
  } catch {
    return null;
  }
}

async function readChosen(world: World): Promise<readonly string[]> {
  const read = await world.keep.read(CHOSEN);
  const chosen = read.ok ? parseChosen(read.value) : null;
  if (chosen !== null) return chosen;
  throw new Refusal(
    'hosts-unreadable',
    `Which hosts you chose could not be read: ${read.ok ? 'it is not what this program writes' : read.trouble.why}.`,
    'Put the file right or move it away, and add your hosts again.',
  );
}

async function writeChosen(world: World, aliases: readonly string[]): Promise<void> {
  const text = `${JSON.stringify({ schemaVersion: 1, hosts: aliases }, null, 2)}\n`;
  const written = await world.keep.write(CHOSEN, text, []);
  if (written.ok) return;
  throw new Refusal(
    'hosts-not-written',
    `Which hosts you chose could not be kept: ${written.trouble.why}.`,
    'Nothing was changed. Make that place writable, or name another state directory with XDG_STATE_HOME.',
  );
}

function parseChosen(text: string | null): readonly string[] | null {
  if (text === null) return [];
  try {
    const kept = JSON.parse(text) as {
      readonly schemaVersion?: unknown;
      readonly hosts?: unknown;
    } | null;
    const isOurs = kept?.schemaVersion === 1 && Array.isArray(kept.hosts);
    const hosts = isOurs ? (kept.hosts as readonly unknown[]) : null;
    return hosts?.every(one => typeof one === 'string') === true
      ? (hosts as readonly string[])
      : null;
  } catch {
    return null;
  }
}
