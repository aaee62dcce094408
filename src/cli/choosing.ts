// What a person chose to have repaired, from what they typed.

import type { Choice } from '../engine/engine.ts';
import type { Report } from '../engine/model/report.ts';
import type { Context } from './command.ts';
import { UsageError } from './commandLine.ts';
import { resolveFinding } from './findingIds.ts';
import { harmless } from '../words/harmless.ts';
import { knownCheck } from './knownCheck.ts';
import { pathGiven, quoted } from './paths.ts';

/** The same words, for another command. */
export function chosenWords({ given, operands, world }: Context): string {
  const option = (name: string, text: string | null) => (text === null ? [] : [`--${name}`, text]);
  const checks = given.list('check').flatMap(id => option('check', id));
  const choices = [
    ...option('cure', given.text('cure')),
    ...option('to', pathGiven('to', given, world)),
  ];
  const words = [...operands, ...checks, ...choices];
  if (operands.length + checks.length === 0) words.unshift('--all');
  return words.map(word => quoted(harmless(word), world.machine.system)).join(' ');
}

export function choiceOf(report: Report, context: Context): Choice {
  const { given, operands, world } = context;
  const cure = given.text('cure');
  const checks = given.list('check').map(id => knownCheck(context, id).id);
  if (given.has('all') && (operands.length > 0 || checks.length > 0))
    throw new UsageError('--all stands alone: it takes every repair that loses nothing.');
  const ids = report.findings.map(({ id }) => id);
  const named = operands.flatMap(operand => resolveFinding(operand, ids, { withCheck: true }));
  const ofChecks = report.findings.filter(({ check }) => checks.includes(check));
  const findings = [...new Set([...named, ...ofChecks.map(({ id }) => id)])];
  const isAll = operands.length === 0 && checks.length === 0;
  const to = pathGiven('to', given, world);
  if (isAll && to !== null)
    throw new UsageError('--to DIR is for findings that you name, or for --check.');
  return { findings: isAll ? 'all' : findings, cure, to };
}
