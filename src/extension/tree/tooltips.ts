// What is told when somebody rests on a row. Text from outside goes in as text: it is escaped, and
// no link, icon or command in it is one.

import { l10n, MarkdownString } from 'vscode';
import type { Shown } from '../../engine/model/report.ts';
import type {
  FindingNode,
  GapNode,
  HostNode,
  Live,
  ProjectNode,
  ThreadNode,
} from '../../protocol/tree.ts';
import type { HomeNode } from './nodes.ts';
import { countsInWords, listed } from './words.ts';

export function threadTooltip(node: ThreadNode, title: string): MarkdownString {
  const { visibility, findings, live, archived, provider, project } = node;
  const text = start(title);
  for (const { says } of findings) paragraph(text, says);
  if (live !== null) paragraph(text, liveInWords(live));
  if (visibility !== null) {
    const { surfaces, resumable } = visibility;
    line(text, l10n.t('Codex for VS Code'), shownInWords(surfaces.vscode));
    line(text, l10n.t('codex resume, list'), shownInWords(surfaces.resumePicker));
    line(text, l10n.t('Desktop app'), shownInWords(surfaces.desktop));
    line(text, l10n.t('Can be resumed'), answerInWords(resumable.answer, resumable.why));
  }
  if (archived) line(text, l10n.t('Archived'), l10n.t('yes'));
  if (provider !== '') line(text, l10n.t('Provider'), provider);
  if (project !== '') line(text, l10n.t('Directory'), project);
  return text;
}

export function projectTooltip({ path, counts, isThere }: ProjectNode): MarkdownString {
  const text = start(path === '' ? l10n.t('No directory') : path);
  paragraph(text, countsInWords(counts));
  if (isThere === false) paragraph(text, l10n.t('This folder is not there any more.'));
  return text;
}

export function homeTooltip({ path }: HomeNode): MarkdownString {
  return start(path);
}

export function hostTooltip(
  { name, homePath, counts, alsoFrom }: HostNode,
  when: string,
): MarkdownString {
  const text = start(name);
  paragraph(text, listed(countsInWords(counts), when));
  if (alsoFrom.length > 0)
    paragraph(
      text,
      l10n.t(
        'These hosts share one Codex home: each lists the threads of all, and can resume them.',
      ),
    );
  line(text, l10n.t('Codex home'), homePath);
  if (alsoFrom.length > 0) line(text, l10n.t('Also visible from'), alsoFrom.join(', '));
  return text;
}

export function findingTooltip({
  title,
  says,
  check,
  threads,
  cures,
}: FindingNode): MarkdownString {
  const text = start(title);
  paragraph(text, says);
  if (threads > 1) paragraph(text, l10n.t('{0} threads suffer from it.', String(threads)));
  for (const cure of cures) line(text, l10n.t('Can be repaired'), cure.title);
  if (cures.length === 0) paragraph(text, l10n.t('No safe repair of it is known.'));
  text.appendMarkdown(`\n\n\`${check}\``);
  return text;
}

export function gapTooltip({ says, checks }: GapNode): MarkdownString {
  const text = start(says);
  paragraph(text, l10n.t('Whether these are wrong could not be told:'));
  for (const check of checks) text.appendMarkdown(`- \`${check}\`\n`);
  return text;
}

export function liveInWords(live: Live): string {
  if (live.state === 'active') return l10n.t('Codex is writing it right now.');
  return live.isActive
    ? l10n.t('{0} is writing it right now (process {1}).', live.program, String(live.pid))
    : l10n.t('{0} has it open (process {1}).', live.program, String(live.pid));
}

function shownInWords({ shown, why }: Shown): string {
  const answer =
    shown === 'unknown' ? l10n.t('not known') : shown ? l10n.t('shown') : l10n.t('not shown');
  return why === null ? answer : `${answer}: ${why}`;
}

function answerInWords(answer: Shown['shown'], why: string | null): string {
  const said = answer === 'unknown' ? l10n.t('not known') : answer ? l10n.t('yes') : l10n.t('no');
  return why === null ? said : `${said}: ${why}`;
}

/** Neither trusted nor with icons, nor with HTML: these are what it is without being told. */
function start(title: string): MarkdownString {
  return new MarkdownString().appendMarkdown('**').appendText(title).appendMarkdown('**\n\n');
}

function paragraph(text: MarkdownString, words: string): void {
  text.appendText(words).appendMarkdown('\n\n');
}

function line(text: MarkdownString, label: string, value: string): void {
  text.appendMarkdown('- ').appendText(`${label}: ${value}`).appendMarkdown('\n');
}
