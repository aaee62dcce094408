// Which homes were split, kept in the person's state directory: it is shared by the hosts as the homes are, and
// read from each of them, whichever home they have by then.

import type { PlannedSplit } from './model/host.ts';
import { Refusal } from './refusal.ts';
import type { Keep, World } from './world.ts';

const NAME = 'splits.json';

export async function readSplits(keep: Keep): Promise<readonly PlannedSplit[]> {
  const read = await keep.read(NAME);
  return read.ok && read.value !== null ? parse(read.value) : [];
}

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
  const written = await keep.write(NAME, text, [home, ...hosts.map(one => one.home)]);
  if (!written.ok)
    throw new Refusal(
      'split-not-kept',
      `It could not be written down that the home was split: ${written.trouble.why}.`,
      'The homes are as was shown. Until it is written down, no look can tell where the split has not taken.',
    );
}

/** What somebody has written there by hand is nothing to rely on. */
function parse(text: string): readonly PlannedSplit[] {
  try {
    const { splits } = JSON.parse(text) as { readonly splits?: unknown };
    return Array.isArray(splits) ? splits.filter(isSplit) : [];
  } catch {
    return [];
  }
}

function isSplit(one: unknown): one is PlannedSplit {
  const { home, hosts, receipt, at } = (one ?? {}) as Partial<Record<keyof PlannedSplit, unknown>>;
  return (
    [home, receipt, at].every(text => typeof text === 'string') &&
    Array.isArray(hosts) &&
    hosts.every(
      (host: unknown) =>
        typeof (host as PlannedSplit['hosts'][number]).host === 'string' &&
        typeof (host as PlannedSplit['hosts'][number]).home === 'string',
    )
  );
}
