// Runs a module of tests inside the extension host of a real VS Code; a headless browser is its window.

import { startServer } from '../../scripts/vscode-host.mjs';
import { openBrowser } from './browser.mjs';

/** Ends a run that hangs. The suites wait for states of their own accord. */
const TIME_LIMIT_MS = 420_000;

/**
 * Resolves to 0 when VS Code reports success, 1 when it reports failure, 3 when the page crashed, 5 when the
 * extension host died, 124 when the time was over. A 0 alone proves nothing: VS Code reports it as well when
 * its host was killed a moment too late to be noticed here, or when no test was there.
 *
 * `extension` is the folder that is under development, `module` what it starts, `hear` gets what the window
 * says on its console.
 */
export async function runInHost({ extension, module, folder, hear, say, picture, ...server }) {
  const ended = Promise.withResolvers();
  const running = await startServer({
    ...server,
    testDriver: true,
    watch: text => {
      server.watch?.(text);
      const death = /Extension Host Process exited with code: (\w+), signal: (\w+)/.exec(text);
      if (death === null || death[1] === '0') return;
      say(death[0]);
      ended.resolve(5);
    },
  });
  say('the server is up');
  const browser = await openBrowser();
  const timer = setTimeout(() => ended.resolve(124), TIME_LIMIT_MS);
  try {
    const page = await openWindow(browser, ended, hear);
    await page.goto(addressOf(running, { extension, module, folder }), {
      waitUntil: 'domcontentloaded',
    });
    const code = await ended.promise;
    if (code === 124) say('the time was over');
    if (code !== 0 && picture !== undefined) await page.screenshot({ path: picture });
    return code;
  } finally {
    clearTimeout(timer);
    ended.resolve(0);
    await browser.close();
    await running.stop();
  }
}

async function openWindow(browser, ended, hear) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  // The workbench calls these two functions; they have to be there before it loads.
  await page.exposeFunction('codeAutomationLog', (_type, values) => hear(values));
  // The server's output about a dead host may come a moment after this.
  await page.exposeFunction('codeAutomationExit', code => {
    setTimeout(() => ended.resolve(code), code === 0 ? 500 : 0);
  });
  page.on('crash', () => ended.resolve(3));
  return page;
}

/** The page that starts the tests. */
function addressOf({ url, authority }, { extension, module, folder }) {
  const remote = file => `vscode-remote://${authority}${encodeURI(file)}`;
  const payload = JSON.stringify([
    ['extensionDevelopmentPath', remote(extension)],
    ['extensionTestsPath', remote(module)],
    ['skipWelcome', 'true'],
  ]);
  return `${url}&folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(payload)}`;
}
