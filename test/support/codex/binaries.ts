// Real releases of Codex from npm, several side by side.

import { execFile } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, makeOnce } from './cache.ts';

/** Installs a release unless it is there and returns the path of its native binary, which starts faster than the launcher. */
export async function installCodex(version: string): Promise<string> {
  const folder = cacheFolder('codex', version);
  await makeOnce(folder, async unfinished => {
    writeFileSync(path.join(unfinished, 'package.json'), '{ "private": true }\n');
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const args = ['install', '--prefix', unfinished, ...options, `@openai/codex@${version}`];
    await promisify(execFile)('npm', args, { cwd: unfinished, timeout: 600_000 });
    findNativeBinary(unfinished, version);
  });
  return findNativeBinary(folder, version);
}

/** The place of the binary inside the platform's package has changed over time. */
function findNativeBinary(folder: string, version: string): string {
  const scope = path.join(folder, 'node_modules', '@openai');
  const places = ['bin/codex', 'codex/codex', 'bin/codex.exe', 'codex/codex.exe'];
  for (const name of readdirSync(scope)) {
    const vendor = path.join(scope, name, 'vendor');
    for (const target of existsSync(vendor) ? readdirSync(vendor) : []) {
      const place = places.find(candidate => existsSync(path.join(vendor, target, candidate)));
      if (place !== undefined) {
        return path.join(vendor, target, place);
      }
    }
  }
  throw new Error(`Codex ${version} has no native binary for ${process.platform} ${process.arch}`);
}
