// A report as a person reads it: first the answer, then what is wrong.

import type { Report } from '../engine/model/report.ts';

export function renderReport({ nothingLost, findings, counts, snapshot }: Report): string {
  const lines = [
    nothingLost.says,
    '',
    `${snapshot.home.path}: ${String(counts.threads)} threads in ${String(counts.projects)} projects, ${String(counts.archived)} archived.`,
    ...findings.map(({ severity, says, subject }) => `${severity}  ${subject.key}  ${says}`),
  ];
  return `${lines.join('\n')}\n`;
}
