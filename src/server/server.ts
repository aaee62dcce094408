// Engine → Language Server Protocol. Knows no transport and no process. It asks for no document
// sync: it judges the disk, and no large rollout travels to it because someone opened it.

import {
  DidChangeWorkspaceFoldersNotification,
  TextDocumentSyncKind,
  type Connection,
  type InitializeResult,
} from 'vscode-languageserver';
import type { World } from '../engine/world.ts';
import {
  CHANGED_NOTIFICATION,
  type AnswerOf,
  type ParamsOf,
  type RequestName,
} from '../protocol/requests.ts';
import { documentText } from './documents.ts';
import { createHealth, type Health } from './health.ts';
import { reportText } from './reportText.ts';
import { createGitNotes } from './repositories.ts';
import { readSettings } from './settings.ts';
import { findThreads, makeThreads, makeTree, threadDetails } from './tree.ts';

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
  answerTree(connection, health, world);
  connection.listen();
}

const CAPABILITIES: InitializeResult = {
  serverInfo: { name: 'codex-health' },
  capabilities: {
    textDocumentSync: TextDocumentSyncKind.None,
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  },
};

/** Registers the answer to a request, held against its types. */
function answering(connection: Connection) {
  return <Name extends RequestName>(
    name: Name,
    work: (params: ParamsOf<Name>) => Promise<AnswerOf<Name>>,
  ) => void connection.onRequest(name, work);
}

function answerRequests(connection: Connection, { view, redactedView }: Health): void {
  const answer = answering(connection);
  answer('codexHealth/document', async ({ uri }) => documentText(await view(), uri));
  answer('codexHealth/report', async () => reportText(await redactedView()));
}

function answerTree(
  connection: Connection,
  { view, lookAgain }: Health,
  { projects, machine }: World,
): void {
  const answer = answering(connection);
  const notes = createGitNotes(
    projects,
    () => void connection.sendNotification(CHANGED_NOTIFICATION),
  );
  const seen = async () => {
    const now = await view();
    return [now, notes.of(now.report.snapshot)] as const;
  };
  answer('codexHealth/tree', async ({ filter }) => makeTree(...(await seen()), filter));
  answer('codexHealth/threads', async request => makeThreads(...(await seen()), request));
  answer('codexHealth/find', async request => findThreads(...(await seen()), request));
  answer('codexHealth/thread', async ({ id }) => threadDetails(await view(), machine, id));
  answer('codexHealth/refresh', () => {
    notes.askAgain();
    return lookAgain();
  });
}
