// Which of our pages stand in a tab. Who has opened a page wants to see on it what is wrong, whatever the
// Problems view is told to show; the server marks those. A page that VS Code only keeps in memory is none.

import { TabInputText, window, type Disposable } from 'vscode';
import { DOCUMENT_SCHEME } from '../protocol/documents.ts';

/** Tells once what stands there now, and then whenever that is something else. */
export function watchOpenPages(tell: (uris: readonly string[]) => void): Disposable {
  let told: string | null = null;
  const look = () => {
    const uris = openPages();
    const now = JSON.stringify(uris);
    if (now === told) return;
    told = now;
    tell(uris);
  };
  look();
  return window.tabGroups.onDidChangeTabs(look);
}

function openPages(): readonly string[] {
  const inputs = window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ input }) => input));
  const uris = inputs.flatMap(input =>
    input instanceof TabInputText && input.uri.scheme === DOCUMENT_SCHEME
      ? [input.uri.toString()]
      : [],
  );
  return [...new Set(uris)].sort();
}
