// Finds a thread by title, path or id while somebody types, opens it, and shows it in the tree.

import { commands, Disposable, l10n, Uri, window, type QuickPickItem } from 'vscode';
import type { ThreadNode } from '../../protocol/tree.ts';
import type { Client } from '../client.ts';
import { COMMANDS } from '../contributions.ts';
import { ago, listed } from './words.ts';

/** Nobody reads further; who does not find it here types one more word. */
const MOST = 100;

export interface FoundThread extends QuickPickItem {
  readonly thread: ThreadNode;
}

/** Opens the list; `chosen` is called with the thread that somebody picked, `failed` where nobody can look. */
export function findThread(
  client: Client,
  chosen: (thread: ThreadNode) => void,
  failed: (error: unknown) => void,
): void {
  const list = window.createQuickPick<FoundThread>();
  list.title = l10n.t('Find a Codex Thread');
  list.placeholder = l10n.t('Some words of its title or directory, or the beginning of its id');
  list.matchOnDescription = true;
  list.matchOnDetail = true;
  let asked = 0;
  const ask = async (text: string) => {
    const own = (asked += 1);
    list.busy = true;
    try {
      const found = await client.ask('codexHealth/find', { text, limit: MOST });
      // Somebody has typed on; what was asked last is what is shown.
      if (own === asked) list.items = found.map(toItem);
    } catch (error) {
      if (own !== asked) return;
      // An empty list would say that there is no such thread.
      list.hide();
      failed(error);
    } finally {
      if (own === asked) list.busy = false;
    }
  };
  const parts = Disposable.from(
    list,
    list.onDidChangeValue(text => void ask(text)),
    list.onDidHide(() => {
      asked = 0;
      parts.dispose();
    }),
    list.onDidAccept(() => {
      const [item] = list.selectedItems;
      // Enter before there is an answer means nothing yet.
      if (item === undefined) return;
      list.hide();
      chosen(item.thread);
    }),
  );
  void ask('');
  list.show();
}

/** Always shown: the server has found it by rules of its own, and in the better order. */
export function toItem(thread: ThreadNode): FoundThread {
  const { title, project, archived, updatedAtMs, id } = thread;
  return {
    label: withoutIcons(title === '' ? l10n.t('Untitled') : title),
    description: listed(archived ? l10n.t('archived') : '', ago(updatedAtMs)),
    detail: withoutIcons(`${project}  ${id}`),
    alwaysShow: true,
    thread,
  };
}

/** Rows of such a list draw icons for `$(name)`; titles and paths come from elsewhere. */
function withoutIcons(text: string): string {
  return text.replaceAll('$(', '\\$(');
}

export function openThread({ uri }: ThreadNode): void {
  void commands.executeCommand(COMMANDS.openRecord, Uri.parse(uri));
}
