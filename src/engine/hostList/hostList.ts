// The hosts that a person chose, and what looks at them have shown. They are kept outside every Codex
// home; nobody is connected to who was not chosen, and not before somebody asks.

import { askFreshServers } from './freshServers.ts';
import { hostsKept, type HostsKept } from './hostsKept.ts';
import { splitTook } from '../hosts/splitTook.ts';
import { SILENT_NOW, type HostSight, type HostTook, type PlannedSplit } from '../model/host.ts';
import type { Report } from '../model/report.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { FilePath } from '../model/words.ts';
import { Refusal } from '../refusal.ts';
import { lookAtHosts } from '../scan/hosts.ts';
import { givesHomeHere, lookHere, rememberOwnSight } from '../scan/ownSight.ts';
import { readSplits } from '../scan/splitNotes.ts';
import type { World } from '../world.ts';

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
  /**
   * Whether a split has taken on each of its hosts: they are looked at again, and where a Codex would start with
   * its new home, one is started for a moment and asked. This is part of making a split, and no mere look.
   */
  confirmSplit(split: PlannedSplit, request: HostLook): Promise<readonly HostTook[]>;
}

export interface HostLook {
  readonly aliases: readonly string[];
  /** Of the home that may be shared with them; null where there is none here. */
  readonly report: Report | null;
  /** Homes that it was split into: who has files of those open there is seen as well. */
  readonly splitInto?: readonly FilePath[];
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
    here: ({ snapshot }) => lookHere(world, snapshot),
    known: async aliases => {
      const sights = await Promise.all(aliases.map(alias => recall(world, alias)));
      return sights.filter(sight => sight !== null);
    },
    look: request => lookAtAll(world, request),
    confirmSplit: async (split, request) => {
      const beganMs = world.now();
      // What was seen of a silent host at an earlier time says nothing of how it is now.
      const sights = (await lookAtAll(world, request)).filter(
        ({ takenAtMs }) => takenAtMs >= beganMs,
      );
      const here = split.hosts.some(({ host }) => host === world.machine.hostname)
        ? await lookHere(world, request.report?.snapshot ?? null)
        : null;
      const fresh = await askFreshServers(world, split, { here, sights }, request.signal);
      return splitTook(split, here === null ? sights : [here, ...sights], fresh);
    },
  };
}

async function lookAtAll(
  world: World,
  { aliases, report, splitInto, signal, seen = () => undefined }: HostLook,
): Promise<readonly HostSight[]> {
  const snapshot = report?.snapshot ?? null;
  const own = lookAtOwn(world, snapshot);
  const sights = await lookAtHosts(world, snapshot, aliases, {
    signal,
    splitInto,
    seen: async sight => {
      // Whoever is told of a sight scans, and then what was seen of this machine is there as well.
      await own;
      const told = await remembered(world, ownKey(world, sight));
      seen(told);
      return told;
    },
  });
  await own;
  return sights;
}

/** Where a split gives this machine a home as well, it is looked at with the others, and as they are. */
async function lookAtOwn(world: World, snapshot: Snapshot | null): Promise<void> {
  if (givesHomeHere(world, await readSplits(world.keep)))
    await rememberOwnSight(world, await lookHere(world, snapshot));
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
  const gaps = silent.gaps.map(({ why }) => ({ what: SILENT_NOW, why }));
  return earlier === null ? silent : { ...earlier, gaps: [...gaps, ...earlier.gaps] };
}

/** The number goes up whenever a sight is written in another form. */
function keyOf(alias: string): string {
  return `host-sight/3/${alias}`;
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
