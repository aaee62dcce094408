import type { CheckPage } from '../../engine/engine.ts';
import type { Severity } from '../../engine/model/finding.ts';
import type { Command, Context } from '../command.ts';
import { UsageError } from '../commandLine.ts';
import { DONE } from '../exitCodes.ts';
import type { Page } from '../page.ts';
import { inJson } from '../render/reportJson.ts';
import { renderMarkdown } from '../text/markdown.ts';
import { displayWidth, padEnd } from '../text/width.ts';
import { termsOf } from '../../words/cures.ts';
import { wrap, wrapIndented } from '../text/wrap.ts';
import { knownCheck } from '../knownCheck.ts';

export const explain: Command = {
  name: 'explain',
  summary: 'Says what a check looks for, what it means, and what helps.',
  usage: ['explain', 'explain CHECK [--json]'],
  details: `Without a check it lists all of them. The id of a finding names its check as well.`,
  options: [],
  run: context => Promise.resolve(runExplain(context)),
};

function runExplain(context: Context): number {
  const { engine, given, operands, out, page } = context;
  const [named, ...rest] = operands;
  if (rest.length > 0) throw new UsageError('explain takes one check at a time.', 'explain');
  // A finding's id begins with that of its check.
  const check = named === undefined ? null : knownCheck(context, named.split(':')[0] ?? '');
  if (given.has('json')) out(inJson(explainJson(check === null ? engine.checks : [check])));
  else out(check === null ? renderList(engine.checks, page) : renderCheck(check, page));
  return DONE;
}

function explainJson(checks: readonly CheckPage[]) {
  return {
    schemaVersion: 1,
    checks: checks.map(({ id, title, severity, meaning, needs, cures = [] }) => ({
      id,
      title,
      severity,
      meaning: meaning.trim(),
      needs,
      cures: cures.map(cure => ({
        id: cure.id,
        title: cure.title,
        loses: cure.loses,
        needs: cure.needs,
        automatic: cure.automatic,
        limits: cure.limits,
      })),
    })),
  };
}

function renderCheck(check: CheckPage, { width, paint }: Page): string {
  const { id, title, severity, meaning, cures = [] } = check;
  return `${[
    ...wrap(title, width).map(paint.bold),
    `${coloured(severity, paint)} ${paint.dim(`· ${id}`)}`,
    '',
    ...renderMarkdown(meaning, width, paint),
    '',
    paint.bold(cures.length === 0 ? 'There is no repair of it by this program.' : 'Repairs'),
    ...cures.flatMap(cure => [
      ...wrapIndented(`${cure.title} (${cure.id})`, width, '  '),
      ...wrapIndented(termsOf(cure), width, '    ').map(paint.dim),
      ...wrapIndented(cure.limits, width, '    '),
    ]),
  ].join('\n')}\n`;
}

const HEADINGS: Readonly<Record<Severity, string>> = {
  error: 'Errors: something cannot be reached, or Codex cannot start or resume',
  warning: 'Warnings: something is hidden, misfiled or at risk',
  note: 'Notes: worth knowing',
};

function renderList(checks: readonly CheckPage[], page: Page): string {
  const { width, paint } = page;
  const wide = Math.max(...checks.map(({ id }) => displayWidth(id)));
  const sections = (['error', 'warning', 'note'] as const).flatMap(severity => {
    const own = checks.filter(check => check.severity === severity);
    if (own.length === 0) return [];
    const lines = own.flatMap(({ id, title }) => {
      const [first = '', ...rest] = wrap(title, width - wide - 4);
      return [
        `  ${padEnd(id, wide)}  ${first}`,
        ...rest.map(line => `${' '.repeat(wide + 4)}${line}`),
      ];
    });
    return [[...wrap(HEADINGS[severity], width).map(paint.bold), ...lines].join('\n')];
  });
  return `${[...sections, paint.dim('codex-health explain CHECK says more about one of them.')].join('\n\n')}\n`;
}

function coloured(severity: Severity, paint: Page['paint']): string {
  return { error: paint.red, warning: paint.yellow, note: paint.dim }[severity](severity);
}
