import assert from 'node:assert/strict';
import { languages, workspace, type Diagnostic, type Uri } from 'vscode';
import { test, until } from './harness.ts';

/** The markers of our documents that have any, once there are some. */
function marked(): Promise<readonly [Uri, readonly Diagnostic[]]> {
  return until('a marker in a session record', () =>
    languages
      .getDiagnostics()
      .find(([uri, list]) => uri.scheme === 'codex-health' && list.length > 0),
  );
}

test('a thread without a row has a marker in its session record', async () => {
  const [uri, diagnostics] = await marked();
  const found = diagnostics.find(({ code }) => codeOf(code) === 'thread-row-missing');
  assert.equal(found?.source, 'codex-health');
  const document = await workspace.openTextDocument(uri);
  assert.match(document.lineAt(0).text, /^Codex session \S+$/);
  assert.match(document.lineAt(found.range.start).text, /^entry +none$/);
});

function codeOf(code: Diagnostic['code']): unknown {
  return typeof code === 'object' ? code.value : code;
}
