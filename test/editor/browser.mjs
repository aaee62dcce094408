// The browser whose window the tests look at: the machine's own Chromium, without a screen.

import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** It runs no sandbox, since containers have none, and it talks to nobody on its own. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function openBrowser(options = {}) {
  return chromium.launch({
    executablePath: findBrowser(),
    headless: true,
    args: ARGUMENTS,
    ...options,
  });
}

function findBrowser() {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const named = process.env.CHROMIUM === undefined ? [] : [process.env.CHROMIUM];
  const candidates = NAMES.flatMap(name => folders.map(folder => path.join(folder, name)));
  const found = [...named, ...candidates].find(file => fs.existsSync(file));
  if (found === undefined)
    throw new Error('There is no chromium on PATH; install it, or name one with CHROMIUM.');
  return found;
}
