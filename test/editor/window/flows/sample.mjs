// The sample home, as somebody meets it who opens the view for the first time. The pictures of the README
// and the walkthrough are taken here.

import path from 'node:path';
import { writeSampleHome } from '../../sampleHome.ts';
import { onStage, REGIONS } from '../stage.mjs';

const THEMES = {
  light: 'Default Light Modern',
  'high-contrast': 'Default High Contrast',
  'high-contrast-light': 'Default High Contrast Light',
  dark: 'Default Dark Modern',
};

export const sample = {
  name: 'sample',
  async play(props) {
    const { folder, projects } = await writeSampleHome(path.join(props.folder, 'ada'));
    const show = { home: folder, folder: projects.webshop };
    await onStage(props, show, look);
  },
};

async function look({ page, step, picture, vscode, change }) {
  const { tree, editor, problems, messages } = vscode;
  await step('the badge counts what is in trouble, and nothing popped up', async () => {
    await vscode.badge('[1-9]\\d*');
    if ((await messages.all.count()) > 0) throw new Error('a message');
  });
  await step('the tree shows host and projects', async () => {
    await vscode.openView();
    await tree.row('webshop').waitFor();
    await picture('tree');
  });
  await step('projects open, with trouble first', async () => {
    await tree.expand('webshop');
    await tree.row('VAT').waitFor();
    await tree.expand('thesis');
    await tree.row('error bars').waitFor();
    await picture('threads');
    await picture('walkthrough-look', REGIONS.view);
  });
  await step('a row in trouble says so to a screen reader', async () => {
    const label = await tree.spoken('VAT');
    if (!/VAT.*[Ww]arning/s.test(label)) throw new Error(label);
  });
  await step('hovering over a thread tells who can see it', async () => {
    const hover = await tree.hover('VAT');
    await hover.filter({ hasText: 'Codex for VS Code' }).first().waitFor();
    await picture('hover');
  });
  await step('a thread opens its record, in colours', async () => {
    await tree.open('VAT');
    await editor.line('Codex session').waitFor();
    // Words of the record get a colour of their own a moment after the text.
    await page.locator('.editor-instance .view-line .mtk1 ~ [class^="mtk"]').first().waitFor();
    await picture('record');
  });
  await step('a finding opens the line that is wrong, which has a marker', async () => {
    await tree.expand('VAT');
    await tree.open('Thread is not in the database');
    await editor.marker('warning').waitFor({ state: 'attached' });
    await editor.line(/^entry/).waitFor();
    await picture('finding');
    await picture('walkthrough-understand', REGIONS.editor);
  });
  await step('the problems panel lists the findings', async () => {
    await problems.open();
    await problems.row('thread-row-missing').waitFor();
    await picture('problems');
  });
  for (const [name, theme] of Object.entries(THEMES))
    await step(`the view can be read in ${theme}`, async () => {
      await change({ 'workbench.colorTheme': theme });
      await page.locator(`.monaco-workbench.${kindOf(theme)}`).waitFor();
      await tree.row('VAT').waitFor();
      await picture(`theme-${name}`);
    });
  await step('copying the report says so', async () => {
    await vscode.run('Codex: Copy Redacted Report');
    await page.locator('.statusbar', { hasText: 'The report is on the clipboard' }).waitFor();
  });
  await step('the log tells what was looked at', async () => {
    await vscode.run('Codex: Show Log');
    await vscode.inPanel('Looked at').waitFor();
    await picture('log');
  });
}

/** The class that the window has while such a theme is on. */
function kindOf(theme) {
  if (theme.includes('High Contrast')) return theme.endsWith('Light') ? 'hc-light' : 'hc-black';
  return theme.includes('Light') ? 'vs' : 'vs-dark';
}
