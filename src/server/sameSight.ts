// Whether two looks at a home have seen the same: then nobody has to be told.

import type { Report } from '../engine/model/report.ts';

/** What did not change between two looks of one standing scan is the same object, or says the same. */
export function saysTheSame(one: Report, other: Report): boolean {
  const { rollouts, threads, state, takenAtMs: _, ...rest } = one.snapshot;
  const now = other.snapshot;
  return (
    hasSame(rollouts, now.rollouts) &&
    hasSame(threads, now.threads) &&
    state?.rows === now.state?.rows &&
    one.nothingLost.says === other.nothingLost.says &&
    isSameText(one.checks, other.checks) &&
    isSameText(one.findings, other.findings) &&
    (Object.keys(rest) as (keyof typeof rest)[]).every(
      name => rest[name] === now[name] || isSameText(rest[name], now[name]),
    )
  );
}

function hasSame<T>(one: readonly T[], other: readonly T[]): boolean {
  return one.length === other.length && one.every((item, at) => item === other[at]);
}

function isSameText(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
