// Which homes were split, kept in the person's state directory: it is shared by the hosts as the homes are, and
// read from each of them, whichever home they have by then. A split is noted before its first step, since a host
// may have its new home already when the split is stopped, and nothing in that home tells of it.

import type { PlannedSplit } from '../../model/host.ts';
import type { Plan } from '../../model/plan.ts';
import type { FilePath } from '../../model/words.ts';
import { readSplitNotes, SPLITS, type SplitNotes } from '../../scan/splitNotes.ts';
import type { Keep } from '../../world.ts';
import { keepNote, type Kept } from '../keepNote.ts';
import type { Repair } from '../vault.ts';
import { homesMadeBy } from './wish.ts';

/** What a repair splits, and into what; null where its plan is another one. */
export function splitBy(
  home: FilePath,
  { id, at }: Pick<Repair, 'id' | 'at'>,
  plan: Plan,
): PlannedSplit | null {
  const hosts = homesMadeBy(plan);
  return hosts.length === 0 ? null : { home, hosts, receipt: id, at };
}

/** Before anything of it is done. */
export async function noteSplitBegun(kept: Kept, split: PlannedSplit): Promise<void> {
  const { made, begun } = await readSplitNotes(kept.keep);
  await write(kept, { made, begun: [...begun, split] }, split);
}

/** When it is made. */
export async function rememberSplit(kept: Kept, split: PlannedSplit): Promise<void> {
  const { made, begun } = await without(kept.keep, split.receipt);
  await write(kept, { made: [...made, split], begun }, split);
}

/** When nothing came of it, or it was taken back; nothing where that was another repair. */
export async function forgetSplit(kept: Kept, receipt: string): Promise<void> {
  const { split, ...others } = await without(kept.keep, receipt);
  if (split !== undefined) await write(kept, others, split);
}

async function without(keep: Keep, receipt: string) {
  const { made, begun } = await readSplitNotes(keep);
  const isOther = (one: PlannedSplit) => one.receipt !== receipt;
  return {
    split: [...begun, ...made].find(one => !isOther(one)),
    made: made.filter(isOther),
    begun: begun.filter(isOther),
  };
}

async function write(
  kept: Kept,
  { made, begun }: SplitNotes,
  { home, hosts }: PlannedSplit,
): Promise<void> {
  const note = { splits: made, ...(begun.length === 0 ? {} : { begun }) };
  await keepNote(kept, SPLITS, note, [home, ...hosts.map(one => one.home)], {
    code: 'split-not-kept',
    what: 'It could not be written down for the other hosts how far the split of the home is',
  });
}
