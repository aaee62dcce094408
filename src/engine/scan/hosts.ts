// World → what is seen of other hosts. A host that is down, slow or gone in the middle is a gap of its own, and
// holds up no other.

import { sharesHome } from '../hosts/sharing.ts';
import type { HostGap, HostSight, SeenHome, Sharing } from '../model/host.ts';
import { isAbsolutePath } from '../model/paths.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { FilePath } from '../model/words.ts';
import type { HostConnection, World } from '../world.ts';

/** Hosts that are looked at side by side: each is a process here. */
const AT_ONCE = 6;

export interface HostsRequest {
  readonly signal?: AbortSignal | undefined;
  /** Homes that this one was split into: who has files of those open is asked as well. */
  readonly splitInto?: readonly FilePath[] | undefined;
  /** Handed each sight as soon as it is made; what it makes of it is what is told. */
  readonly seen?: (sight: HostSight) => Promise<HostSight>;
}

/** In the order in which they were named; without `snapshot` no home is taken for one that we share. */
export async function lookAtHosts(
  world: World,
  snapshot: Snapshot | null,
  aliases: readonly string[],
  { signal, splitInto = [], seen = sight => Promise.resolve(sight) }: HostsRequest = {},
): Promise<readonly HostSight[]> {
  const ours = aliases.length === 0 ? null : await lookAtOurs(world, snapshot, splitInto);
  const sights: HostSight[] = [];
  const waiting = [...aliases.entries()];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      sights[next[0]] = await seen(await lookAt(world, ours, next[1], signal));
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, aliases.length) }, lane));
  return sights;
}

/** Our own home, as other hosts say it of theirs. */
interface Ours {
  readonly snapshot: Snapshot;
  readonly home: SeenHome | null;
  readonly splitInto: readonly FilePath[];
}

async function lookAtOurs(
  world: World,
  snapshot: Snapshot | null,
  splitInto: readonly FilePath[],
): Promise<Ours | null> {
  if (snapshot === null) return null;
  const { path } = snapshot.home;
  const probe = await world.hosts.here({ homes: [path] });
  const seen = probe.ok ? probe.value.homes.find(home => home.path === path) : undefined;
  return { snapshot, home: seen ?? null, splitInto };
}

async function lookAt(
  world: World,
  ours: Ours | null,
  alias: string,
  signal: AbortSignal | undefined,
): Promise<HostSight> {
  const takenAtMs = world.now();
  const asked = { homes: ours === null ? [] : [ours.snapshot.home.path] };
  const connected = await world.hosts.connect(alias, asked, signal);
  if (!connected.ok) {
    const gaps = [{ what: 'the host', why: connected.trouble.why }];
    return { ...NOBODY, ...NOTHING, alias, takenAtMs, gaps };
  }
  const connection = connected.value;
  try {
    const by = connection.whyNoScanner === null ? 'node' : 'shell';
    const seen = await lookThrough(connection, ours);
    return { ...connection.probe, ...NOTHING, ...seen, alias, takenAtMs, by };
  } finally {
    await connection.close();
  }
}

const NOBODY = {
  by: 'nobody',
  machine: null,
  homes: [],
  servers: [],
  codexes: [],
  starts: [],
} as const;
const NOTHING = { paths: {}, holders: [], snapshot: null } as const;

type Seen = Partial<Pick<HostSight, 'sharing' | 'paths' | 'holders' | 'snapshot'>> &
  Pick<HostSight, 'gaps'>;

/**
 * Of a home that is ours as well nothing is read there but what differs from host to host. A host may see it and
 * use another; and where nobody can tell whether it is ours, both are looked at.
 */
async function lookThrough(connection: HostConnection, ours: Ours | null): Promise<Seen> {
  const { probe } = connection;
  const held = probe.homes.map(home => ({ home, sharing: sharingWith(ours, home) }));
  const [used] = held;
  const shared =
    held.find(({ sharing }) => sharing?.answer === 'yes') ??
    held.find(({ sharing }) => sharing?.answer === 'unknown');
  const [together, own] = await Promise.all([
    ours === null || shared === undefined ? NONE : lookAtShared(connection, ours, shared.home),
    used === undefined || used.sharing?.answer === 'yes' ? NONE : lookAtOwn(connection, used.home),
  ]);
  const sharing = shared?.sharing ?? used?.sharing;
  return {
    ...together,
    ...own,
    ...(sharing === undefined ? {} : { sharing }),
    gaps: [...probe.gaps, ...together.gaps, ...own.gaps],
  };
}

/** Absent where there is nothing to hold it against. */
function sharingWith(ours: Ours | null, home: SeenHome): Sharing | undefined {
  return ours?.home == null ? undefined : sharesHome(ours.home, home);
}

const NONE: Seen = { gaps: [] };

async function lookAtOwn(connection: HostConnection, { path }: SeenHome): Promise<Seen> {
  const scanned = await connection.scan(path);
  return scanned.ok
    ? { snapshot: scanned.value, gaps: [] }
    : { gaps: [{ what: `what ${path} holds there`, why: scanned.trouble.why }] };
}

async function lookAtShared(
  connection: HostConnection,
  { snapshot, splitInto }: Ours,
  shared: SeenHome,
): Promise<Seen> {
  const gaps: HostGap[] = [];
  const { path, sqliteHome } = snapshot.home;
  // Where our databases lie apart, they do so on the hosts that share them.
  const own = sqliteHome === path ? [shared.path] : [shared.path, sqliteHome];
  const [paths, holders] = await Promise.all([
    connection.paths(workingDirectories(snapshot)),
    connection.holders([...own, ...splitInto]),
  ]);
  if (!paths.ok) gaps.push({ what: 'which folders are there', why: paths.trouble.why });
  if (!holders.ok) gaps.push({ what: 'who has files open there', why: holders.trouble.why });
  return {
    ...(paths.ok ? { paths: paths.value } : {}),
    ...(holders.ok ? { holders: holders.value.holders } : {}),
    gaps,
  };
}

function workingDirectories({ threads }: Snapshot): readonly FilePath[] {
  const named = threads.flatMap(({ cwd }) => (isAbsolutePath(cwd) ? [cwd] : []));
  return [...new Set(named)];
}
