// Our documents in a real window: what VS Code makes of them by itself, and what it asks the server for.

import assert from 'node:assert/strict';
import {
  commands,
  TabInputText,
  Uri,
  window,
  workspace,
  type DocumentLink,
  type DocumentSymbol,
  type FoldingRange,
  type Hover,
  type MarkdownString,
} from 'vscode';
import { COMMANDS, RECORD_LANGUAGE } from '../../../src/extension/contributions.ts';
import { threadIdOf } from '../../../src/extension/threadPages.ts';
import { planAddress } from '../../../src/server/changes/addresses.ts';
import { test, until } from './harness.ts';
import { checkOf, markerOf, markers, withSetting } from './sample.ts';

const CHECK = 'thread-row-missing';
const TITLE = 'Add a test for the rounding of VAT on mixed baskets';

test('a record folds by its headings, and has an outline', async () => {
  const { uri } = await markerOf(CHECK);
  const document = await workspace.openTextDocument(uri);
  const folds = await asked<FoldingRange[]>('vscode.executeFoldingRangeProvider', uri);
  const outline = await asked<DocumentSymbol[]>('vscode.executeDocumentSymbolProvider', uri);
  const names = outline.map(({ name }) => name);
  assert.ok(
    names.includes('What is wrong') && names.includes('Conversation on disk'),
    names.join(),
  );
  assert.deepEqual(
    folds.map(({ start }) => document.lineAt(start).text),
    names,
  );
});

test('a record leads to the rollout and to the transcript', async () => {
  const { uri } = await markerOf(CHECK);
  const links = await asked<DocumentLink[]>('vscode.executeLinkProvider', uri);
  const schemes = links.map(({ target }) => `${target?.scheme ?? ''} ${target?.path ?? ''}`);
  assert.ok(
    schemes.some(link => /^file .*rollout-.*\.jsonl$/.test(link)),
    schemes.join('\n'),
  );
  assert.ok(schemes.includes(`codex-health ${transcriptOf(uri).path}`));
});

