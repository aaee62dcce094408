// What a person chose to have repaired, from what they typed.

import type { Choice } from '../engine/engine.ts';
import type { Report } from '../engine/model/report.ts';
import type { Context } from './command.ts';
import { UsageError } from './commandLine.ts';
import { resolveFinding } from './findingIds.ts';
import { knownCheck } from './knownCheck.ts';

export function choiceOf(report: Report, context: Context): Choice {
  const { given, operands } = context;
  const cure = given.text('cure');
  const checks = given.list('check').map(id => knownCheck(context, id).id);
  if (given.has('all') && (operands.length > 0 || checks.length > 0))
    throw new UsageError('--all stands alone: it takes every repair that loses nothing.');
  const ids = report.findings.map(({ id }) => id);
  const named = operands.flatMap(operand => resolveFinding(operand, ids));
  const ofChecks = report.findings.filter(({ check }) => checks.includes(check));
  const findings = [...new Set([...named, ...ofChecks.map(({ id }) => id)])];
  const isAll = operands.length === 0 && checks.length === 0;
  return { findings: isAll ? 'all' : findings, cure };
}
