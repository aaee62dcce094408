// The projects of a home, each with its threads; and which of them are worktrees of others.

import type { Snapshot } from '../../engine/model/snapshot.ts';
import type { Thread } from '../../engine/model/thread.ts';
import type { FilePath } from '../../engine/model/words.ts';
import { append } from '../group.ts';
import type { Repositories } from '../repositories.ts';
import { projectNames } from './projectNames.ts';
import { placeWorktrees } from './worktrees.ts';

export interface Project {
  readonly path: FilePath;
  readonly name: string;
  /** Whether the folder is there; null where nobody looked or answered. */
  readonly isThere: boolean | null;
  /** None where only worktrees of it are known. */
  readonly threads: readonly Thread[];
  readonly worktrees: readonly Project[];
}

/** Those that stand under no other. */
export function gatherProjects(
  all: readonly Thread[],
  snapshot: Pick<Snapshot, 'home' | 'paths'>,
  repositories: Repositories,
): readonly Project[] {
  const threads = new Map<FilePath, Thread[]>();
  for (const thread of all) append(threads, thread.project, thread);
  const mains = placeWorktrees(threads, repositories, snapshot.home);
  const below = new Map<FilePath, FilePath[]>();
  for (const [worktree, main] of mains) append(below, main, worktree);
  const tops = new Set([...threads.keys(), ...below.keys()].filter(path => !mains.has(path)));
  const make = (path: FilePath, name: string, worktrees: readonly Project[]): Project => {
    const own = threads.get(path) ?? [];
    return { path, name, isThere: isThere(own, snapshot), threads: own, worktrees };
  };
  const names = projectNames(tops);
  return [...tops].map(path => {
    const inside = below.get(path) ?? [];
    // Named beside their project, since most are called as it is.
    const ownNames = projectNames([path, ...inside]);
    const worktrees = inside.map(one => make(one, ownNames.get(one) ?? one, []));
    return make(path, names.get(path) ?? path, worktrees);
  });
}

/** The scan has looked at the directories that threads name, spelt as they name them. */
function isThere(threads: readonly Thread[], { paths }: Pick<Snapshot, 'paths'>): boolean | null {
  const states = threads.map(({ cwd }) => paths[cwd]);
  if (states.includes('folder')) return true;
  return states.includes('missing') || states.includes('file') ? false : null;
}