test('the line of a finding says what it means', async () => {
  const { uri } = await markerOf(CHECK);
  const document = await workspace.openTextDocument(uri);
  const line = document
    .getText()
    .split('\n')
    .findIndex(text => text.startsWith('warning'));
  const hovers = await asked<Hover[]>(
    'vscode.executeHoverProvider',
    uri,
    document.lineAt(line).range.start,
  );
  const texts = hovers.flatMap(({ contents }) =>
    contents.map(one => (one as MarkdownString).value),
  );
  assert.match(texts.join('\n'), /docs\/checks\.md#thread-row-missing/);
});

test('a transcript is Markdown, and says what was said', async () => {
  const { uri } = await markerOf(CHECK);
  await commands.executeCommand(COMMANDS.openTranscript, uri);
  const { path } = transcriptOf(uri);
  const editor = await until('the transcript', () =>
    window.activeTextEditor?.document.uri.path === path ? window.activeTextEditor : undefined,
  );
  assert.equal(editor.document.languageId, 'markdown');
  assert.match(editor.document.lineAt(0).text, /^# Codex transcript: Add a test/);
  assert.match(
    editor.document.getText(),
    /^> Add a test for the rounding of VAT on mixed baskets$/m,
  );
  const links = await asked<DocumentLink[]>('vscode.executeLinkProvider', editor.document.uri);
  const targets = links.map(({ target }) => target?.toString() ?? '');
  assert.ok(targets.includes(uri.toString()), targets.join('\n'));
});

test('a transcript is opened from a thread of the tree, and from a record that is open', async () => {
  const { uri } = await markerOf(CHECK);
  const { path } = transcriptOf(uri);
  const opened = () => (window.activeTextEditor?.document.uri.path === path ? true : undefined);
  await commands.executeCommand(COMMANDS.openRecord, uri);
  await commands.executeCommand(COMMANDS.openTranscript);
  await until('the transcript of the open record', opened);
  await commands.executeCommand(COMMANDS.openRecord, uri);
  await commands.executeCommand(COMMANDS.openTranscript, {
    ...{ kind: 'thread', id: threadIdOf(uri) },
  });
  await until('the transcript of the node', opened);
});

test('nothing can be written to a document, and none is made', async () => {
  const { uri } = await markerOf(CHECK);
  assert.equal(workspace.fs.isWritableFileSystem(uri.scheme), false);
  await assert.rejects(async () => workspace.fs.writeFile(uri, new Uint8Array()));
  await assert.rejects(async () => workspace.fs.delete(uri));
});

test('only documents that have changed are read again', async () => {
  const { uri } = await markerOf(CHECK);
  const record = await workspace.openTextDocument(uri);
  const transcript = await workspace.openTextDocument(transcriptOf(uri));
  const times = async () =>
    (await Promise.all([record, transcript].map(one => workspace.fs.stat(one.uri)))).map(
      ({ mtime }) => mtime,
    );
  const before = await times();
  await commands.executeCommand(COMMANDS.refresh);
  assert.deepEqual(await times(), before);
  await withSetting('levels', { [CHECK]: 'error' }, async () => {
    await until('the new level', () => (/^error /m.test(record.getText()) ? true : undefined));
    const after = await times();
    assert.ok((after[0] ?? 0) > (before[0] ?? 0));
    assert.equal(after[1], before[1]);
  });
  await until('the old level', () => (/^warning /m.test(record.getText()) ? true : undefined));
});

test('a document of a home that is not shown says so', async () => {
  const document = await workspace.openTextDocument(Uri.parse('codex-health://elsewhere/thread/x'));
  assert.match(document.getText(), /another Codex home/);
});

/** The tabs of pages of ours: what each is called, and where it leads to. */
function tabs(): readonly { readonly label: string; readonly path: string }[] {
  return window.tabGroups.all.flatMap(group =>
    group.tabs.flatMap(({ label, input }) =>
      input instanceof TabInputText ? [{ label, path: input.uri.path }] : [],
    ),
  );
}

test('the tab of a record is called what the thread is called', async () => {
  await commands.executeCommand('workbench.action.closeAllEditors');
  const { uri } = await markerOf(CHECK);
  await commands.executeCommand(COMMANDS.openRecord, uri);
  await commands.executeCommand(COMMANDS.openTranscript);
  const titles = () => tabs().map(({ label }) => label);
  // Two previews, of which the second takes the place of the first.
  await until('the tab', () => (titles().join() === `${TITLE} (transcript)` ? true : undefined));
});

test('a record under an earlier title is the same one, with its marker, and moves to the new title', async () => {
  await commands.executeCommand('workbench.action.closeAllEditors');
  const { uri } = await markerOf(CHECK);
  // A name by which VS Code would take it for something else.
  const earlier = uri.with({ path: uri.path.replace(/[^/]+$/, 'main.py (record)') });
  const marked = () => markers().filter(({ marker }) => checkOf(marker) === CHECK);
  const text = (await workspace.openTextDocument(uri)).getText();
  const editor = await window.showTextDocument(earlier, { preview: false });
  assert.equal(editor.document.languageId, RECORD_LANGUAGE);
  assert.equal(editor.document.getText(), text);
  await until('the marker under the earlier title alone', () =>
    marked()
      .map(one => one.uri.path)
      .join() === earlier.path
      ? true
      : undefined,
  );
  await commands.executeCommand(COMMANDS.openRecord, uri);
  await until('one tab, under the new title', () =>
    tabs()
      .map(({ label }) => label)
      .join() === `${TITLE} (record)`
      ? true
      : undefined,
  );
  await until('the marker under the new title alone', () =>
    marked()
      .map(one => one.uri.path)
      .join() === uri.path
      ? true
      : undefined,
  );
  await commands.executeCommand('workbench.action.closeAllEditors');
});

test('a plan has a name that people can read, folds by its repairs, and leads to its sessions', async () => {
  const { uri: record } = await markerOf(CHECK);
  const uri = Uri.parse(planAddress(record.authority, { kind: 'all' }));
  const editor = await window.showTextDocument(uri);
  assert.equal(editor.document.languageId, RECORD_LANGUAGE);
  assert.equal(uri.path, '/plan/Repair State');
  // The server is asked under the name that VS Code has made of it.
  assert.match(editor.document.getText(), /^Codex plan: Repair State\n\n\d+ repairs?\./);
  assert.deepEqual(
    tabs().filter(({ path }) => path === uri.path),
    [{ label: 'Repair State', path: uri.path }],
  );
  const folds = await asked<FoldingRange[]>('vscode.executeFoldingRangeProvider', uri);
  const outline = await asked<DocumentSymbol[]>('vscode.executeDocumentSymbolProvider', uri);
  const links = await asked<DocumentLink[]>('vscode.executeLinkProvider', uri);
  const repairs = outline.map(({ name }) => name).filter(name => /^\d+\. \S/.test(name));
  assert.ok(repairs.length > 0, outline.map(({ name }) => name).join('\n'));
  const folded = folds.map(({ start }) => editor.document.lineAt(start).text);
  assert.deepEqual(
    repairs.filter(name => !folded.includes(name)),
    [],
  );
  const targets = links.map(({ target }) => target?.path ?? '');
  assert.ok(targets.includes(record.path), targets.join('\n'));
  await commands.executeCommand('workbench.action.closeAllEditors');
});

/** As the server writes it. */
function transcriptOf(record: Uri): Uri {
  const path = record.path.replace('/thread/', '/transcript/');
  return record.with({ path: path.replace(/record\)$/, 'transcript)') });
}

function asked<Answer>(command: string, ...given: readonly unknown[]): Promise<Answer> {
  return until(command, async () => {
    const answer = await commands.executeCommand<Answer & { readonly length: number }>(
      command,
      ...given,
    );
    // The features of a language come a moment after the server.
    return answer.length > 0 ? answer : undefined;
  });
}
