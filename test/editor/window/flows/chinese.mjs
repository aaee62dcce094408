// A window whose display language is Simplified Chinese: the manifest, the code and the pages of the walkthrough
// are read in it.

import path from 'node:path';
import { writeSampleHome } from '../../sampleHome.ts';
import { onStage, REGIONS } from '../stage.mjs';

export const chinese = {
  name: 'chinese',
  async play(props) {
    const { folder, projects } = await writeSampleHome(path.join(props.folder, 'ada'));
    const show = { home: folder, folder: projects.webshop, language: 'zh-cn' };
    await onStage(props, show, look);
  },
};

async function look({ page, step, picture, vscode }) {
  const { tree } = vscode;
  await step('the view has its Chinese name', async () => {
    await page.locator('.activitybar [aria-label^="Codex 会话健康"]').first().click();
  });
  await step('rows are counted in Chinese', async () => {
    await tree.row('webshop').filter({ hasText: '个会话' }).waitFor();
    await tree.expand('webshop');
    await tree.row('VAT').waitFor();
    await picture('tree', REGIONS.view);
  });
  await step('a row in trouble says so to a screen reader', async () => {
    const label = await tree.spoken('VAT');
    if (!/会话.*VAT.*警告/s.test(label)) throw new Error(label);
  });
  await step('a command is found by its Chinese name, and asks in Chinese', async () => {
    await vscode.run('Codex: 查找会话');
    await page.getByPlaceholder('标题或目录中的若干字词').waitFor();
    await page.keyboard.press('Escape');
  });
  await step('the walkthrough and its page are Chinese', async () => {
    await vscode.run('Welcome: Open Walkthrough');
    await vscode.choose('Codex 会话健康');
    const first = page.locator('.getting-started-step[data-step-id$="#start#look"]').first();
    await first.filter({ hasText: '一切都还在吗' }).click();
    // In a window of this width the page is loaded, and there is no room for it.
    const webview = page.frameLocator('iframe.webview').frameLocator('iframe');
    await webview.getByText('我的数据还在吗').waitFor({ state: 'attached' });
    await picture('walkthrough');
  });
}
