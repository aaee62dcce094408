// There is no Codex home yet; then there is one. Which text the empty view shows hangs on the context key
// `codexHealth.state`.

import fs from 'node:fs';
import path from 'node:path';
import { writeSampleHome } from '../../sampleHome.ts';
import { onStage } from '../stage.mjs';

/** Somebody starts Codex and asks to look again. */
export const noHome = {
  name: 'no-home',
  play: props =>
    withoutHome(props, async ({ step, vscode, appear }) => {
      await step('what has come is there when somebody looks again', async () => {
        await appear();
        await vscode.pressInWelcome('look again');
        await vscode.tree.row('webshop').waitFor();
      });
    }),
};

/** Nobody asks: the home is noticed. */
export const homeAppears = {
  name: 'home-appears',
  play: props =>
    withoutHome(props, async ({ step, vscode, appear }) => {
      await step('a home that comes later is noticed', async () => {
        await appear();
        await vscode.tree.row('webshop').waitFor();
        await vscode.badge('[1-9]\\d*');
      });
    }),
};

async function withoutHome(props, play) {
  const place = path.join(props.folder, 'ada');
  const { folder, projects } = await writeSampleHome(place);
  const aside = path.join(props.folder, 'aside');
  fs.renameSync(folder, aside);
  const appear = () => fs.renameSync(aside, folder);
  const show = { home: folder, folder: projects.webshop };
  await onStage(props, show, async ({ step, picture, vscode }) => {
    await step('without a Codex home the view says what to do', async () => {
      await vscode.openView();
      await vscode.welcome('no Codex home').waitFor();
      await vscode.badge(null);
      await picture('welcome');
    });
    await play({ step, vscode, appear });
  });
}
