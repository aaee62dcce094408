// What the suites need in a desktop VS Code that @vscode/test-cli starts: built tests, the product's folder
// as the extension under development, a sample home, and settings that point at it. See .vscode-test.mjs.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../scripts/cache.mjs';
import { buildTests } from './buildTests.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

export async function desktopTests() {
  const { writeSampleHome } = await import('./sampleHome.ts');
  const place = path.join(cacheFolder, 'desktop');
  fs.rmSync(place, { recursive: true, force: true });
  fs.mkdirSync(path.join(place, 'user/User'), { recursive: true });
  const { status } = spawnSync(process.execPath, ['esbuild.mjs'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('the build failed');
  const tests = await buildTests(path.join(place, 'tests'));
  const sample = await writeSampleHome(path.join(place, 'sample'));
  fs.writeFileSync(
    path.join(place, 'user/User/settings.json'),
    JSON.stringify({
      'codexHealth.home': sample.folder,
      'security.workspace.trust.enabled': false,
      'workbench.startupEditor': 'none',
    }),
  );
  return {
    files: path.join(tests, 'suites.cjs'),
    extensionDevelopmentPath: root,
    workspaceFolder: sample.projects.webshop,
    launchArgs: [`--user-data-dir=${path.join(place, 'user')}`],
    env: { CODEX_HEALTH_SAMPLE: JSON.stringify(sample) },
    mocha: { ui: 'tdd', timeout: 120_000 },
  };
}
