import type { Snapshot } from '../../model/snapshot.ts';

/** Where one was not, it may be any thread's own, and may lean on any other. */
export function areAllFilesSeen({ gaps, rollouts }: Snapshot): boolean {
  const trees = gaps.filter(({ source }) => source.startsWith('rollouts-'));
  return trees.length === 0 && rollouts.every(({ head }) => head.state !== 'unread');
}
