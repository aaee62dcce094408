import assert from 'node:assert/strict';
import { commands, window } from 'vscode';
import { COMMANDS } from '../../../src/extension/contributions.ts';
import { findThread } from '../../../src/extension/tree/findThread.ts';
import type { Client } from '../../../src/extension/client.ts';
import { test, until } from './harness.ts';

test('the thread that is picked is opened, and shown in the tree', async () => {
  await commands.executeCommand('workbench.action.closeAllEditors');
  await commands.executeCommand(COMMANDS.findThread);
  // The list fills when the server has answered; until then there is nothing to accept.
  const editor = await until('the record of the newest thread', async () => {
    await commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    const active = window.activeTextEditor;
    return active?.document.uri.scheme === 'codex-health' ? active : undefined;
  });
  assert.match(editor.document.getText(), /^title +Why does the checkout page/m);
});

test('where nobody can look, the list goes and says why, rather than that there is none', async () => {
  const dead = new Error('the server is gone');
  const client = { ask: () => Promise.reject(dead) } as unknown as Client;
  const failure = await new Promise(resolve => {
    findThread(client, () => assert.fail('nothing was there to be picked'), resolve);
  });
  assert.equal(failure, dead);
});
