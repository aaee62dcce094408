// Repairs that a stop has left in the middle, wherever they are written down. While one is under way whose
// backups do not lie in the home, a note in the home says where they do: whoever comes next may keep theirs
// in another place, and would go on from the half of a repair.

import type { Home } from '../model/snapshot.ts';
import type { FilePath } from '../model/words.ts';
import { Refusal } from '../refusal.ts';
import { answers, ownFolder, type Site } from './site.ts';
import { stateOf, Vault, type Repair } from './vault.ts';

/** Only there while a repair is under way, or after it was stopped. */
const NOTE = 'under-way.json';
const NOTE_BYTES = 64 * 1024;

/** Of a site what tells where repairs are written down. */
type Place = Pick<Site, 'world' | 'hands' | 'vault'> & { readonly home: Pick<Home, 'path'> };

/** The newest first. */
export async function stoppedRepairs(site: Site): Promise<readonly Repair[]> {
  const stopped: Repair[] = [];
  for (const vault of await vaultsOf(site))
    stopped.push(...(await vault.repairs()).filter(one => stateOf(one) === 'interrupted'));
  return stopped.sort((one, other) => (one.id < other.id ? 1 : -1));
}

/** One of them, for whoever only looks: of repairs that are over next to nothing is read. */
export async function stoppedRepair(site: Place): Promise<string | null> {
  for (const vault of await vaultsOf(site)) {
    const id = await vault.interrupted();
    if (id !== null) return id;
  }
  return null;
}

/** Whether a stop has left something that is to be put back, or only to be forgotten. */
export async function isAnythingLeft(site: Site): Promise<boolean> {
  const note = await site.world.files.stat(noteOf(site));
  return note.ok || (await stoppedRepair(site)) !== null;
}

/** Notes where the backups are before anything is changed, and forgets it when all is done or taken back. */
export async function underWay<T>(site: Site, work: () => Promise<T>): Promise<T> {
  const { world, hands, home, vault } = site;
  if (vault.folder === ownFolder(world, home.path)) return work();
  const note = new TextEncoder().encode(`${JSON.stringify({ vault: vault.folder })}\n`);
  await hands.create(noteOf(site), note, null);
  try {
    return await work();
  } finally {
    // Where it cannot be forgotten now, the next repair does; what has come of the work is told.
    await forgetWhatIsOver(site).catch(() => undefined);
  }
}

/** Removes the note that a stop has left, when nothing is in the middle any more. */
export async function forgetWhatIsOver(site: Site): Promise<void> {
  if ((await stoppedRepair(site)) === null) await site.hands.removeOwn(noteOf(site));
}

/** The one in use, the home's own, and the one that the note names. */
async function vaultsOf(site: Place): Promise<readonly Vault[]> {
  const { world, hands, home, vault } = site;
  const vaults = new Map([[await world.files.realPath(vault.folder), vault]]);
  for (const folder of [ownFolder(world, home.path), await readNote(site)]) {
    const real = folder === null ? null : await world.files.realPath(folder);
    if (real !== null && !vaults.has(real)) vaults.set(real, new Vault(world, hands, real));
  }
  return [...vaults.values()];
}

async function readNote(site: Place): Promise<FilePath | null> {
  const { world } = site;
  const file = noteOf(site);
  const read = await world.files.whole(file, NOTE_BYTES);
  if (!read.ok && read.trouble.code === 'missing') return null;
  if (!read.ok) throw outOfReach(file, read.trouble.why, file);
  const folder = parseNote(new TextDecoder().decode(read.value));
  if (folder === null) throw outOfReach(file, 'it is not what was written', file);
  if (!(await answers(world, folder))) throw outOfReach(folder, 'it does not answer', file);
  // It was there when the note was written: a disk that is not mounted would look like one without repairs.
  const state = await world.files.stat(folder);
  if (!state.ok) throw outOfReach(folder, state.trouble.why, file);
  return folder;
}

function parseNote(text: string): FilePath | null {
  try {
    const { vault } = JSON.parse(text) as { readonly vault?: unknown };
    return typeof vault === 'string' && vault !== '' ? vault : null;
  } catch {
    return null;
  }
}

function noteOf({ world, home }: Place): FilePath {
  return world.machine.join(ownFolder(world, home.path), NOTE);
}

function outOfReach(place: FilePath, why: string, note: FilePath): Refusal {
  return new Refusal(
    'backups-out-of-reach',
    `A repair of this home may have been stopped in the middle, and where its backups lie cannot be looked at: ${place}: ${why}.`,
    `Nothing was changed. Bring that place back, and what was begun is put back. If it is gone for good, remove ${note}: what was begun then stays as it is.`,
  );
}
