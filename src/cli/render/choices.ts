// What is repaired only when somebody chooses it: a plan for everything leaves it out, and must not be
// taken for all that can be done.

import type { Finding } from '../../engine/model/finding.ts';
import type { Report } from '../../engine/model/report.ts';
import { wrap } from '../text/wrap.ts';
import type { Context } from '../command.ts';

/** Findings that a plan for everything is about. */
export function openFindings({ findings }: Report): readonly Finding[] {
  return findings.filter(({ severity, accepted }) => severity !== 'note' && !accepted);
}

/** The checks of which every cure has to be chosen, the gravest first. */
export function checksToChoose(report: Report): readonly string[] {
  const choices = openFindings(report).filter(
    ({ cures }) => cures.length > 0 && !cures.some(({ automatic }) => automatic),
  );
  const graver = choices.toSorted((one, other) => rankOf(one) - rankOf(other));
  return [...new Set(graver.map(({ check }) => check))];
}

function rankOf({ severity }: Finding): number {
  return severity === 'error' ? 0 : 1;
}

export function renderChoices(report: Report, { page, typed }: Pick<Context, 'page' | 'typed'>) {
  const checks = checksToChoose(report);
  if (checks.length === 0) return '';
  const lines = [
    '',
    ...wrap('Done only when you choose it; each of these shows what that would be:', page.width),
    ...checks.map(check => `  ${typed(`plan --check ${check}`)}`),
  ];
  return `${lines.join('\n')}\n`;
}
