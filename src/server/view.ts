// A report as its reader set it up: levels applied, accepted findings left out, sorted by thread.
// Made once for each scan and each change of the settings; everything shown is made from it.

import type { Finding, Severity } from '../engine/model/finding.ts';
import type { Report } from '../engine/model/report.ts';
import type { ThreadId } from '../engine/model/words.ts';
import type { ServerSettings } from '../protocol.ts';

export interface View {
  readonly report: Report;
  readonly settings: ServerSettings;
  readonly findings: readonly Finding[];
  readonly byThread: ReadonlyMap<ThreadId, readonly Finding[]>;
  /** Findings that are not about a thread or its files. */
  readonly ofHome: readonly Finding[];
  readonly threadsInTrouble: ReadonlySet<ThreadId>;
}

export function viewReport(report: Report, settings: ServerSettings): View {
  const findings = report.findings
    .filter(({ accepted }) => !accepted)
    .flatMap(finding => withLevel(finding, settings))
    .sort((one, other) => gravity(one.severity) - gravity(other.severity));
  const known = new Set(report.snapshot.threads.map(({ id }) => id));
  const byThread = new Map<ThreadId, Finding[]>();
  for (const finding of findings)
    for (const id of finding.threads) {
      const list = byThread.get(id);
      if (list === undefined) byThread.set(id, [finding]);
      else list.push(finding);
    }
  const ofHome = findings.filter(finding => !isShownAtThread(finding, known));
  const threadsInTrouble = new Set(
    [...byThread]
      .filter(([id, list]) => known.has(id) && list.some(({ severity }) => severity !== 'note'))
      .map(([id]) => id),
  );
  return { report, settings, findings, byThread, ofHome, threadsInTrouble };
}

function withLevel(finding: Finding, { levels }: ServerSettings): readonly Finding[] {
  const level = levels[finding.check];
  if (level === undefined) return [finding];
  return level === 'off' ? [] : [{ ...finding, severity: level }];
}

/** A finding about the home may list threads that suffer from it; it is still one of the home. */
function isShownAtThread({ subject, threads }: Finding, known: ReadonlySet<ThreadId>): boolean {
  const isOfThread = subject.kind === 'thread' || subject.kind === 'rollout';
  return isOfThread && threads.some(id => known.has(id));
}

/** For sorting: the gravest first. */
export function gravity(severity: Severity | null): number {
  if (severity === null) return 3;
  return { error: 0, warning: 1, note: 2 }[severity];
}

/** The gravest of these findings; they are sorted. */
export function gravest(findings: readonly Finding[]): Severity | null {
  return findings[0]?.severity ?? null;
}
