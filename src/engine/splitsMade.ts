// Which homes were split, kept in the person's state directory: it is shared by the hosts as the homes are, and
// read from each of them, whichever home they have by then.

import type { PlannedSplit } from './model/host.ts';
import { Refusal } from './refusal.ts';
import { readSplits, SPLITS } from './scan/splitNotes.ts';
import type { Keep, World } from './world.ts';

export async function rememberSplit({ keep }: World, split: PlannedSplit): Promise<void> {
  await write(keep, [...(await readSplits(keep)), split], split);
}

/** When the repair that has made it was undone; nothing where that was another repair. */
export async function forgetSplit({ keep }: World, receipt: string): Promise<void> {
  const known = await readSplits(keep);
  const split = known.find(one => one.receipt === receipt);
  if (split === undefined) return;
  await write(
    keep,
    known.filter(one => one !== split),
    split,
  );
}

async function write(
  keep: Keep,
  splits: readonly PlannedSplit[],
  { home, hosts }: PlannedSplit,
): Promise<void> {
  const text = `${JSON.stringify({ schemaVersion: 1, splits }, null, 2)}\n`;
  const written = await keep.write(SPLITS, text, [home, ...hosts.map(one => one.home)]);
  if (!written.ok)
    throw new Refusal(
      'split-not-kept',
      `It could not be written down that the home was split: ${written.trouble.why}.`,
      'The homes are as was shown. Until it is written down, no look can tell where the split has not taken.',
    );
}
