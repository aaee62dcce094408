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
import { installHost, NEWEST } from '../../scripts/vscode-host.mjs';
import { buildTests } from './buildTests.mjs';
import { runInHost } from './inHost.mjs';
import { temporarySample } from './temporarySample.mjs';

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
    const code = await runInstalled(run);
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
async function runInstalled({ temporary, sampleFolder, say, resultFile }) {
  const vsix = options.vsix ?? packExtension(path.join(temporary, 'extension.vsix'));
  const extension = await buildTests(path.join(temporary, 'tests'), options.suites);
  const { writeSampleHome } = await import('./sampleHome.ts');
  const sample = await writeSampleHome(sampleFolder);
  let isShown = false;
  return runInHost({
    host: await installHost(options.version, say),
    data: path.join(temporary, 'server'),
    vsix,
    extension,
    module: path.join(extension, 'run.cjs'),
    folder: sample.projects.webshop,
    settings: { 'codexHealth.home': sample.folder },
    environment: {
      CODEX_HEALTH_RESULT: resultFile,
      CODEX_HEALTH_SAMPLE: JSON.stringify(sample),
    },
    watch: text => {
      if (options.verbose) process.stderr.write(text);
    },
    hear: values => {
      const border = /^CODEX_HEALTH_TESTS_(BEGIN|END)/.exec(String(values[0]));
      if (border !== null) isShown = border[1] === 'BEGIN';
      else if (options.verbose || isShown) console.log(...values);
    },
    say,
    picture: options.picture,
  });
}

/** Prints what the suite wrote down, and returns the exit code that follows from it. */
function report({ resultFile, say }, code) {
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
