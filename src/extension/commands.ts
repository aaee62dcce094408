// What a person can ask for.

import type { Uri } from 'vscode';
import {
  commands,
  env,
  Position,
  Range,
  window,
  type Disposable,
  type LogOutputChannel,
} from 'vscode';
import { tellFailure, type Client } from './client.ts';
import { COMMANDS, VIEW } from './contributions.ts';

export function registerCommands(client: Client, log: LogOutputChannel): readonly Disposable[] {
  return [
    commands.registerCommand(COMMANDS.refresh, () =>
      orTell('Could not look at the Codex home', () => refresh(client)),
    ),
    commands.registerCommand(COMMANDS.openRecord, (target: Uri, line = 0, character = 0) =>
      orTell('Could not open the session record', () => openRecord(target, line, character)),
    ),
    commands.registerCommand(COMMANDS.copyReport, () =>
      orTell('Could not copy the report', () => copyReport(client)),
    ),
    commands.registerCommand(COMMANDS.showLog, () => log.show()),
  ];
}

async function orTell(what: string, work: () => PromiseLike<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await tellFailure(what, error);
  }
}

function refresh(client: Client): PromiseLike<void> {
  return window.withProgress({ location: { viewId: VIEW } }, () =>
    client.ask('codexHealth/refresh'),
  );
}

async function openRecord(target: Uri, line: number, character: number): Promise<void> {
  const position = new Position(line, character);
  await window.showTextDocument(target, {
    selection: new Range(position, position),
    preview: true,
  });
}

async function copyReport(client: Client): Promise<void> {
  await env.clipboard.writeText(await client.ask('codexHealth/report'));
  window.setStatusBarMessage('$(check) Codex report copied, without names and paths', 5000);
}
