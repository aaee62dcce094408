// Takes a repair back: after it was done, or because a stop left it in the middle.

import type { Left } from '../model/plan.ts';
import { Refusal } from '../refusal.ts';
import { handlerOf } from './steps/index.ts';
import { groundOf, type Site } from './site.ts';
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
  await vault.note(repair, { note: 'undoing', at: now() });
  const ground = groundOf(site, repair);
  const left: Left[] = [];
  const failed: Left[] = [];
  const units = begunUnits(repair);
  for (const unit of units.toReversed())
    for (const step of (repair.plan.units[unit]?.steps ?? []).toReversed())
      try {
        left.push(...(await handlerOf(step).undo(step, ground)));
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        failed.push({ what: handlerOf(step).describe(step), why });
      }
  if (failed.length > 0) throw unfinished(failed);
  await vault.note(repair, { note: 'undone', at: now(), left });
  return { receipt: repair.id, undone: units.length, left };
}

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

function begunUnits({ notes, plan }: Repair): readonly number[] {
  const failed = new Set(notes.flatMap(one => (one.note === 'failed' ? [one.unit] : [])));
  return notes
    .flatMap(one => (one.note === 'begun' ? one.units : []))
    .filter(unit => !failed.has(unit) && unit < plan.units.length);
}
