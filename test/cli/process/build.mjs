// Builds the command line as the product is built, into a folder of its own, and makes a Node of
// each version ready on which it must run.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeBinary } from '../../../scripts/node-binaries.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export default async function setup({ provide }) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'codex-health-cli-'));
  execFileSync(process.execPath, ['esbuild.mjs', '--out', folder], { cwd: root });
  // Another account shall be able to run it as well.
  fs.chmodSync(folder, 0o755);
  provide('cli', path.join(folder, 'cli.js'));
  provide('nodes', { 20: nodeBinary(20), 22: nodeBinary(22), 24: nodeBinary(24) });
  return () => fs.rmSync(folder, { recursive: true, force: true });
}
