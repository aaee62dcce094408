// The only door to the engine.

import { checks } from './checks/index.ts';
import { runChecks } from './checks/runChecks.ts';
import type { Counts, Report } from './model/report.ts';
import type { CheckOutcome, Finding } from './model/finding.ts';
import type { Snapshot } from './model/snapshot.ts';
import { answerNothingLost } from './nothingLost.ts';
import { takeSnapshot, type ScanRequest } from './scan/takeSnapshot.ts';
import type { World } from './world.ts';

export type { ScanRequest } from './scan/takeSnapshot.ts';

export interface Engine {
  /** Looks at a home, and judges what it saw. Changes nothing. */
  scan(request: ScanRequest): Promise<Report>;
}

export function createEngine(world: World): Engine {
  return {
    scan: async request => judge(await takeSnapshot(world, request)),
  };
}

/** Everything behind the snapshot: pure. */
export function judge(snapshot: Snapshot): Report {
  const { findings, outcomes } = runChecks(checks, snapshot);
  return {
    snapshot,
    findings,
    checks: outcomes,
    verdict: verdictOf(findings, outcomes),
    nothingLost: answerNothingLost(snapshot),
    counts: countsOf(snapshot),
  };
}

function verdictOf(
  findings: readonly Finding[],
  outcomes: readonly CheckOutcome[],
): Report['verdict'] {
  if (findings.some(({ severity, accepted }) => severity !== 'note' && !accepted))
    return 'findings';
  const graveChecks = new Set(
    checks.filter(check => check.severity === 'error').map(({ id }) => id),
  );
  const couldNotTell = outcomes.some(
    ({ id, outcome }) => outcome === 'crashed' || (outcome === 'unknown' && graveChecks.has(id)),
  );
  return couldNotTell ? 'incomplete' : 'healthy';
}

function countsOf({ threads, rollouts, state }: Snapshot): Counts {
  const archived = threads.filter(thread => thread.archived).length;
  return {
    threads: threads.length,
    active: threads.length - archived,
    archived,
    rows: state?.rows.length ?? 0,
    rollouts: rollouts.length,
    rolloutBytes: rollouts.reduce((sum, { bytes }) => sum + bytes, 0),
    projects: new Set(threads.map(({ project }) => project)).size,
  };
}
