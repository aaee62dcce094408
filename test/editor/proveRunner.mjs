// Holds the runner against suites that are broken in a way of their own: each must fail the run, and with
// the exit code that says how.
//
// Usage: node test/editor/proveRunner.mjs [--vsix FILE]     prints `N passed, N failed`

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { nodeBinary } from '../../scripts/node-binaries.mjs';
import { packExtension } from '../../scripts/package.mjs';

const CASES = [
  { suites: 'killsItself', code: 5, says: '0 passed, 1 failed', what: 'a killed extension host' },
  { suites: 'fails', code: 1, says: '1 passed, 1 failed', what: 'a failed test' },
  { suites: 'isEmpty', code: 4, says: '0 passed, 1 failed', what: 'a run without a test' },
  { suites: 'cannotBeLoaded', code: 1, says: '0 passed, 1 failed', what: 'a run without result' },
];

const { values: options } = parseArgs({ options: { vsix: { type: 'string' } } });
const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'codex-health-runner-'));
let failed = 0;
try {
  const vsix = options.vsix ?? packExtension(path.join(temporary, 'extension.vsix'));
  for (const expected of CASES) {
    const { code, output } = await runSuites(expected.suites, vsix);
    const isRight = code === expected.code && output.trimEnd().endsWith(expected.says);
    if (!isRight) failed += 1;
    console.log(`${isRight ? 'ok  ' : 'FAIL'}  ${expected.what} fails the run: exit code ${code}`);
    if (!isRight) console.log(output);
  }
} finally {
  fs.rmSync(temporary, { recursive: true, force: true });
}
console.log(`${CASES.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function runSuites(name, vsix) {
  const runner = fileURLToPath(new URL('run.mjs', import.meta.url));
  const suites = `test/editor/suite/broken/${name}.ts`;
  const child = spawn(nodeBinary(24), [runner, '--vsix', vsix, '--suites', suites], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', text => (output += text));
  return new Promise(resolve => child.once('close', code => resolve({ code, output })));
}
