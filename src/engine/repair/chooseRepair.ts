// Which repair a person means who wants one undone.

import type { FilePath } from '../model/words.ts';
import { Refusal } from '../refusal.ts';
import { stateOf, type Repair } from './vault.ts';

/** The named one, or the newest that can be undone. */
export function chooseRepair(
  repairs: readonly Repair[],
  receipt: string | null,
  folder: FilePath,
): Repair {
  if (receipt === null) {
    const newest = repairs.findLast(one => stateOf(one) === 'applied');
    if (newest === undefined) throw nothingToUndo(folder);
    return newest;
  }
  const named = repairs.filter(isMeant(receipt));
  const [repair] = named;
  if (named.length !== 1 || repair === undefined)
    throw new Refusal(
      'no-such-receipt',
      `There is no one repair "${receipt}" in ${folder}.`,
      'codex-health history lists them.',
    );
  if (stateOf(repair) === 'undone')
    throw new Refusal(
      'already-undone',
      `The repair ${repair.id} has been undone already.`,
      'codex-health history lists those that can be undone.',
    );
  return repair;
}

/** The beginning of a receipt is enough; without one, any is meant. */
export function isMeant(receipt: string | null): (repair: Pick<Repair, 'id'>) => boolean {
  return ({ id }) => receipt === null || id.startsWith(receipt);
}

export function nothingToUndo(folder: FilePath): Refusal {
  return new Refusal(
    'nothing-to-undo',
    `There is no repair to undo: nothing is written down in ${folder}.`,
    'If you keep the vault elsewhere, name it with --vault DIR.',
  );
}
