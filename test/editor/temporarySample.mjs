// A folder for a sample home: not among the system's temporary ones, since threads that worked
// there are told from others.

import fs from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../../scripts/cache.mjs';

/** Makes an empty folder; who asked for it removes it. */
export function temporarySample() {
  fs.mkdirSync(cacheFolder, { recursive: true });
  return fs.mkdtempSync(path.join(cacheFolder, 'sample-'));
}
