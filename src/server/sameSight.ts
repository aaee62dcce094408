// Whether two looks at a home have seen the same: then nobody has to be told.

import type { HostKnowledge } from '../engine/model/host.ts';
import type { Report } from '../engine/model/report.ts';

/** Nearly all of two looks of one standing scan are the same objects; what was read anew may say the same. */
export function saysTheSame(one: Report, other: Report): boolean {
  const { rollouts, threads, state, hosts, takenAtMs: _, ...rest } = one.snapshot;
  const now = other.snapshot;
  return (
    hasSame(rollouts, now.rollouts) &&
    hasSame(threads, now.threads) &&
    hasSame(state?.rows ?? [], now.state?.rows ?? []) &&
    isSameKnowledge(hosts, now.hosts) &&
    state?.backfill?.status === now.state?.backfill?.status &&
    one.nothingLost.says === other.nothingLost.says &&
    isSameText(one.checks, other.checks) &&
    isSameText(one.findings, other.findings) &&
    (Object.keys(rest) as (keyof typeof rest)[]).every(name => isSameText(rest[name], now[name]))
  );
}

/** A sight can hold all that a scan of another host has seen; it is the same as long as it is the same object. */
function isSameKnowledge(
  { sights, ...rest }: HostKnowledge,
  { sights: others, ...now }: HostKnowledge,
): boolean {
  return (
    sights.length === others.length &&
    sights.every((sight, at) => sight === others[at]) &&
    isSameText(rest, now)
  );
}

function hasSame<T>(one: readonly T[], other: readonly T[]): boolean {
  if (one === other) return true;
  return one.length === other.length && one.every((item, at) => isSameText(item, other[at]));
}

function isSameText(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
