// Takes the pictures of the README and of the walkthrough anew, from the running product:
//
//   node scripts/take-pictures.mjs

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from './dependencies.mjs';
import { nodeBinary } from './node-binaries.mjs';

/** Where a picture of the flows is shown. What is below media/ goes with the extension. */
const SHOWN = {
  threads: 'docs/pictures/threads.png',
  finding: 'docs/pictures/record.png',
  consent: 'docs/pictures/plan.png',
  'walkthrough-look': 'media/walkthrough/look.png',
  'walkthrough-understand': 'media/walkthrough/understand.png',
  'walkthrough-repair': 'media/walkthrough/repair.png',
};

const taken = fs.mkdtempSync(path.join(os.tmpdir(), 'codex-health-pictures-'));
try {
  const args = ['test/editor/look.mjs', taken, '--flow', 'sample', '--flow', 'healing'];
  const { status } = spawnSync(nodeBinary(24), args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('the flows have failed, and no picture was changed');
  for (const [name, place] of Object.entries(SHOWN)) {
    const target = path.join(root, place);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.copyFileSync(path.join(taken, `${name}.png`), target);
    console.log(`${place}: ${Math.ceil(fs.statSync(target).size / 1024)} KiB`);
  }
} finally {
  fs.rmSync(taken, { recursive: true, force: true });
}
