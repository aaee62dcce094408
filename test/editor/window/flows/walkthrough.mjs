// The first steps that VS Code offers after somebody has installed the extension.

import path from 'node:path';
import { writeSampleHome } from '../../sampleHome.ts';
import { onStage } from '../stage.mjs';

const STEPS = ['start#look', 'start#understand', 'start#repair'];

export const walkthrough = {
  name: 'walkthrough',
  async play(props) {
    const { folder, projects } = await writeSampleHome(path.join(props.folder, 'ada'));
    const show = { home: folder, folder: projects.webshop };
    await onStage(props, show, async ({ page, step, picture, vscode }) => {
      const stepOf = name => page.locator(`.getting-started-step[data-step-id$="#${name}"]`);
      await step('the walkthrough can be opened', async () => {
        await vscode.run('Welcome: Open Walkthrough');
        await vscode.choose('Codex Session Health');
        await stepOf('start#look').first().waitFor();
      });
      for (const name of STEPS)
        await step(`its step ${name} opens`, async () => {
          await stepOf(name).first().click();
          await page.locator('.getting-started-step.expanded').and(stepOf(name)).first().waitFor();
          await picture(name.replace('#', '-'));
        });
    });
  },
};
