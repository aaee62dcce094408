// The part of a page that says what is wrong, and what can be done about it.

import type { Finding } from '../engine/model/finding.ts';
import { termsOf } from '../words/cures.ts';
import type { PageWriter } from './page.ts';

export function writeFindings(page: PageWriter, findings: readonly Finding[]): void {
  page.heading('What is wrong');
  if (findings.length === 0) page.fact('findings', 'nothing', 'no check found anything');
  for (const { severity, says, id, cures } of findings) {
    page.fact(factOfFinding(id), severity, says);
    for (const cure of cures)
      page.fact(`cure.${id}.${cure.id}`, '  repair', `${cure.title}. ${termsOf(cure)}`);
    if (cures.length === 0) page.fact(`cure.${id}`, '  repair', 'none is known that is safe');
  }
}

/** The line of a finding, which a page has that knows no better line for it. */
export function factOfFinding(id: string): string {
  return `finding.${id}`;
}
