// The connection to the language server, which does all the looking and judging.

import path from 'node:path';
import {
  CodeLens,
  EventEmitter,
  l10n,
  window,
  workspace,
  type CancellationToken,
  type Event,
  type ExtensionContext,
  type LogOutputChannel,
} from 'vscode';
import {
  LanguageClient,
  RevealOutputChannelOn,
  State,
  TransportKind,
  WorkDoneProgress,
  type LanguageClientOptions,
} from 'vscode-languageclient/node';
import {
  CHANGED_NOTIFICATION,
  PAGES_NOTIFICATION,
  type AnswerOf,
  type ParamsOf,
  type RequestName,
} from '../protocol/requests.ts';
import { DOCUMENT_SCHEME } from '../protocol/documents.ts';
import { COMMANDS, RECORD_LANGUAGE, SETTINGS } from './contributions.ts';
import { watchOpenPages } from './openPages.ts';
import { forRow } from './plainText.ts';
import { inSteps, type Telling } from './progressSteps.ts';
import { restartQuietly } from './restartQuietly.ts';

export interface Client {
  /** Answers when the server does, however early it is asked. */
  ask<Name extends RequestName>(
    request: Name,
    ...params: ParamsOf<Name> extends undefined ? [] : [ParamsOf<Name>]
  ): Promise<AnswerOf<Name>>;
  /** What was answered before is no longer so. */
  readonly onChanged: Event<void>;
}

/** A client through which something can be changed. */
export interface RepairClient extends Client {
  /** As `ask`, for what takes long: tells how far it is, and can be cancelled. */
  carryOut<Name extends RepairRequest>(
    request: Name,
    params: Omit<ParamsOf<Name>, 'workDoneToken'>,
    progress: Telling,
    token: CancellationToken,
  ): Promise<AnswerOf<Name>>;
}

type RepairRequest = 'codexHealth/apply' | 'codexHealth/undo' | 'codexHealth/confirmSplit';

export function startClient(context: ExtensionContext, log: LogOutputChannel): RepairClient {
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
  let pages: readonly string[] = [];
  const tellPages = () => {
    if (client.state !== State.Running) return;
    client
      .sendNotification(PAGES_NOTIFICATION, { uris: pages })
      .catch((error: unknown) => log.warn(String(error)));
  };
  context.subscriptions.push(
    watchOpenPages(uris => {
      pages = uris;
      tellPages();
    }),
    // A server that has been started again knows of none.
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running && pages.length > 0) tellPages();
    }),
  );
  // Who asks hears of it as well; here it only has to be somebody's.
  client.start().catch((error: unknown) => {
    log.error(`The language server did not start: ${String(error)}`);
  });
  context.subscriptions.push({ dispose: () => void client.dispose() });
  // It gives up on a server that keeps ending; who asks again gets a new one.
  const untilRunning = async () => {
    if (client.state === State.Stopped) await client.start();
  };
  let lastToken = 0;
  return {
    ask: async (request, ...[params]) => {
      await untilRunning();
      return client.sendRequest(request, params);
    },
    carryOut: async <Name extends RepairRequest>(
      request: Name,
      params: Omit<ParamsOf<Name>, 'workDoneToken'>,
      progress: Telling,
      token: CancellationToken,
    ) => {
      await untilRunning();
      const workDoneToken = `codex-health-${String((lastToken += 1))}`;
      const hear = inSteps(progress);
      const hearing = client.onProgress(WorkDoneProgress.type, workDoneToken, hear);
      const asked = { ...params, workDoneToken };
      try {
        return await client.sendRequest<AnswerOf<Name>>(request, asked, token);
      } finally {
        hearing.dispose();
      }
    },
    onChanged: changed.event,
  };
}

/** A repair above a line has the lightbulb that VS Code shows in what can be edited. */
function withIcon(lens: CodeLens): CodeLens {
  const { range, command } = lens;
  if (command === undefined) return lens;
  const icon = LENS_ICONS[command.command] ?? 'lightbulb';
  return new CodeLens(range, { ...command, title: `$(${icon}) ${forRow(command.title)}` });
}

const LENS_ICONS: Readonly<Record<string, string>> = {
  [COMMANDS.acceptFinding]: 'check',
  [COMMANDS.openRecord]: 'go-to-file',
  [COMMANDS.undoRepair]: 'discard',
};

const MENTION_MS = 8000;

function clientOptions(log: LogOutputChannel): LanguageClientOptions {
  return {
    documentSelector: [
      // What is Markdown, VS Code knows how to fold and to outline by itself.
      { scheme: DOCUMENT_SCHEME, language: RECORD_LANGUAGE },
      // Files in which markers stand, so that their quick fixes are there.
      { scheme: 'file', pattern: '**/config.toml' },
      { scheme: 'file', pattern: '**/rollout-*.jsonl' },
    ],
    outputChannel: log,
    // The log is for those who ask for it; it never takes the focus.
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    errorHandler: restartQuietly(() => {
      const sentence = l10n.t('The server of Codex Session Health ended, and is started again.');
      window.setStatusBarMessage(`$(info) ${sentence}`, MENTION_MS);
    }),
    initializationOptions: { ...workspace.getConfiguration(SETTINGS) },
    synchronize: { configurationSection: SETTINGS },
    middleware: {
      provideCodeLenses: async (document, token, next) =>
        (await next(document, token))?.map(withIcon),
    },
  };
}
