// From sick to healthy and back, with the real Codex: tree and Problems show it, the lightbulb on the record
// opens the plan, consent repairs it, Undo makes it sick again.

import { eventually } from '../eventually.mjs';
import { LOST, withRealHome } from '../realHome.ts';
import { onStage } from '../stage.mjs';
import { showOf } from './turn.mjs';
import { WORDS } from '../words.mjs';

export const healing = {
  name: 'healing',
  play: props =>
    withRealHome(props.folder, async home => {
      home.loseFileOf('A');
      await onStage(props, showOf(home), window => heal(home, window));
    }),
};

async function heal(home, { step, picture, vscode }) {
  const { tree, editor, problems, modal, messages } = vscode;
  await step('the badge, the tree and Problems show what is wrong', async () => {
    await vscode.openView();
    await vscode.badge('1');
    await tree.expand(/^one$/);
    await tree.expand('alpha message');
    await tree.row(WORDS.stalePath).waitFor();
    await problems.open();
    await problems.row(WORDS.check).waitFor();
  });
  await step('the lightbulb on the record opens the plan', async () => {
    await tree.open(WORDS.stalePath);
    await editor.marker('error').waitFor({ state: 'attached' });
    await editor.fix(WORDS.cure);
    await editor.words(WORDS.planTitle).waitFor();
    await picture('plan');
  });
  await step('nothing is done before consent', () => {
    if (home.fileNamedFor('A') !== LOST) throw new Error('the entry was changed');
  });
  await step('consent repairs it, and the result offers Undo', async () => {
    await modal.says(WORDS.consent);
    await picture('consent');
    await modal.press(WORDS.doIt);
    await messages.saying(WORDS.repaired).waitFor();
    await picture('repaired');
  });
  await step('everything is healthy, for us and for Codex', async () => {
    await vscode.badge(null);
    await problems.gone(WORDS.check);
    if (home.fileNamedFor('A') === LOST) throw new Error('the entry is as it was');
    const listed = await home.listed();
    if (!listed.includes(home.ids.A)) throw new Error('Codex does not list it');
  });
  await step(
    'the plan that was carried out says so, and leads to its repair and back',
    async () => {
      await editor.words(WORDS.allHealed).waitFor();
      await editor.offered(WORDS.undoThis).waitFor();
      await picture('carried-out');
    },
  );
  await step('Undo makes it as sick as it was', async () => {
    await messages.press(WORDS.repaired, WORDS.undo);
    await eventually('the old entry', () => home.fileNamedFor('A') === LOST);
    await vscode.badge('1');
    await tree.expand('alpha message');
    await tree.row(WORDS.stalePath).waitFor();
  });
}
