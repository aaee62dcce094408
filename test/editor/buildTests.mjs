// Builds the extension that holds the tests and nothing else: it is what VS Code takes as under test,
// while the product beside it is installed as a person would install it.

import { build } from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Builds into a folder and returns it. `run.cjs` is started; it hands `suites.cjs` to mocha. */
export async function buildTests(folder, suites = 'test/editor/suite/index.ts') {
  await build({
    absWorkingDir: root,
    // The extension host runs no TypeScript.
    entryPoints: [
      { in: 'test/editor/suite/run.ts', out: 'run' },
      { in: suites, out: 'suites' },
    ],
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  const manifest = {
    name: 'codex-session-health-tests',
    publisher: 'codex-session-health',
    version: '0.0.0',
    engines: { vscode: '*' },
    extensionKind: ['workspace'],
  };
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}
