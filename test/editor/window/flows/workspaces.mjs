// Windows that hold back: one without a folder, and one on a folder that nobody has trusted yet. Codex homes
// are not in the folder, and looking at them runs nothing of it.

import path from 'node:path';
import { writeSampleHome } from '../../sampleHome.ts';
import { onStage } from '../stage.mjs';

export const noFolder = {
  name: 'no-folder',
  async play(props) {
    const { folder } = await writeSampleHome(path.join(props.folder, 'ada'));
    await onStage(props, { home: folder }, async ({ step, picture, vscode }) => {
      await step('without a folder the tree is whole', async () => {
        await vscode.openView();
        await vscode.tree.expand('webshop');
        await vscode.tree.row('VAT').waitFor();
        await picture('no-folder');
      });
      await step('Problems has nothing of folders that are not open', async () => {
        await vscode.problems.open();
        await vscode.problems.gone('thread-row-missing');
      });
    });
  },
};

export const untrusted = {
  name: 'untrusted',
  async play(props) {
    const { folder, projects } = await writeSampleHome(path.join(props.folder, 'ada'));
    const settings = {
      'security.workspace.trust.enabled': true,
      'security.workspace.trust.startupPrompt': 'never',
    };
    const show = { home: folder, folder: projects.webshop, settings };
    await onStage(props, show, async ({ step, picture, vscode }) => {
      await step('in a folder that is not trusted the tree is whole', async () => {
        await vscode.statusBar('Restricted Mode').waitFor();
        await vscode.openView();
        await vscode.tree.expand('webshop');
        await vscode.tree.row('VAT').waitFor();
        await picture('untrusted');
      });
      await step('a record opens there as everywhere', async () => {
        await vscode.tree.open('VAT');
        await vscode.editor.words('Codex session').waitFor();
      });
    });
  },
};
