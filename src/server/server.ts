// Engine → Language Server Protocol. Knows no transport and no process. It asks for no document
// sync: it judges the disk, and no large rollout travels to it because someone opened it.

import {
  CodeActionKind,
  DidChangeWorkspaceFoldersNotification,
  ErrorCodes,
  InitializeRequest,
  ResponseError,
  ShutdownRequest,
  TextDocumentSyncKind,
  type CancellationToken,
  type Connection,
  type Disposable,
  type InitializeResult,
} from 'vscode-languageserver';
import type { Hands } from '../engine/hands.ts';
import type { World } from '../engine/world.ts';
import {
  CHANGED_NOTIFICATION,
  PAGES_NOTIFICATION,
  type AnswerOf,
  type ParamsOf,
  type RequestName,
} from '../protocol/requests.ts';
import { createChanges, type Changes } from './changes/changes.ts';
import { asObject } from './changes/wishes.ts';
import { refusing } from './changes/refusals.ts';
import { createStopped } from './changes/stopped.ts';
import { createTeller } from './changes/telling.ts';
import { codeActions } from './codeActions.ts';
import { documentStamp, documentText } from './documents.ts';
import { createHealth, type Health } from './health.ts';
import { answerAboutPages } from './pageFeatures.ts';
import { reportText } from './reportText.ts';
import { createGitNotes } from './repositories.ts';
import { readPages, readSettings } from './settings.ts';
import { findThreads, makeThreads, makeTree, threadDetails } from './tree.ts';

/** Serves one editor. Its end is the end of the connection. Only what changes something has hands. */
export function startServer(connection: Connection, world: World, hands: Hands): void {
  const health = createHealth(connection, world);
  const changes = createChanges(world, hands, health);
  const inBackground = (work: Promise<void>) => {
    work.catch((error: unknown) => connection.console.error(String(error)));
  };
  connection.onInitialize(({ processId, initializationOptions, workspaceFolders }) => {
    changes.setEditor(processId);
    health.settings = readSettings(initializationOptions, world.machine);
    health.folders.set(workspaceFolders ?? []);
    return CAPABILITIES;
  });
  connection.onInitialized(() => inBackground(health.begin()));
  connection.onDidChangeConfiguration(({ settings }) =>
    inBackground(health.changeSettings(readSettings(settings, world.machine))),
  );
  // Not by `connection.workspace`, which refuses to listen where an editor knows no folders.
  connection.onNotification(DidChangeWorkspaceFoldersNotification.type, ({ event }) => {
    health.folders.change(event);
    inBackground(health.publish());
  });
  connection.onNotification(PAGES_NOTIFICATION, given => {
    health.pages = readPages(given);
    inBackground(health.mark());
  });
  const answers = [
    ...answerRequests(connection, health, changes),
    ...answerTree(connection, health, changes, world),
    ...answerChanges(connection, changes),
    connection.onCodeAction(async request => [
      ...codeActions(await health.view(), health.folders.all(), health.pages, request),
    ]),
    ...answerAboutPages(connection, health, changes),
  ];
  connection.onShutdown(() => {
    health.close();
    for (const answer of answers) answer.dispose();
    refuseEverything(connection);
  });
  connection.listen();
}

/** An editor that has asked for the end may only tell that it has come. */
function refuseEverything(connection: Connection): void {
  const refuse = () => new ResponseError(ErrorCodes.InvalidRequest, 'The server was shut down.');
  connection.onRequest(refuse);
  for (const { method } of [InitializeRequest.type, ShutdownRequest.type])
    connection.onRequest(method, refuse);
}

const CAPABILITIES: InitializeResult = {
  serverInfo: { name: 'codex-health' },
  capabilities: {
    textDocumentSync: TextDocumentSyncKind.None,
    codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
    codeLensProvider: {},
    foldingRangeProvider: true,
    documentLinkProvider: {},
    documentSymbolProvider: true,
    hoverProvider: true,
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  },
};

