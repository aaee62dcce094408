import assert from 'node:assert/strict';
import { commands, Uri, window } from 'vscode';
import { person } from '../../../../src/extension/commands/person.ts';
import { test } from '../harness.ts';

/** A page that nobody has made in this window; the extension says so in its text. */
const page = (name: string) => Uri.parse(`codex-health-outcome:/plan/${name}`);

test('a plan opens beside what is read, and the next one in its place', async () => {
  await commands.executeCommand('workbench.action.closeAllEditors');
  await person.show(Uri.parse('codex-health-outcome:/thread/a'));
  await person.showBeside(page('one'));
  assert.equal(window.activeTextEditor?.document.uri.path, '/thread/a');
  await person.showBeside(page('two'));
  // The panel of the output is an editor as well.
  const shown = window.visibleTextEditors
    .filter(({ document }) => document.uri.scheme === 'codex-health-outcome')
    .map(({ document, viewColumn }) => `${document.uri.path} ${String(viewColumn)}`);
  assert.deepEqual(shown.sort(), ['/plan/two 2', '/thread/a 1']);
  await commands.executeCommand('workbench.action.closeAllEditors');
});

test('the page of a repair from an earlier window says where it is to be found', async () => {
  await person.show(Uri.parse('codex-health-outcome:/20261121T020000Z-4f2a'));
  assert.match(window.activeTextEditor?.document.getText() ?? '', /Show Repair History/);
});
