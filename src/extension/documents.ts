// The read-only documents of the scheme `codex-health:`; the server writes them.

import { EventEmitter, workspace, type Disposable, type Uri } from 'vscode';
import { DOCUMENT_SCHEME } from '../protocol/documents.ts';
import type { Client } from './client.ts';

export function registerDocuments(client: Client): Disposable {
  const changed = new EventEmitter<Uri>();
  client.onChanged(() => {
    for (const { uri } of workspace.textDocuments)
      if (uri.scheme === DOCUMENT_SCHEME) changed.fire(uri);
  });
  return workspace.registerTextDocumentContentProvider(DOCUMENT_SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: uri => client.ask('codexHealth/document', { uri: uri.toString() }),
  });
}