/** Registers the answer to a request, held against its types; a refusal says what can be done next. */
function answering(connection: Connection) {
  return <Name extends RequestName>(
    name: Name,
    work: (params: ParamsOf<Name>, cancel: CancellationToken) => Promise<AnswerOf<Name>>,
  ) =>
    connection.onRequest(name, (params: ParamsOf<Name>, cancel: CancellationToken) =>
      refusing(() => work(params, cancel)),
    );
}

function answerRequests(
  connection: Connection,
  { viewOf, redactedView, readTranscript }: Health,
  changes: Changes,
): readonly Disposable[] {
  const answer = answering(connection);
  return [
    answer(
      'codexHealth/document',
      async ({ uri }) =>
        (await changes.page(uri))?.text ?? documentText(await viewOf(uri), uri, readTranscript),
    ),
    answer('codexHealth/documentStamps', async ({ uris }) => {
      return Promise.all(
        uris.map(async uri => (await changes.stamp(uri)) ?? documentStamp(await viewOf(uri), uri)),
      );
    }),
    answer('codexHealth/report', async () => reportText(await redactedView())),
  ];
}

function answerTree(
  connection: Connection,
  health: Health,
  { interrupted }: Changes,
  { projects, machine }: World,
): readonly Disposable[] {
  const answer = answering(connection);
  const { view, hosts, looking, pin, note, lookAgain } = health;
  const tellChanged = () => void connection.sendNotification(CHANGED_NOTIFICATION);
  const notes = createGitNotes(projects, tellChanged);
  const stopped = createStopped(interrupted, tellChanged);
  const seen = async () => {
    const [all, now] = [await hosts(), await view()];
    return [all, notes.of(now.report.snapshot)] as const;
  };
  return [
    answer('codexHealth/tree', async ({ filter }) =>
      makeTree(...(await seen()), filter, {
        interrupted: stopped(health.settings),
        looking: looking(),
      }),
    ),
    answer('codexHealth/stopped', interrupted),
    answer('codexHealth/threads', async request => makeThreads(...(await seen()), request)),
    answer('codexHealth/find', async request => findThreads(await hosts(), request)),
    answer('codexHealth/thread', async ({ id }) => threadDetails(await hosts(), machine, id)),
    answer('codexHealth/pin', pin),
    answer('codexHealth/note', note),
    answer('codexHealth/refresh', () => {
      notes.askAgain();
      return lookAgain();
    }),
  ];
}

/** What takes long says how far it is. */
function answerChanges(connection: Connection, changes: Changes): readonly Disposable[] {
  const answer = answering(connection);
  const waiting = (request: unknown, cancel: CancellationToken) => {
    const { workDoneToken } = asObject(request);
    const token = typeof workDoneToken === 'string' ? workDoneToken : undefined;
    return { cancel, teller: createTeller(connection.window.attachWorkDoneProgress(token)) };
  };

  return [
    answer('codexHealth/plan', changes.plan),
    answer('codexHealth/wishAt', async request => changes.wishAt(request)),
    answer('codexHealth/apply', (request, cancel) =>
      changes.apply(request, waiting(request, cancel)),
    ),
    answer('codexHealth/undo', (request, cancel) =>
      changes.undo(request, waiting(request, cancel)),
    ),
    answer('codexHealth/history', changes.history),
    answer('codexHealth/splitChoices', changes.splitChoices),
    answer('codexHealth/confirmSplit', (request, cancel) =>
      changes.confirmSplit(request, waiting(request, cancel)),
    ),
    answer('codexHealth/databaseChoices', changes.databaseChoices),
    answer('codexHealth/planPruning', changes.planPruning),
    answer('codexHealth/prune', changes.prune),
    answer('codexHealth/save', changes.save),
    answer('codexHealth/providers', changes.providers),
    answer('codexHealth/candidates', changes.candidates),
    answer('codexHealth/accept', changes.accept),
    answer('codexHealth/takeBack', changes.takeBack),
    answer('codexHealth/accepted', changes.accepted),
  ];
}
