// The rollouts of both trees between two looks: of folders in which something has changed the names are
// read again, and of files only those that have changed or come.

import type { Gap } from '../../model/gap.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { FilePath } from '../../model/words.ts';
import type { Read, Tree, World } from '../../world.ts';
import type { Changes } from '../changes.ts';
import {
  noteUnreadBodies,
  readRollout,
  rolloutsIn,
  roomForEnds,
  type Found,
  type RolloutRequest,
} from './rollouts.ts';

type Place = Rollout['place'];

export class StandingRollouts {
  readonly #places = new Map<Place, StandingPlace>();
  /** One of which the reading failed is not among them. */
  readonly #known = new Map<Found, Rollout>();

  /** Keeps what a scan of everything has found. */
  keep(
    request: RolloutRequest,
    trees: ReadonlyMap<Place, Read<Tree>>,
    found: readonly Found[],
    rollouts: readonly Rollout[],
    gaps: readonly Gap[],
  ): void {
    this.forget();
    const isWhole = [...trees.values()].every(
      tree => (tree.ok && tree.value.troubles.length === 0) || isMissing(tree),
    );
    if (!isWhole || request.full) return;
    for (const [place, tree] of trees)
      this.#places.set(place, {
        folders: tree.ok ? foldersOf(tree.value) : new Map(),
        found: found.filter(one => one.place === place),
      });
    const troubled = new Set(gaps.map(({ path }) => path));
    const read = new Map(rollouts.map(rollout => [rollout.file, rollout]));
    for (const one of found) {
      const rollout = read.get(one.file);
      if (rollout !== undefined && !troubled.has(one.file)) this.#known.set(one, rollout);
    }
  }

  forget(): void {
    this.#places.clear();
    this.#known.clear();
  }

  /** Null where everything has to be read. */
  async readAgain(
    world: World,
    request: RolloutRequest,
    changes: Changes,
    gaps: Gap[],
  ): Promise<readonly Rollout[] | null> {
    const isSame = request.places.length === this.#places.size;
    if (!isSame || request.places.some(place => !this.#places.has(place))) return null;
    const found: Found[] = [];
    for (const place of request.places) {
      const standing = await this.#lookAt(world, request, place, changes);
      if (standing === null) return null;
      this.#places.set(place, standing);
      found.push(...standing.found);
    }
    const rollouts: Rollout[] = [];
    const room = roomForEnds();
    for (const one of found) {
      const rollout = this.#known.get(one) ?? (await this.#read(world, one, gaps, room));
      if (rollout !== null) rollouts.push(rollout);
    }
    if (this.#known.size > found.length) this.#forgetLost(found);
    noteUnreadBodies(rollouts, gaps);
    return rollouts;
  }

  async #read(world: World, found: Found, gaps: Gap[], room: Uint8Array): Promise<Rollout | null> {
    const before = gaps.length;
    const [rollout = null] = (await readRollout(world, found, false, gaps, room)) ?? [];
    if (rollout !== null && gaps.length === before) this.#known.set(found, rollout);
    return rollout;
  }

  #forgetLost(found: readonly Found[]): void {
    const there = new Set(found);
    for (const one of this.#known.keys()) if (!there.has(one)) this.#known.delete(one);
  }

  /** What has changed may have been a folder, and may be one now. */
  #forgetChanged(found: readonly Found[], changed: readonly string[]): void {
    for (const path of changed)
      for (const one of found)
        if (one.path === path || one.path.startsWith(`${path}/`)) this.#known.delete(one);
  }

  /** What is in a place now; null when that cannot be told without reading all of it. */
  async #lookAt(
    world: World,
    request: RolloutRequest,
    place: Place,
    changes: Changes,
  ): Promise<StandingPlace | null> {
    const standing = this.#places.get(place);
    const root = world.machine.join(request.home, place);
    const changed = changes.below(root);
    if (standing === undefined || changed === null) return null;
    if (changed.length === 0) return standing;
    let { found } = standing;
    this.#forgetChanged(found, changed);
    for (const folder of new Set(changed.map(folderOf))) {
      const own = await filesOf(world, root, folder, standing, changed);
      if (own === null) return relist(world, request, place, root, found);
      const before = found.filter(({ path }) => folderOf(path) === folder);
      const now = asBefore(before, rolloutsIn(world, request, place, own, []));
      if (before.length === now.length && now.every(({ path }, at) => path === before[at]?.path))
        continue;
      const others = found.filter(({ path }) => folderOf(path) !== folder);
      found = [...others, ...now].sort((one, other) => (one.path < other.path ? -1 : 1));
    }
    return { ...standing, found };
  }
}

interface StandingPlace {
  /** Every folder in which something is, below the place → the folders in it. */
  readonly folders: ReadonlyMap<string, ReadonlySet<string>>;
  /** In the order in which every scan names them. */
  readonly found: readonly Found[];
}

/** All names below a place; what is known of files that have not changed stays known. */
async function relist(
  world: World,
  request: RolloutRequest,
  place: Place,
  root: FilePath,
  before: readonly Found[],
): Promise<StandingPlace | null> {
  const tree = await world.files.tree(root);
  const isWhole = (tree.ok && tree.value.troubles.length === 0) || isMissing(tree);
  if (!isWhole) return null;
  const folders = tree.ok ? foldersOf(tree.value) : new Map<string, ReadonlySet<string>>();
  return { folders, found: asBefore(before, rolloutsIn(world, request, place, tree, [])) };
}

/** A file of the same name is what it was, until it is said to have changed. */
function asBefore(before: readonly Found[], now: readonly Found[]): readonly Found[] {
  const known = new Map(before.map(one => [one.path, one]));
  return now.map(one => known.get(one.path) ?? one);
}

/** The files right in a folder; null where more has changed than files. */
async function filesOf(
  world: World,
  root: FilePath,
  folder: string,
  { folders }: StandingPlace,
  changed: readonly string[],
): Promise<Read<Tree> | null> {
  const known = folders.get(folder);
  // A folder that was empty may lie deeper than anybody looks.
  if (known === undefined || changed.some(path => path === '' || folders.has(path))) return null;
  const at = folder === '' ? root : world.machine.join(root, folder);
  const listed = await world.files.list(at);
  if (!listed.ok) return null;
  const inside = listed.value.filter(({ kind }) => kind === 'folder').map(({ path }) => path);
  if (inside.length !== known.size || inside.some(name => !known.has(name))) return null;
  const prefix = folder === '' ? '' : `${folder}/`;
  const entries = listed.value
    .filter(({ kind }) => kind === 'file')
    .map(entry => ({ ...entry, path: prefix + entry.path }));
  return { ok: true, value: { entries, troubles: [] } };
}

function foldersOf({ entries }: Tree): ReadonlyMap<string, ReadonlySet<string>> {
  const folders = new Map<string, Set<string>>();
  const enter = (folder: string): Set<string> => {
    const known = folders.get(folder);
    if (known !== undefined) return known;
    const made = new Set<string>();
    folders.set(folder, made);
    if (folder !== '') enter(folderOf(folder)).add(nameOf(folder));
    return made;
  };
  for (const { path, kind } of entries) {
    const names = enter(folderOf(path));
    if (kind === 'folder') names.add(nameOf(path));
  }
  return folders;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function isMissing(tree: Read<Tree>): boolean {
  return !tree.ok && tree.trouble.code === 'missing';
}
