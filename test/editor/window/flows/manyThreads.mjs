// Ten thousand threads, as a year of work leaves them.

import path from 'node:path';
import { bigHome } from '../../../../bench/bigHome.ts';
import { installCodex } from '../../../support/codex/binaries.ts';
import { onStage } from '../stage.mjs';

const THREADS = 10_000;

export const manyThreads = {
  name: 'many-threads',
  async play(props) {
    const home = await bigHome(await installCodex('0.169.0'), THREADS, 'small');
    const folder = path.join(`${home}-projects`, 'project-7');
    await onStage(props, { home, folder }, async ({ page, step, picture, vscode }) => {
      const { openView, tree } = vscode;
      await step('the view counts ten thousand threads', async () => {
        await openView();
        const host = tree.rows.first();
        await host.filter({ hasText: /10[,. ]?000 threads/ }).waitFor();
        await tree.row('project-7').waitFor();
      });
      await step('a project of hundreds opens, and goes on where it is asked to', async () => {
        await tree.row(/^project-7$/).scrollIntoViewIfNeeded();
        await tree.expand(/^project-7$/);
        await tree.row('Synthetic prompt').waitFor();
        await picture('many');
        await tree.row('Synthetic prompt').click();
        await scrollTo(page, tree, /^Show more of/);
        await tree.open(/^Show more of/);
        await tree.gone(/^Show more of/);
      });
      await step('one of ten thousand is found by its title', async () => {
        await vscode.run('Codex: Find Thread');
        await vscode.fill('number 4711 ');
        await vscode.choose('number 4711');
        await vscode.editor.words('number 4711').waitFor();
      });
      await step(
        'where nothing is in trouble the filter says so, and is taken off there',
        async () => {
          await vscode.run('Codex: Show Threads in Trouble');
          await vscode.welcome('trouble').waitFor();
          await vscode.pressInWelcome('Show All Threads');
          await tree.row('project-7').waitFor();
        },
      );
    });
  },
};

/** Goes down the rows by the keyboard, as far as a row that is called this. */
async function scrollTo(page, tree, text) {
  for (let pages = 0; pages < 60; pages += 1) {
    if ((await tree.row(text).count()) > 0) return;
    await page.locator('.part.sidebar .pane-body .monaco-list').first().press('PageDown');
  }
  throw new Error(`no row ${text}`);
}
