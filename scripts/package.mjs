// npm run package: builds, and packs the extension into a VSIX. Prints the sizes.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ensureDependencies, root } from './dependencies.mjs';
import { nodeBinary } from './node-binaries.mjs';

ensureDependencies();
const node = nodeBinary(24);
const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
const file = path.join(root, `codex-session-health-${version}.vsix`);
run(['esbuild.mjs']);
run(['node_modules/@vscode/vsce/vsce', 'package', '--no-dependencies', '-o', file]);
console.log(`${path.basename(file)}: ${Math.ceil(fs.statSync(file).size / 1024)} KiB`);

function run(command) {
  const { status } = spawnSync(node, command, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
