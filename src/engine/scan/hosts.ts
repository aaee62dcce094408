// One look at another host: the probe, and then what it takes to know more of its home.

import type { HostSight } from '../model/host.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { World } from '../world.ts';

export async function lookAtHost(
  world: World,
  snapshot: Snapshot | null,
  alias: string,
  signal?: AbortSignal,
): Promise<HostSight> {
  const asked = { homes: snapshot === null ? [] : [snapshot.home.path] };
  const connected = await world.hosts.connect(alias, asked, signal);
  const seen = { alias, takenAtMs: world.now(), paths: {}, holders: [], snapshot: null };
  if (!connected.ok)
    return {
      ...seen,
      by: 'nobody',
      machine: null,
      homes: [],
      servers: [],
      codexes: [],
      starts: [],
      gaps: [{ what: 'the host', why: connected.trouble.why }],
    };
  await connected.value.close();
  return { ...seen, by: 'node', ...connected.value.probe };
}
