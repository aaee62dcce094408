// The folders that are open in the editor.

import type { WorkspaceFolder, WorkspaceFoldersChangeEvent } from 'vscode-languageserver';

export interface Folders {
  all(): readonly string[];
  set(folders: readonly WorkspaceFolder[]): void;
  change(event: WorkspaceFoldersChangeEvent): void;
}

export function createFolders(): Folders {
  let uris: readonly string[] = [];
  return {
    all: () => uris,
    set: folders => {
      uris = folders.map(({ uri }) => uri);
    },
    change: ({ added, removed }) => {
      const gone = new Set(removed.map(({ uri }) => uri));
      uris = [...uris.filter(uri => !gone.has(uri)), ...added.map(({ uri }) => uri)];
    },
  };
}
