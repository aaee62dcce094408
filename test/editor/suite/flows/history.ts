import assert from 'node:assert/strict';
import { Uri } from 'vscode';
import { change } from '../../../../src/extension/commands/change.ts';
import { orTell } from '../../../../src/extension/commands/failures.ts';
import { saveCopy } from '../../../../src/extension/commands/saveCopy.ts';
import { showHistory } from '../../../../src/extension/commands/showHistory.ts';
import { undo, undoRepair } from '../../../../src/extension/commands/undoRepair.ts';
import type { PruningShown, UndoDone } from '../../../../src/protocol/repairs.ts';
import { test } from '../harness.ts';
import { withSetting } from '../sample.ts';
import { doneOf, historyOf, planOf, RECEIPT } from './samples.ts';
import { namesOf, refusal, sceneOf } from './standIns.ts';

const undone = (left: UndoDone['left'] = []) => ({ receipt: RECEIPT, undone: 1, left });
const [receipt] = historyOf().receipts;

test('Undo Repair takes the newest that can be undone, after it was named', async () => {
  assert.ok(receipt !== undefined);
  const server = {
    'codexHealth/history': () =>
      historyOf({
        receipts: [
          { ...receipt, receipt: 'newest', undoable: false, undone: true },
          receipt,
          { ...receipt, receipt: 'oldest' },
        ],
      }),
    'codexHealth/undo': () => undone(),
  };
  const scene = sceneOf(server, 'Undo');
  await undoRepair(scene.context, undefined);
  assert.match(scene.heard[0] ?? '', /^ask: Undo the repair of .*\?\nThe thread a is bound/);
  assert.deepEqual(scene.asked.at(-1), ['codexHealth/undo', { receipt: RECEIPT }]);
  const named = sceneOf(server, 'Undo');
  await undoRepair(named.context, 'oldest');
  assert.deepEqual(named.asked.at(-1), ['codexHealth/undo', { receipt: 'oldest' }]);
  const onPage = sceneOf(server, 'Undo');
  await undoRepair(onPage.context, Uri.parse('codex-health://key/history/oldest'));
  assert.deepEqual(onPage.asked.at(-1), ['codexHealth/undo', { receipt: 'oldest' }]);
  const onHistory = sceneOf(server, 'Undo');
  await undoRepair(onHistory.context, Uri.parse('codex-health://key/history'));
  assert.deepEqual(onHistory.asked.at(-1), ['codexHealth/undo', { receipt: RECEIPT }]);
  const declined = sceneOf(server, undefined);
  await undoRepair(declined.context, undefined);
  assert.deepEqual(namesOf(declined), ['history']);
});

test('without a repair there is nothing to undo', async () => {
  const scene = sceneOf({ 'codexHealth/history': () => historyOf({ receipts: [] }) });
  await undoRepair(scene.context, undefined);
  assert.deepEqual(scene.heard, ['information: There is no repair that can be undone.']);
});

test('what an undo has left is said with the reason', async () => {
  const left = [{ what: 'row of a', why: 'Codex has changed it since' }];
  const scene = sceneOf({ 'codexHealth/undo': () => undone(left) }, 'Show History');
  await undo(scene.context, RECEIPT);
  assert.equal(
    scene.heard.at(-1),
    'warning: Undone, but for 1 place: row of a: Codex has changed it since. | Show History',
  );
  assert.deepEqual(scene.done, [['codexHealth.showHistory']]);
});

test('an undo that was hindered is brought to an end by another one; a refusal is only told', async () => {
  let tries = 0;
  const scene = sceneOf(
    {
      'codexHealth/undo': () => {
        if ((tries += 1) === 1) throw Object.assign(new Error('gone'), { code: -32097 });
        return undone();
      },
    },
    'Undo Again',
  );
  await undo(scene.context, RECEIPT);
  assert.equal(tries, 2);
  const refused = sceneOf({
    'codexHealth/undo': () => Promise.reject(refusal('codex-running', 'Codex runs.', 'Close it.')),
  });
  await orTell(refused.context.person, 'Could not undo', () => undo(refused.context, RECEIPT));
  assert.equal(refused.heard.at(-1), 'warning: Codex runs. Close it.');
});

test('the history opens its page, and offers to undo or to drop', async () => {
  const scene = sceneOf(
    { 'codexHealth/history': () => historyOf(), 'codexHealth/undo': () => undone() },
    /^Undo the repair of/,
    'Undo',
  );
  await showHistory(scene.context);
  scene.end();
  assert.deepEqual(scene.done, [['show', 'codex-health://key/history']]);
  assert.deepEqual(scene.asked.at(-1), ['codexHealth/undo', { receipt: RECEIPT }]);
  const empty = sceneOf({ 'codexHealth/history': () => historyOf({ receipts: [] }) });
  await showHistory(empty.context);
  assert.deepEqual(empty.heard, []);
});

