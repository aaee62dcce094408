// What was learnt of rollouts in earlier scans. A rollout is recognised by place, size, times and
// identity together; one that differs in any of them is read again. Only rollouts without anything
// strange about them are remembered, and nothing that is remembered lies in a Codex home.

import type { Rollout, RolloutHead, RolloutTail } from '../../model/rollout.ts';
import type { FileState, Memory } from '../../world.ts';
import { packRecords, unpackRecords, type Packed } from '../columns.ts';

/** Another number whenever heads or tails are read in another way than before. */
const FORMAT = 8;
/** Times of files are coarse: a write right after our look could leave them as they were. */
const SETTLED_MS = 2000;

export interface KnownRollout {
  readonly head: RolloutHead;
  readonly tail: RolloutTail;
}

export interface RolloutMemory {
  /** What is known of the file at this path, when it is still the same file. */
  recall(path: string, state: FileState): KnownRollout | null;
  /** Whether something is remembered at all, so that asking for states is worth the while. */
  readonly isEmpty: boolean;
}

/** The header of a plain rollout is its first line, which `meta` holds already. */
interface Remembered {
  readonly path: string;
  readonly state: FileState;
  readonly head: Omit<RolloutHead, 'header'>;
  readonly tail: RolloutTail;
}

const key = (homeKey: string) => `rollouts-${homeKey}`;

export async function recallRollouts(memory: Memory, homeKey: string): Promise<RolloutMemory> {
  const remembered = parse(await memory.recall(key(homeKey)));
  const known = new Map(remembered.map(one => [one.path, one]));
  return {
    isEmpty: known.size === 0,
    recall: (path, state) => {
      const found = known.get(path);
      if (found === undefined || !isSame(found.state, state)) return null;
      const { meta } = found.head;
      const header = meta === null ? null : { meta, line: 0 };
      return { head: { ...found.head, header }, tail: found.tail };
    },
  };
}

export function rememberRollouts(
  memory: Memory,
  homeKey: string,
  rollouts: readonly (readonly [Rollout, FileState])[],
  now: number,
): void {
  const records: Remembered[] = [];
  for (const [{ path, head, tail }, state] of rollouts) {
    const isPlain = head.state === 'sound' && head.header?.line === 0 && head.isUtf8;
    const isSettled = now - state.changedMs > SETTLED_MS;
    if (isPlain && isSettled) records.push({ path, state, head, tail });
  }
  const text = JSON.stringify({ format: FORMAT, rollouts: packRecords(records, ['header']) });
  void memory.remember(key(homeKey), text);
}

/** Whatever is not as it was written is as good as forgotten. */
function parse(text: string | null): readonly Remembered[] {
  if (text === null) return [];
  try {
    const { format, rollouts } = JSON.parse(text) as { format: unknown; rollouts: Packed };
    return format === FORMAT ? unpackRecords<Remembered>(rollouts) : [];
  } catch {
    return [];
  }
}

function isSame(one: FileState, other: FileState): boolean {
  return (
    one.bytes === other.bytes &&
    one.modifiedMs === other.modifiedMs &&
    one.changedMs === other.changedMs &&
    one.identity === other.identity
  );
}
