// A split that was stopped in the middle, told where somebody looks at a home that it was to make.

import type { PlannedSplit } from '../../engine/model/host.ts';
import type { World } from '../../engine/world.ts';
import { quoted } from '../paths.ts';

export function sayStoppedSplit(
  { receipt, home }: PlannedSplit,
  { machine }: Pick<World, 'machine'>,
): string {
  const undo = `codex-health undo --home ${quoted(home, machine.system)}`;
  return `A repair was stopped in the middle (${receipt}): the split of ${home}, of which this home is a part. Nothing is lost: ${undo} puts back what was begun.`;
}
