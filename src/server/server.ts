// Engine → Language Server Protocol. Knows no transport and no process. It asks for no document
// sync: it judges the disk, and no large rollout travels to it because someone opened it.

import {
  DidChangeWorkspaceFoldersNotification,
  TextDocumentSyncKind,
  type Connection,
  type InitializeResult,
} from 'vscode-languageserver';
import type { World } from '../engine/world.ts';
import type { AnswerOf, ParamsOf, RequestName } from '../protocol/requests.ts';
import { documentStamp, documentText } from './documents.ts';
import { createHealth, type Health } from './health.ts';
import { reportText } from './reportText.ts';
import { answerAboutPages } from './pageFeatures.ts';
import { readSettings } from './settings.ts';
import { makeThreads, makeTree } from './tree.ts';

/** Serves one editor. Its end is the end of the connection. */
export function startServer(connection: Connection, world: World): void {
  const health = createHealth(connection, world);
  const inBackground = (work: Promise<void>) => {
    work.catch((error: unknown) => connection.console.error(String(error)));
  };
  connection.onInitialize(({ initializationOptions, workspaceFolders }) => {
    health.settings = readSettings(initializationOptions);
    health.folders.set(workspaceFolders ?? []);
    return CAPABILITIES;
  });
  connection.onInitialized(() => inBackground(health.lookAgain()));
  connection.onDidChangeConfiguration(({ settings }) =>
    inBackground(health.changeSettings(readSettings(settings))),
  );
  // Not by `connection.workspace`, which refuses to listen where an editor knows no folders.
  connection.onNotification(DidChangeWorkspaceFoldersNotification.type, ({ event }) => {
    health.folders.change(event);
    inBackground(health.publish());
  });
  answerRequests(connection, health);
  answerAboutPages(connection, health);
  connection.listen();
}

const CAPABILITIES: InitializeResult = {
  serverInfo: { name: 'codex-health' },
  capabilities: {
    textDocumentSync: TextDocumentSyncKind.None,
    foldingRangeProvider: true,
    documentLinkProvider: {},
    documentSymbolProvider: true,
    hoverProvider: true,
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  },
};

function answerRequests(connection: Connection, health: Health): void {
  const { view, redactedView, lookAgain } = health;
  const answer = <Name extends RequestName>(
    name: Name,
    work: (params: ParamsOf<Name>) => Promise<AnswerOf<Name>>,
  ) => void connection.onRequest(name, work);

  answer('codexHealth/tree', async () => makeTree(await view()));
  answer('codexHealth/threads', async request => makeThreads(await view(), request));
  answer('codexHealth/document', async ({ uri }) =>
    documentText(await view(), uri, health.readTranscript),
  );
  answer('codexHealth/documentStamps', async ({ uris }) => {
    const now = await view();
    return uris.map(uri => documentStamp(now, uri));
  });
  answer('codexHealth/report', async () => reportText(await redactedView()));
  answer('codexHealth/refresh', lookAgain);
}
