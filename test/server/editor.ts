// An editor without a window: speaks the Language Server Protocol with the server and remembers
// the markers that it was sent.

import { PassThrough } from 'node:stream';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { createConnection, ProposedFeatures, type Diagnostic } from 'vscode-languageserver/node';
import type { World } from '../../src/engine/world.ts';
import {
  CHANGED_NOTIFICATION,
  type AnswerOf,
  type ParamsOf,
  type RequestName,
} from '../../src/protocol/requests.ts';
import type { ServerSettings } from '../../src/protocol/settings.ts';
import type { HealthTree, ThreadNode } from '../../src/protocol/tree.ts';
import { startServer } from '../../src/server/server.ts';

export interface Editor {
  /** The markers of each document that has some. */
  readonly markers: ReadonlyMap<string, readonly Diagnostic[]>;
  ask<Name extends RequestName>(
    request: Name,
    ...params: ParamsOf<Name> extends undefined ? [] : [ParamsOf<Name>]
  ): Promise<AnswerOf<Name>>;
  /** A request that the Language Server Protocol has a word for. */
  request<Answer>(name: string, params: object): Promise<Answer>;
  tell(notification: string, params: object): Promise<void>;
  tree(): Promise<HealthTree>;
  /** The threads of the project with this path. */
  threads(project: string): Promise<readonly ThreadNode[]>;
  text(uri: string): Promise<string>;
  /** Waits until the server has said once more that something changed. */
  nextChange(): Promise<void>;
  /** Says goodbye, as an editor does that is closed. */
  leave(): Promise<void>;
  close(): void;
}

export interface EditorOptions {
  readonly settings?: Partial<ServerSettings>;
  /** Folders that are open, as addresses. */
  readonly folders?: readonly string[];
}

/** Opens an editor on a server that runs in this process, and waits for the first scan. */
export async function openEditor(world: World, options: EditorOptions = {}): Promise<Editor> {
  const toServer = new PassThrough();
  const toEditor = new PassThrough();
  // Readers and writers, since a server that is given streams ends the process with them.
  const reader = new StreamMessageReader(toServer);
  const writer = new StreamMessageWriter(toEditor);
  startServer(createConnection(ProposedFeatures.all, reader, writer), world);
  const connection = createMessageConnection(
    new StreamMessageReader(toEditor),
    new StreamMessageWriter(toServer),
  );
  const editor = speak(connection);
  const changed = editor.nextChange();
  await initialize(connection, options);
  await changed;
  return editor;
}

/** The editor's side of a connection that somebody else has opened. */
export function speak(connection: MessageConnection): Editor {
  const markers = new Map<string, readonly Diagnostic[]>();
  let waiting: (() => void)[] = [];
  connection.onNotification(
    'textDocument/publishDiagnostics',
    ({ uri, diagnostics }: { uri: string; diagnostics: readonly Diagnostic[] }) => {
      if (diagnostics.length === 0) markers.delete(uri);
      else markers.set(uri, diagnostics);
    },
  );
  connection.onNotification(CHANGED_NOTIFICATION, () => {
    const resolved = waiting;
    waiting = [];
    for (const resolve of resolved) resolve();
  });
  connection.listen();
  const ask: Editor['ask'] = (request, ...[params]) =>
    params === undefined
      ? connection.sendRequest(request)
      : connection.sendRequest(request, params);
  const tree = () => ask('codexHealth/tree', { filter: 'all' });
  return {
    markers,
    ask,
    tree,
    request: (name, params) => connection.sendRequest(name, params),
    tell: (notification, params) => connection.sendNotification(notification, params),
    threads: async project => {
      const { hosts } = await tree();
      const request = { host: hosts[0]?.name ?? '', project, filter: 'all', limit: 100 } as const;
      return (await ask('codexHealth/threads', request)).threads;
    },
    text: uri => ask('codexHealth/document', { uri }),
    nextChange: () => new Promise(resolve => waiting.push(resolve)),
    leave: async () => {
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit', {});
    },
    close: () => connection.dispose(),
  };
}

export async function initialize(
  connection: Pick<MessageConnection, 'sendRequest' | 'sendNotification'>,
  { settings = {}, folders = [] }: EditorOptions,
): Promise<void> {
  await connection.sendRequest('initialize', {
    processId: null,
    rootUri: null,
    capabilities: {},
    initializationOptions: settings,
    workspaceFolders: folders.map(uri => ({ uri, name: uri })),
  });
  await connection.sendNotification('initialized', {});
}
