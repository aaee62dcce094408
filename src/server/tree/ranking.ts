// The order of everything in the tree: trouble first, then the newest.

import type { Severity } from '../../engine/model/finding.ts';
import { gravity } from '../view.ts';

export interface Ranked {
  readonly severity: Severity | null;
  readonly updatedAtMs: number;
}

export function troubleThenNewest(one: Ranked, other: Ranked): number {
  return gravity(one.severity) - gravity(other.severity) || other.updatedAtMs - one.updatedAtMs;
}

/** What several come to: the gravest trouble of them, and the newest time. */
export function rankOfAll(ranked: Iterable<Ranked>): Ranked {
  let severity: Severity | null = null;
  let updatedAtMs = 0;
  for (const one of ranked) {
    if (gravity(one.severity) < gravity(severity)) severity = one.severity;
    if (one.updatedAtMs > updatedAtMs) updatedAtMs = one.updatedAtMs;
  }
  return { severity, updatedAtMs };
}
