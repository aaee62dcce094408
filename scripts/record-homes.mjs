// Records test/homes anew with real Codex releases: node scripts/record-homes.mjs
//
// The recordings are committed. Run this when a generation of homes joins the list below.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeBinary } from './node-binaries.mjs';

/** One release of each generation of homes, with how it stores a thread's history. */
const generations = [
  ['0.111.0', 'legacy'],
  ['0.117.0', 'legacy'],
  ['0.121.0', 'legacy'],
  ['0.128.0', 'legacy'],
  ['0.135.0', 'legacy'],
  ['0.142.0', 'legacy'],
  ['0.150.0', 'legacy'],
  ['0.160.0', 'paginated'],
  ['0.169.0', 'paginated'],
];

const target = fileURLToPath(new URL('../test/homes', import.meta.url));

// What records is TypeScript, which only newer Nodes run as it is.
if (Number(process.versions.node.split('.')[0]) < 24) {
  const run = spawnSync(nodeBinary(24), [fileURLToPath(import.meta.url)], { stdio: 'inherit' });
  process.exitCode = run.status ?? 1;
} else {
  await recordAll();
}

/** Replaces the recordings when all are made, so that a failure leaves the old ones. */
async function recordAll() {
  const { recordHome } = await import('../test/support/codex/recordHome.ts');
  const fresh = fs.mkdtempSync(path.join(os.tmpdir(), 'record-homes-'));
  try {
    for (const [version, mode] of generations) {
      await recordHome(version, mode, path.join(fresh, version));
      console.log(version);
    }
    fs.rmSync(target, { recursive: true, force: true });
    fs.cpSync(fresh, target, { recursive: true, preserveTimestamps: true });
  } finally {
    fs.rmSync(fresh, { recursive: true, force: true });
  }
}
