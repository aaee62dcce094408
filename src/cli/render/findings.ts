// What was found, in groups: many threads with one trouble are one matter to whoever reads.

import type { CheckPage } from '../../engine/engine.ts';
import type { Finding, Severity } from '../../engine/model/finding.ts';
import type { Report } from '../../engine/model/report.ts';
import type { Thread } from '../../engine/model/thread.ts';
import type { ThreadId } from '../../engine/model/words.ts';

export interface Group {
  readonly check: string;
  readonly title: string;
  readonly severity: Severity;
  readonly findings: readonly Finding[];
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note'];

/** What counts, the gravest first, and then as the checks stand in their list. */
export function groupFindings(report: Report, checks: readonly CheckPage[]): readonly Group[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of report.findings) {
    if (finding.accepted) continue;
    const key = `${finding.severity} ${finding.check}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return SEVERITIES.flatMap(severity =>
    checks.flatMap(({ id, title }) => {
      const findings = groups.get(`${severity} ${id}`);
      return findings === undefined ? [] : [{ check: id, title, severity, findings }];
    }),
  );
}

/** How many threads suffer from something that is more than a note. */
export function threadsInTrouble({ findings }: Report): ReadonlySet<ThreadId> {
  const grave = findings.filter(({ severity, accepted }) => severity !== 'note' && !accepted);
  return new Set(grave.flatMap(({ threads }) => threads));
}

export interface Label {
  readonly text: string;
  /** Whether it names a place, and is shortened as one. */
  readonly isPath: boolean;
  /** The thread that a person can resume, or name to other commands. */
  readonly thread: ThreadId | null;
}

export type ThreadsById = ReadonlyMap<ThreadId, Thread>;

export function threadsById({ snapshot }: Report): ThreadsById {
  return new Map(snapshot.threads.map(thread => [thread.id, thread]));
}

/** What a person calls the subject of a finding. */
export function labelOf({ subject, threads }: Finding, known: ThreadsById): Label {
  const { kind, key, path } = subject;
  switch (kind) {
    case 'thread':
      return { text: titleOf(known.get(key)), isPath: false, thread: key };
    case 'rollout': {
      const [only] = threads;
      const thread = threads.length === 1 && only !== undefined ? known.get(only) : undefined;
      return thread === undefined
        ? { text: path ?? key, isPath: true, thread: null }
        : { text: titleOf(thread), isPath: false, thread: thread.id };
    }
    case 'database':
    case 'config':
      return { text: key, isPath: true, thread: null };
    case 'provider':
      return { text: `Provider ${key}`, isPath: false, thread: null };
    case 'codex':
      return { text: `Codex ${key}`, isPath: false, thread: null };
    case 'host':
      return { text: `Host ${key}`, isPath: false, thread: null };
    case 'home':
      return { text: 'This home', isPath: false, thread: null };
  }
}

export function titleOf(thread: Thread | undefined): string {
  const title = thread?.title.trim() ?? '';
  return title === '' ? '(no title)' : title;
}
