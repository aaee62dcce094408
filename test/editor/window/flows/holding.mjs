// A Codex has the files open, as in the window of the official extension: what does not need it closed is
// offered first, the rest waits until it lets go.

import { LOST, withRealHome } from '../realHome.ts';
import { onStage } from '../stage.mjs';
import { showOf } from './turn.mjs';
import { WORDS } from '../words.mjs';

export const holding = {
  name: 'holding',
  play: props =>
    withRealHome(props.folder, async home => {
      home.loseFileOf('A');
      home.spoil('B');
      const codex = await home.goOn('C');
      await onStage(props, showOf(home), window => wait(home, codex, window));
    }),
};

async function wait(home, codex, { step, picture, vscode }) {
  const { tree, modal, messages } = vscode;
  await step('what has to be closed is named before anything is done', async () => {
    await vscode.openView();
    await tree.row(/^one$/).waitFor();
    await vscode.run(WORDS.repairState);
    await modal.says(`process ${codex.pid}`);
    await picture('holders');
  });
  await step('what does not need it closed is done at once', async () => {
    await modal.press(WORDS.doNow);
    await messages.saying(WORDS.repaired).waitFor();
    if (home.fileNamedFor('A') === LOST) throw new Error('the entry is as it was');
  });
  await step('the rest waits for the program that has the files open, and names it', async () => {
    await messages.press(WORDS.repaired, WORDS.rest);
    await modal.says(`process ${codex.pid}`);
    await modal.press(WORDS.waitForIt);
    await messages.saying(String(codex.pid)).waitFor();
    await picture('waiting');
  });
  await step('it is done as soon as nobody has them open', async () => {
    await codex.stop();
    await messages.saying(WORDS.repaired).waitFor();
    await vscode.badge(null);
    const listed = await home.listed();
    for (const name of ['A', 'B'])
      if (!listed.includes(home.ids[name])) throw new Error(`Codex does not list ${name}`);
  });
}
