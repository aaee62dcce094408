// Writes the sample home into a folder: node test/editor/writeSampleHome.mjs DIR (Node 24)
//
// For F5 in VS Code and for `npm start`: the extension is tried on a home that is nobody's own. A
// folder that this script made before is made anew; any other one that is not empty is refused.

import fs from 'node:fs';
import path from 'node:path';
import { writeSampleHome } from './sampleHome.ts';

const [given] = process.argv.slice(2);
if (given === undefined) {
  console.error('usage: node test/editor/writeSampleHome.mjs DIR');
  process.exit(2);
}
const folder = path.resolve(given);
const marker = path.join(folder, '.sample-home');
if (fs.existsSync(folder) && fs.readdirSync(folder).length > 0 && !fs.existsSync(marker)) {
  console.error(`${folder} is not empty, and no sample home`);
  process.exit(2);
}
fs.rmSync(folder, { recursive: true, force: true });
const sample = await writeSampleHome(folder);
fs.writeFileSync(marker, '');
console.log(sample.folder);
