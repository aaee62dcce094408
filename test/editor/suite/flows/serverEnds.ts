import assert from 'node:assert/strict';
import { CloseAction, ErrorAction } from 'vscode-languageclient/node';
import { restartQuietly } from '../../../../src/extension/restartQuietly.ts';
import { test } from '../harness.ts';

test('a server that ends is started again without a notification, and mentioned once', async () => {
  let now = 0;
  let mentions = 0;
  const handler = restartQuietly(
    () => (mentions += 1),
    () => now,
  );
  for (let end = 0; end < 4; end += 1) {
    const closed = await handler.closed();
    assert.deepEqual([closed.action, closed.handled], [CloseAction.Restart, true]);
    now += 1000;
  }
  assert.equal(mentions, 1);
  const fifth = await handler.closed();
  assert.deepEqual([fifth.action, fifth.handled], [CloseAction.DoNotRestart, true]);
  now += 181_000;
  assert.equal((await handler.closed()).action, CloseAction.Restart);
  assert.equal(mentions, 2);
});

test('a disturbed connection is kept as long as that may help', async () => {
  const handler = restartQuietly(() => undefined);
  const after = async (count: number) =>
    (await handler.error(new Error('x'), undefined, count)).action;
  assert.equal(await after(3), ErrorAction.Continue);
  assert.equal(await after(4), ErrorAction.Shutdown);
});
