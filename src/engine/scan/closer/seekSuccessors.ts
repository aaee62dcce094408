// Which directories may have taken the place of one that is gone: looked for in a few places near it, and
// among those in which other threads work. Everything is asked from outside, in a handful of questions
// that are each as long as they may get and no longer: a disk that does not answer costs seconds.

import type { CloserLook, Successor, Vanished } from '../../model/closerLook.ts';
import { lastName, parentOf, restBelow, withAllAbove } from '../../model/paths.ts';
import type { PathState, Snapshot } from '../../model/snapshot.ts';
import type { FilePath } from '../../model/words.ts';
import type { World } from '../../world.ts';

/** So many directories that are gone are looked for at a time. */
const MOST_VANISHED = 20;
/** So many paths are looked at in all, and so many repositories are asked. */
const MOST_PATHS = 20_000;
const MOST_REPOSITORIES = 100;
/** Of the directories of other threads those that were used last; of commits a few are enough. */
const MOST_WORKED = 300;
const MOST_COMMITS = 4;
/** So much of a path is tried below another place, and so far up a repository is looked for. */
const MOST_PARTS = 8;

export async function seekSuccessors(
  world: World,
  snapshot: Snapshot,
  wishes: readonly Vanished[],
): Promise<CloserLook['successors']> {
  const folders = [...new Set(wishes.map(({ folder }) => folder))].slice(0, MOST_VANISHED);
  const eyes = new Eyes(world);
  await eyes.see(folders.flatMap(withAllAbove));
  const sought = folders.map(folder => seek(folder, eyes)).filter(one => one !== null);
  const tops = await findTops(world, snapshot, sought, eyes);
  const found = await findBelow(world, sought, tops, eyes);
  return askGit(world, found, eyes, folder => commitsAt(folder, wishes));
}

/** What was worked on in a directory tells what it was, whichever of its threads is asked. */
function commitsAt(folder: FilePath, wishes: readonly Vanished[]): readonly string[] {
  const there = wishes.filter(wish => wish.folder === folder).flatMap(({ commit }) => commit ?? []);
  return [...new Set(there)].slice(0, MOST_COMMITS);
}

/** What is there, asked once for each path and not without end. */
class Eyes {
  readonly #world: World;
  readonly #seen = new Map<FilePath, PathState>();

  constructor(world: World) {
    this.#world = world;
  }

