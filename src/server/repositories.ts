// What Git says of the directories in which threads work. It is asked behind the first picture of
// the tree, in the process that may hang, and once for each directory.

import type { Repository } from '../engine/model/closerLook.ts';
import type { Snapshot } from '../engine/model/snapshot.ts';
import type { FilePath } from '../engine/model/words.ts';
import type { Projects } from '../engine/world.ts';

export type Repositories = ReadonlyMap<FilePath, Repository>;

export interface GitNotes {
  /** What is known by now; what else there is to know about this snapshot is asked for. */
  of(snapshot: Snapshot): Repositories;
  /** From the next snapshot on everything is asked again; until then what is known holds. */
  askAgain(): void;
}

/** So many are asked at a time, those with the newest threads first. */
const MOST_AT_ONCE = 200;

/** `learnt` is called when what is known has become more, and the tree may be another one. */
export function createGitNotes(
  projects: Pick<Projects, 'repositories'>,
  learnt: () => void,
): GitNotes {
  let known: Repositories = new Map();
  let asked = new Set<FilePath>();
  let newest: Snapshot | null = null;
  let isAsking = false;

  const askOnce = async (folders: readonly FilePath[]) => {
    const before = asked;
    for (const folder of folders) asked.add(folder);
    const answers = await projects.repositories(folders, []);
    // To be asked again since: what was asked before may be no longer so.
    if (before !== asked) return;
    const news = [...answers].filter(([folder, answer]) => isNews(known.get(folder), answer));
    if (news.length === 0) return;
    known = new Map([...known, ...news]);
    learnt();
  };
  const askAll = async () => {
    isAsking = true;
    try {
      for (;;) {
        const folders = newest === null ? [] : unasked(newest, asked);
        if (folders.length === 0) return;
        await askOnce(folders);
      }
    } finally {
      isAsking = false;
    }
  };

  return {
    of: snapshot => {
      const isNew = newest !== snapshot;
      newest = snapshot;
      // Nobody waits for it; without an answer the tree stays as it is.
      if (isNew && !isAsking) askAll().catch(() => undefined);
      return known;
    },
    askAgain: () => {
      asked = new Set();
    },
  };
}

/** A repository without worktrees changes nothing about the tree, unless it had some. */
function isNews(before: Repository | undefined, now: Repository): boolean {
  if (before !== undefined) return JSON.stringify(before) !== JSON.stringify(now);
  return now.main !== null || now.worktrees.length > 0;
}

/** Directories that are there, the newest first. */
function unasked({ threads, paths }: Snapshot, asked: ReadonlySet<FilePath>): readonly FilePath[] {
  const times = new Map<FilePath, number>();
  for (const { project, cwd, updatedAtMs } of threads)
    if (!asked.has(project) && paths[cwd] === 'folder')
      times.set(project, Math.max(updatedAtMs, times.get(project) ?? 0));
  const sorted = [...times].sort(([, one], [, other]) => other - one);
  return sorted.slice(0, MOST_AT_ONCE).map(([folder]) => folder);
}
