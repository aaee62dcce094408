// Looks at the extension as a person would, through a browser, and takes pictures.
//
// Usage: node test/editor/look.mjs OUTDIR [--version 4.139.1|4.103.2] [--home DIR] [--theme NAME]
//                                         [--extension DIR]
//
// The extension is installed, not under test: messages, badges and focus are the real ones. Prints
// one line a step, then `N passed, N failed`; a step that fails leaves a picture of its own.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { nodeBinary } from '../../scripts/node-binaries.mjs';
import { NEWEST, openInServer } from '../../scripts/vscode-host.mjs';
import { openBrowser } from './browser.mjs';
import { temporarySample } from './temporarySample.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    version: { type: 'string', default: NEWEST },
    home: { type: 'string' },
    extension: { type: 'string', default: fileURLToPath(new URL('../..', import.meta.url)) },
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
  const folder = temporarySample();
  const { writeSampleHome } = await import('./sampleHome.ts');
  const sample = await writeSampleHome(path.join(folder, 'ada'));
  const window = lookAt();
  try {
    await inWindow(options.home ?? sample.folder, sample, page => lookAtTrouble(page, window));
    await inWindow(path.join(folder, 'nothing'), sample, page => lookAtNothing(page, window));
    return window.sum();
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Opens a window on a home, and closes it again. */
async function inWindow(home, sample, action) {
  const server = await openInServer({
    extensionDir: options.extension,
    version: options.version,
    home,
    folder: sample.projects.webshop,
    settings: { 'workbench.colorTheme': options.theme },
    say: line => console.error(line),
  });
  const browser = await openBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(20_000);
    await page.goto(server.url, { waitUntil: 'domcontentloaded' });
    await page.waitForSelector('.monaco-workbench', { timeout: 60_000 });
    await action(page);
  } finally {
    await browser.close();
    await server.stop();
  }
}

async function lookAtTrouble(page, { step, picture }) {
  const { row, icon, command } = partsOf(page);
  await step(page, 'the badge counts the threads in trouble, and nothing popped up', async () => {
    await icon.locator('.badge-content', { hasText: /\d/ }).waitFor();
    if ((await page.locator('.notification-toast').count()) > 0) throw new Error('a message');
  });
  await step(page, 'the tree shows host and projects', async () => {
    await icon.click();
    await row('webshop').waitFor();
    await picture(page, 'tree');
  });
  await step(page, 'projects open, with trouble first', async () => {
    await row('webshop').click();
    await row('VAT').waitFor();
    await row('thesis').click();
    await row('error bars').waitFor();
    await picture(page, 'threads');
  });
  await step(page, 'hovering over a thread tells who can see it', async () => {
    await row('VAT').hover();
    await page.locator('.monaco-hover', { hasText: 'Codex for VS Code' }).waitFor();
    await picture(page, 'hover');
  });
  await step(page, 'a thread opens its record', async () => {
    await row('VAT').click();
    await page.locator('.editor-instance .view-line', { hasText: 'Codex session' }).waitFor();
    // Colours come a moment after the text.
    await page.waitForTimeout(500);
    await picture(page, 'record');
  });
  await step(page, 'a finding opens the line that is wrong, which has a marker', async () => {
    await row('VAT').locator('.monaco-tl-twistie').click();
    await row('Thread is not in the database').click();
    await page.locator('.editor-instance .squiggly-warning').first().waitFor({ state: 'attached' });
    await page.locator('.editor-instance .view-line', { hasText: /^entry/ }).waitFor();
    await picture(page, 'finding');
  });
  await step(page, 'the problems panel lists the findings', async () => {
    await page.keyboard.press('Control+Shift+M');
    await page.locator('.markers-panel .monaco-list-row').first().waitFor();
    await picture(page, 'problems');
  });
  await step(page, 'copying the report says so', async () => {
    await command('Codex: Copy Redacted Report');
    await page.locator('.statusbar', { hasText: 'report copied' }).waitFor();
  });
  await step(page, 'the log tells what was looked at', async () => {
    await command('Codex: Show Log');
    await page.locator('.part.panel .view-line', { hasText: 'Looked at' }).waitFor();
    await picture(page, 'log');
  });
  await step(page, 'what was said is read beside the record', async () => {
    await row('VAT').click();
    await page.locator('.editor-instance .view-line', { hasText: 'Codex session' }).waitFor();
    await command('Codex: Open Transcript');
    await page.locator('.editor-instance .view-line', { hasText: 'Codex transcript' }).waitFor();
    await page.waitForTimeout(500);
    await picture(page, 'transcript');
  });
  await step(
    page,
    'a document that is open comes back when the window is loaded anew',
    async () => {
      const loaded = page.waitForEvent('domcontentloaded');
      await command('Developer: Reload Window');
      await loaded;
      await page.locator('.editor-instance .view-line', { hasText: 'Codex transcript' }).waitFor();
    },
  );
}

async function lookAtNothing(page, { step, picture }) {
  const { icon } = partsOf(page);
  await step(page, 'without a Codex home the view says what to do', async () => {
    await icon.click();
    await page.locator('.welcome-view-content', { hasText: 'no Codex home' }).waitFor();
    await picture(page, 'welcome');
  });
}

/** The parts of the window that the steps point at. */
function partsOf(page) {
  return {
    icon: page.locator('.activitybar .action-item', {
      has: page.locator('[aria-label^="Codex Session Health"]'),
    }),
    row: text => page.locator('.pane-body .monaco-list-row', { hasText: text }).first(),
    command: async title => {
      await page.keyboard.press('F1');
      const input = page.locator('.quick-input-widget input[type=text]').first();
      await input.waitFor({ state: 'visible' });
      await input.fill(`>${title}`);
      const entries = page.locator('.quick-input-list .monaco-list-row', { hasText: title });
      await entries.first().waitFor();
      await page.keyboard.press('Enter');
    },
  };
}

/** Runs steps, takes pictures, counts. */
function lookAt() {
  const startedAt = Date.now();
  const sums = { passed: 0, failed: 0 };
  const picture = (page, name) => page.screenshot({ path: path.join(pictures, `${name}.png`) });
  return {
    picture,
    step: async (page, title, action) => {
      const time = () => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
      try {
        await action();
        sums.passed += 1;
        console.log(`${time()}  ok    ${title}`);
      } catch (error) {
        sums.failed += 1;
        console.log(`${time()}  FAIL  ${title}: ${String(error).split('\n')[0]}`);
        await picture(page, `failed-${sums.failed}`);
      }
    },
    sum: () => {
      console.log(`${sums.passed} passed, ${sums.failed} failed`);
      return sums.failed === 0 ? 0 : 1;
    },
  };
}
