// A disk of its own for a test: one in memory, of any size, that can be filled up and write-protected.
// Not every machine lets a test have one.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface SmallDisk {
  /** Fills it until only so many bytes are free. */
  fillUpTo(freeBytes: number): void;
  /** Frees what was filled up. */
  empty(): void;
  protect(isProtected: boolean): void;
}

/** What a test says that needs one and cannot have it. */
export const NEEDS_DISK = 'needs the right to mount a disk';

export function canMount(): boolean {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'disk-'));
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', 'test', folder]).status === 0;
  if (isMounted) execFileSync('umount', [folder]);
  fs.rmdirSync(folder);
  return isMounted;
}

/** Lets a disk lie at an existing folder while it is used. */
export async function withSmallDisk<T>(
  folder: string,
  bytes: number,
  use: (disk: SmallDisk) => Promise<T>,
): Promise<T> {
  const mount = (...options: readonly string[]) =>
    execFileSync('mount', ['-o', options.join(','), '-t', 'tmpfs', 'test', folder]);
  mount(`size=${String(bytes)}`, 'mode=700');
  const filling = path.join(folder, '.filling');
  try {
    return await use({
      fillUpTo: freeBytes => fillUpTo(filling, freeBytes),
      empty: () => fs.rmSync(filling, { force: true }),
      protect: isProtected => mount('remount', isProtected ? 'ro' : 'rw'),
    });
  } finally {
    execFileSync('umount', [folder]);
  }
}

function fillUpTo(filling: string, freeBytes: number): void {
  const { bavail, bsize } = fs.statfsSync(path.dirname(filling));
  const handle = fs.openSync(filling, 'w');
  const zeros = Buffer.alloc(Math.max(0, bavail * bsize - freeBytes));
  for (let done = 0; done < zeros.length;) done += fs.writeSync(handle, zeros, done);
  fs.closeSync(handle);
}
