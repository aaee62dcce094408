// Real paths, had without waiting for a mount that hangs. A call that waits for a dead server keeps
// a thread for ever, and then even our own process cannot end; so what may hang is asked about
// first, in the process that may be left behind.

import path from 'node:path';
import type { Filesystem } from '../engine/model/database.ts';
import type { PathState } from '../engine/model/snapshot.ts';
import type { Files, Outside } from '../engine/world.ts';
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

/** `files`: who can be asked about what may hang. */
export function createReach(
  outside: Outside,
  files: Pick<Files, 'mayHang' | 'stat' | 'realPath'>,
): Reach {
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
          const isThere = isLocal || (states.get(file) ?? 'unknown') !== 'unknown';
          // It may have fallen silent since.
          if (isThere && !isLocal) await files.mayHang(file);
          const real = isThere ? await realPathOf(file, files) : null;
          return { given: as, real: real ?? file, answers: real !== null };
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

/** The real path of the part that exists, and the rest as it is written; null where nobody answers. */
async function realPathOf(
  file: string,
  files: Pick<Files, 'stat' | 'realPath'>,
): Promise<string | null> {
  const state = await files.stat(file);
  if (state.ok) return files.realPath(file);
  if (state.trouble.code === 'timeout') return null;
  const above = path.dirname(file);
  if (above === file) return file;
  const real = await realPathOf(above, files);
  return real === null ? null : path.join(real, path.basename(file));
}
