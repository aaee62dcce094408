// Whether the same is known of hosts.

import type { HostKnowledge } from '../model/host.ts';

/** A sight can hold all that a scan of another host has seen; it is the same as long as it is the same object. */
export function isSameKnowledge(
  { sights, ...rest }: HostKnowledge,
  { sights: others, ...now }: HostKnowledge,
): boolean {
  return (
    sights.length === others.length &&
    sights.every((sight, at) => sight === others[at]) &&
    JSON.stringify(rest) === JSON.stringify(now)
  );
}
