// Builds the helper programs of the product, which run in threads and processes of their own, so
// that the tests can use the rest of it from its sources.

import { build } from 'esbuild';
import { copyFile, mkdtemp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../scripts/cache.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

export default async function setup({ provide }) {
  await mkdir(path.join(cacheFolder, 'programs'), { recursive: true });
  const folder = await mkdtemp(path.join(cacheFolder, 'programs', 'build-'));
  await build({
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
    entryPoints: {
      databases: 'src/node/databaseWorker.ts',
      outside: 'src/node/outsideHelper.ts',
    },
    outdir: folder,
  });
  const wasm = 'sql-wasm.wasm';
  await copyFile(path.join(root, 'node_modules/sql.js/dist', wasm), path.join(folder, wasm));
  provide('programs', folder);
  return () => rm(folder, { recursive: true, force: true });
}
