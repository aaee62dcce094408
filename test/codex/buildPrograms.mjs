// Builds the helper programs of the product, which run in threads and processes of their own, so
// that the tests can use the rest of it from its sources.

import { execFileSync } from 'node:child_process';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../scripts/cache.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

export default async function setup({ provide }) {
  await mkdir(path.join(cacheFolder, 'programs'), { recursive: true });
  const folder = await mkdtemp(path.join(cacheFolder, 'programs', 'build-'));
  execFileSync(process.execPath, ['esbuild.mjs', '--out', folder], { cwd: root });
  provide('programs', folder);
  return () => rm(folder, { recursive: true, force: true });
}
