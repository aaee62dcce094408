// Which homes were split, as it is kept in the person's state directory. Hosts that share a home share that
// directory too, so that each of them can tell, whichever home it has by then.

import type { PlannedSplit } from '../model/host.ts';
import type { Keep } from '../world.ts';

export const SPLITS = 'splits.json';

export interface SplitNotes {
  readonly made: readonly PlannedSplit[];
  /** Those that are being made, or were stopped in the middle of that. */
  readonly begun: readonly PlannedSplit[];
}

/** Those that were made. */
export async function readSplits(keep: Keep): Promise<readonly PlannedSplit[]> {
  return (await readSplitNotes(keep)).made;
}

export async function readSplitNotes(keep: Keep): Promise<SplitNotes> {
  const read = await keep.read(SPLITS);
  return read.ok && read.value !== null ? parse(read.value) : { made: [], begun: [] };
}

/** What somebody has written there by hand is nothing to rely on. */
function parse(text: string): SplitNotes {
  try {
    const { splits, begun } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return { made: splitsIn(splits), begun: splitsIn(begun) };
  } catch {
    return { made: [], begun: [] };
  }
}

function splitsIn(list: unknown): readonly PlannedSplit[] {
  return Array.isArray(list) ? list.filter(isSplit) : [];
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
