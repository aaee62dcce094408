// Which homes were split, as it is kept in the person's state directory. Hosts that share a home share that
// directory too, so that each of them can tell, whichever home it has by then.

import type { PlannedSplit } from '../model/host.ts';
import type { Keep } from '../world.ts';

export const SPLITS = 'splits.json';

export async function readSplits(keep: Keep): Promise<readonly PlannedSplit[]> {
  const read = await keep.read(SPLITS);
  return read.ok && read.value !== null ? parse(read.value) : [];
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
