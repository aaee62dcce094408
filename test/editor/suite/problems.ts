import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { commands, DiagnosticSeverity, workspace, type CodeAction } from 'vscode';
import { test, until } from './harness.ts';
import { checkOf, markerOf, markers, sample, withSetting } from './sample.ts';

const MISSING_ROW = 'thread-row-missing';

test('a thread without a row has a marker on the line of its record that is wrong', async () => {
  const { uri, marker } = await markerOf(MISSING_ROW);
  assert.equal(marker.severity, DiagnosticSeverity.Warning);
  const document = await workspace.openTextDocument(uri);
  assert.match(document.lineAt(0).text, /^Codex session \S+$/);
  assert.match(document.lineAt(marker.range.start).text, /^entry +none$/);
  assert.equal(document.getText(marker.range), 'none');
});

test('the check of a marker links to its page', async () => {
  const { marker } = await markerOf(MISSING_ROW);
  assert.ok(typeof marker.code === 'object');
  assert.equal(marker.code.target.fragment, MISSING_ROW);
});

test('only threads of the open folder are marked, unless all are asked for', async () => {
  const threads = () => markers().filter(({ marker }) => checkOf(marker) === MISSING_ROW).length;
  await until('the marker of the open project', () => (threads() === 1 ? true : undefined));
  await withSetting('problems', 'all', async () => {
    await until('markers of all projects', () => (threads() > 1 ? true : undefined));
  });
  await until('the marker of the open project alone', () => (threads() === 1 ? true : undefined));
});

test('no markers where none are wanted', async () => {
  await withSetting('problems', 'off', async () => {
    await until('no marker', () => (markers().length === 0 ? true : undefined));
  });
  await markerOf(MISSING_ROW);
});

test('an open record has its marker and its lightbulb, whatever is wanted, until it is closed', async () => {
  const { uri } = await markerOf(MISSING_ROW);
  await commands.executeCommand('workbench.action.closeAllEditors');
  await withSetting('problems', 'off', async () => {
    await until('no marker', () => (markers().length === 0 ? true : undefined));
    await commands.executeCommand('codexHealth.openRecord', uri);
    const found = await markerOf(MISSING_ROW);
    assert.deepEqual(
      markers().map(one => one.uri.toString()),
      [uri.toString()],
    );
    const actions = await commands.executeCommand<CodeAction[]>(
      'vscode.executeCodeActionProvider',
      ...[uri, found.marker.range],
    );
    assert.ok(actions.some(({ command }) => command?.command === 'codexHealth.repairFinding'));
    await commands.executeCommand('workbench.action.closeAllEditors');
    await until('no marker again', () => (markers().length === 0 ? true : undefined));
  });
});

test('a level changes what a marker counts as', async () => {
  await withSetting('levels', { [MISSING_ROW]: 'error' }, async () => {
    await until('an error', async () => {
      const { marker } = await markerOf(MISSING_ROW);
      return marker.severity === DiagnosticSeverity.Error ? true : undefined;
    });
  });
});

test('a refresh finds what has come, and forgets what has gone', async () => {
  const { file, id } = addRolloutWithoutRow();
  const marked = () => markers().some(({ uri }) => uri.path.includes(id));
  try {
    await commands.executeCommand('codexHealth.refresh');
    await until('a marker of the new thread', () => (marked() ? true : undefined));
  } finally {
    fs.rmSync(file);
  }
  await commands.executeCommand('codexHealth.refresh');
  await until('no marker of the thread that went', () => (marked() ? undefined : true));
});

test('without a Codex home there are no markers, and nothing breaks', async () => {
  await withSetting('home', path.join(sample.folder, 'not-there'), async () => {
    await until('no marker', () => (markers().length === 0 ? true : undefined));
    await commands.executeCommand('codexHealth.refresh');
    assert.equal(markers().length, 0);
  });
  await markerOf(MISSING_ROW);
});

/** A rollout as the others, of a thread that the database has never heard of. */
function addRolloutWithoutRow(): { readonly file: string; readonly id: string } {
  const sessions = path.join(sample.folder, 'sessions');
  const model = fs
    .readdirSync(sessions, { recursive: true, encoding: 'utf8' })
    .map(name => path.join(sessions, name))
    .find(
      name =>
        name.endsWith('.jsonl') &&
        fs.readFileSync(name, 'utf8').includes(JSON.stringify(sample.projects['webshop'])),
    );
  assert.ok(model !== undefined);
  const known = /[0-9a-f-]{36}(?=\.jsonl$)/.exec(model)?.[0] ?? '';
  const id = '01a00000-0000-7000-8000-00000000beef';
  const file = model.replace(known, id);
  fs.writeFileSync(file, fs.readFileSync(model, 'utf8').replaceAll(known, id));
  return { file, id };
}
