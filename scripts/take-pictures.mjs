// Takes the pictures of the README and of the walkthrough anew, from the running product:
//
//   node scripts/take-pictures.mjs /home/ada
//
// The folder must not be there; it is made for the sample's projects, can be read in the pictures, and is
// removed at the end. One among the system's temporary folders does not do: threads that worked there are
// told from others.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from './dependencies.mjs';
import { nodeBinary } from './node-binaries.mjs';

/** Where a picture of the flows is shown. What is below media/walkthrough goes with the extension. */
const SHOWN = {
  threads: 'media/readme/threads.png',
  'readme-record': 'media/readme/record.png',
  'walkthrough-look': 'media/walkthrough/look.png',
  'walkthrough-understand': 'media/walkthrough/understand.png',
  'walkthrough-repair': 'media/walkthrough/repair.png',
  'readme-plan': 'media/readme/plan.png',
};
/** A README that is slow to show is not read. */
const LARGEST_BYTES = 150_000;

const [place] = process.argv.slice(2);
if (place === undefined) {
  console.error('usage: node scripts/take-pictures.mjs FOLDER');
  process.exitCode = 2;
} else takePictures(path.resolve(place));

function takePictures(homes) {
  fs.mkdirSync(homes);
  const taken = fs.mkdtempSync(path.join(os.tmpdir(), 'codex-health-pictures-'));
  try {
    const args = ['test/editor/look.mjs', taken, '--flow', 'sample', '--in', homes];
    const { status } = spawnSync(nodeBinary(24), args, { cwd: root, stdio: 'inherit' });
    if (status !== 0) throw new Error('the flow has failed, and no picture was changed');
    for (const [name, shown] of Object.entries(SHOWN)) keep(path.join(taken, `${name}.png`), shown);
  } finally {
    for (const folder of [taken, homes]) fs.rmSync(folder, { recursive: true, force: true });
  }
}

function keep(picture, shown) {
  const { size } = fs.statSync(picture);
  if (size > LARGEST_BYTES) throw new Error(`${shown} would have ${size} bytes`);
  const target = path.join(root, shown);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.copyFileSync(picture, target);
  console.log(`${shown}: ${Math.ceil(size / 1024)} KiB`);
}
