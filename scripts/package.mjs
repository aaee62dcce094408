// npm run package: builds, and packs the extension into a VSIX. Prints the sizes.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ensureDependencies, root } from './dependencies.mjs';
import { nodeBinary } from './node-binaries.mjs';

/** Builds and packs into a file, and returns its path. What is said on the way goes to `say`. */
export function packExtension(file, say = () => {}) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  say(run(['esbuild.mjs', '--no-maps']));
  say(run(['node_modules/@vscode/vsce/vsce', 'package', '--no-dependencies', '-o', file]));
  return file;
}

function run(command) {
  const how = { cwd: root, encoding: 'utf8' };
  const { status, stdout, stderr } = spawnSync(nodeBinary(24), command, how);
  if (status !== 0) throw new Error(`${command[0]} failed:\n${stdout}${stderr}`);
  return stdout;
}

if (process.argv[1]?.endsWith('package.mjs')) {
  ensureDependencies();
  const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  const file = packExtension(path.join(root, `codex-session-health-${version}.vsix`), text =>
    process.stdout.write(text),
  );
  console.log(`${path.basename(file)}: ${Math.ceil(fs.statSync(file).size / 1024)} KiB`);
}
