// The suites run under @vscode/test-cli as they are, for people who have a desktop VS Code. Here asDesktop.mjs
// stands in for it. Prints `N passed, N failed`.

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeBinary } from '../../scripts/node-binaries.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const node = nodeBinary(24);
const { status, stdout } = spawnSync(node, ['node_modules/@vscode/test-cli/out/bin.mjs'], {
  cwd: root,
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
  maxBuffer: 64 * 1024 * 1024,
  env: {
    ...process.env,
    // The stand-in is started by its first line, as a program.
    PATH: [path.dirname(node), process.env.PATH].join(path.delimiter),
    VSCODE_PATH: fileURLToPath(new URL('asDesktop.mjs', import.meta.url)),
  },
});
const counted = word => Number(new RegExp(`^\\s+(\\d+) ${word}`, 'm').exec(stdout)?.[1] ?? 0);
const passed = counted('passing');
// Mocha says nothing of tests that never ran.
const failed = counted('failing') || (status === 0 && passed > 0 ? 0 : 1);
if (failed > 0) console.log(stdout);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
