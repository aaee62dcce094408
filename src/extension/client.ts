// The connection to the language server, which does all the looking and judging.

import path from 'node:path';
import {
  commands,
  EventEmitter,
  window,
  workspace,
  type Event,
  type ExtensionContext,
  type LogOutputChannel,
} from 'vscode';
import {
  LanguageClient,
  RevealOutputChannelOn,
  State,
  TransportKind,
  type LanguageClientOptions,
} from 'vscode-languageclient/node';
import {
  CHANGED_NOTIFICATION,
  type AnswerOf,
  type ParamsOf,
  type RequestName,
} from '../protocol/requests.ts';
import { DOCUMENT_SCHEME } from '../protocol/documents.ts';
import { COMMANDS, RECORD_LANGUAGE, SETTINGS } from './contributions.ts';

export interface Client {
  /** Answers when the server does, however early it is asked. */
  ask<Name extends RequestName>(
    request: Name,
    ...params: ParamsOf<Name> extends undefined ? [] : [ParamsOf<Name>]
  ): Promise<AnswerOf<Name>>;
  /** What was answered before is no longer so. */
  readonly onChanged: Event<void>;
}

export function startClient(context: ExtensionContext, log: LogOutputChannel): Client {
  const module = path.join(context.extensionPath, 'dist', 'server.js');
  const client = new LanguageClient(
    SETTINGS,
    'Codex Session Health',
    {
      run: { module, transport: TransportKind.ipc },
      debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--inspect=6009'] } },
    },
    clientOptions(log),
  );
  const changed = new EventEmitter<void>();
  // The client keeps one listener for each message; the emitter has room for all of ours.
  context.subscriptions.push(
    changed,
    client.onNotification(CHANGED_NOTIFICATION, () => changed.fire()),
  );
  // Who asks hears of it as well; here it only has to be somebody's.
  client.start().catch((error: unknown) => {
    log.error(`The language server did not start: ${String(error)}`);
  });
  context.subscriptions.push({ dispose: () => void client.dispose() });
  return {
    ask: async (request, ...[params]) => {
      // It gives up on a server that keeps ending; who asks again gets a new one.
      if (client.state === State.Stopped) await client.start();
      return client.sendRequest(request, params);
    },
    onChanged: changed.event,
  };
}

function clientOptions(log: LogOutputChannel): LanguageClientOptions {
  return {
    // What is Markdown, VS Code knows how to fold and to outline by itself.
    documentSelector: [{ scheme: DOCUMENT_SCHEME, language: RECORD_LANGUAGE }],
    outputChannel: log,
    // The log is for those who ask for it; it never takes the focus.
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: { ...workspace.getConfiguration(SETTINGS) },
    synchronize: { configurationSection: SETTINGS },
  };
}

/** A failure, with the one thing that a person can do about it. */
export async function tellFailure(what: string, error: unknown): Promise<void> {
  const why = error instanceof Error ? error.message : String(error);
  const choice = await window.showErrorMessage(`${what}: ${why}`, 'Show Log');
  if (choice !== undefined) await commands.executeCommand(COMMANDS.showLog);
}
