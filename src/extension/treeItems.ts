// How a node looks and what it says to those who listen instead of looking.

import {
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  Uri,
} from 'vscode';
import type { Severity } from '../engine/model/finding.ts';
import type { Shown, Visibility } from '../engine/model/report.ts';
import type {
  FindingNode,
  GapNode,
  HostNode,
  ProjectNode,
  ThreadCounts,
  ThreadNode,
} from '../protocol/tree.ts';
import { COMMANDS } from './contributions.ts';

/** What is wrong with a home itself, as a group of its own. */
export interface HomeNode {
  readonly kind: 'home';
  readonly host: string;
  readonly path: string;
  readonly findings: readonly FindingNode[];
  readonly gaps: readonly GapNode[];
}

/** Stands for the threads of a project that are not shown yet. */
export interface MoreNode {
  readonly kind: 'more';
  readonly project: ProjectNode;
  readonly more: number;
}

export type Node =
  HostNode | HomeNode | ProjectNode | ThreadNode | MoreNode | FindingNode | GapNode;

export function toTreeItem(node: Node): TreeItem {
  switch (node.kind) {
    case 'host':
      return hostItem(node);
    case 'home':
      return homeItem(node);
    case 'project':
      return projectItem(node);
    case 'thread':
      return threadItem(node);
    case 'more':
      return moreItem(node);
    case 'finding':
      return findingItem(node);
    case 'gap':
      return gapItem(node);
  }
}

function hostItem({ name, homePath, counts }: HostNode): TreeItem {
  const item = new TreeItem(name, TreeItemCollapsibleState.Expanded);
  item.id = `host ${name}`;
  item.contextValue = 'host';
  item.iconPath = new ThemeIcon('vm');
  item.description = countsInWords(counts);
  item.tooltip = tooltip(text => text.appendMarkdown('Codex home ').appendText(homePath));
  item.accessibilityInformation = { label: `Host ${name}, ${countsInWords(counts)}` };
  return item;
}

function homeItem({ host, path, findings, gaps }: HomeNode): TreeItem {
  const item = new TreeItem('Codex Home', TreeItemCollapsibleState.Expanded);
  item.id = `home ${host}`;
  item.contextValue = 'home';
  item.iconPath = new ThemeIcon('database');
  const says = [
    ...(findings.length === 0 ? [] : [plural(findings.length, 'finding')]),
    ...(gaps.length === 0 ? [] : ['not everything could be looked at']),
  ].join(', ');
  item.description = says;
  item.tooltip = path;
  item.accessibilityInformation = { label: `Codex home, ${says}` };
  return item;
}

function projectItem({ host, path, counts, severity }: ProjectNode): TreeItem {
  const name = path.split(/[\\/]/).findLast(part => part !== '') ?? path;
  const item = new TreeItem(
    name === '' ? 'No directory' : name,
    TreeItemCollapsibleState.Collapsed,
  );
  item.id = `project ${host} ${path}`;
  item.contextValue = 'project';
  item.iconPath = counts.inTrouble === 0 ? FOLDER : severityIcon(severity ?? 'warning', 'folder');
  item.description = countsInWords(counts);
  item.tooltip = path;
  item.accessibilityInformation = { label: `Project ${name}, ${countsInWords(counts)}` };
  return item;
}

function threadItem(node: ThreadNode): TreeItem {
  const { uri, title, archived, updatedAtMs, severity, findings, visibility } = node;
  const name = title === '' ? 'Untitled' : title;
  const item = new TreeItem(
    name,
    findings.length === 0 ? TreeItemCollapsibleState.None : TreeItemCollapsibleState.Collapsed,
  );
  item.id = `thread ${uri}`;
  item.contextValue = 'thread';
  item.iconPath = severity === null ? healthyIcon(archived) : severityIcon(severity);
  item.description = [archived ? 'archived' : '', ago(updatedAtMs)].filter(Boolean).join(', ');
  item.tooltip = threadTooltip(name, visibility, findings);
  item.command = openCommand(uri);
  const trouble = findings.map(({ says }) => says).join(' ');
  item.accessibilityInformation = {
    label: [`Thread ${name}`, archived ? 'archived' : '', spoken(severity), trouble]
      .filter(Boolean)
      .join(', '),
  };
  return item;
}

