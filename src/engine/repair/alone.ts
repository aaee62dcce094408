// Two repairs at once would each find the other's half. Whoever repairs therefore holds a lock in every place
// that the repair writes in: in the home, where its databases lie, and where its backups do. So two that keep
// their backups in different places keep each other off all the same.

import { Hindered, type Lock } from '../hands.ts';
import type { FilePath } from '../model/words.ts';
import { Refusal } from '../refusal.ts';
import { refusalFor } from './guard.ts';
import { answers, ownFolder, type Site } from './site.ts';
import { forgetWhatIsOver } from './stopped.ts';
import { recover, type MayTakeBack, type Undone } from './undo.ts';

interface Place {
  readonly folder: FilePath;
  /** What somebody else is at who holds it. */
  readonly says: string;
}

const LOCK = 'lock.sqlite';

/** Changes a home, in which nobody else changes anything meanwhile. What a stop has left is put back first. */
export async function alone<T>(
  site: Site,
  mayTakeBack: MayTakeBack,
  work: (recovered: readonly Undone[]) => Promise<T>,
): Promise<T> {
  return holding(site, [...(await placesOf(site)), placeOfBackups(site)], async () => {
    const recovered = await recover(site, mayTakeBack);
    await forgetWhatIsOver(site);
    return work(recovered);
  });
}

/** Changes what is written down of repairs, and no home. */
export function aloneAmongBackups<T>(site: Site, work: () => Promise<T>): Promise<T> {
  return holding(site, [placeOfBackups(site)], work);
}

async function placesOf({ world, home }: Site): Promise<readonly Place[]> {
  const own: Place = { folder: ownFolder(world, home.path), says: 'repairing this home' };
  if (!(await answers(world, home.sqliteHome))) throw isSilent(home.sqliteHome);
  const databases = await world.files.stat(home.sqliteHome);
  // Where nothing is there is nothing to repair; to make it could be to fill the place of a mount.
  if (!databases.ok && databases.trouble.code === 'missing') return [own];
  const folder = ownFolder(world, home.sqliteHome);
  return [own, { folder, says: 'repairing a home that has the same databases' }];
}

function placeOfBackups({ vault: { folder } }: Site): Place {
  return { folder, says: `writing among the backups in ${folder}` };
}

async function holding<T>(
  { world, hands, vault }: Site,
  places: readonly Place[],
  work: () => Promise<T>,
): Promise<T> {
  const locks = new Map<FilePath, Lock>();
  try {
    for (const { folder, says } of places) {
      await hands.makeFolder(folder);
      // Two of these places may be one, also by a link.
      const file = world.machine.join(await world.files.realPath(folder), LOCK);
      if (locks.has(file)) continue;
      const lock = await hands.lock(file);
      if (lock === null) throw isBusy(says);
      locks.set(file, lock);
    }
    await vault.clearDropped();
    return await work();
  } catch (error) {
    throw error instanceof Hindered ? refusalFor(error) : error;
  } finally {
    for (const lock of [...locks.values()].toReversed()) await lock.release();
  }
}

function isSilent(folder: FilePath): Refusal {
  return new Refusal(
    'databases-silent',
    `The databases of this home lie in ${folder}, which does not answer.`,
    'Nothing was changed. Bring that disk back, and look again.',
  );
}

function isBusy(says: string): Refusal {
  return new Refusal(
    'another-repair',
    `Another codex-health is ${says} just now.`,
    'Nothing was changed. Wait until it has ended.',
  );
}
