// A window of a real VS Code with the packed extension in it, on one Codex home, in a headless browser.

import fs from 'node:fs';
import path from 'node:path';
import { openInServer } from '../../../scripts/vscode-host.mjs';
import { openBrowser } from '../browser.mjs';
import { SIDE_BAR_END, workbenchOf } from './workbench.mjs';

/** Nothing that is waited for takes longer than this on a loaded machine of two cores. */
const PATIENCE_MS = 45_000;

/** Parts of the window that the walkthrough shows. */
export const REGIONS = {
  view: { x: 48, y: 36, width: SIDE_BAR_END - 48, height: 440 },
  editor: { x: SIDE_BAR_END + 4, y: 36, width: 720, height: 440 },
  // The window without its lower part, which is empty.
  upper: { x: 0, y: 0, width: 1280, height: 480 },
  plan: { x: SIDE_BAR_END + 4, y: 36, width: 1280 - SIDE_BAR_END - 4, height: 470 },
  question: { x: 240, y: 160, width: 800, height: 440 },
};

/**
 * Opens the window, hands it to `play`, and closes it. `show` is `{ home, folder, settings, language }`, and where
 * it runs on another host `{ within, environment }`;
 * `props` says with which VSIX and in which version.
 */
export async function onStage(props, show, play) {
  const server = await openInServer({
    vsix: props.vsix,
    version: props.version,
    home: show.home,
    folder: show.folder,
    within: show.within,
    environment: show.environment,
    settings: { 'workbench.colorTheme': 'Default Dark Modern', ...show.settings },
    say: line => console.error(line),
  });
  const browser = await openBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(PATIENCE_MS);
    if (show.language !== undefined) await page.addInitScript(speak, show.language);
    await page.goto(server.url, { waitUntil: 'domcontentloaded' });
    await page.waitForSelector('.monaco-workbench', { timeout: 2 * PATIENCE_MS });
    await play({
      page,
      ...props.stepsOf(page),
      vscode: workbenchOf(page),
      /** Changes a setting of the window while it is open. */
      change: settings => server.change(settings),
      languageServers: () => processesBelow(server.pid, 'dist/server.js'),
    });
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** VS Code's own words stay English without a language pack; extensions are asked for theirs. */
function speak(language) {
  globalThis._VSCODE_NLS_LANGUAGE = language;
}

/** Processes that descend from one and have this in their command line; the window's host runs on Linux. */
function processesBelow(ancestor, text) {
  const parents = new Map();
  const found = [];
  for (const pid of fs.readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    const parent = / \(.*\) \S (\d+) /s.exec(read(path.join('/proc', pid, 'stat')))?.[1];
    parents.set(Number(pid), Number(parent));
    if (read(path.join('/proc', pid, 'cmdline')).includes(text)) found.push(Number(pid));
  }
  const descends = pid => pid === ancestor || (parents.has(pid) && descends(parents.get(pid)));
  return found.filter(descends);
}

/** A process may be gone before it is looked at. */
function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
