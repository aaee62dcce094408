// A split that was stopped in the middle, as it is found from one of the homes that it was to make: a host may
// use such a home already, and what has to be put back is written down in the home that was to be split.

import type { Hands } from '../hands.ts';
import type { PlannedSplit } from '../model/host.ts';
import { sameDirectory } from '../model/paths.ts';
import type { Report } from '../model/report.ts';
import { Refusal } from '../refusal.ts';
import { answers, ownFolder } from '../repair/site.ts';
import { stoppedRepair } from '../repair/stopped.ts';
import { Vault } from '../repair/vault.ts';
import { readSplitNotes } from '../scan/splitNotes.ts';
import type { World } from '../world.ts';

/** Null where there is none; for a home that no split has made this is one small file. */
export async function stoppedSplitInto(
  { snapshot: { home } }: Report,
  world: World,
  hands: Hands,
): Promise<PlannedSplit | null> {
  const { begun, made } = await readSplitNotes(world.keep);
  const isThis = (path: string) => sameDirectory(path, home.path, home.system);
  const into = [...begun, ...made].filter(
    split => !isThis(split.home) && split.hosts.some(own => isThis(own.home)),
  );
  for (const split of into) if (await isStopped(split, world, hands)) return split;
  return null;
}

async function isStopped(
  { home, receipt }: PlannedSplit,
  world: World,
  hands: Hands,
): Promise<boolean> {
  if (!(await answers(world, home)))
    throw new Refusal(
      'home-silent',
      `This home was made out of ${home}, which does not answer: whether that came to its end is not known.`,
      'Nothing was changed. Look again when it is back.',
    );
  const vault = new Vault(world, hands, ownFolder(world, home));
  // Before anything else is repaired there, what was stopped is put back: there is never more than one.
  return (await stoppedRepair({ world, hands, vault, home: { path: home } })) === receipt;
}
