// The view: tree, badge, message, welcome texts, filter, find and status bar.

import { commands, Disposable, l10n, window, type LogOutputChannel, type ViewBadge } from 'vscode';
import type { HealthTree, ThreadNode } from '../../protocol/tree.ts';
import type { Client } from '../client.ts';
import { tellFailure } from '../commands/failures.ts';
import { person } from '../commands/person.ts';
import { COMMANDS, NOTING_KEY, SHARED_KEY, STATE_KEY, VIEW } from '../contributions.ts';
import { registerDecorations } from './decorations.ts';
import { describeFilter, registerFilter } from './filter.ts';
import { findThread, openThread } from './findThread.ts';
import type { MoreNode } from './nodes.ts';
import { messageOf, stateOf, type ViewState } from './states.ts';
import { createStatusBar } from './statusBar.ts';
import { ThreadTree } from './threadTree.ts';
import { createUnhurried } from './unhurried.ts';
import { threadsInTrouble } from './words.ts';

export function registerTree(client: Client, log: LogOutputChannel): Disposable {
  const { filter, parts } = registerFilter();
  const tree = new ThreadTree(client, () => filter.current);
  const status = createStatusBar();
  const view = window.createTreeView(VIEW, {
    treeDataProvider: tree,
    showCollapseAll: true,
    canSelectMany: true,
  });
  // Shown with the progress bar until the first answer.
  view.message = l10n.t('Looking at the Codex home…');
  setState('looking');

  const show = (answer: HealthTree | Error) => {
    const isFailure = answer instanceof Error;
    if (isFailure) log.error(String(answer));
    const state = isFailure ? 'failed' : stateOf(answer, filter.current);
    setState(state);
    if (!isFailure) setHosts(answer);
    // A view with a message shows no welcome text.
    view.message = isFailure ? '' : messageOf(answer, state, filter.current);
    view.badge = isFailure ? undefined : badgeOf(answer.threadsInTrouble);
    status.show(isFailure ? null : answer);
  };

  const reveal = async (thread: ThreadNode) => {
    openThread(thread);
    filter.choose('all');
    const row = await tree.rowOf(thread);
    if (row !== null) await view.reveal(row, { select: true, focus: false });
  };

  const changes = createUnhurried(
    () => void tree.refresh(),
    () => view.visible,
  );
  return Disposable.from(
    ...parts,
    changes,
    view.onDidChangeVisibility(({ visible }) => {
      if (visible) changes.seen();
    }),
    view.onDidCollapseElement(({ element }) => tree.closed(element)),
    view.onDidExpandElement(({ element }) => tree.opened(element)),
    tree,
    view,
    status.item,
    registerDecorations(),
    tree.onAnswered(show),
    client.onChanged(() => changes.notice()),
    filter.onChanged(() => {
      view.description = describeFilter(filter.current);
      tree.redraw();
    }),
    commands.registerCommand(COMMANDS.showMore, (node: MoreNode) => tree.showMore(node)),
    commands.registerCommand(COMMANDS.findThread, () =>
      findThread(
        client,
        thread => {
          reveal(thread).catch((error: unknown) => log.error(String(error)));
        },
        error => void tellFailure(person, l10n.t('Could not look for threads'), error),
      ),
    ),
  );
}

export function badgeOf(threads: number): ViewBadge | undefined {
  return threads === 0 ? undefined : { value: threads, tooltip: threadsInTrouble(threads) };
}

function setState(state: ViewState): void {
  void commands.executeCommand('setContext', STATE_KEY, state);
}

function setHosts({ hosts, noting }: HealthTree): void {
  const isShared = hosts.some(({ alsoFrom }) => alsoFrom.length > 0);
  void commands.executeCommand('setContext', SHARED_KEY, isShared);
  void commands.executeCommand('setContext', NOTING_KEY, noting === true);
}
