// How the command line is used, in text.

import type { Command } from './command.ts';
import { commands } from './commands.ts';
import { COMMON, OPTIONS, type Option, type OptionName } from './options.ts';
import type { Page } from './page.ts';
import { renderMarkdown } from './text/markdown.ts';
import { displayWidth, padEnd } from './text/width.ts';
import { wrap } from './text/wrap.ts';

const ABOUT = `Finds your Codex sessions, proves that nothing is lost, and says who can see each one and
why not. Looking changes nothing; what it repairs is shown before, and can be undone.`;

const EXIT_CODES = [
  ['0', 'healthy, or done'],
  ['1', 'something is wrong, or could not be told'],
  ['2', 'wrong usage'],
  ['3', 'refused, with the reason and the next step'],
  ['4', 'a fault of this program'],
];

export function generalUsage(page: Page): string {
  const { paint } = page;
  return `${[
    ...renderMarkdown(ABOUT, page.width, paint),
    '',
    paint.bold('Usage'),
    '  codex-health [COMMAND] [OPTIONS]',
    '',
    paint.bold('Commands'),
    ...table(
      commands.map(({ name, summary }) => [name, summary]),
      page,
    ),
    '',
    paint.bold('Options of all commands'),
    ...optionTable(COMMON, page),
    '',
    paint.bold('Ends with'),
    ...table(EXIT_CODES, page),
    '',
    paint.dim('codex-health COMMAND --help says more. Without a command it scans.'),
  ].join('\n')}\n`;
}

export function commandUsage({ summary, usage, details, options }: Command, page: Page): string {
  const { paint, width } = page;
  const own = options.filter(name => describe(name) !== null);
  return `${[
    ...wrap(summary, width).map(paint.bold),
    '',
    paint.bold('Usage'),
    ...usage.map(line => `  codex-health ${line}`),
    '',
    ...renderMarkdown(details, width, paint),
    ...(own.length === 0 ? [] : ['', paint.bold('Options'), ...optionTable(own, page)]),
    '',
    paint.bold('Options of all commands'),
    ...optionTable(COMMON, page),
  ].join('\n')}\n`;
}

function optionTable(names: readonly OptionName[], page: Page): string[] {
  const rows = names.map(name => {
    const { short, value, isList }: Option = OPTIONS[name];
    const spelt = `${short === undefined ? '' : `-${short}, `}--${name}`;
    const behind = value === null ? '' : ` ${value}${isList === true ? '…' : ''}`;
    return [`${spelt}${behind}`, describe(name) ?? ''];
  });
  return table(rows, page);
}

function describe(name: OptionName): string | null {
  const { says }: Option = OPTIONS[name];
  return says ?? null;
}

function table(rows: readonly (readonly string[])[], { width }: Page): string[] {
  const wide = Math.max(...rows.map(([left = '']) => displayWidth(left)));
  return rows.flatMap(([left = '', right = '']) => {
    const [first = '', ...rest] = wrap(right, width - wide - 5);
    return [
      `  ${padEnd(left, wide)}   ${first}`,
      ...rest.map(line => `${' '.repeat(wide + 5)}${line}`),
    ];
  });
}
