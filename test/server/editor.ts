// An editor without a window: speaks the Language Server Protocol with the server and remembers
// the markers that it was sent.

import { PassThrough } from 'node:stream';
import {
  CancellationTokenSource,
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { createConnection, ProposedFeatures, type Diagnostic } from 'vscode-languageserver/node';
import type { Hands } from '../../src/engine/hands.ts';
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
import { createMemoryHands } from '../support/memoryHands.ts';

export interface Editor {
  /** The markers of each document that has some. */
  readonly markers: ReadonlyMap<string, readonly Diagnostic[]>;
  ask<Name extends RequestName>(
    request: Name,
    ...params: ParamsOf<Name> extends undefined ? [] : [ParamsOf<Name>]
  ): Promise<AnswerOf<Name>>;
  /** Asks what may take long, and can be told that it is enough. */
  begin<Name extends RequestName>(
    request: Name,
    params: ParamsOf<Name>,
  ): { readonly answer: Promise<AnswerOf<Name>>; cancel(): void };
  /** Anything that an editor may send, however little sense it makes. */
  send(request: string, ...params: readonly unknown[]): Promise<unknown>;
  /** What was told of long work, by the token with which it was asked for. */
  readonly progress: readonly { readonly token: string | number; readonly value: unknown }[];
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
  /** What the server changes things with; without them nothing is there that could be changed. */
  readonly hands?: Hands;
  /** The process that the editor says it is; one that lives, since the server ends with it. */
  readonly processId?: number;
}

/** Opens an editor on a server that runs in this process, and waits for the first scan. */
export async function openEditor(world: World, options: EditorOptions = {}): Promise<Editor> {
  const toServer = new PassThrough();
  const toEditor = new PassThrough();
  // Readers and writers, since a server that is given streams ends the process with them.
  const reader = new StreamMessageReader(toServer);
  const writer = new StreamMessageWriter(toEditor);
  const { hands = createMemoryHands(new Map()).hands } = options;
  startServer(createConnection(ProposedFeatures.all, reader, writer), world, hands);
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
  const progress: Editor['progress'][number][] = [];
  connection.onUnhandledProgress(told => progress.push(told));
  return {
    markers,
    progress,
    ask,
    begin: (request, params) => {
      const source = new CancellationTokenSource();
      const answer = connection.sendRequest(request, params, source.token);
      return {
        answer: answer as ReturnType<typeof ask<typeof request>>,
        cancel: () => source.cancel(),
      };
    },
    send: (request, ...params) =>
      params.length === 0
        ? connection.sendRequest(request)
        : connection.sendRequest(request, params[0]),
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
  { settings = {}, folders = [], processId }: EditorOptions,
): Promise<void> {
  await connection.sendRequest('initialize', {
    processId: processId ?? null,
    rootUri: null,
    capabilities: {},
    initializationOptions: settings,
    workspaceFolders: folders.map(uri => ({ uri, name: uri })),
  });
  await connection.sendNotification('initialized', {});
}
