// The plainest way to change a file and have the old one back: copy it first. With the same care for the
// disk as we take: each copy is on it, with its name and its time, and many are waited for together.

import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const sync = promisify(fs.fsync);
const AT_ONCE = 16;

/** Copies files into a folder. */
export async function syncedCopy(files: readonly string[], folder: string): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  let next = 0;
  const worker = async () => {
    for (let file = files[next]; file !== undefined; file = files[next]) {
      next += 1;
      await copy(file, path.join(folder, path.basename(file)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const handle = fs.openSync(folder, 'r');
  await sync(handle);
  fs.closeSync(handle);
}

async function copy(from: string, to: string): Promise<void> {
  fs.copyFileSync(from, to);
  const { atimeMs, mtimeMs } = fs.statSync(from);
  const handle = fs.openSync(to, 'r+');
  fs.futimesSync(handle, atimeMs / 1000, mtimeMs / 1000);
  await sync(handle);
  fs.closeSync(handle);
}

/** All rollouts of a home. */
export function rolloutsOf(home: string): readonly string[] {
  return ['sessions', 'archived_sessions']
    .map(place => path.join(home, place))
    .filter(folder => fs.existsSync(folder))
    .flatMap(folder =>
      fs
        .readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter(name => name.endsWith('.jsonl'))
        .map(name => path.join(folder, name)),
    );
}

const [, self, home, folder] = process.argv;
if (self === import.meta.filename && home !== undefined && folder !== undefined)
  await syncedCopy(rolloutsOf(home), folder);
