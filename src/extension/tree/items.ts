// How a row looks, what it says to those who listen instead of looking, and what menus see of it.

import { l10n, ThemeIcon, TreeItem, TreeItemCollapsibleState, Uri } from 'vscode';
import type { Severity } from '../../engine/model/finding.ts';
import type {
  DatabaseNode,
  FindingNode,
  GapNode,
  HostNode,
  Live,
  ProjectNode,
  ThreadNode,
} from '../../protocol/tree.ts';
import { COMMANDS } from '../contributions.ts';
import { size } from '../size.ts';
import { troubledRow } from './decorations.ts';
import { colorOf, FOLDER, quietIcon, severityIcon } from './icons.ts';
import { needsAttention, type HomeNode, type MoreNode, type Node } from './nodes.ts';
import {
  findingTooltip,
  gapTooltip,
  homeTooltip,
  hostTooltip,
  liveInWords,
  projectTooltip,
  threadTooltip,
} from './tooltips.ts';
import { ago, countsInWords, findingsInWords, listed, number, spoken } from './words.ts';

/** `id` names the row, today as tomorrow: by it VS Code knows what is open and selected. */
export function toTreeItem(node: Node, id: string): TreeItem {
  const item = itemOf(node, id);
  item.id = id;
  return item;
}

function itemOf(node: Node, id: string): TreeItem {
  switch (node.kind) {
    case 'host':
      return hostItem(node, id);
    case 'home':
      return homeItem(node, id);
    case 'database':
      return databaseItem(node, id);
    case 'project':
      return projectItem(node, id);
    case 'thread':
      return threadItem(node, id);
    case 'more':
      return moreItem(node);
    case 'finding':
      return findingItem(node);
    case 'gap':
      return gapItem(node);
  }
}

function hostItem(node: HostNode, id: string): TreeItem {
  const item = new TreeItem(
    node.name,
    node.isHere ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed,
  );
  const counts = countsInWords(node.counts);
  const when = whenSeen(node);
  item.contextValue = tokens('host', node.alsoFrom.length > 0 && 'shared');
  item.iconPath = new ThemeIcon(node.isHere ? 'vm' : 'remote');
  item.description = listed(counts, when);
  item.tooltip = hostTooltip(node, when);
  // Projects come with the gravest trouble first.
  decorate(item, id, node.projects[0]?.severity ?? null, 'threads', node.counts.inTrouble);
  return speaking(item, listed(l10n.t('Host {0}, {1}', node.name, counts), when));
}

/** How old what is told of another host is; nothing is told of this machine, which is looked at all the time. */
function whenSeen({ isHere, isLooking, seenAtMs, gaps }: HostNode): string {
  if (isHere) return '';
  if (isLooking) return l10n.t('looking…');
  if (seenAtMs !== null) return l10n.t('seen {0}', ago(seenAtMs));
  return gaps.length === 0 ? l10n.t('not looked at') : l10n.t('did not answer');
}

function homeItem(node: HomeNode, id: string): TreeItem {
  const all = [...node.findings, ...node.databases.flatMap(database => database.findings)];
  const isOpen = needsAttention(node);
  const item = new TreeItem(
    l10n.t('Codex Home'),
    isOpen ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed,
  );
  const says = listed(
    all.length === 0 ? '' : findingsInWords(all.length),
    node.gaps.length === 0 ? '' : l10n.t('not everything could be looked at'),
  );
  item.contextValue = tokens(
    'home',
    node.isShared && 'shared',
    isOpen && 'trouble',
    hasCure(all) && 'curable',
  );
  item.iconPath = new ThemeIcon('home');
  item.description = says;
  item.tooltip = homeTooltip(node);
  decorate(item, id, gravestOf(all), 'findings', troubles(all));
  item.command = openCommand(node.uri);
  return speaking(item, listed(l10n.t('Codex home'), says));
}

function databaseItem(node: DatabaseNode, id: string): TreeItem {
  const { key, uri, bytes, trouble, severity, findings } = node;
  const item = new TreeItem(
    key,
    findings.length === 0 ? TreeItemCollapsibleState.None : TreeItemCollapsibleState.Collapsed,
  );
  const unread = trouble === null ? '' : l10n.t('cannot be read: {0}', trouble);
  const isInTrouble = trouble !== null || isTrouble(severity);
  item.contextValue = tokens('database', isInTrouble && 'trouble', hasCure(findings) && 'curable');
  item.iconPath = new ThemeIcon(
    'database',
    isInTrouble ? colorOf(severity ?? 'warning') : undefined,
  );
  item.description = listed(size(bytes), unread);
  item.tooltip = unread === '' ? key : `${key}, ${unread}`;
  decorate(item, id, severity, 'findings', troubles(findings));
  item.command = openCommand(uri);
  const says = findings.map(finding => finding.says).join(' ');
  return speaking(item, listed(l10n.t('Database {0}', key), size(bytes), unread, says));
}

function projectItem(node: ProjectNode, id: string): TreeItem {
  const { name, path, counts, severity, isThere, worktrees } = node;
  const label = path === '' ? l10n.t('No directory') : name;
  const item = new TreeItem(label, TreeItemCollapsibleState.Collapsed);
  const missing = isThere === false ? l10n.t('folder is gone') : '';
  item.contextValue = tokens(
    'project',
    isThere === false && 'missing',
    counts.inTrouble > 0 && 'trouble',
    worktrees.length > 0 && 'worktrees',
  );
  item.iconPath = new ThemeIcon(
    FOLDER,
    counts.inTrouble === 0 ? undefined : colorOf(severity ?? 'warning'),
  );
  item.description = listed(countsInWords(counts), missing);
  item.tooltip = projectTooltip(node);
  decorate(item, id, severity, 'threads', counts.inTrouble);
  return speaking(
    item,
    listed(l10n.t('Project {0}', label), countsInWords(counts), missing, severitySpoken(severity)),
  );
}

