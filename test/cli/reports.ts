// Reports whose findings a test chooses, so that what they look like does not depend on the checks
// that the product happens to have.

import type { CheckPage } from '../../src/engine/engine.ts';
import type { Finding, Severity } from '../../src/engine/model/finding.ts';
import type { Report, Shown } from '../../src/engine/model/report.ts';
import { scanned } from '../support/expect.ts';
import { home, idOf, type HomeBuilder } from '../support/home.ts';

export const CHECKS: readonly CheckPage[] = [
  page('database-damaged', 'error', 'Database is damaged'),
  page('thread-path-stale', 'error', 'Database points to where the conversation no longer is'),
  page('thread-cwd-missing', 'warning', 'Working directory does not exist'),
  page('thread-untitled', 'note', 'Thread has no title'),
];

function page(id: string, severity: Severity, title: string): CheckPage {
  const meaning = `The **first** sentence about \`${id}\`, which is long enough to be wrapped once it is shown.

- one thing
- another thing, see [the page](https://example.org/${id})`;
  return { id, title, severity, meaning, needs: {} };
}

export interface FindingSpec {
  readonly check: string;
  readonly thread?: string;
  readonly says: string;
  readonly severity?: Severity;
  readonly accepted?: true;
  readonly subject?: Finding['subject'];
  readonly facts?: Finding['facts'];
}

/** The report of a home, with these findings in place of its own. */
export async function reportOf(
  builder: HomeBuilder,
  specs: readonly FindingSpec[],
  more: Partial<Report> = {},
): Promise<Report> {
  const { report } = await scanned(builder);
  const findings = specs.map(asFinding);
  const isFound = findings.some(({ severity, accepted }) => severity !== 'note' && !accepted);
  return {
    ...report,
    snapshot: { ...report.snapshot, gaps: [] },
    findings,
    checks: CHECKS.map(({ id }) => ({
      id,
      outcome: findings.some(({ check }) => check === id) ? 'found' : 'ok',
      why: null,
    })),
    verdict: isFound ? 'findings' : 'healthy',
    nothingLost: { answer: 'yes', says: 'All 6 conversations are on this disk and can be read.' },
    counts: { ...report.counts, rolloutBytes: 7_000_000 },
    ...more,
  };
}

function asFinding(spec: FindingSpec): Finding {
  const id = idOf(spec.thread ?? 't1');
  const subject = spec.subject ?? { kind: 'thread' as const, key: id, path: null };
  const check = CHECKS.find(one => one.id === spec.check);
  return {
    id: `${spec.check}:${subject.key}`,
    check: spec.check,
    severity: spec.severity ?? check?.severity ?? 'note',
    subject,
    says: spec.says,
    facts: spec.facts ?? {},
    threads: spec.thread === undefined ? [] : [id],
    cures: [],
    accepted: spec.accepted ?? false,
  };
}

/** A home as people have one: several projects, other scripts, long names, an archive. */
export function livedIn(): HomeBuilder {
  return home()
    .codex('0.169.0')
    .codex('0.142.0', { foundBy: 'editor' })
    .thread('t1', { prompt: 'Fix the login test that fails on Mondays', age: 30 })
    .thread('t2', { prompt: 'データベースの移行を直してください、できるだけ早く', age: 60 * 26 })
    .thread('t3', { prompt: 'Write docs 👩‍👩‍👧 for the café', age: 60 * 24 * 20 })
    .thread('t4', { prompt: null, age: 60 * 24 * 400, archived: true })
    .thread('t5', {
      prompt: 'Explore',
      cwd: '/home/ada/work/a-project-with-a-very-long-name/and-a-folder/deep/down/below/it',
      source: { subagent: { thread_spawn: { parent_thread_id: idOf('t1'), depth: 1 } } },
    })
    .thread('t6', { prompt: 'Run the nightly job', cwd: '/srv/jobs', source: 'exec' });
}

const YES: Shown = { shown: true, why: null };
const UNKNOWN: Shown = { shown: 'unknown', why: 'the app keeps filters of its own' };

/** Who shows a thread: all, or all but those named. */
export function visibleBut(hidden: Partial<Record<'vscode' | 'resumePicker', string>> = {}) {
  const shown = (why: string | undefined): Shown =>
    why === undefined ? YES : { shown: false, why };
  return {
    scanList: YES,
    databaseList: YES,
    newest50: shown(hidden.vscode),
    resumable: { answer: true, why: null },
    surfaces: {
      vscode: shown(hidden.vscode),
      resumePicker: shown(hidden.resumePicker),
      desktop: UNKNOWN,
    },
  };
}
