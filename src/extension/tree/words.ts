// Counts, ages and severities as the tree says them.

import { env, l10n } from 'vscode';
import type { Severity } from '../../engine/model/finding.ts';
import type { ThreadCounts } from '../../protocol/tree.ts';

export function countsInWords({ threads, inTrouble }: ThreadCounts): string {
  const all = threads === 1 ? l10n.t('1 thread') : l10n.t('{0} threads', number(threads));
  return inTrouble === 0 ? all : l10n.t('{0}, {1} in trouble', all, number(inTrouble));
}

export function threadsInTrouble(threads: number): string {
  return threads === 1
    ? l10n.t('1 Codex thread is in trouble')
    : l10n.t('{0} Codex threads are in trouble', number(threads));
}

export function troublesOfHome(troubles: number): string {
  return troubles === 1
    ? l10n.t('1 problem of the Codex home itself')
    : l10n.t('{0} problems of the Codex home itself', number(troubles));
}

export function findingsInWords(findings: number): string {
  return findings === 1 ? l10n.t('1 finding') : l10n.t('{0} findings', number(findings));
}

export function spoken(severity: Severity): string {
  return { error: l10n.t('Error'), warning: l10n.t('Warning'), note: l10n.t('Note') }[severity];
}

/** Parts of a row that stand beside each other; those that are empty are left out. */
export function listed(...parts: readonly string[]): string {
  return parts.filter(part => part !== '').join(', ');
}

export function number(amount: number): string {
  return amount.toLocaleString(env.language);
}

const AGES: readonly [seconds: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [365 * 86_400, 'year'],
  [30 * 86_400, 'month'],
  [7 * 86_400, 'week'],
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
];

/** How long ago, in the language of the editor; empty when nobody knows. */
export function ago(milliseconds: number): string {
  if (milliseconds === 0) return '';
  const seconds = (Date.now() - milliseconds) / 1000;
  const [size, unit] = AGES.find(([least]) => seconds >= least) ?? [60, 'minute'];
  const words = new Intl.RelativeTimeFormat(env.language, { numeric: 'auto', style: 'short' });
  return words.format(-Math.floor(Math.max(seconds, 0) / size), unit);
}
