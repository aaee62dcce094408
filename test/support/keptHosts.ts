// What lies in the person's state directory of what was seen on hosts.

import { createHash } from 'node:crypto';
import { idOf, type HomeBuilder } from './home.ts';

/** What a host has noted, by the keys of threads: when it saw them first. */
export function keptOn(
  builder: HomeBuilder,
  hostname: string,
  threads: Readonly<Record<string, number>>,
  machine: string | null = `digest of ${hostname}`,
): HomeBuilder {
  const times = Object.entries(threads).map(([key, atMs]) => {
    const iso = new Date(atMs).toISOString();
    return [idOf(key), [iso, iso]];
  });
  const name = createHash('sha256')
    .update(JSON.stringify([hostname, machine]))
    .digest('hex');
  return builder
    .kept('hosts/remembering.json', { remember: true })
    .kept(`hosts/seen/${name.slice(0, 16)}.json`, {
      machine: { hostname, machine, system: 'linux', user: 'ada' },
      threads: Object.fromEntries(times) as object,
    });
}
