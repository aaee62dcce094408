// What the view says when it has nothing to show, and above what it shows.

import { l10n } from 'vscode';
import type { Filter, HealthTree } from '../../protocol/tree.ts';

/**
 * Which welcome text an empty view shows. `read`: there are rows. `healthy`: the filter for trouble
 * leaves nothing, and `no-match` any other one.
 */
export type ViewState =
  'looking' | 'failed' | 'no-codex' | 'no-home' | 'empty' | 'healthy' | 'no-match' | 'read';

export function stateOf(
  { state, hasCodex, hosts, troublesOfHome }: HealthTree,
  filter: Filter,
): ViewState {
  if (state === 'no-home') return hasCodex ? 'no-home' : 'no-codex';
  const hasThreads = hosts.some(({ projects }) => projects.length > 0);
  const hasMore = hosts.some(({ findings, gaps }) => findings.length + gaps.length > 0);
  if (hasThreads) return 'read';
  if (filter === 'all') return hasMore || troublesOfHome > 0 ? 'read' : 'empty';
  if (filter !== 'trouble') return 'no-match';
  return hasMore || troublesOfHome > 0 ? 'read' : 'healthy';
}

/**
 * Stands above the rows: is everything still there, and is everything shown? Empty where a welcome text
 * speaks. A container with one view does not show the view's description, so the filter is named here too.
 */
export function messageOf(tree: HealthTree, state: ViewState, filter: Filter): string {
  if (state !== 'read') return '';
  const { nothingLost, hasCodex, interrupted } = tree;
  const isQuiet =
    tree.threadsInTrouble + tree.troublesOfHome === 0 &&
    tree.hosts.every(({ gaps }) => gaps.length === 0);
  return [
    FILTER_SENTENCES[filter](),
    nothingLost.says,
    isQuiet && nothingLost.answer === 'yes' ? l10n.t('No check found trouble.') : '',
    hasCodex ? '' : l10n.t('No Codex program was found on this machine.'),
    interrupted === null
      ? ''
      : l10n.t(
          'A repair was stopped in the middle. "Codex: Show Repair History" puts back what it had begun, or says how.',
        ),
  ]
    .filter(sentence => sentence !== '')
    .join(' ');
}

const FILTER_SENTENCES: Readonly<Record<Filter, () => string>> = {
  all: () => '',
  trouble: () => l10n.t('Only threads in trouble are shown.'),
  hidden: () => l10n.t('Only threads that are hidden somewhere are shown.'),
  archived: () => l10n.t('Only archived threads are shown.'),
};