function threadItem(node: ThreadNode, id: string): TreeItem {
  const { uri, title, archived, updatedAtMs, severity, findings, live } = node;
  const name = title === '' ? l10n.t('Untitled') : title;
  const isLeaf = findings.length + node.children.length === 0;
  const item = new TreeItem(
    name,
    isLeaf ? TreeItemCollapsibleState.None : TreeItemCollapsibleState.Collapsed,
  );
  const bond = bondOf(node);
  const state = listed(
    bond,
    archived ? l10n.t('archived') : '',
    live === null ? '' : LIVE_WORDS[isBeingWritten(live) ? 'active' : 'held'](),
  );
  item.contextValue = tokens(
    'thread',
    archived ? 'archived' : 'active',
    live?.state === 'held' && 'held',
    live !== null && isBeingWritten(live) && 'running',
    isTrouble(severity) && 'trouble',
    hasCure(findings) && 'curable',
    isHidden(node) && 'hidden',
  );
  item.iconPath = severity === null ? quietIcon(node) : severityIcon(severity);
  item.description = listed(state, ago(updatedAtMs));
  item.tooltip = threadTooltip(node, name);
  decorate(item, id, severity, 'findings', troubles(findings));
  item.command = openCommand(uri);
  return speaking(
    item,
    listed(
      l10n.t('Thread {0}', name),
      bond,
      archived ? l10n.t('archived') : '',
      live === null ? '' : liveInWords(live),
      severitySpoken(severity),
      findings.map(({ says }) => says).join(' '),
    ),
  );
}

/** What ties a child to its parent; empty where it stands on top. */
function bondOf(node: ThreadNode): string {
  if (!('bond' in node)) return '';
  return node.bond === 'fork' ? l10n.t('fork') : l10n.t('sub-agent');
}

function isBeingWritten(live: Live): boolean {
  return live.state === 'active' || live.isActive;
}

const LIVE_WORDS: Readonly<Record<Live['state'], () => string>> = {
  held: () => l10n.t('open'),
  active: () => l10n.t('running'),
};

function isHidden({ visibility }: ThreadNode): boolean {
  return (
    visibility !== null && Object.values(visibility.surfaces).some(({ shown }) => shown === false)
  );
}

function troubles(findings: readonly FindingNode[]): number {
  return findings.filter(({ severity }) => isTrouble(severity)).length;
}

function moreItem(node: MoreNode): TreeItem {
  const label = l10n.t('Show more of {0} other threads', number(node.more));
  const item = new TreeItem(label);
  item.contextValue = 'more';
  item.iconPath = new ThemeIcon('ellipsis');
  item.command = { command: COMMANDS.showMore, title: l10n.t('Show More'), arguments: [node] };
  return speaking(item, label);
}

function findingItem(node: FindingNode): TreeItem {
  const { check, title, severity, says, place, cures } = node;
  const item = new TreeItem(title);
  item.description = says;
  item.contextValue = tokens('finding', severity, cures.length > 0 && 'curable', `check:${check}`);
  item.iconPath = severityIcon(severity);
  item.tooltip = findingTooltip(node);
  item.command = openCommand(place.uri, place.line, place.startCharacter);
  return speaking(item, `${spoken(severity)}: ${title}. ${says}`);
}

function gapItem(node: GapNode): TreeItem {
  const item = new TreeItem(node.says);
  item.contextValue = 'gap';
  item.iconPath = new ThemeIcon('question');
  item.tooltip = gapTooltip(node);
  return speaking(item, l10n.t('Could not tell: {0}', node.says));
}

/** A row in trouble has an address, by which VS Code asks for its colour and its number. */
function decorate(item: TreeItem, ...trouble: Parameters<typeof troubledRow>): void {
  const address = troubledRow(...trouble);
  if (address !== undefined) item.resourceUri = address;
}

function speaking(item: TreeItem, label: string): TreeItem {
  item.accessibilityInformation = { label };
  return item;
}

/** Words that menus look for: `viewItem =~ /\bthread\b.*\bheld\b/`. */
function tokens(...words: readonly (string | false)[]): string {
  return words.filter(word => word !== false).join(' ');
}

function openCommand(uri: string, ...place: readonly number[]): NonNullable<TreeItem['command']> {
  const title = l10n.t('Open');
  return { command: COMMANDS.openRecord, title, arguments: [Uri.parse(uri), ...place] };
}

function hasCure(findings: readonly FindingNode[]): boolean {
  return findings.some(({ cures }) => cures.length > 0);
}

function gravestOf(findings: readonly FindingNode[]): Severity | null {
  const severities = findings.map(({ severity }) => severity);
  return GRAVEST_FIRST.find(severity => severities.includes(severity)) ?? null;
}

const GRAVEST_FIRST: readonly Severity[] = ['error', 'warning', 'note'];

function isTrouble(severity: Severity | null): boolean {
  return severity === 'error' || severity === 'warning';
}

function severitySpoken(severity: Severity | null): string {
  return severity === null ? '' : spoken(severity);
}
