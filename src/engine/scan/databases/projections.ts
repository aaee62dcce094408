// Where the history database says that the turns of a thread stand in its file.

import type { Projection } from '../../model/closerLook.ts';
import { literal } from '../../model/literal.ts';
import type { Columns } from '../../model/plan.ts';
import type { FilePath, ThreadId } from '../../model/words.ts';
import type { OpenDatabase, World } from '../../world.ts';

const MOST_BYTES = 2 * 1024 * 1024 * 1024;
const AT_ONCE = 500;

/** One for each thread that was asked for; none of them when the database cannot be read. */
export async function readProjections(
  world: World,
  file: FilePath,
  threads: readonly ThreadId[],
): Promise<Readonly<Record<ThreadId, Projection>>> {
  const opened = await world.databases.open(file, MOST_BYTES);
  if (!opened.ok) return {};
  try {
    const found: Record<ThreadId, Projection> = {};
    for (let at = 0; at < threads.length; at += AT_ONCE)
      Object.assign(found, await readSome(opened.value, threads.slice(at, at + AT_ONCE)));
    return found;
  } finally {
    opened.value.close();
  }
}

async function readSome(
  database: OpenDatabase,
  threads: readonly ThreadId[],
): Promise<Record<ThreadId, Projection>> {
  const which = `thread_id IN (${threads.map(literal).join(', ')})`;
  const [next, turns] = await database.ask([
    `SELECT thread_id, quote(next_rollout_byte_offset) FROM thread_history_projection_state WHERE ${which}`,
    `SELECT thread_id, quote(turn_id), quote(rollout_byte_offset), quote(rollout_end_byte_offset)
     FROM thread_turns WHERE ${which} ORDER BY thread_id, rollout_ordinal`,
  ]);
  if (next?.ok !== true || turns?.ok !== true) return {};
  const nextOf = new Map(next.rows.map(([id, place]) => [String(id), String(place)]));
  const turnsOf = new Map<ThreadId, Projection['turns'][number][]>();
  for (const [id, ...turn] of turns.rows) {
    const known = turnsOf.get(String(id)) ?? [];
    turnsOf.set(String(id), known);
    known.push(asTurn(turn));
  }
  return Object.fromEntries(
    threads.map(id => [id, { next: nextOf.get(id) ?? null, turns: turnsOf.get(id) ?? [] }]),
  );
}

function asTurn([turn, start, end]: readonly unknown[]): Projection['turns'][number] {
  const places: Columns = {
    rollout_byte_offset: String(start),
    rollout_end_byte_offset: String(end),
  };
  return { turn: String(turn), places };
}
