// Rows can lead to files outside the home while the threads have files in it: of a home that was copied, they
// lead to the original. What lies there is read, since Codex goes on there. A way around to the very file that
// lies in the home is no stray: through a link, another mount, or a second name of the file.

import { parentOf } from '../model/paths.ts';
import type { Rollout } from '../model/rollout.ts';
import type { PathState } from '../model/snapshot.ts';
import type { Thread } from '../model/thread.ts';
import type { FilePath } from '../model/words.ts';
import type { Files, Trouble, World } from '../world.ts';
import { readRollout, roomForEnds } from './rollouts/rollouts.ts';
import type { Standing } from './standing.ts';

/** So many are looked at between two moments in which others get their turn. */
const FILES_AT_A_TIME = 128;

export interface Strays {
  readonly strays: readonly Rollout[];
  /** Those that could not be looked at. */
  readonly troubles: readonly { readonly file: FilePath; readonly trouble: Trouble }[];
}

export async function readStrays(
  world: World,
  threads: readonly Thread[],
  paths: Readonly<Record<FilePath, PathState>>,
  standing: Standing | null,
): Promise<Strays> {
  const strays: Rollout[] = [];
  const troubles: { file: FilePath; trouble: Trouble }[] = [];
  const disks = new Disks(world.files);
  const room = roomForEnds();
  const leading = threads.filter(
    ({ row, bound, files }) =>
      row !== null && bound === null && files.length > 0 && paths[row.rolloutPath] === 'file',
  );
  for (const [done, { row, files }] of leading.entries()) {
    const found = asFound(row?.rolloutPath ?? '');
    if (found === null || !(await disks.canTellApart(found.file, files))) continue;
    const state = await world.files.stat(found.file);
    if (!state.ok) troubles.push({ file: found.file, trouble: state.trouble });
    if (!state.ok || (await isOneOf(world.files, state.value.identity, files))) continue;
    const known = standing?.recall<Rollout>(found.file, state)?.value;
    const [read = null] =
      known === undefined ? ((await readRollout(world, found, false, [], room)) ?? []) : [known];
    if (read !== null) standing?.remember(found.file, state, read);
    if (read !== null) strays.push(read);
    if (done % FILES_AT_A_TIME === 0) await world.files.pause(0);
  }
  return { strays, troubles };
}

/** Where in its own home it lies; null where Codex would not have put a rollout there. */
function asFound(file: FilePath) {
  const place = /^.*[\\/](sessions|archived_sessions)[\\/](.+)$/s.exec(file);
  if (place === null) return null;
  return {
    file,
    place: place[1] === 'sessions' ? ('sessions' as const) : ('archived_sessions' as const),
    source: 'folders' as const,
    path: (place[2] ?? '').replaceAll('\\', '/'),
  };
}

async function isOneOf(
  files: Files,
  identity: string,
  rollouts: readonly Rollout[],
): Promise<boolean> {
  for (const { file } of rollouts) {
    const state = await files.stat(file);
    // One that cannot be looked at may be the one.
    if (!state.ok || state.value.identity === identity) return true;
  }
  return false;
}

/** On which disk a folder lies: the answers of whole trees are the same. */
class Disks {
  readonly #files: Files;
  readonly #known = new Map<FilePath, { readonly mount: string | null; readonly isFar: boolean }>();

  constructor(files: Files) {
    this.#files = files;
  }

  /**
   * Whether different identities mean different files. One server can be mounted in two places, and each
   * mount then has identities of its own.
   */
  async canTellApart(file: FilePath, others: readonly Rollout[]): Promise<boolean> {
    const disk = await this.#diskOf(file);
    for (const other of others) {
      const { mount, isFar } = await this.#diskOf(other.file);
      const isSame = mount !== null && mount === disk.mount;
      if (!isSame && (isFar || disk.isFar)) return false;
    }
    return true;
  }

  async #diskOf(file: FilePath) {
    const folder = parentOf(file);
    const known = this.#known.get(folder);
    if (known !== undefined) return known;
    const isFar = await this.#files.mayHang(folder);
    const mount = (await this.#files.filesystem(folder))?.mountPoint ?? null;
    const disk = { mount, isFar };
    this.#known.set(folder, disk);
    return disk;
  }
}
