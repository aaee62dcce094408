// Paths on local disks are looked at right here: they answer at once, and starting a process costs
// more than all of them. Only what may hang is asked from outside.

import fs from 'node:fs';
import type { Filesystem } from '../engine/model/database.ts';
import type { PathState } from '../engine/model/snapshot.ts';
import type { Outside } from '../engine/world.ts';
import { mayHang, readMounts } from './filesystems.ts';
import { createAnswers, type Sight } from './outsideAnswers.ts';

export function createLocalFirst(outside: Outside): Outside {
  // Windows has no table that says which letter is a local disk.
  if (process.platform === 'win32') return outside;
  return {
    look: async paths => {
      const { states, doubtful } = lookAround(paths, await readMounts());
      if (doubtful.length > 0)
        for (const [path, state] of await outside.look(doubtful)) states.set(path, state);
      return states;
    },
  };
}

/** `doubtful`: paths that nothing is known of, and whose way leads over a mount that may hang. */
function lookAround(
  paths: readonly string[],
  mounts: readonly Filesystem[],
): { readonly states: Map<string, PathState>; readonly doubtful: readonly string[] } {
  const states = new Map<string, PathState>();
  const doubtfulMounts = new Set<Filesystem>();
  const answers = createAnswers({
    mounts: () => mounts,
    look: (path, seen, mount) => {
      const isDoubtful = mayHang(mount) || mount.type === 'unknown';
      if (isDoubtful) doubtfulMounts.add(mount);
      seen(isDoubtful ? 'unknown' : lookAt(path));
    },
  });
  answers.ask(paths, (state, at) => void states.set(paths[at] ?? '', state));
  const unknown = paths.filter(path => states.get(path) === 'unknown');
  return { states, doubtful: doubtfulMounts.size > 0 ? unknown : [] };
}

function lookAt(path: string): Sight {
  try {
    const stats = fs.lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return 'missing';
    if (stats.isSymbolicLink()) return { linkTo: fs.readlinkSync(path) };
    return stats.isDirectory() ? 'folder' : 'file';
  } catch {
    // Whatever keeps us from looking says nothing of what is there.
    return 'unknown';
  }
}
