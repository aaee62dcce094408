// What a plan must know beyond a scan: whole rows, exact bytes. Each kind of wish is granted once, for all
// findings together.

import type { CloserLook, FileFacts, Wishes } from '../model/closerLook.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { FilePath } from '../model/words.ts';
import type { World } from '../world.ts';
import { readAgents } from './closer/agents.ts';
import { readHeads, readMessages, readWords } from './closer/beginnings.ts';
import { compareFiles } from './closer/compareFiles.ts';
import { findBeginnings } from './closer/findBeginning.ts';
import { seekSuccessors } from './closer/seekSuccessors.ts';
import { readRows } from './closer/wholeRows.ts';
import { readProviderPlace } from './config/providerPlace.ts';
import { readProjections } from './databases/projections.ts';
import { newestBackup, salvage } from './databases/salvage.ts';
import { PIECE_BYTES, readRolloutEnd } from './rollouts/rolloutEnd.ts';

export async function lookCloser(
  world: World,
  snapshot: Snapshot,
  wishes: readonly Wishes[],
  /** Where the vault is, when it is not in the home. */
  vault: FilePath | null = null,
): Promise<CloserLook> {
  const site = { world, snapshot, vault };
  const granted: Partial<Record<Wish, unknown>> = {};
  for (const wish of Object.keys(GRANTING) as Wish[])
    granted[wish] = await grant(wish, wishes, site);
  return granted as CloserLook;
}

type Wish = keyof CloserLook;
type Wished<W extends Wish> = NonNullable<Wishes[W]>;

interface Site {
  readonly world: World;
  readonly snapshot: Snapshot;
  readonly vault: FilePath | null;
}

/** Nothing is opened, and nobody asked, for what nobody has wished. */
async function grant<W extends Wish>(
  wish: W,
  wishes: readonly Wishes[],
  site: Site,
): Promise<unknown> {
  const wished = [...new Set(wishes.flatMap((one): readonly unknown[] => one[wish] ?? []))];
  return wished.length === 0 ? {} : GRANTING[wish](wished as unknown as Wished<W>, site);
}

const GRANTING: {
  readonly [W in Wish]: (wished: Wished<W>, site: Site) => Promise<CloserLook[W]>;
} = {
  rows: (ids, { world, snapshot }) => readRows(world, snapshot, ids),
  agents: (threads, { world, snapshot }) => readAgents(world, snapshot, threads),
  heads: (files, { world }) => readHeads(world, files),
  messages: (files, { world }) => readMessages(world, files),
  words: (files, { world }) => readWords(world, files),
  pairs: (pairs, { world }) =>
    each(
      pairs,
      ([first, second]) => `${first}\n${second}`,
      pair => compareFiles(world, ...pair),
    ),
  sidecars: (databases, { world }) =>
    each(databases, itself, database => findSidecars(world, database)),
  ends: (files, { world }) => {
    const room = new Uint8Array(PIECE_BYTES);
    return each(files, itself, file => readRolloutEnd(world, file, room));
  },
  projections: async (threads, { world, snapshot: { history } }) =>
    history === null ? {} : readProjections(world, history.database.file, threads),
  providerPlaces: (files, { world }) => each(files, itself, file => readProviderPlace(world, file)),
  beginnings: (beginnings, { world, snapshot, vault }) =>
    findBeginnings(world, snapshot, vault, beginnings),
  salvage: (databases, { world }) => each(databases, itself, file => salvage(world, file)),
  backups: (databases, { world }) =>
    each(databases, itself, async database => {
      const backup = await newestBackup(world, database);
      return backup && { atMs: backup.atMs, salvage: await salvage(world, backup.file) };
    }),
  folders: async (folders, { world }) => Object.fromEntries(await world.outside.look(folders)),
  successors: (vanished, { world, snapshot }) => seekSuccessors(world, snapshot, vanished),
};

/** One after the other; what cannot be read is left out. */
async function each<I, T>(
  items: readonly I[],
  nameOf: (item: I) => string,
  read: (item: I) => Promise<T | null>,
): Promise<Record<string, T>> {
  const found: Record<string, T> = {};
  for (const item of items) {
    const one = await read(item);
    if (one !== null) found[nameOf(item)] = one;
  }
  return found;
}

function itself(name: string): string {
  return name;
}

async function findSidecars(world: World, database: FilePath): Promise<readonly FileFacts[]> {
  const beside: FileFacts[] = [];
  for (const suffix of ['-wal', '-shm', '-journal']) {
    const state = await world.files.stat(database + suffix);
    if (!state.ok) continue;
    const { bytes, modifiedMs } = state.value;
    beside.push({ file: database + suffix, bytes, modifiedMs });
  }
  return beside;
}
