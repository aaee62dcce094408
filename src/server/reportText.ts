// The report for the clipboard, made from one that was redacted: enough to help somebody, and
// nothing that says who they are or what they work on.

import type { Finding } from '../engine/model/finding.ts';
import type { Report } from '../engine/model/report.ts';
import { append } from './group.ts';
import { harmless } from '../words/harmless.ts';
import type { View } from './view.ts';
import { bytesInWords, count, timeInWords } from '../words/amounts.ts';

/** Of each check; a report that nobody can read helps nobody. */
const EXAMPLES = 5;

export function reportText({ report, findings, titles }: View): string {
  const byCheck = new Map<string, Finding[]>();
  for (const finding of findings) append(byCheck, finding.check, finding);
  const lines = [
    ...summary(report),
    ...[...byCheck].flatMap(([check, list]) => [
      '',
      `${list[0]?.severity ?? ''}: ${titles.get(check) ?? check} (${check}), ${count(list.length, 'time')}`,
      ...list.slice(0, EXAMPLES).map(({ says }) => `  - ${harmless(says, 1000)}`),
      ...(list.length > EXAMPLES ? [`  - and ${String(list.length - EXAMPLES)} more`] : []),
    ]),
    ...couldNotTell(report),
  ];
  return `${lines.join('\n')}\n`;
}

function summary({ snapshot, counts, nothingLost, verdict }: Report): readonly string[] {
  const { home, codexes } = snapshot;
  const versions = codexes.map(({ version }) => version ?? 'unknown').join(', ');
  return [
    `Codex Session Health, ${timeInWords(snapshot.takenAtMs)}`,
    nothingLost.says,
    `Verdict: ${verdict}`,
    `Threads: ${String(counts.threads)}, ${String(counts.archived)} archived, in ${count(counts.projects, 'project')}`,
    `Rollouts: ${String(counts.rollouts)}, ${bytesInWords(counts.rolloutBytes)}; rows: ${String(counts.rows)}`,
    `System: ${home.system}, filesystem ${home.filesystem?.type ?? 'unknown'}`,
    `Codex: ${versions === '' ? 'none found' : versions}`,
  ];
}

function couldNotTell({ checks }: Report): readonly string[] {
  const silent = checks.filter(({ outcome }) => outcome === 'unknown' || outcome === 'crashed');
  if (silent.length === 0) return [];
  return [
    '',
    'Could not tell:',
    ...silent.map(({ id, outcome, why }) => `  - ${id} (${outcome}): ${harmless(why ?? '', 300)}`),
  ];
}
