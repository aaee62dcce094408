// Takes a repair back: after it was done, or because a stop left it in the middle.

import { Hindered, type Hands, type Transaction } from '../hands.ts';
import type { Left, Step, Unit } from '../model/plan.ts';
import type { FilePath } from '../model/words.ts';
import { Refusal } from '../refusal.ts';
import { handlerOf } from './steps/index.ts';
import { groundOf, type Site } from './site.ts';
import type { Ground } from './steps/step.ts';
import { stateOf, type Repair } from './vault.ts';

export interface Undone {
  readonly receipt: string;
  /** How many units were taken back. */
  readonly undone: number;
  readonly left: readonly Left[];
}

/** Brings every repair that a stop has left in the middle back to where it began. */
export async function recover(site: Site): Promise<readonly Undone[]> {
  const undone: Undone[] = [];
  for (const repair of (await site.vault.repairs()).toReversed())
    if (stateOf(repair) === 'interrupted') undone.push(await takeBack(site, repair));
  return undone;
}

export async function takeBack(site: Site, repair: Repair): Promise<Undone> {
  const { vault, world } = site;
  const now = () => new Date(world.now()).toISOString();
  // One that was stopped is known to be so without a note, for which there may be no room.
  if (stateOf(repair) === 'applied') await vault.note(repair, { note: 'undoing', at: now() });
  const ground = groundOf(site, repair);
  const left: Left[] = [];
  const failed: Left[] = [];
  const units = begunUnits(repair);
  let whole = 0;
  for (const index of units.toReversed()) {
    const unit = repair.plan.units[index];
    if (unit === undefined) continue;
    const standing = await undoUnit(unit, ground, left, failed);
    if (!standing) whole += 1;
  }
  if (failed.length > 0) throw unfinished(failed);
  await vault.note(repair, { note: 'undone', at: now(), left });
  return { receipt: repair.id, undone: whole, left };
}

/** Says whether all of it stays, since something of it has been changed. */
async function undoUnit(
  unit: Unit,
  ground: Ground,
  left: Left[],
  failed: Left[],
): Promise<boolean> {
  const attempt = async (step: Step, hands: Hands): Promise<readonly Left[]> => {
    try {
      return (await isStillUnmade(step, unit, ground))
        ? []
        : await handlerOf(step).undo(step, { ...ground, hands });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      failed.push({ what: handlerOf(step).describe(step), why });
      // Each of them would wait for as long.
      if (error instanceof Hindered && error.hindrance === 'busy') throw unfinished(failed);
      return [];
    }
  };
  const { undoneWhole } = unit;
  if (undoneWhole !== undefined) {
    const standing: Left[] = [];
    for (const step of unit.steps)
      // Whether a file can be moved back or unmade shows when what was done in it is undone.
      if (step.kind === 'edit' || step.kind === 'rows')
        standing.push(...(await attempt(step, tied(ground.hands))));
    const [first] = standing;
    if (first !== undefined) {
      const why = `${first.why} (${first.what}); ${undoneWhole}`;
      left.push({ what: unit.says.replace(/\.$/, ''), why });
      return true;
    }
    // What could not be looked at is not half undone.
    if (failed.length > 0) throw unfinished(failed);
  }
  for (const step of unit.steps.toReversed()) left.push(...(await attempt(step, ground.hands)));
  return false;
}

/** What was to be changed in a file that a stop has kept from being made. */
async function isStillUnmade(step: Step, { steps }: Unit, { world }: Ground): Promise<boolean> {
  if (step.kind !== 'edit') return false;
  const isMadeHere = steps.some(other => other.kind === 'create' && other.file === step.file);
  if (!isMadeHere) return false;
  const state = await world.files.stat(step.file);
  return !state.ok && state.trouble.code === 'missing';
}

/** Hands that do nothing: what undoing would leave can be seen without undoing anything. */
function tied(hands: Hands): Hands {
  const nothing = () => Promise.resolve();
  return {
    ...hands,
    write: nothing,
    rewrite: nothing,
    removeOwn: nothing,
    transact: (database, work) => rehearse(hands, database, work),
  };
}

/** Does the work in a transaction that is given up, so that it can be seen what it comes to. */
async function rehearse<T>(
  hands: Hands,
  database: FilePath,
  work: (transaction: Transaction) => T,
): Promise<T> {
  const results: T[] = [];
  try {
    await hands.transact(database, transaction => {
      results.push(work(transaction));
      throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
  const [result] = results;
  return result as T;
}

class RolledBack extends Error {}

/** It stays in the journal as one that is not at its end, and can be gone on with. */
function unfinished(failed: readonly Left[]): Refusal {
  const said = failed.slice(0, 3).map(({ what, why }) => `${what}: ${why}`);
  const more = failed.length > 3 ? ` And ${String(failed.length - 3)} more.` : '';
  return new Refusal(
    'undo-unfinished',
    `Not everything could be put back yet. ${said.join('; ')}.${more}`,
    'What was put back stays so. Remove the hindrance and run codex-health undo again: it goes on where it stopped.',
  );
}

/** Units that were begun and did not fail. */
export function begunUnits({ notes, plan }: Repair): readonly number[] {
  const failed = new Set(notes.flatMap(one => (one.note === 'failed' ? [one.unit] : [])));
  return notes
    .flatMap(one => (one.note === 'begun' ? one.units : []))
    .filter(unit => !failed.has(unit) && unit < plan.units.length);
}
