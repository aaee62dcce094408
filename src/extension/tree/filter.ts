// Which threads the tree shows. Every window begins with all of them: who left a filter on must not
// find an empty list next week, and take it for a loss.

import { commands, EventEmitter, l10n, type Disposable, type Event } from 'vscode';
import type { Filter } from '../../protocol/tree.ts';
import { COMMANDS, FILTER_KEY } from '../contributions.ts';

export interface ChosenFilter {
  readonly current: Filter;
  readonly onChanged: Event<void>;
  choose(filter: Filter): void;
}

const COMMAND_OF: Readonly<Record<Filter, string>> = {
  all: COMMANDS.showAllThreads,
  trouble: COMMANDS.showThreadsInTrouble,
  hidden: COMMANDS.showHiddenThreads,
  archived: COMMANDS.showArchivedThreads,
};

export function registerFilter(): { readonly filter: ChosenFilter; readonly parts: Disposable[] } {
  const changed = new EventEmitter<void>();
  let current: Filter = 'all';
  const choose = (filter: Filter) => {
    if (filter === current) return;
    current = filter;
    setKey(filter);
    changed.fire();
  };
  setKey(current);
  return {
    filter: {
      get current() {
        return current;
      },
      onChanged: changed.event,
      choose,
    },
    parts: [
      changed,
      ...FILTERS.map(filter => commands.registerCommand(COMMAND_OF[filter], () => choose(filter))),
    ],
  };
}

const FILTERS: readonly Filter[] = ['all', 'trouble', 'hidden', 'archived'];

/** Beside the title of the view; nothing where everything is shown. */
export function describeFilter(filter: Filter): string {
  return {
    all: '',
    trouble: l10n.t('in trouble'),
    hidden: l10n.t('hidden somewhere'),
    archived: l10n.t('archived'),
  }[filter];
}

function setKey(filter: Filter): void {
  void commands.executeCommand('setContext', FILTER_KEY, filter);
}
