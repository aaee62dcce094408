// The commands as VS Code runs them, with the real person and the real server.

import assert from 'node:assert/strict';
import { commands, env, extensions, window } from 'vscode';
import { COMMANDS } from '../../../../src/extension/contributions.ts';
import { test, until } from '../harness.ts';
import { markerOf } from '../sample.ts';

test('what is for a row does nothing without one, and comes to an end', async () => {
  const forRows = [
    ...[COMMANDS.repairFinding, COMMANDS.acceptFinding, COMMANDS.relinkFolder],
    ...[COMMANDS.archiveThread, COMMANDS.unarchiveThread, COMMANDS.renameThread],
    ...[COMMANDS.forkThread, COMMANDS.openInCodex, COMMANDS.copyResumeCommand],
    COMMANDS.pinToHost,
  ];
  // An open record would be what is meant.
  await commands.executeCommand('workbench.action.closeAllEditors');
  const before = window.terminals.length;
  for (const command of forRows) await commands.executeCommand(command);
  assert.equal(window.terminals.length, before);
  await commands.executeCommand('notifications.clearAll');
});

test('an open record is what is meant where nobody names a thread', async () => {
  const { uri } = await markerOf('thread-row-missing');
  await commands.executeCommand(COMMANDS.openRecord, uri);
  await commands.executeCommand(COMMANDS.copyResumeCommand);
  assert.ok((await env.clipboard.readText()).includes(uri.path.split('/').at(2) ?? '?'));
});

test('a command that needs an answer can be left without one', async () => {
  const asking = [
    ...[
      COMMANDS.saveCopy,
      COMMANDS.moveProvider,
      COMMANDS.splitHome,
      COMMANDS.showAccepted,
      COMMANDS.keepDatabasesLocal,
      COMMANDS.askHosts,
    ],
    ...[COMMANDS.showHistory, COMMANDS.undoRepair],
  ];
  for (const command of asking) {
    let isOver = false;
    const over = commands.executeCommand(command).then(() => (isOver = true));
    await until(`the end of ${command}`, async () => {
      await commands.executeCommand('workbench.action.closeQuickOpen');
      await commands.executeCommand('notifications.clearAll');
      return isOver ? true : undefined;
    });
    await over;
  }
});

test('a record is opened by its address too, as a quick fix names it', async () => {
  const { uri } = await markerOf('thread-row-missing');
  await commands.executeCommand('workbench.action.closeAllEditors');
  await commands.executeCommand(COMMANDS.openRecord, uri.toString());
  await until('the record', () =>
    window.activeTextEditor?.document.uri.path === uri.path ? true : undefined,
  );
});

test('the walkthrough can be opened', async () => {
  const id = extensions.getExtension('codex-session-health.codex-session-health')?.id ?? '';
  await commands.executeCommand('workbench.action.openWalkthrough', `${id}#start`);
  await until('the walkthrough', () =>
    window.tabGroups.all.some(({ tabs }) =>
      tabs.some(({ label }) => /Walkthrough|Welcome/.test(label)),
    )
      ? true
      : undefined,
  );
  await commands.executeCommand('workbench.action.closeAllEditors');
});
