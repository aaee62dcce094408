// A report as its reader set it up: levels applied, accepted findings left out, sorted by thread.
// Made once for each scan and each change of the settings; everything shown is made from it.

import type { Finding, Severity } from '../engine/model/finding.ts';
import type { Report, Visibility } from '../engine/model/report.ts';
import type { Thread } from '../engine/model/thread.ts';
import type { ThreadId } from '../engine/model/words.ts';
import type { ServerSettings } from '../protocol/settings.ts';
import { append } from './group.ts';

export interface View {
  readonly report: Report;
  /** What is called active is so at this moment. */
  readonly madeAtMs: number;
  readonly settings: ServerSettings;
  /** The other host on which this home lies; null for the one of this machine. */
  readonly elsewhere: string | null;
  /** What each check is called. */
  readonly titles: ReadonlyMap<string, string>;
  readonly threads: ReadonlyMap<ThreadId, Thread>;
  readonly findings: readonly Finding[];
  readonly byThread: ReadonlyMap<ThreadId, readonly Finding[]>;
  /** Findings that are not about a thread or its files. */
  readonly ofHome: ReadonlySet<Finding>;
  readonly threadsInTrouble: ReadonlySet<ThreadId>;
}

export function viewReport(
  report: Report,
  settings: ServerSettings,
  titles: ReadonlyMap<string, string>,
  madeAtMs: number = report.snapshot.takenAtMs,
  elsewhere: string | null = null,
): View {
  const findings = report.findings
    .filter(({ accepted }) => !accepted)
    .flatMap(finding => withLevel(finding, settings))
    .sort((one, other) => gravity(one.severity) - gravity(other.severity));
  const threads = new Map(report.snapshot.threads.map(thread => [thread.id, thread]));
  const byThread = new Map<ThreadId, Finding[]>();
  for (const finding of findings) for (const id of finding.threads) append(byThread, id, finding);
  const ofHome = new Set(findings.filter(finding => !isShownAtThread(finding, threads)));
  const threadsInTrouble = new Set(
    [...byThread]
      .filter(([id, list]) => threads.has(id) && list.some(({ severity }) => severity !== 'note'))
      .map(([id]) => id),
  );
  const found = { findings, byThread, ofHome, threadsInTrouble };
  return { report, madeAtMs, settings, elsewhere, titles, threads, ...found };
}

function withLevel(finding: Finding, { levels }: ServerSettings): readonly Finding[] {
  const level = levels[finding.check];
  if (level === undefined) return [finding];
  return level === 'off' ? [] : [{ ...finding, severity: level }];
}

/** A finding about the home may list threads that suffer from it; it is still one of the home. */
function isShownAtThread(
  { subject, threads }: Finding,
  known: ReadonlyMap<ThreadId, Thread>,
): boolean {
  const isOfThread = subject.kind === 'thread' || subject.kind === 'rollout';
  return isOfThread && threads.some(id => known.has(id));
}

/** Who can see a thread; null where it was not predicted. */
export function visibilityOf({ report }: View, id: ThreadId): Visibility | null {
  return report.visibility[id] ?? null;
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
