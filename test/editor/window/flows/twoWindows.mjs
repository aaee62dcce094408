// Two windows on one home: what is done in one is seen in the other by itself, and they do not repair at the
// same time, although the second one keeps its backups elsewhere in the end.

import path from 'node:path';
import { eventually } from '../eventually.mjs';
import { LOST, withRealHome } from '../realHome.ts';
import { onStage } from '../stage.mjs';
import { WORDS } from '../words.mjs';
import { showOf } from './turn.mjs';

export const twoWindows = {
  name: 'two-windows',
  play: props =>
    withRealHome(props.folder, async home => {
      home.loseFileOf('A');
      const show = showOf(home);
      await onStage(props, show, one =>
        onStage(props, show, async other => {
          await seeEachOther(home, one, other);
          await other.change({ 'codexHealth.vault': path.join(props.folder, 'backups') });
          await keepEachOtherOff(home, one, other);
        }),
      );
    }),
};

async function seeEachOther(home, { step, vscode: one }, { step: stepInOther, vscode: other }) {
  for (const [window, does] of [
    [one, step],
    [other, stepInOther],
  ])
    await does('each window shows the trouble', () => isSick(window));
  await step('one of them repairs it', async () => {
    await one.run(WORDS.repairState);
    await one.modal.says(WORDS.consent);
    await one.modal.press(WORDS.doIt);
    await one.messages.saying(WORDS.repaired).waitFor();
  });
  await stepInOther('the other one sees it healed by itself', () => isHealthy(other));
  await stepInOther('and can undo what it has not done', async () => {
    await other.run(WORDS.undoRepair);
    await other.modal.press(WORDS.undo);
    await other.messages.saying(WORDS.undone).waitFor();
    if (home.fileNamedFor('A') !== LOST) throw new Error('the entry is not as it was');
  });
  await step('which the first one sees by itself', async () => {
    await one.messages.close(WORDS.repaired);
    await isSick(one);
  });
}

async function keepEachOtherOff(home, first, second) {
  const { vscode: one } = first;
  const { vscode: other } = second;
  const [server] = first.languageServers();
  await second.step('while one repairs, the other one says so and changes nothing', async () => {
    for (const window of [one, other]) {
      await window.run(WORDS.repairState);
      await window.modal.says(WORDS.consent);
    }
    const database = home.lockDatabase();
    await one.modal.press(WORDS.doIt);
    await eventually('a repair that is under way', home.isInRepair);
    // It stays in the middle for as long as this takes.
    process.kill(server, 'SIGSTOP');
    database.release();
    await other.modal.press(WORDS.doIt);
    await other.messages.saying(WORDS.anotherRepair).waitFor();
    await second.picture('another-window-repairs');
    if (home.fileNamedFor('A') !== LOST) throw new Error('the entry was changed');
  });
  await first.step('the first one comes to its end, which both see', async () => {
    process.kill(server, 'SIGCONT');
    await one.messages.saying(WORDS.repaired).waitFor();
    await isHealthy(one);
    await isHealthy(other);
  });
}

async function isSick({ openView, badge, tree }) {
  await openView();
  await badge('1');
  await tree.expand(/^one$/);
  await tree.expand('alpha message');
  await tree.row(WORDS.stalePath).waitFor();
}

async function isHealthy({ badge, tree }) {
  await badge(null);
  await tree.gone(WORDS.stalePath);
}
