// Real paths, had without waiting for a mount that hangs. A call that waits for a dead server keeps
// a thread for ever, and then even our own process cannot end; so what may hang is asked about
// first, in the process that may be left behind.

import fs from 'node:fs/promises';
import path from 'node:path';
import type { Filesystem } from '../engine/model/database.ts';
import type { PathState } from '../engine/model/snapshot.ts';
import type { Outside } from '../engine/world.ts';
import {
  mayHang,
  mountOf,
  readMounts,
  resolveOnLocalMounts,
  windowsFilesystem,
} from './filesystems.ts';

export interface Reach {
  /** In the order in which they were given. */
  realPaths(given: readonly string[]): Promise<readonly RealPath[]>;
}

export interface RealPath {
  readonly given: string;
  /** Free of links as far as they can be followed; what does not exist stays as it is written. */
  readonly real: string;
  /** Whether it may be touched: it lies on a local disk, or its server has just answered. */
  readonly answers: boolean;
}

const NOTHING: ReadonlyMap<string, PathState> = new Map();

/** A mount that hangs costs its second once in this time, not once for each question. */
const SILENCE_MS = 30_000;

export function createReach(outside: Outside): Reach {
  const silentUntil = new Map<string, number>();
  return {
    realPaths: async given => {
      const mounts = await readMounts();
      const known = given.map(file => ({ given: file, ...resolve(path.resolve(file), mounts) }));
      const asked = known
        .filter(({ isLocal, file }) => !isLocal && (silentUntil.get(file) ?? 0) < performance.now())
        .map(({ file }) => file);
      const states = asked.length === 0 ? NOTHING : await outside.look(asked);
      for (const file of asked)
        if ((states.get(file) ?? 'unknown') === 'unknown')
          silentUntil.set(file, performance.now() + SILENCE_MS);
      return Promise.all(
        known.map(async ({ given: as, file, isLocal }) => {
          const answers = isLocal || (states.get(file) ?? 'unknown') !== 'unknown';
          return { given: as, real: answers ? await realPathOf(file) : file, answers };
        }),
      );
    },
  };
}

function resolve(
  file: string,
  mounts: readonly Filesystem[],
): { readonly file: string; readonly isLocal: boolean } {
  const isWindows = process.platform === 'win32';
  const resolved = isWindows ? file : resolveOnLocalMounts(file, mounts);
  const mount = isWindows
    ? windowsFilesystem(file, process.env['SystemDrive'])
    : mountOf(resolved, mounts);
  const isLocal = mount !== null && mount.type !== 'unknown' && !mayHang(mount);
  return { file: resolved, isLocal };
}

/** The real path of the part that exists, and the rest as it is written. */
async function realPathOf(file: string): Promise<string> {
  try {
    return await fs.realpath(file);
  } catch {
    const above = path.dirname(file);
    return above === file ? file : path.join(await realPathOf(above), path.basename(file));
  }
}
