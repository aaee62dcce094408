// Which projects are worktrees of which: as Git has noted it where somebody could look, and else by
// where Codex puts the worktrees that it makes, and by what their threads have recorded.

import type { Home } from '../../engine/model/snapshot.ts';
import type { Thread } from '../../engine/model/thread.ts';
import type { FilePath } from '../../engine/model/words.ts';
import { comparable, isInside } from '../fileUri.ts';
import type { Repositories } from '../repositories.ts';

type Projects = ReadonlyMap<FilePath, readonly Thread[]>;

/** Worktree → the project under which it stands, which may be one without threads of its own. */
export function placeWorktrees(
  projects: Projects,
  repositories: Repositories,
  home: Home,
): ReadonlyMap<FilePath, FilePath> {
  const noted = notedWorktrees(repositories);
  const found = new Map<FilePath, FilePath>();
  for (const path of projects.keys()) {
    const main = mainOf(path, noted, projects) ?? mainByRecord(path, projects, home);
    if (main !== null && main !== path) found.set(path, main);
  }
  // One level is enough, and what Git's notes say in circles has none.
  return new Map([...found].filter(([, main]) => !found.has(main)));
}

/** Every worktree that Git has noted anywhere, also one that is gone by now, with where it is of. */
function notedWorktrees(repositories: Repositories): ReadonlyMap<FilePath, FilePath> {
  const noted = new Map<FilePath, FilePath>();
  for (const [folder, { main, notedAt, worktrees }] of repositories) {
    // A worktree of a repository that has no working directory of its own stands by itself.
    const top = main ?? (notedAt === null ? folder : null);
    if (top === null) continue;
    for (const worktree of worktrees) noted.set(worktree, top);
    if (main !== null) noted.set(folder, main);
  }
  return noted;
}

/** A directory inside of a worktree stands under its counterpart, where somebody works in that. */
function mainOf(
  path: FilePath,
  noted: ReadonlyMap<FilePath, FilePath>,
  projects: Projects,
): FilePath | null {
  for (const worktree of withAllAbove(path)) {
    const main = noted.get(worktree);
    if (main === undefined) continue;
    const counterpart = main + path.slice(worktree.length);
    return projects.has(counterpart) ? counterpart : main;
  }
  return null;
}

function withAllAbove(path: FilePath): readonly FilePath[] {
  const ends = [...path.matchAll(/[\\/]/g)].map(({ index }) => index).filter(index => index > 0);
  return [path, ...ends.toReversed().map(end => path.slice(0, end))];
}

/** ‹home›/worktrees/‹a few letters›/‹name of the project›; it may be long gone. */
function mainByRecord(path: FilePath, projects: Projects, home: Home): FilePath | null {
  const name = nameOfCodexWorktree(path, home);
  if (name === null) return null;
  const origins = originsOf(projects.get(path) ?? []);
  const candidates = [...projects].filter(
    ([other, threads]) =>
      lastName(other) === name &&
      nameOfCodexWorktree(other, home) === null &&
      mayBeOne(origins, originsOf(threads)),
  );
  // Of two nobody knows which; then it stands by itself.
  return candidates.length === 1 ? (candidates[0]?.[0] ?? null) : null;
}

function nameOfCodexWorktree(path: FilePath, { path: home, system }: Home): string | null {
  const folder = `${comparable(home, system)}/worktrees`;
  if (!isInside(comparable(path, system), folder)) return null;
  const [, name] = path.slice(folder.length + 1).split(/[\\/]/);
  return name ?? null;
}

/** Where the repositories came from, as Codex wrote it down beside each thread. */
function originsOf(threads: readonly Thread[]): ReadonlySet<string> {
  const origins = threads.map(({ row, own }) => row?.gitOrigin ?? own?.head.meta?.gitOrigin ?? '');
  return new Set(origins.filter(origin => origin !== ''));
}

function mayBeOne(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === 0 || other.size === 0 || [...one].some(origin => other.has(origin));
}

function lastName(path: FilePath): string | undefined {
  return path.split(/[\\/]/).findLast(part => part !== '');
}
