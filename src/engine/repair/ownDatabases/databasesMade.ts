// Which hosts have databases on a disk of their own, kept in the person's state directory: a look at the home can
// tell then what those in it are for, and where a host does not use its own.

import type { OwnDatabases } from '../../model/host.ts';
import type { Plan } from '../../model/plan.ts';
import type { FilePath } from '../../model/words.ts';
import { OWN_DATABASES, readOwnDatabases } from '../../scan/ownDatabaseNotes.ts';
import { keepNote, type Kept } from '../keepNote.ts';
import type { Repair } from '../vault.ts';
import { foldersGivenBy } from './preconditions.ts';

/** What a repair gives this host; null where its plan is another one. */
export function databasesBy(
  home: FilePath,
  { id, at }: Pick<Repair, 'id' | 'at'>,
  plan: Plan,
): OwnDatabases | null {
  const [given] = foldersGivenBy(plan);
  return given === undefined
    ? null
    : { home, ...given, isShared: !putsOldAway(plan), receipt: id, at };
}

/** Whether those in the home go, or have gone. */
export function putsOldAway({ units }: Plan): boolean {
  return units.some(({ steps }) => steps.some(({ kind }) => kind === 'move'));
}

export async function rememberDatabases(kept: Kept, own: OwnDatabases): Promise<void> {
  await write(kept, [...(await readOwnDatabases(kept.keep)), own], own);
}

/** When it was taken back; nothing where that was another repair. */
export async function forgetDatabases(kept: Kept, receipt: string): Promise<void> {
  const known = await readOwnDatabases(kept.keep);
  const own = known.find(one => one.receipt === receipt);
  const others = known.filter(one => one !== own);
  if (own !== undefined) await write(kept, others, own);
}

async function write(
  kept: Kept,
  databases: readonly OwnDatabases[],
  { home, folder }: OwnDatabases,
): Promise<void> {
  await keepNote(kept, OWN_DATABASES, { databases }, [home, folder], {
    code: 'databases-not-kept',
    what: 'It could not be written down where the databases of this host are',
  });
}
