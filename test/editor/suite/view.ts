import assert from 'node:assert/strict';
import { commands } from 'vscode';
import { VIEW } from '../../../src/extension/contributions.ts';
import { test } from './harness.ts';

test('the view can be shown, and goes where a person moves it', async () => {
  await commands.executeCommand(`${VIEW}.focus`);
  const known = await commands.getCommands(true);
  assert.deepEqual(
    [`${VIEW}.open`, `${VIEW}.resetViewLocation`].filter(id => !known.includes(id)),
    [],
  );
});
