// The least that any tool has to do: open every rollout and read 64 KB of it, and parse nothing.

import fs from 'node:fs';
import path from 'node:path';

const buffer = Buffer.alloc(64 * 1024);
let files = 0;
const walk = folder => {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      walk(file);
      continue;
    }
    const handle = fs.openSync(file, 'r');
    fs.readSync(handle, buffer, 0, buffer.length, 0);
    fs.closeSync(handle);
    files += 1;
  }
};
for (const place of ['sessions', 'archived_sessions']) walk(path.join(process.argv[2], place));
console.log(files);
