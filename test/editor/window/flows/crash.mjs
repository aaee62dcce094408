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
      await step('a server that is killed is started again', async () => {
        process.kill(before, 'SIGKILL');
        await eventually('another server', () => languageServers().some(pid => pid !== before));
      });
      await step('the view is served by the new one', async () => {
        await vscode.run('Codex: Refresh Session Health');
        await vscode.tree.expand('webshop');
        await vscode.tree.row('VAT').waitFor();
      });
      await step('it is said once at most, and there is one server', async () => {
        const messages = await vscode.messages.all.count();
        if (messages > 1) throw new Error(`${messages} messages`);
        const servers = languageServers().length;
        if (servers !== 1) throw new Error(`${servers} servers`);
      });
    });
  },
};
