// The language server is killed under an open view.

import path from 'node:path';
import { writeSampleHome } from '../../sampleHome.ts';
import { eventually } from '../eventually.mjs';
import { onStage } from '../stage.mjs';

export const crash = {
  name: 'crash',
  async play(props) {
    const { folder, projects } = await writeSampleHome(path.join(props.folder, 'ada'));
    const show = { home: folder, folder: projects.webshop };
    await onStage(props, show, async ({ step, vscode, languageServers }) => {
      await vscode.openView();
      await vscode.tree.row('webshop').waitFor();
      const [before] = languageServers();
      await step(
        'a server that is killed is started again, which is said where nobody is disturbed',
        async () => {
          process.kill(before, 'SIGKILL');
          await vscode.statusBar('is started again').waitFor();
          await eventually('another server', () => languageServers().some(pid => pid !== before));
        },
      );
      await step('the view is still there, and served by the new one', async () => {
        await vscode.tree.expand('webshop');
        await vscode.tree.row('VAT').waitFor();
      });
      await step('nothing popped up, and there is one server', async () => {
        const messages = await vscode.messages.all.count();
        if (messages > 0) throw new Error(`${messages} messages`);
        const servers = languageServers().length;
        if (servers !== 1) throw new Error(`${servers} servers`);
      });
    });
  },
};
