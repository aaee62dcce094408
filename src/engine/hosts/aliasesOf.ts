// By which of the names that a person has chosen certain hosts are reached: a host says only when it is looked
// at what it calls itself.

import type { HostHome, HostSight } from '../model/host.ts';

/** Those of `chosen` that lead to these hosts by what is known, and those of which it is not known. */
export function aliasesOf(
  hosts: readonly HostHome[],
  chosen: readonly string[],
  sights: readonly HostSight[],
): readonly string[] {
  const names = new Map(sights.map(({ alias, machine }) => [alias, machine?.hostname]));
  return chosen.filter(alias => {
    const name = names.get(alias);
    return name === undefined || hosts.some(({ host }) => host === name);
  });
}
