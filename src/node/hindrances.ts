// Which errors of the system and of SQLite say that a disk cannot be written. All others are left as
// they are: they would be faults of ours.

import fs from 'node:fs';
import path from 'node:path';
import { Hindered, type Hindrance } from '../engine/hands.ts';

const BY_SYSTEM: Readonly<Record<string, Hindrance>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EROFS: 'read-only',
  EACCES: 'denied',
  EPERM: 'denied',
  EIO: 'failing',
  ESTALE: 'failing',
  ENODEV: 'failing',
  ENOTCONN: 'failing',
};

/** By SQLite's primary numbers. Of those left open it knows only that it could not. */
const BY_SQLITE: Readonly<Record<number, Hindrance | 'open'>> = {
  3: 'denied',
  5: 'busy',
  8: 'open',
  10: 'open',
  13: 'full',
  14: 'open',
};

/** SQLite needs so much for the index of a log alone. */
const HARDLY_ANY_BYTES = 128 * 1024;

/** Lets the work say in words what kept it from writing the file that it is given first. */
export function plainly<A extends readonly [string, ...unknown[]], T>(
  work: (...given: A) => Promise<T>,
): (...given: A) => Promise<T> {
  return async (...given) => {
    try {
      return await work(...given);
    } catch (error) {
      const hindrance = hindranceOf(error, given[0]);
      throw hindrance === null ? error : new Hindered(hindrance, given[0], error as Error);
    }
  };
}

function hindranceOf(error: unknown, file: string): Hindrance | null {
  if (!(error instanceof Error)) return null;
  const bySystem = 'code' in error ? BY_SYSTEM[String(error.code)] : undefined;
  const number = sqliteNumberOf(error);
  const found = bySystem ?? (number === null ? undefined : BY_SQLITE[number]);
  return (found === 'open' ? askDisk(file) : found) ?? null;
}

/** SQLite's number for what went wrong, without what some numbers say besides. */
export function sqliteNumberOf(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : null;
}

function askDisk(file: string): Hindrance | null {
  const folder = path.dirname(file);
  try {
    for (const place of [folder, file])
      if (fs.existsSync(place)) fs.accessSync(place, fs.constants.W_OK);
    const { bavail, bsize } = fs.statfsSync(folder);
    return bavail * bsize < HARDLY_ANY_BYTES ? 'full' : 'failing';
  } catch (error) {
    return (error instanceof Error && 'code' in error && BY_SYSTEM[String(error.code)]) || null;
  }
}
