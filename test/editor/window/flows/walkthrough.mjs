// The first steps that VS Code offers after somebody has installed the extension.

import path from 'node:path';
import { writeSampleHome } from '../../sampleHome.ts';
import { eventually } from '../eventually.mjs';
import { onStage } from '../stage.mjs';

/** The steps, each with the heading of its text. */
const TEXTS = {
  'start#look': 'Is my data still there?',
  'start#understand': 'Who can see it, and why not?',
  'start#repair': 'Repair, and undo',
};

export const walkthrough = {
  name: 'walkthrough',
  async play(props) {
    const { folder, projects } = await writeSampleHome(path.join(props.folder, 'ada'));
    const show = { home: folder, folder: projects.webshop };
    await onStage(props, show, async ({ page, step, picture, vscode }) => {
      const stepOf = name => page.locator(`.getting-started-step[data-step-id$="#${name}"]`);
      await step('the walkthrough can be opened', async () => {
        // Beside the sidebar it has no room for its pictures. Not afterwards: its page takes the focus when
        // it comes, which closes the line for commands.
        await vscode.run('View: Toggle Primary Side Bar Visibility');
        await vscode.run('Welcome: Open Walkthrough');
        await vscode.choose('Codex Session Health');
        await stepOf('start#look').first().waitFor();
      });
      for (const name of Object.keys(TEXTS))
        await step(`its step ${name} opens`, async () => {
          await stepOf(name).first().click();
          await page.locator('.getting-started-step.expanded').and(stepOf(name)).first().waitFor();
          await eventually('its text', () => isShown(page, TEXTS[name]));
          await picture(name.replace('#', '-'));
        });
    });
  },
};

/** The text of a step is a page within the page, and comes when VS Code can write Markdown. */
async function isShown(page, heading) {
  for (const frame of page.frames())
    if (
      (await frame
        .locator('h2', { hasText: heading })
        .count()
        .catch(() => 0)) > 0
    )
      return true;
  return false;
}
