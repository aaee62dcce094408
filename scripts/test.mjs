// npm test: everything, with the real parts. Ends with the line «N passed, N failed».

import fs from 'node:fs';
import path from 'node:path';
import { cacheFolder } from './cache.mjs';
import { ensureDependencies, root } from './dependencies.mjs';
import { nodeBinary } from './node-binaries.mjs';
import { prepareMachine } from './prepare-machine.mjs';
import { runParts } from './parts.mjs';
import { OLDEST } from './vscode-host.mjs';

// In CI always the same seed of property tests, so that a change is blamed for what it did; elsewhere
// a new one each time, which is printed.
if (process.env.CI !== undefined) process.env.SEED ??= '20261121';

const startedAt = Date.now();
ensureDependencies();
const node = nodeBinary(24);
for (const major of [20, 22]) nodeBinary(major);
prepareMachine();
console.log(`set-up took ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);

// Whoever wants to look at the pictures of the window finds them here.
const pictures = path.join(cacheFolder, 'pictures');
const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
/** What the part «package» leaves, and the parts of the editor install. */
const vsix = ['--vsix', `codex-session-health-${version}.vsix`];
const { checkParts } = await import('./check.mjs');
const vitest = [
  node,
  'node_modules/vitest/vitest.mjs',
  'run',
  '--reporter=default',
  '--reporter=./test/support/notRunReporter.mjs',
];
const { passed, failed } = await runParts(
  [
    ...checkParts,
    {
      name: 'command line',
      command: [...vitest, '--config', 'test/cli/process/vitest.config.mjs'],
      counts: 'vitest',
    },
    {
      name: 'real Codex',
      command: [...vitest, '--config', 'test/codex/vitest.config.mjs'],
      counts: 'vitest',
    },
    {
      name: 'hosts',
      command: [...vitest, '--config', 'test/hosts/vitest.config.mjs'],
      counts: 'vitest',
    },
    {
      name: 'package',
      command: [...vitest, '--config', 'test/package/vitest.config.mjs'],
      counts: 'vitest',
    },
    {
      name: 'runner of the editor tests',
      command: [node, 'test/editor/proveRunner.mjs', ...vsix],
      counts: 'line',
    },
    {
      name: 'editor, newest VS Code',
      command: [node, 'test/editor/run.mjs', ...vsix],
      counts: 'line',
    },
    {
      name: 'editor, VS Code 1.103',
      command: [node, 'test/editor/run.mjs', ...vsix, '--version', OLDEST],
      counts: 'line',
    },
    {
      name: 'editor, as on a desktop',
      command: [node, 'test/editor/proveDesktop.mjs'],
      counts: 'line',
    },
    {
      name: 'window, newest VS Code',
      command: [node, 'test/editor/look.mjs', pictures, ...vsix],
      counts: 'line',
    },
    {
      name: 'window, VS Code 1.103',
      command: [node, 'test/editor/look.mjs', `${pictures}-1.103`, ...vsix, '--version', OLDEST],
      counts: 'line',
    },
  ],
  root,
);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
