// Fetches Node binaries from npm: the machine's own may be older than what a tool needs. The
// binary is inside its package, so that no install script has to run.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { cacheFolder } from './cache.mjs';

const platform = process.platform === 'win32' ? 'win' : process.platform;
const packageName = `node-${platform}-${process.arch}`;

/** Returns the path of a Node of this major version, and fetches it when it is not there yet. */
export function nodeBinary(major) {
  const own = Number(process.versions.node.split('.')[0]);
  if (own === major) return process.execPath;
  const folder = path.join(cacheFolder, 'node', String(major));
  const binary = path.join(
    folder,
    'node_modules',
    packageName,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (!fs.existsSync(binary)) install(folder, major);
  return binary;
}

/** Installs beside and renames, so that a set-up that was stopped leaves nothing half made. */
function install(folder, major) {
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  const fresh = fs.mkdtempSync(`${folder}-`);
  fs.writeFileSync(path.join(fresh, 'package.json'), '{ "private": true }\n');
  execFileSync(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    [
      'install',
      '--prefix',
      fresh,
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      `${packageName}@${major}`,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' },
  );
  if (fs.existsSync(folder)) fs.rmSync(fresh, { recursive: true });
  else fs.renameSync(fresh, folder);
}
