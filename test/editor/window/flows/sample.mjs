// The sample home, as somebody meets it who opens the view for the first time. The pictures of the README
// and the walkthrough are taken here.

import path from 'node:path';
import { writeSampleHome } from '../../sampleHome.ts';
import { onStage, REGIONS } from '../stage.mjs';
import { WORDS } from '../words.mjs';

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
  const { tree, editor, problems, modal, messages } = vscode;
  await step('the badge counts what is in trouble, and nothing popped up', async () => {
    await vscode.badge('[1-9]\\d*');
    if ((await messages.all.count()) > 0) throw new Error('a message');
  });
  await step('the tree shows host and projects', async () => {
    await vscode.openView();
    await vscode.widenSideBar();
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
    await editor.words('Codex session').waitFor();
    await editor.tab(/rounding of VAT.*\(record\)/).waitFor();
    // Words of the record get a colour of their own a moment after the text.
    await page.locator('.editor-instance .view-line .mtk1 ~ [class^="mtk"]').first().waitFor();
    await picture('record');
  });
  await step('a finding opens the line that is wrong, which has a marker', async () => {
    await tree.expand('VAT');
    await tree.open('Thread is not in the database');
    await editor.marker('warning').waitFor({ state: 'attached' });
    await editor.words('entry').waitFor();
    await picture('finding');
    await picture('readme-record', REGIONS.upper);
    await picture('walkthrough-understand', REGIONS.editor);
  });
  await step('the record opens what was said, as Markdown', async () => {
    await vscode.run('Codex: Open Transcript');
    await editor.words('# Codex transcript').waitFor();
    await picture('transcript');
  });
  await step('what is open comes back after the window is loaded anew', async () => {
    await vscode.reload();
    await editor.words('# Codex transcript').waitFor();
    await tree.expand('webshop');
    await tree.row('VAT').waitFor();
  });
  await step('only threads in trouble are shown to those who want that', async () => {
    await tree.row('checkout page').waitFor();
    await vscode.run('Codex: Show Threads in Trouble');
    await tree.gone('checkout page');
    await tree.row('VAT').waitFor();
    await picture('filter');
    await vscode.run('Codex: Show All Threads');
    await tree.row('checkout page').waitFor();
  });
  await step('a thread is found by words of its title, and its record opens', async () => {
    await vscode.run('Codex: Find Thread');
    await vscode.fill('lemma');
    await vscode.choice('lemma').waitFor();
    await picture('find');
    await vscode.choose('lemma');
    await editor.words('Check the proof of lemma').waitFor();
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
  await step('what is offered above the wrong line leads to its plan, and a question', async () => {
    await tree.expand('payment client');
    await tree.open(WORDS.stalePath);
    await editor.marker('error').waitFor({ state: 'attached' });
    await editor.fix(WORDS.cure);
    await editor.words(WORDS.planTitle).waitFor();
    await modal.says(WORDS.consent);
    await picture('question');
    await picture('walkthrough-repair', REGIONS.question);
    await modal.press('Cancel');
    await modal.isGone();
    await picture('readme-plan', REGIONS.plan);
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
