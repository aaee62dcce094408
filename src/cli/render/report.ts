// A report as a person reads it: first the answer, then what the home is like, then what is wrong,
// then what could not be seen, and what can be done next.

import type { CheckPage } from '../../engine/engine.ts';
import type { Finding, Severity } from '../../engine/model/finding.ts';
import type { Codex, Snapshot } from '../../engine/model/snapshot.ts';
import type { Report } from '../../engine/model/report.ts';
import type { Page } from '../page.ts';
import { harmless } from '../../words/harmless.ts';
import { bytesInWords, count, inWords } from '../../words/amounts.ts';
import { displayWidth, padEnd, padStart, shorten } from '../text/width.ts';
import { wrap, wrapIndented } from '../text/wrap.ts';
import { checksToChoose } from './choices.ts';
import { groupFindings, labelOf, threadsById, type Group, type ThreadsById } from './findings.ts';
import { describeGaps } from './gaps.ts';

export interface ReportOptions {
  readonly page: Page;
  readonly checks: readonly CheckPage[];
  /** Whether somebody asked for certain checks, and wants to see all that these found. */
  readonly isAll: boolean;
  /** A command as it can be typed. */
  typed(command: string): string;
}

/** So many of one kind are shown before the rest is only counted. */
const EXAMPLES = 3;

export function renderReport(report: Report, options: ReportOptions): string {
  const groups = groupFindings(report, options.checks);
  const sections = [
    renderAnswer(report, options.page),
    renderHome(report, options.page),
    renderVerdict(report, groups, options),
    ...renderGroups(report, groups, options),
    describeGaps(report, options.page),
    renderNext(report, groups, options),
  ];
  return `${sections
    .filter(section => section.length > 0)
    .map(section => section.join('\n'))
    .join('\n\n')}\n`;
}

/** Is my data still there? */
function renderAnswer({ nothingLost }: Report, { width, paint }: Page): string[] {
  const colour = { yes: paint.green, no: paint.red, unknown: paint.yellow }[nothingLost.answer];
  return wrap(harmless(nothingLost.says), width).map(line => paint.bold(colour(line)));
}

function renderHome({ snapshot, counts }: Report, page: Page): string[] {
  const { home } = snapshot;
  const where = [
    home.hostname === '' ? '' : `on ${home.hostname}`,
    home.filesystem === null || home.filesystem.type === 'unknown' ? '' : home.filesystem.type,
  ].filter(part => part !== '');
  const threads = [
    count(counts.threads, 'thread'),
    counts.projects > 0 ? `in ${count(counts.projects, 'project')}` : '',
    counts.archived > 0 ? `(${inWords(counts.archived)} archived)` : '',
    `· ${bytesInWords(counts.rolloutBytes)}`,
  ].filter(part => part !== '');
  const rows = [
    ['Home', `${page.path(home.path)} ${where.join(', ')}`],
    ...(home.sqliteHome === home.path ? [] : [['Databases', page.path(home.sqliteHome)]]),
    ['Threads', threads.join(' ')],
    ['Codex', describeCodexes(snapshot)],
  ];
  return rows.flatMap(([name = '', text = '']) => {
    const [first = '', ...rest] = wrap(harmless(text), page.width - 11);
    return [
      `${page.paint.dim(padEnd(name, 11))}${first}`,
      ...rest.map(line => ' '.repeat(11) + line),
    ];
  });
}

const FOUND_BY: Readonly<Record<Codex['foundBy'], string>> = {
  option: 'named',
  path: 'command line',
  editor: 'editor extension',
  desktop: 'desktop app',
};

function describeCodexes({ codexes, gaps }: Snapshot): string {
  if (codexes.length === 0) {
    const isKnown = !gaps.some(({ source }) => source === 'codexes');
    return isKnown ? 'none found on this machine' : 'could not be looked at';
  }
  const described = codexes.map(
    ({ version, foundBy }) => `${version ?? 'unknown version'} (${FOUND_BY[foundBy]})`,
  );
  return [...new Set(described)].join(', ');
}

function renderVerdict(
  { checks, findings, snapshot }: Report,
  groups: readonly Group[],
  { page }: ReportOptions,
): string[] {
  const { paint, width } = page;
  const lines: string[] = [];
  const accepted = findings.filter(finding => finding.accepted).length;
  const noticed = (['error', 'warning', 'note'] as const)
    .map(severity => [severity, countOf(groups, severity)] as const)
    .filter(([, number]) => number > 0)
    .map(([severity, number]) => count(number, severity));
  if (noticed.length > 0) lines.push(paint.bold(`${sentence(noticed)} found.`));
  else if (snapshot.gaps.length === 0 && checks.every(({ outcome }) => isTold(outcome)))
    lines.push(
      `${count(checks.length, 'check')} ran, and nothing ${accepted > 0 ? 'else ' : ''}is wrong.`,
    );
  else lines.push(...wrap('Nothing wrong was found in what could be looked at.', width));
  if (accepted > 0)
    lines.push(
      paint.dim(
        `${count(accepted, 'finding')} that you accepted ${accepted === 1 ? 'is' : 'are'} not counted.`,
      ),
    );
  return lines;
}