function moreItem(node: MoreNode): TreeItem {
  const item = new TreeItem(`Show more of ${String(node.more)} other threads`);
  item.contextValue = 'more';
  item.iconPath = new ThemeIcon('ellipsis');
  item.command = { command: COMMANDS.showMore, title: 'Show More', arguments: [node] };
  return item;
}

function findingItem(node: FindingNode): TreeItem {
  const { check, title, severity, says, place } = node;
  const item = new TreeItem(title);
  item.description = says;
  item.contextValue = 'finding';
  item.iconPath = severityIcon(severity);
  item.tooltip = tooltip(text => text.appendText(says).appendMarkdown(`\n\n\`${check}\``));
  item.command = openCommand(place.uri, place.line, place.startCharacter);
  item.accessibilityInformation = { label: `${spoken(severity)}: ${title}. ${says}` };
  return item;
}

function gapItem({ says, checks }: GapNode): TreeItem {
  const item = new TreeItem(says);
  item.contextValue = 'gap';
  item.iconPath = new ThemeIcon('question');
  item.tooltip = tooltip(text =>
    text
      .appendText(`${says}\n\n`)
      .appendMarkdown(`Could not tell: ${checks.map(check => `\`${check}\``).join(', ')}`),
  );
  item.accessibilityInformation = { label: `Could not tell: ${says}` };
  return item;
}

function openCommand(uri: string, ...place: readonly number[]): NonNullable<TreeItem['command']> {
  return { command: COMMANDS.openRecord, title: 'Open', arguments: [Uri.parse(uri), ...place] };
}

/** Not `ThemeIcon.Folder`, which file icon themes paint in colours that mean other things. */
const FOLDER = new ThemeIcon('folder');

const ICONS: Readonly<Record<Severity, readonly [icon: string, color: string]>> = {
  error: ['error', 'problemsErrorIcon.foreground'],
  warning: ['warning', 'problemsWarningIcon.foreground'],
  note: ['info', 'problemsInfoIcon.foreground'],
};

function severityIcon(severity: Severity, icon = ICONS[severity][0]): ThemeIcon {
  return new ThemeIcon(icon, new ThemeColor(ICONS[severity][1]));
}

function healthyIcon(archived: boolean): ThemeIcon {
  return new ThemeIcon(archived ? 'archive' : 'comment-discussion');
}

function threadTooltip(
  title: string,
  visibility: Visibility | null,
  findings: readonly FindingNode[],
): MarkdownString {
  return tooltip(text => {
    text.appendMarkdown('**').appendText(title).appendMarkdown('**\n\n');
    for (const { says } of findings) text.appendText(says).appendMarkdown('\n\n');
    if (visibility === null) return;
    const { vscode, resumePicker, desktop } = visibility.surfaces;
    appendShown(text, 'Codex for VS Code', vscode);
    appendShown(text, 'codex resume', resumePicker);
    appendShown(text, 'Desktop app', desktop);
  });
}

function appendShown(text: MarkdownString, surface: string, { shown, why }: Shown): void {
  const answer = shown === 'unknown' ? 'not known' : shown ? 'shown' : 'not shown';
  text.appendMarkdown(`- ${surface}: ${answer}`);
  if (why !== null) text.appendText(`, ${why}`);
  text.appendMarkdown('\n');
}

/** Text from outside goes in as text: it is escaped, and no link in it can be followed. */
function tooltip(write: (text: MarkdownString) => void): MarkdownString {
  const text = new MarkdownString();
  write(text);
  return text;
}

function countsInWords({ threads, inTrouble }: ThreadCounts): string {
  const all = plural(threads, 'thread');
  return inTrouble === 0 ? all : `${all}, ${String(inTrouble)} in trouble`;
}

function plural(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
}

function spoken(severity: Severity | null): string {
  return severity === null ? '' : { error: 'Error', warning: 'Warning', note: 'Note' }[severity];
}

const AGES: readonly [seconds: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [365 * 86_400, 'year'],
  [30 * 86_400, 'month'],
  [7 * 86_400, 'week'],
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
];

function ago(milliseconds: number): string {
  if (milliseconds === 0) return '';
  const seconds = (Date.now() - milliseconds) / 1000;
  const [size, unit] = AGES.find(([least]) => seconds >= least) ?? [60, 'minute'];
  const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });
  return words.format(-Math.floor(Math.max(seconds, 0) / size), unit);
}
