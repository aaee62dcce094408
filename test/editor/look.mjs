// Looks at the extension as a person would, through a browser, and takes pictures.
//
// Usage: node test/editor/look.mjs OUTDIR [--version 4.139.1|4.103.2] [--home DIR] [--theme NAME]
//
// The extension is installed, not under test: messages, badges and focus are the real ones. Prints
// one line a step, then `N passed, N failed`; a step that fails leaves a picture of its own.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { nodeBinary } from '../../scripts/node-binaries.mjs';
import { NEWEST, openInServer } from '../../scripts/vscode-host.mjs';
import { openBrowser } from './browser.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    version: { type: 'string', default: NEWEST },
    home: { type: 'string' },
    theme: { type: 'string', default: 'Default Dark Modern' },
  },
});
const [pictures] = positionals;

if (pictures === undefined) {
  console.error('usage: node test/editor/look.mjs OUTDIR');
  process.exitCode = 2;
} else if (Number(process.versions.node.split('.')[0]) < 24) {
  const again = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  process.exitCode = spawnSync(nodeBinary(24), again, { stdio: 'inherit' }).status ?? 1;
} else {
  process.exitCode = await look();
}

async function look() {
  fs.mkdirSync(pictures, { recursive: true });
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'codex-health-look-'));
  const { writeSampleHome } = await import('./sampleHome.ts');
  const sample = await writeSampleHome(path.join(temporary, 'home', 'ada'));
  const server = await openInServer({
    extensionDir: fileURLToPath(new URL('../..', import.meta.url)),
    version: options.version,
    home: options.home ?? sample.folder,
    folder: sample.projects.webshop,
    settings: { 'workbench.colorTheme': options.theme },
    say: line => console.error(line),
  });
  const browser = await openBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(10_000);
    await page.goto(server.url, { waitUntil: 'domcontentloaded' });
    return await takeSteps(page, sample);
  } finally {
    await browser.close();
    await server.stop();
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

async function takeSteps(page, sample) {
  const window = lookAt(page);
  const { step, row, picture, command } = window;
  const icon = page.locator('.activitybar .action-item', {
    has: page.locator('[aria-label^="Codex Session Health"]'),
  });
  await step('the workbench is drawn, and nothing popped up', async () => {
    await page.waitForSelector('.monaco-workbench', { timeout: 60_000 });
    await icon.locator('.badge-content', { hasText: /\d/ }).waitFor();
    if ((await page.locator('.notification-toast').count()) > 0)
      throw new Error('there is a message');
  });
  await step('the tree shows host and projects', async () => {
    await icon.click();
    await row('webshop').waitFor();
    await picture('tree');
  });
  await step('a project opens, trouble first', async () => {
    await row('webshop').click();
    await row('VAT').waitFor();
    await row('thesis').click();
    await row('error bars').waitFor();
    await picture('threads');
  });
  await step('hovering over a thread tells who can see it', async () => {
    await row('VAT').hover();
    await page.locator('.monaco-hover').first().waitFor();
    await page.waitForTimeout(400);
    await picture('hover');
  });
  await step('a thread opens its record, with markers', async () => {
    await row('VAT').click();
    await page.locator('.editor-instance .view-line', { hasText: 'Codex session' }).waitFor();
    await page
      .locator('.editor-instance [class*="squiggly-"]')
      .first()
      .waitFor({ state: 'attached' });
    await picture('record');
  });
  await step('the problems panel lists the findings', async () => {
    await page.keyboard.press('Control+Shift+M');
    await page.locator('.markers-panel .monaco-list-row').first().waitFor();
    await picture('problems');
  });
  await step('copying the report says so', async () => {
    await command('Codex: Copy Redacted Report');
    await page.locator('.statusbar', { hasText: 'report' }).waitFor();
    await picture('report');
  });
  await step('the log can be shown', async () => {
    await command('Codex: Show Log');
    await page.locator('.part.panel .view-line').first().waitFor();
    await picture('log');
  });
  void sample;
  return window.sum();
}

/** What the steps need to point at things. */
function lookAt(page) {
  const startedAt = Date.now();
  let passed = 0;
  let failed = 0;
  const picture = name => page.screenshot({ path: path.join(pictures, `${name}.png`) });
  const step = async (title, action) => {
    const time = () => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
    try {
      await action();
      passed += 1;
      console.log(`${time()}  ok    ${title}`);
    } catch (error) {
      failed += 1;
      console.log(`${time()}  FAIL  ${title}: ${String(error).split('\n')[0]}`);
      await picture(`failed-${failed}`);
    }
  };
  const command = async title => {
    await page.keyboard.press('F1');
    const input = page.locator('.quick-input-widget input[type=text]').first();
    await input.waitFor({ state: 'visible' });
    await input.fill(`>${title}`);
    await page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().waitFor();
    await page.keyboard.press('Enter');
  };
  return {
    step,
    picture,
    command,
    row: text => page.locator('.pane-body .monaco-list-row', { hasText: text }).first(),
    sum: () => {
      console.log(`${passed} passed, ${failed} failed`);
      return failed === 0 ? 0 : 1;
    },
  };
}
