// Whether two looks at a home have seen the same: then nobody has to be told.

import { isSameKnowledge } from '../engine/engine.ts';
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

function hasSame<T>(one: readonly T[], other: readonly T[]): boolean {
  if (one === other) return true;
  return one.length === other.length && one.every((item, at) => isSameText(item, other[at]));
}

function isSameText(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
