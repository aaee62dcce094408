// A report to paste into an issue. It is made from a redacted report; and whatever comes from
// elsewhere is escaped all the same, so that no text can become a link, a mention or a picture.

import type { CheckPage } from '../../engine/engine.ts';
import type { Report } from '../../engine/model/report.ts';
import { harmless } from '../../words/harmless.ts';
import { bytesInWords, count, inWords, isoTime } from '../../words/amounts.ts';
import { groupFindings, type Group } from './findings.ts';

const EXAMPLES = 10;

export function reportMarkdown(
  report: Report,
  checks: readonly CheckPage[],
  version: string,
): string {
  const groups = groupFindings(report, checks);
  const sections = [
    '## Codex Session Health',
    `**${escapeMarkdown(report.nothingLost.says)}**`,
    facts(report, version).join('\n'),
    ...groups.map(renderGroup),
    ...(groups.length === 0 ? [verdictSentence(report)] : []),
    ...gaps(report),
    'Names, paths, texts and ids were replaced: «thread 3» is the same thread wherever it stands.',
  ];
  return `${sections.join('\n\n')}\n`;
}

function facts({ snapshot, counts }: Report, version: string): string[] {
  const { home, codexes, state } = snapshot;
  const versions = codexes.map(codex => codex.version ?? 'unknown');
  return [
    `- Taken ${isoTime(snapshot.takenAtMs) ?? ''} by codex-health ${code(version)}, ${snapshot.depth === 'whole' ? 'every line read' : 'heads and tails read'}`,
    `- System: ${home.system}, filesystem ${code(home.filesystem?.type ?? 'unknown')}`,
    `- Codex: ${versions.length === 0 ? 'none found' : versions.map(code).join(', ')}`,
    `- ${count(counts.threads, 'thread')} (${inWords(counts.archived)} archived) in ${count(counts.projects, 'project')}; ${count(counts.rollouts, 'rollout')}, ${bytesInWords(counts.rolloutBytes)}; ${count(counts.rows, 'row')}`,
    ...(state === null
      ? []
      : [`- Database: ${code(state.database.name)}, ${bytesInWords(state.database.bytes)}`]),
  ];
}

function renderGroup({ severity, title, check, findings }: Group): string {
  const shown = findings.slice(0, EXAMPLES);
  const rest = findings.length - shown.length;
  return [
    `### ${severity}: ${escapeMarkdown(title)} (${code(check)})`,
    '',
    ...shown.map(({ subject, says }) => `- ${code(subject.key)}: ${escapeMarkdown(says)}`),
    ...(rest === 0 ? [] : [`- … and ${inWords(rest)} more`]),
  ].join('\n');
}

function verdictSentence({ verdict }: Report): string {
  return verdict === 'healthy'
    ? 'Nothing is wrong.'
    : 'Nothing wrong was found, but not everything could be looked at.';
}

function gaps({ snapshot, checks }: Report): string[] {
  const unsure = checks.filter(({ outcome }) => outcome === 'unknown' || outcome === 'crashed');
  const lines = [
    ...snapshot.gaps
      .slice(0, EXAMPLES)
      .map(({ source, path, why }) => `- ${code(path ?? source)}: ${escapeMarkdown(why)}`),
    ...(snapshot.gaps.length > EXAMPLES
      ? [`- … and ${inWords(snapshot.gaps.length - EXAMPLES)} more`]
      : []),
    ...unsure.map(
      ({ id, outcome, why }) => `- ${code(id)} ${outcome}: ${escapeMarkdown(why ?? '')}`,
    ),
  ];
  return lines.length === 0 ? [] : [['### Could not be looked at', '', ...lines].join('\n')];
}

/**
 * A text that stays a text: signs lose their meaning, nothing becomes a link, and nobody is called
 * by their name. Where GitHub looks at what is shown, only a comment in between keeps it from that.
 */
export function escapeMarkdown(text: string): string {
  return harmless(text)
    .replaceAll(/[\\`*_[\]<>!|~$^&]|:(?=\/\/)|(?<=\bwww)\./gi, String.raw`\$&`)
    .replaceAll(/@(?=\w)|#(?=\w)|\bGH-(?=\d)/gi, '$&<!-- -->');
}

/** A text in type-writer letters, whatever backquotes it has. */
export function code(text: string): string {
  const plain = harmless(text);
  const longest = Math.max(0, ...Array.from(plain.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = plain.startsWith('`') || plain.endsWith('`') || plain === '' ? ' ' : '';
  return `${fence}${space}${plain}${space}${fence}`;
}
