// The icons of rows. Colour is for trouble alone.

import { ThemeColor, ThemeIcon } from 'vscode';
import type { Severity } from '../../engine/model/finding.ts';
import type { ThreadNode } from '../../protocol/tree.ts';

/**
 * Not `folder`, which is drawn by file icon themes: in colours that mean other things, and not at all
 * on a row that has an address.
 */
export const FOLDER = 'symbol-folder';

const ICONS: Readonly<Record<Severity, readonly [icon: string, color: string]>> = {
  error: ['error', 'problemsErrorIcon.foreground'],
  warning: ['warning', 'problemsWarningIcon.foreground'],
  note: ['info', 'problemsInfoIcon.foreground'],
};

export function severityIcon(severity: Severity): ThemeIcon {
  return new ThemeIcon(ICONS[severity][0], colorOf(severity));
}

export function colorOf(severity: Severity): ThemeColor {
  return new ThemeColor(ICONS[severity][1]);
}

export function quietIcon(node: ThreadNode): ThemeIcon {
  if (node.archived) return new ThemeIcon('archive');
  if ('bond' in node) return new ThemeIcon(node.bond === 'fork' ? 'repo-forked' : 'hubot');
  return new ThemeIcon('comment-discussion');
}