const pruning: PruningShown = {
  sha: 'prune-1',
  receipts: ['r1', 'r2'],
  undoable: ['r2'],
  bytes: 3 * 1024 * 1024,
};

test('old backups are dropped after a number of days and a yes to what can never be undone', async () => {
  const server = {
    'codexHealth/history': () => historyOf(),
    'codexHealth/planPruning': () => pruning,
    'codexHealth/prune': () => undefined,
  };
  const scene = sceneOf(server, /^Drop old/, '30', 'Drop for Ever');
  await showHistory(scene.context);
  scene.end();
  assert.match(
    scene.heard[2] ?? '',
    /^ask: Drop the backups of 2 repairs\?\nThese repairs can then never be undone:\n• r2\n/,
  );
  assert.deepEqual(scene.asked.at(-1), [
    'codexHealth/prune',
    { olderThanDays: 30, sha: 'prune-1' },
  ]);
  const declined = sceneOf(server, /^Drop old/, '30', undefined);
  await showHistory(declined.context);
  assert.deepEqual(namesOf(declined), ['history', 'planPruning']);
  const typo = sceneOf(server, /^Drop old/, '0');
  await showHistory(typo.context);
  assert.match(typo.heard.at(-1) ?? '', /^objection: A whole number of days/);
  const none = sceneOf(
    { ...server, 'codexHealth/planPruning': () => ({ ...pruning, receipts: [], undoable: [] }) },
    /^Drop old/,
    '7',
  );
  await showHistory(none.context);
  assert.equal(none.heard.at(-1), 'information: No backup is older than 7 days.');
});

test('after a repair old backups are asked about once a day, if at all', async () => {
  const server = {
    'codexHealth/plan': () => planOf({ kind: 'all' }),
    'codexHealth/apply': () => doneOf(),
    'codexHealth/planPruning': () => pruning,
  } as const;
  const never = sceneOf(server, 'Repair', undefined);
  await change(never.context, { kind: 'all' });
  assert.deepEqual(namesOf(never), ['plan', 'apply']);
  await withSetting('keepBackupsFor', 14, async () => {
    const scene = sceneOf(server, 'Repair', undefined, 'Keep', 'Repair', undefined);
    await change(scene.context, { kind: 'all' });
    assert.match(
      scene.heard.at(-1) ?? '',
      /^information: The backups of 2 repairs are older than 14 days \(3\.0 MiB\)/,
    );
    await change(scene.context, { kind: 'all' });
    scene.end();
    assert.deepEqual(namesOf(scene), ['plan', 'apply', 'planPruning', 'plan', 'apply']);
    const dayBefore = sceneOf(
      { ...server, 'codexHealth/prune': () => undefined },
      'Repair',
      undefined,
      'Drop…',
      'Drop for Ever',
    );
    for (const key of scene.remembered.keys())
      dayBefore.remembered.set(key, Date.now() - 25 * 3_600_000);
    await change(dayBefore.context, { kind: 'all' });
    dayBefore.end();
    assert.deepEqual(dayBefore.asked.at(-1), [
      'codexHealth/prune',
      { olderThanDays: 14, sha: 'prune-1' },
    ]);
  });
});

test('a safe copy goes into a new folder in the one that was chosen', async () => {
  const saved = { folder: '/safe/x', files: 4, bytes: 2048, left: [] };
  const scene = sceneOf({ 'codexHealth/save': () => saved }, Uri.file('/safe'));
  await saveCopy(scene.context);
  const [, asked] = scene.asked[0] ?? [];
  assert.match(
    (asked as { folder: string }).folder,
    /^\/safe\/codex-safe-copy-\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d$/,
  );
  assert.match(
    scene.heard.at(-1) ?? '',
    /^information: A safe copy is in \/safe\/x: 4 files, 2\.0 KiB\./,
  );
  // To stop waiting for it would not stop the copying.
  assert.equal(scene.heard.at(-2), 'follow: Saving a copy');
  const left = [{ what: 'state_5.sqlite', why: 'it is locked' }];
  const partly = sceneOf({ 'codexHealth/save': () => ({ ...saved, left }) }, Uri.file('/safe'));
  await saveCopy(partly.context);
  assert.match(
    partly.heard.at(-1) ?? '',
    /^warning: .* 1 could not be copied, .* state_5\.sqlite: It is locked\.$/,
  );
  const closed = sceneOf({}, undefined);
  await saveCopy(closed.context);
  assert.deepEqual(closed.asked, []);
});
