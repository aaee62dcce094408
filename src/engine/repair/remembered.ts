// What is remembered of repairs that concern more than the home: splits, and databases on a disk of one host. It is
// written down before a repair is at its end, and taken out before it is taken back, so that whoever finds it
// stopped ends that with it.

import type { Plan, Receipt } from '../model/plan.ts';
import { readOwnDatabases } from '../scan/ownDatabaseNotes.ts';
import { readSplits } from '../scan/splitNotes.ts';
import { isMeant } from './chooseRepair.ts';
import { databasesBy, forgetDatabases, rememberDatabases } from './ownDatabases/databasesMade.ts';
import { OWN } from './ownDatabases/wish.ts';
import type { Site } from './site.ts';
import { forgetSplit, noteSplitBegun, rememberSplit, splitBy } from './split/splitsMade.ts';
import { SPLIT } from './split/wish.ts';
import { stateOf, type Repair } from './vault.ts';

/** Before anything of it is done. */
export async function noteBegun({ world, home }: Site, repair: Repair, plan: Plan): Promise<void> {
  const split = splitBy(home.path, repair, plan);
  if (split !== null) await noteSplitBegun(world, split);
}

/** When all has been done of it that could be. */
export async function noteEnded(
  { world, home }: Site,
  plan: Plan,
  receipt: Receipt,
): Promise<void> {
  const split = splitBy(home.path, receipt, plan);
  if (split !== null && receipt.findings.includes(SPLIT)) await rememberSplit(world, split);
  else if (split !== null) await forgetSplit(world, receipt.id);
  const own = databasesBy(home.path, receipt, plan);
  if (own !== null && receipt.findings.includes(OWN)) await rememberDatabases(world, own);
}

/** When nothing is left of it. */
export async function forget({ world }: Site, { id }: Pick<Repair, 'id'>): Promise<void> {
  await forgetSplit(world, id);
  await forgetDatabases(world, id);
}

/**
 * The plan of what undoing would take back first, where it may be one of these; null where it is another one. Other
 * plans are not read for this, but for one that a stop has left in the middle: it is taken back first.
 */
export async function planRemembered(
  repairs: readonly Repair[],
  receipt: string | null,
  { world: { keep }, vault }: Site,
): Promise<Plan | null> {
  const known = [...(await readSplits(keep)), ...(await readOwnDatabases(keep))];
  const isRemembered = new Set(known.map(one => one.receipt));
  const stopped = repairs.findLast(one => stateOf(one) === 'interrupted');
  const applied = repairs.findLast(one => stateOf(one) === 'applied' && isMeant(receipt)(one));
  const meant =
    stopped ?? (applied !== undefined && isRemembered.has(applied.id) ? applied : undefined);
  return meant === undefined ? null : vault.planOf(meant);
}
