// Whether a file is as it was between two looks at it: which file it is, how long, and when it was written.

import type { FileState } from '../../world.ts';

export function isSameFile(one: FileState | null, other: FileState | null): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.identity === other.identity &&
    one.bytes === other.bytes &&
    one.modifiedMs === other.modifiedMs
  );
}
