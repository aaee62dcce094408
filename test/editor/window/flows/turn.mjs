// Somebody works with Codex while the tree is open.

import { onStage } from '../stage.mjs';
import { withRealHome } from '../realHome.ts';

export const turn = {
  name: 'turn',
  play: props =>
    withRealHome(props.folder, home =>
      onStage(props, showOf(home), async ({ step, picture, vscode: { openView, tree } }) => {
        await openView();
        await tree.expand(/^one$/);
        await tree.row('alpha message').waitFor();
        await step('a thread that is begun meanwhile comes into the tree by itself', async () => {
          await home.beginThread('a question nobody has asked before');
          await tree.row('a question nobody has asked before').waitFor();
          await picture('turn');
        });
        await step('a thread that is gone on with goes to the top', async () => {
          await home.goOn('A');
          const threads = tree.rows.filter({ hasText: /message|question/ });
          await threads.first().filter({ hasText: 'alpha message' }).waitFor();
        });
      }),
    ),
};

export function showOf({ folder, project, codex }) {
  return { home: folder, folder: project, settings: { 'codexHealth.codexPath': codex } };
}
