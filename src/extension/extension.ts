// Activation: builds the parts and hands them to VS Code. Nothing is looked at here; the server
// begins when it is asked, in a process of its own.

import { window, type ExtensionContext } from 'vscode';
import { startClient } from './client.ts';
import { registerCommands } from './commands/registerCommands.ts';
import { registerDocuments } from './documents.ts';
import { registerTree } from './tree/registerTree.ts';

export function activate(context: ExtensionContext): void {
  const log = window.createOutputChannel('Codex Session Health', { log: true });
  context.subscriptions.push(log);
  const client = startClient(context, log);
  context.subscriptions.push(
    registerTree(client, log),
    registerDocuments(client),
    ...registerCommands(client, context.globalState, log),
  );
}