function isTold(outcome: Report['checks'][number]['outcome']): boolean {
  return outcome === 'ok' || outcome === 'found';
}

function countOf(groups: readonly Group[], severity: Severity): number {
  return groups
    .filter(group => group.severity === severity)
    .reduce((sum, { findings }) => sum + findings.length, 0);
}

function sentence(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

/** Notes are one line each, as long as nobody asks for more. */
function renderGroups(
  report: Report,
  groups: readonly Group[],
  options: ReportOptions,
): string[][] {
  const known = threadsById(report);
  const grave = groups.filter(({ severity }) => severity !== 'note' || options.isAll);
  const notes = groups.filter(({ severity }) => severity === 'note' && !options.isAll);
  return [
    ...grave.map(group => renderGroup(group, known, options)),
    notes.map(group => groupLine(group, options.page)),
  ];
}

function renderGroup(group: Group, known: ThreadsById, options: ReportOptions): string[] {
  const { findings } = group;
  const { page, isAll } = options;
  const limit = isAll || findings.length === EXAMPLES + 1 ? findings.length : EXAMPLES;
  const shown = findings.slice(0, limit);
  const common = findings.length > 1 && shown.every(({ says }) => says === shown[0]?.says);
  const rest = findings.length - shown.length;
  return [
    groupLine(group, page),
    ...(common ? wrapIndented(harmless(shown[0]?.says ?? ''), page.width, '  ') : []),
    ...shown.flatMap(finding => renderFinding(finding, known, page, common)),
    ...(rest === 0 ? [] : moreLines(rest, options.typed(`scan --check ${group.check}`), page)),
  ];
}

function moreLines(rest: number, command: string, { width, paint }: Page): string[] {
  const more = `  … and ${inWords(rest)} more:`;
  const fits = displayWidth(`${more} ${command}`) <= width;
  return (fits ? [`${more} ${command}`] : [more, `    ${command}`]).map(paint.dim);
}

function groupLine({ severity, title, findings, check }: Group, { width, paint }: Page): string {
  const colour = { error: paint.red, warning: paint.yellow, note: paint.dim }[severity];
  const number = findings.length > 1 ? ` · ${inWords(findings.length)}` : '';
  const room = width - displayWidth(check) - 1;
  const taken = displayWidth(severity) + 2 + displayWidth(number);
  const styled = `${colour(severity)}  ${paint.bold(shorten(title, room - taken))}${number}`;
  return `${padEnd(styled, room)} ${paint.dim(check)}`;
}

function renderFinding(
  finding: Finding,
  known: ThreadsById,
  { width, paint, path }: Page,
  isSaid: boolean,
): string[] {
  const label = labelOf(finding, known);
  const id = label.thread === null ? '' : harmless(label.thread);
  const room = width - 2 - (id === '' ? 0 : displayWidth(id) + 1);
  const text = label.isPath ? path(label.text, room) : shorten(harmless(label.text), room);
  const line =
    id === ''
      ? `  ${text}`
      : `  ${text} ${padStart(paint.dim(id), width - 3 - displayWidth(text))}`;
  return [line, ...(isSaid ? [] : wrapIndented(harmless(finding.says), width, '    '))];
}

function renderNext(
  report: Report,
  groups: readonly Group[],
  { page, typed, isAll }: ReportOptions,
): string[] {
  const { counts, findings } = report;
  const [gravest] = groups;
  const canHeal = findings.some(
    ({ cures, severity, accepted }) =>
      severity !== 'note' && !accepted && cures.some(({ automatic }) => automatic),
  );
  const [choice] = checksToChoose(report);
  const next = [
    ...(canHeal ? [[typed('plan'), 'what can be repaired without any loss, step by step']] : []),
    ...(choice === undefined
      ? []
      : [[typed(`plan --check ${choice}`), 'what is repaired only when you choose it']]),
    ...(gravest === undefined
      ? []
      : [[`codex-health explain ${gravest.check}`, 'what this means, and what helps']]),
    ...(counts.threads > 0 && !isAll
      ? [[typed('threads'), 'every thread, and who can see it']]
      : []),
    ...(findings.some(({ accepted }) => accepted)
      ? [[typed('accept --list'), 'what you have accepted']]
      : []),
  ];
  if (next.length === 0) return [];
  const wide = Math.max(...next.map(([command = '']) => displayWidth(command)));
  const fits = wide + 40 <= page.width;
  return [
    page.paint.dim('What you can do next'),
    ...next.flatMap(([command = '', what = '']) =>
      fits
        ? [`  ${padEnd(command, wide)}   ${page.paint.dim(what)}`]
        : [...wrapIndented(`${what}:`, page.width, '  ').map(page.paint.dim), `    ${command}`],
    ),
  ];
}
