// What is taken out before anything leaves the machine. Nothing that was read is let through unless
// it is known to be harmless: everything else becomes a pseudonym that is the same wherever the
// same text stands, so that a report can still be understood, and nobody be found in it.

import type { Finding } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { Redactor, type Known } from './redactor.ts';

export interface Redaction extends Known {
  /** Makes the sentence of a check from facts. */
  say(check: string, facts: Finding['facts']): string;
}

/** The same report, of the same shape, about nobody. Its first sentence is left to be made again. */
export function redactReport(report: Report, redaction: Redaction): Report {
  const redactor = new Redactor(report.snapshot, redaction);
  return {
    ...report,
    snapshot: redactor.value(report.snapshot) as Snapshot,
    findings: report.findings.map(finding => redactFinding(finding, redactor, redaction)),
    checks: report.checks.map(check => ({
      ...check,
      why: check.why === null ? null : redactor.sentence(check.why),
    })),
    visibility: redactor.value(report.visibility, 'visibility') as Report['visibility'],
    nothingLost: { ...report.nothingLost, says: '' },
  };
}

function redactFinding(finding: Finding, redactor: Redactor, redaction: Redaction): Finding {
  const facts = redactor.value(finding.facts, 'facts') as Finding['facts'];
  const { kind, key, path } = finding.subject;
  const subject = {
    kind,
    key: redactor.data(key),
    path: path === null ? null : redactor.data(path),
  };
  return {
    ...finding,
    id: `${finding.check}:${subject.key}`,
    subject,
    facts,
    says: sayOrNothing(redaction, finding.check, facts),
    threads: finding.threads.map(id => redactor.data(id)),
    cures: finding.cures.map(cure => ({ ...cure, title: redactor.sentence(cure.title) })),
  };
}

/** A check may count on the form of a fact; then the sentence is left out. */
function sayOrNothing({ say }: Redaction, check: string, facts: Finding['facts']): string {
  try {
    return say(check, facts);
  } catch {
    return '';
  }
}
