// A word in the status bar, and only while something is wrong.

import { l10n, StatusBarAlignment, window, type StatusBarItem } from 'vscode';
import type { HealthTree } from '../../protocol/tree.ts';
import { COMMANDS, VIEW } from '../contributions.ts';
import { listed, number, threadsInTrouble, troublesOfHome } from './words.ts';

export interface StatusBar {
  readonly item: StatusBarItem;
  /** Null: nothing is known. */
  show(tree: HealthTree | null): void;
}

export function createStatusBar(): StatusBar {
  const item = window.createStatusBarItem('codexHealth.status', StatusBarAlignment.Left);
  item.name = l10n.t('Codex Session Health');
  return {
    item,
    show: tree => {
      const says = tree === null ? '' : troubleInWords(tree);
      if (tree !== null && tree.interrupted !== null) return showStopped(item);
      if (tree === null || says === '') return item.hide();
      item.command = `${VIEW}.focus`;
      item.text = `$(warning) Codex ${number(tree.threadsInTrouble + tree.troublesOfHome)}`;
      item.tooltip = says;
      item.accessibilityInformation = {
        label: l10n.t('{0}. Opens Codex Session Health.', says),
        role: 'button',
      };
      item.show();
    },
  };
}

/** It goes before everything else: nothing is as it was meant to be until it is put back. */
function showStopped(item: StatusBarItem): void {
  item.command = COMMANDS.showHistory;
  item.text = '$(warning) Codex';
  const says = l10n.t(
    'A repair of Codex sessions was stopped in the middle. The history puts back what it had begun, or says how.',
  );
  item.tooltip = says;
  item.accessibilityInformation = { label: says, role: 'button' };
  item.show();
}

/** Empty where nothing is wrong. */
export function troubleInWords(
  tree: Pick<HealthTree, 'threadsInTrouble' | 'troublesOfHome'>,
): string {
  return listed(
    tree.threadsInTrouble === 0 ? '' : threadsInTrouble(tree.threadsInTrouble),
    tree.troublesOfHome === 0 ? '' : troublesOfHome(tree.troublesOfHome),
  );
}
