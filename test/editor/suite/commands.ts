import assert from 'node:assert/strict';
import { commands, env, extensions, window, workspace, type TextEditor } from 'vscode';
import { COMMANDS, RECORD_LANGUAGE } from '../../../src/extension/contributions.ts';
import { test, until } from './harness.ts';
import { markerOf, sample } from './sample.ts';

const extension = extensions.getExtension('codex-session-health.codex-session-health');

test('the extension starts by itself once the window is there', async () => {
  await until('activation', () => (extension?.isActive === true ? true : undefined));
});

test('every command that is contributed is there', async () => {
  const known = await commands.getCommands(true);
  assert.deepEqual(
    Object.values(COMMANDS).filter(id => !known.includes(id)),
    [],
  );
});

test('a record is opened at the line that was asked for', async () => {
  const { uri, marker } = await markerOf('thread-row-missing');
  await commands.executeCommand(COMMANDS.openRecord, uri, marker.range.start.line);
  const editor = await activeEditor(uri.path);
  assert.equal(editor.selection.active.line, marker.range.start.line);
});

test('a record is highlighted, and cannot be changed', async () => {
  const { uri } = await markerOf('thread-row-missing');
  await commands.executeCommand(COMMANDS.openRecord, uri);
  const editor = await activeEditor(uri.path);
  assert.equal(editor.document.languageId, RECORD_LANGUAGE);
  await commands.executeCommand('type', { text: 'x' });
  assert.equal(editor.document.isDirty, false);
  assert.match(editor.document.lineAt(0).text, /^Codex session /);
});

test('an open record follows what has changed', async () => {
  const { uri } = await markerOf('thread-row-missing');
  const document = await workspace.openTextDocument(uri);
  const settings = workspace.getConfiguration('codexHealth');
  await settings.update('levels', { 'thread-row-missing': 'error' }, false);
  try {
    await until('the new level', () => (/^error /m.test(document.getText()) ? true : undefined));
  } finally {
    await settings.update('levels', undefined, false);
  }
  await until('the old level', () => (/^warning /m.test(document.getText()) ? true : undefined));
});

test('the report on the clipboard names no folder and no title', async () => {
  await commands.executeCommand(COMMANDS.copyReport);
  const report = await env.clipboard.readText();
  assert.match(report, /^Codex Session Health, /);
  assert.match(report, /thread-row-missing/);
  assert.ok(!report.includes(sample.folder));
  assert.ok(!report.includes('VAT'));
});

test('the log can be shown', async () => {
  await commands.executeCommand(COMMANDS.showLog);
});

function activeEditor(path: string): Promise<TextEditor> {
  return until('the editor', () => {
    const editor = window.activeTextEditor;
    return editor?.document.uri.path === path ? editor : undefined;
  });
}