  async see(paths: readonly FilePath[]): Promise<void> {
    const unseen = new Set(paths.filter(path => !this.#seen.has(path)));
    const asked = [...unseen].slice(0, MOST_PATHS - this.#seen.size);
    if (asked.length === 0) return;
    for (const [path, state] of await this.#world.outside.look(asked)) this.#seen.set(path, state);
  }

  at(path: FilePath): PathState {
    return this.#seen.get(path) ?? 'unknown';
  }

  /** The nearest folder above, or itself, that is the top of a repository; seen before. */
  repositoryOf(folder: FilePath): FilePath | null {
    const isTop = (one: FilePath) => ['folder', 'file'].includes(this.at(this.gitIn(one)));
    return withAllAbove(folder).slice(0, MOST_PARTS).find(isTop) ?? null;
  }

  gitIn(folder: FilePath): FilePath {
    return this.#world.machine.join(folder, '.git');
  }

  async seeRepositories(folders: readonly FilePath[]): Promise<void> {
    const above = folders.flatMap(folder => withAllAbove(folder).slice(0, MOST_PARTS));
    await this.see(above.map(folder => this.gitIn(folder)));
  }
}

/** A directory that is gone. */
interface Sought {
  readonly folder: FilePath;
  /** The nearest directory above that is there, and the first part of the path that is missing in it. */
  readonly ground: FilePath;
  readonly missing: FilePath;
}

/** Null where it cannot be told what is missing. */
function seek(folder: FilePath, eyes: Eyes): Sought | null {
  const above = withAllAbove(folder);
  const at = above.findIndex(one => ['folder', 'unknown'].includes(eyes.at(one)));
  const [ground, missing] = [above[at], above[at - 1]];
  if (ground === undefined || missing === undefined) return null;
  return eyes.at(ground) === 'folder' ? { folder, ground, missing } : null;
}

/** Where what is missing may be now: beside its old place, or under its name in places nearby. */
interface Tops {
  readonly of: ReadonlyMap<FilePath, readonly FilePath[]>;
  /** Tops of repositories in which other threads work. */
  readonly known: readonly FilePath[];
}

async function findTops(
  world: World,
  { threads, paths }: Snapshot,
  sought: readonly Sought[],
  eyes: Eyes,
): Promise<Tops> {
  const { join, userHome } = world.machine;
  const places = ({ ground }: Sought) =>
    [ground, parentOf(ground), userHome].filter(one => one !== '');
  const names = await world.projects.inside([...new Set(sought.flatMap(places))]);
  const inside = (place: FilePath) => (names.get(place) ?? []).map(name => join(place, name));
  const of = new Map<FilePath, readonly FilePath[]>();
  for (const one of sought) {
    const name = lastName(one.missing);
    const under = places(one).flatMap(place => [place, ...inside(place)]);
    of.set(one.folder, [...places(one).flatMap(inside), ...under.map(place => join(place, name))]);
  }
  const newest = threads.toSorted((one, other) => other.updatedAtMs - one.updatedAtMs);
  const worked = [...new Set(newest.map(({ cwd }) => cwd))]
    .filter(cwd => paths[cwd] === 'folder')
    .slice(0, MOST_WORKED);
  await eyes.see([...of.values()].flat().flatMap(top => [top, eyes.gitIn(top)]));
  await eyes.seeRepositories(worked);
  const known = worked.map(cwd => eyes.repositoryOf(cwd)).filter(top => top !== null);
  return { of, known: [...new Set(known)] };
}

/** By each directory that is gone: those that may have taken its place. */
type Found = ReadonlyMap<FilePath, readonly Place[]>;
type Place = Pick<Successor, 'folder' | 'isAbove'>;

async function findBelow(
  { machine: { join, system } }: World,
  sought: readonly Sought[],
  tops: Tops,
  eyes: Eyes,
): Promise<Found> {
  const restOf = ({ folder, missing }: Sought) => restBelow(folder, missing, system) ?? '';
  const guesses = sought.map(one => {
    const { folder, ground, missing } = one;
    const rest = restOf(one);
    const endings = endingsOf(folder);
    return [...new Set([...(tops.of.get(folder) ?? []), ...tops.known])]
      .filter(top => tops.known.includes(top) || eyes.at(top) === 'folder')
      .map(top => {
        // A repository tells what it is; of any other folder only what lies in it as before.
        if (eyes.repositoryOf(top) === top)
          return { top, paths: [...endings.map(end => join(top, end)), top] };
        const isRenamed = rest !== '' && parentOf(top) === ground;
        return { top, paths: isRenamed || isNamedAs(top, missing) ? [join(top, rest)] : [] };
      });
  });
  await eyes.see(guesses.flat().flatMap(({ paths }) => paths));
  const found = new Map<FilePath, Place[]>();
  for (const [at, one] of sought.entries()) {
    const places = new Map([[one.ground, { folder: one.ground, isAbove: true }]]);
    for (const { top, paths } of guesses[at] ?? []) {
      const path = paths.find(each => eyes.at(each) === 'folder');
      if (path === undefined || path === one.ground) continue;
      const ending = restBelow(path, top, system) ?? '';
      const isWhole = ending === restOf(one) || isNamedAs(top, without(one.folder, ending));
      if (places.get(path)?.isAbove !== false)
        places.set(path, { folder: path, isAbove: !isWhole });
    }
    found.set(one.folder, [...places.values()]);
  }
  await eyes.seeRepositories([...found.values()].flat().map(one => one.folder));
  return found;
}

function without(path: FilePath, ending: string): FilePath {
  return path.slice(0, path.length - ending.length);
}

/** What a path ends with, the longest ending first. */
function endingsOf(folder: FilePath): readonly FilePath[] {
  const above = withAllAbove(folder);
  const endings = above.slice(1).map(one => folder.slice(one.length).replace(/^[\\/]/, ''));
  return endings.slice(0, MOST_PARTS).reverse();
}

async function askGit(
  { projects }: World,
  found: Found,
  eyes: Eyes,
  commitsOf: (folder: FilePath) => readonly string[],
): Promise<CloserLook['successors']> {
  const all = [...found.values()].flat();
  const tops = [...new Set(all.map(one => eyes.repositoryOf(one.folder)))];
  const repositories = await projects.repositories(
    tops.filter(top => top !== null).slice(0, MOST_REPOSITORIES),
    [...new Set([...found.keys()].flatMap(commitsOf))],
  );
  const successors: Record<FilePath, readonly Successor[]> = {};
  for (const [folder, candidates] of found)
    successors[folder] = candidates
      .map(one => {
        const top = eyes.repositoryOf(one.folder);
        const repository = top === null ? null : (repositories.get(top) ?? null);
        const hasCommit = commitsOf(folder).some(commit => repository?.commits.includes(commit));
        return { ...one, repository, hasCommit };
      })
      .filter(one => one.repository !== null || (!one.isAbove && isNamedAs(one.folder, folder)));
  return successors;
}

function isNamedAs(one: FilePath, other: FilePath): boolean {
  return lastName(one) === lastName(other);
}
