// A fork goes on at a byte of its parent's file, and a reverted thread at one of its own earlier file.
// Where that file ends before it, as after an older copy was put back, the beginning is not whole. It
// is found here, since what grows is not looked at by those who judge.

import type { Rollout } from '../../model/rollout.ts';
import type { HomePath } from '../../model/words.ts';

export function findCutBeginnings(rollouts: readonly Rollout[]): readonly HomePath[] {
  const leaning = rollouts.filter(({ head }) => (head.meta?.historyBytes ?? null) !== null);
  if (leaning.length === 0) return [];
  const lengths = new Map<string, number>();
  for (const { name, bytes, compressed } of rollouts) {
    const part = name?.segment ?? name?.id;
    // Of a compressed file it is not known how much it holds.
    const length = compressed ? Infinity : bytes;
    if (part !== undefined) lengths.set(part, Math.max(lengths.get(part) ?? 0, length));
  }
  return leaning
    .filter(({ head }) => {
      const length = lengths.get(head.meta?.historyFile ?? '');
      return length !== undefined && length < (head.meta?.historyBytes ?? 0);
    })
    .map(({ path }) => path);
}
