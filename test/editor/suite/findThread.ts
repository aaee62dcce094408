import assert from 'node:assert/strict';
import { commands, window } from 'vscode';
import { COMMANDS } from '../../../src/extension/contributions.ts';
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
