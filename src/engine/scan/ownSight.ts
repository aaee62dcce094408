// This machine, as a look at hosts shows it. A scan does not look so itself: a login shell is started for
// it, which takes a second. It is needed only where a split gives this machine a home of its own, to tell whether
// that has taken here as well.

import type { HostSight, PlannedSplit } from '../model/host.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { World } from '../world.ts';

/** By the same probe as other hosts; `snapshot`: of the home that they may share. */
export async function lookHere(world: World, snapshot: Snapshot | null): Promise<HostSight> {
  const { hostname, id, system, user } = world.machine;
  const probed = await world.hosts.here({ homes: snapshot === null ? [] : [snapshot.home.path] });
  const seen = {
    alias: hostname,
    takenAtMs: world.now(),
    paths: {},
    holders: snapshot?.holders ?? [],
    snapshot: null,
  };
  // A scan knows places that a shell does not: the settings, and what other programs have brought along.
  const known = (snapshot?.codexes ?? []).map(({ path, version }) => ({ path, version }));
  if (probed.ok) {
    const { codexes } = probed.value;
    const more = known.filter(one => !codexes.some(({ path }) => path === one.path));
    return { ...seen, by: 'node', ...probed.value, codexes: [...codexes, ...more] };
  }
  // What of it can be compared with other hosts is not known then; the rest the scan has seen.
  return {
    ...seen,
    by: 'node',
    machine: { hostname, machine: id, system, user },
    homes: [],
    servers: [],
    codexes: known,
    starts: [],
    gaps: [{ what: 'what of this machine is compared with others', why: probed.trouble.why }],
  };
}

/** The number goes up whenever a sight is written in another form. */
const KEY = 'own-sight/1';

export function givesHomeHere({ machine }: World, splits: readonly PlannedSplit[]): boolean {
  return splits.some(({ hosts }) => hosts.some(({ host }) => host === machine.hostname));
}

export async function rememberOwnSight({ memory }: World, sight: HostSight): Promise<void> {
  await memory.remember(KEY, JSON.stringify(sight));
}

/** Null where nobody has looked yet. */
export async function recallOwnSight({ memory }: World): Promise<HostSight | null> {
  const text = await memory.recall(KEY);
  try {
    return text === null ? null : (JSON.parse(text) as HostSight);
  } catch {
    return null;
  }
}
