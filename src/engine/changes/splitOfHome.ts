// The split that a home has part in, as the one that was split or as one that it has made.

import type { PlannedSplit } from '../model/host.ts';
import type { Report } from '../model/report.ts';
import { Refusal } from '../refusal.ts';
import { readSplits } from '../scan/splitNotes.ts';
import type { World } from '../world.ts';

/** The newest; refused where there is none. */
export async function splitOfHome(
  { keep }: World,
  { snapshot: { home } }: Report,
): Promise<PlannedSplit> {
  const split = (await readSplits(keep)).findLast(
    one => one.home === home.path || one.hosts.some(own => own.home === home.path),
  );
  if (split !== undefined) return split;
  throw new Refusal(
    'not-split',
    'This home was not split, and it is not one that a split has made.',
    'codex-health hosts split shows what a split would do.',
  );
}
