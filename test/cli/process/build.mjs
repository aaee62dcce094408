// Builds the command line as the product is built, into a folder of its own, and makes a Node of
// each version ready on which it must run.

import { build } from 'esbuild';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeBinary } from '../../../scripts/node-binaries.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The files that the command line needs beside itself. */
const HELPERS = { databases: 'databaseWorker', outside: 'outsideHelper' };

export default async function setup({ provide }) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'codex-health-cli-'));
  // Another account shall be able to run it as well.
  fs.chmodSync(folder, 0o755);
  await buildInto(folder);
  provide('cli', path.join(folder, 'cli.js'));
  provide('nodes', { 20: nodeBinary(20), 22: nodeBinary(22), 24: nodeBinary(24) });
  return () => fs.rmSync(folder, { recursive: true, force: true });
}

async function buildInto(folder) {
  const helpers = Object.entries(HELPERS).map(([name, source]) => [name, `src/node/${source}.ts`]);
  await build({
    absWorkingDir: root,
    entryPoints: { cli: 'src/cli/main.ts', ...Object.fromEntries(helpers) },
    outdir: folder,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    keepNames: true,
    logLevel: 'warning',
    define: { PRODUCT_VERSION: '"0.0.0-test"' },
  });
  const wasm = 'sql-wasm.wasm';
  fs.copyFileSync(path.join(root, 'node_modules/sql.js/dist', wasm), path.join(folder, wasm));
}
