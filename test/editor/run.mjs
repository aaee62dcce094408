// Runs test/editor/suite inside the extension host of a real VS Code; a headless browser is its
// window. The extension is the packed one, installed; the one under test holds the tests alone.
//
// Usage: node test/editor/run.mjs [--version 4.139.1|4.103.2] [--vsix FILE] [--suites FILE]
//                                 [--verbose] [--picture FILE]
//
// Without --vsix it is built and packed anew. `--suites` names another file than suite/index.ts.
//
// Exit code: 0 passed, 1 failed, 2 nothing could be started, 3 the page crashed, 4 no result or no
// test, 5 the extension host died, 124 the time was over. The exit code that VS Code reports is not
// enough: when the extension host is killed it reports 0. Hence the result file that the suite
// writes, and the look at the server's output.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { nodeBinary } from '../../scripts/node-binaries.mjs';
import { packExtension } from '../../scripts/package.mjs';
import { installHost, NEWEST, startServer } from '../../scripts/vscode-host.mjs';
import { openBrowser } from './browser.mjs';
import { buildTests } from './buildTests.mjs';
import { temporarySample } from './temporarySample.mjs';

const TIME_LIMIT_MS = 180_000;

const { values: options } = parseArgs({
  options: {
    version: { type: 'string', default: NEWEST },
    vsix: { type: 'string' },
    suites: { type: 'string', default: 'test/editor/suite/index.ts' },
    verbose: { type: 'boolean', default: false },
    picture: { type: 'string' },
  },
});

// The sample home is made by TypeScript, which only newer Nodes run as it is.
if (Number(process.versions.node.split('.')[0]) < 24) {
  const again = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  process.exitCode = spawnSync(nodeBinary(24), again, { stdio: 'inherit' }).status ?? 1;
} else {
  process.exitCode = await runSuite();
}

async function runSuite() {
  const startedAt = Date.now();
  const say = text =>
    console.error(`[editor ${((Date.now() - startedAt) / 1000).toFixed(1)} s] ${text}`);
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'codex-health-editor-'));
  const sampleFolder = temporarySample();
  const run = { temporary, sampleFolder, say, resultFile: path.join(temporary, 'result.json') };
  try {
    const code = await runInHost(run);
    return report(run, code);
  } catch (error) {
    console.error(error);
    return 2;
  } finally {
    for (const folder of [temporary, sampleFolder])
      fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Resolves to the exit code that the window or the server's output asks for. */
async function runInHost({ temporary, sampleFolder, say, resultFile }) {
  const host = await installHost(options.version, say);
  const vsix = options.vsix ?? packExtension(path.join(temporary, 'extension.vsix'));
  const tests = await buildTests(path.join(temporary, 'tests'), options.suites);
  const { writeSampleHome } = await import('./sampleHome.ts');
  const sample = await writeSampleHome(sampleFolder);
  const ended = Promise.withResolvers();
  const server = await startServer({
    host,
    data: path.join(temporary, 'server'),
    vsix,
    testDriver: true,
    settings: { 'codexHealth.home': sample.folder },
    environment: {
      CODEX_HEALTH_RESULT: resultFile,
      CODEX_HEALTH_SAMPLE: JSON.stringify(sample),
    },
    watch: text => {
      if (options.verbose) process.stderr.write(text);
      watchHost(text, ended, say);
    },
  });
  say('the server is up');
  const browser = await openBrowser();
  const timer = setTimeout(() => ended.resolve(124), TIME_LIMIT_MS);
  try {
    const folder = sample.projects.webshop;
    const page = await openWindow({ browser, server, tests, ended, folder });
    const code = await ended.promise;
    if (code !== 0 && options.picture !== undefined)
      await page.screenshot({ path: options.picture });
    return code;
  } finally {
    clearTimeout(timer);
    ended.resolve(0);
    await browser.close();
    await server.stop();
  }
}

/** Notices that the extension host ended in another way than by its own will. */
function watchHost(text, ended, say) {
  const death = /Extension Host Process exited with code: (\w+), signal: (\w+)/.exec(text);
  if (death === null || death[1] === '0') return;
  say(death[0]);
  ended.resolve(5);
}

/** Opens the page that starts the suite. */
async function openWindow({ browser, server, tests, ended, folder }) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  let isShown = false;
  // The workbench calls these two functions; they have to be there before it loads.
  await page.exposeFunction('codeAutomationLog', (_type, values) => {
    const border = /^CODEX_HEALTH_TESTS_(BEGIN|END)/.exec(String(values[0]));
    if (border !== null) isShown = border[1] === 'BEGIN';
    else if (options.verbose || isShown) console.log(...values);
  });
  // The server's output about a dead host may come a moment after this.
  await page.exposeFunction('codeAutomationExit', code => {
    setTimeout(() => ended.resolve(code), code === 0 ? 500 : 0);
  });
  page.on('crash', () => ended.resolve(3));
  const remote = file => `vscode-remote://${server.authority}${encodeURI(file)}`;
  const payload = JSON.stringify([
    ['extensionDevelopmentPath', remote(tests)],
    ['extensionTestsPath', remote(path.join(tests, 'run.cjs'))],
    ['skipWelcome', 'true'],
  ]);
  const query = `folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(payload)}`;
  await page.goto(`${server.url}&${query}`, { waitUntil: 'domcontentloaded' });
  return page;
}

/** Prints what the suite wrote down, and returns the exit code that follows from it. */
function report({ resultFile, say }, code) {
  if (code === 124) say('the time was over');
  if (!fs.existsSync(resultFile)) {
    say('the suite left no result');
    console.log('0 passed, 1 failed');
    return code === 0 ? 4 : code;
  }
  const { passed, failures } = JSON.parse(fs.readFileSync(resultFile, 'utf8'));
  for (const { name, stack } of failures) console.log(`FAIL ${name}\n${stack}`);
  const isBroken = failures.length === 0 && (code !== 0 || passed === 0);
  console.log(`${passed} passed, ${failures.length + (isBroken ? 1 : 0)} failed`);
  if (code !== 0) return code;
  if (failures.length > 0) return 1;
  return passed === 0 ? 4 : 0;
}
