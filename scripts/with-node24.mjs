// Runs a script under Node 24, which tests and tools need: node scripts/with-node24.mjs SCRIPT ARGS

import { spawnSync } from 'node:child_process';
import { nodeBinary } from './node-binaries.mjs';
import { ensureDependencies } from './dependencies.mjs';

ensureDependencies();
const run = spawnSync(nodeBinary(24), process.argv.slice(2), { stdio: 'inherit' });
process.exitCode = run.status ?? 1;
