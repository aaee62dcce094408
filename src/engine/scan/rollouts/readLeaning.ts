// Which files lean on bytes of others, as forks do; of those that were made since a moment.

import type { FilePath, ThreadId } from '../../model/words.ts';
import type { World } from '../../world.ts';
import { parseRolloutName, ROLLOUT_PLACES } from '../layout.ts';

/** Real first lines are 22 KB; what they lean on is named behind the instructions. */
const HEAD_BYTES = 1024 * 1024;
/** Ids carry the clock of the program that made them. */
const CLOCKS_DIFFER_MS = 60_000;
const BASE = /"history_base"\s*:\s*\{[^{}]*"thread_id"\s*:\s*"([^"]+)"/;

/** What files are called, thread or segment, by the name of what they lean on. */
export async function readLeaning(
  world: World,
  home: FilePath,
  sinceMs: number,
): Promise<ReadonlyMap<ThreadId, readonly ThreadId[]>> {
  const leaning = new Map<ThreadId, ThreadId[]>();
  for (const place of ROLLOUT_PLACES) {
    const tree = await world.files.tree(world.machine.join(home, place));
    for (const { file, kind } of tree.ok ? tree.value.entries : []) {
      const name = nameOf(file);
      if (kind !== 'file' || name === null || madeAt(name) < sinceMs - CLOCKS_DIFFER_MS) continue;
      const read = await world.files.ends(file, HEAD_BYTES, 0);
      if (!read.ok) continue;
      const [first = ''] = new TextDecoder().decode(read.value.head).split('\n', 1);
      const base = BASE.exec(first)?.[1];
      const on = base?.toLowerCase() ?? '';
      leaning.set(on, [...(leaning.get(on) ?? []), name]);
    }
  }
  return leaning;
}

function nameOf(file: FilePath): ThreadId | null {
  const last = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  const name = parseRolloutName(last);
  return name?.segment ?? name?.id ?? null;
}

/** The first 48 bits of an id are milliseconds since 1970. */
function madeAt(name: ThreadId): number {
  return Number.parseInt(name.replaceAll('-', '').slice(0, 12), 16);
}
