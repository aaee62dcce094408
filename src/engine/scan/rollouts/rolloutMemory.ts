// What was learnt of rollouts in earlier scans. A rollout is recognised by place, size, times and
// identity together; one that differs in any of them is read again. Only rollouts without anything
// strange about them are remembered, and nothing that is remembered lies in a Codex home.

import type { Rollout, RolloutHead, RolloutTail } from '../../model/rollout.ts';
import type { FileState, Memory } from '../../world.ts';
import { packRecords, unpackRecords, type Packed } from '../columns.ts';

/** Another number whenever heads or tails are read in another way than before. */
const FORMAT = 11;
/** Times of files are coarse: a write right after our look could leave them as they were. */
const SETTLED_MS = 2000;

export interface KnownRollout {
  readonly state: FileState;
  readonly head: RolloutHead;
  readonly tail: RolloutTail;
}

export interface RolloutMemory {
  /** What is known of the file at this path, when it is still the same file. */
  recall(path: string, state: FileState): KnownRollout | null;
  /** Whether something is remembered at all, so that asking for states is worth the while. */
  readonly isEmpty: boolean;
}

interface Known extends KnownRollout {
  readonly path: string;
}

const key = (homeKey: string) => `rollouts-${homeKey}`;

export async function recallRollouts(memory: Memory, homeKey: string): Promise<RolloutMemory> {
  const remembered = parse(await memory.recall(key(homeKey)));
  const find = finderOf(remembered);
  return {
    isEmpty: remembered.length === 0,
    recall: (path, state) => {
      const found = find(path);
      return found !== null && isSame(found.state, state) ? found : null;
    },
  };
}

/** Files are asked for in the order in which they were remembered: the next one is nearly always it. */
function finderOf(remembered: readonly Known[]): (path: string) => Known | null {
  let next = 0;
  let places: ReadonlyMap<string, number> | null = null;
  return path => {
    if (remembered[next]?.path !== path) {
      places ??= new Map(remembered.map((one, at) => [one.path, at]));
      const place = places.get(path);
      if (place === undefined) return null;
      next = place;
    }
    next += 1;
    return remembered[next - 1] ?? null;
  };
}

export function rememberRollouts(
  memory: Memory,
  homeKey: string,
  rollouts: readonly (readonly [Rollout, FileState])[],
  now: number,
): void {
  const known: Known[] = [];
  for (const [{ path, head, tail }, state] of rollouts) {
    const isPlain = head.state === 'sound' && head.header?.line === 0 && head.isUtf8;
    const isSettled = now - state.changedMs > SETTLED_MS;
    if (isPlain && isSettled) known.push({ path, state, head, tail });
  }
  const text = JSON.stringify({ format: FORMAT, rollouts: packRecords(known, ['header']) });
  void memory.remember(key(homeKey), text);
}

/** Whatever is not as it was written is as good as forgotten. */
function parse(text: string | null): readonly Known[] {
  if (text === null) return [];
  try {
    const { format, rollouts } = JSON.parse(text) as { format: unknown; rollouts: Packed };
    if (format !== FORMAT) return [];
    const known = unpackRecords<Unpacked>(rollouts);
    for (const { head } of known)
      head.header = head.meta === null ? null : { meta: head.meta, line: 0 };
    return known;
  } catch {
    return [];
  }
}

/** The header of a plain rollout is its first line, which `meta` holds: it is not written down twice. */
interface Unpacked extends Known {
  readonly head: Omit<RolloutHead, 'header'> & { header: RolloutHead['header'] };
}

function isSame(one: FileState, other: FileState): boolean {
  return (
    one.bytes === other.bytes &&
    one.modifiedMs === other.modifiedMs &&
    one.changedMs === other.changedMs &&
    one.identity === other.identity
  );
}
