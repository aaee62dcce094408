// The histories of threads that Codex has filled while it was asked. It makes them from the conversations,
// so that nothing of them has to be kept: it is enough to know that there was none, and how far it came.

import { literal } from '../model/literal.ts';
import type { Left, Literal } from '../model/plan.ts';
import type { FilePath, ThreadId } from '../model/words.ts';
import type { Hands, Transaction } from '../hands.ts';
import { readProjections } from '../scan/databases/projections.ts';
import type { World } from '../world.ts';

/** By database and thread: up to which place of its file it is filled; null when there is nothing of it. */
export type Histories = Readonly<Record<FilePath, Readonly<Record<ThreadId, Literal | null>>>>;

/** The same, of those alone that were filled. */
export type Filled = Readonly<Record<FilePath, Readonly<Record<ThreadId, Literal>>>>;

/** What cannot be read is not among them. */
export async function observeHistories(
  world: World,
  sqliteHome: FilePath,
  threads: readonly ThreadId[],
): Promise<Histories> {
  if (threads.length === 0) return {};
  const histories: Record<FilePath, Record<ThreadId, Literal | null>> = {};
  const beside = await world.files.list(sqliteHome);
  for (const { file } of beside.ok ? beside.value : []) {
    if (!/thread_history_\d+\.sqlite$/.test(file)) continue;
    const found = Object.entries(await readProjections(world, file, threads));
    histories[file] = Object.fromEntries(
      found
        // Turns without a place up to which they go are nothing that Codex leaves behind.
        .filter(([, { next, turns }]) => next !== null || turns.length === 0)
        .map(([thread, { next }]) => [thread, next]),
    );
  }
  return histories;
}

/** A database that was not there before goes as a whole. */
export function filledBetween(
  { histories: before = {} }: { readonly histories?: Histories },
  { histories: after = {} }: { readonly histories?: Histories },
): Filled {
  const filled: Record<FilePath, Record<ThreadId, Literal>> = {};
  for (const [file, threads] of Object.entries(before))
    for (const [thread, was] of Object.entries(threads)) {
      const now = after[file]?.[thread] ?? null;
      if (was === null && now !== null) (filled[file] ??= {})[thread] = now;
    }
  return filled;
}

/** Empties them again, where Codex has not gone on with the thread since. */
export async function emptyHistories(
  filled: Filled,
  world: World,
  hands: Hands,
): Promise<readonly Left[]> {
  const left: Left[] = [];
  for (const [file, threads] of Object.entries(filled)) {
    // One that somebody has removed meanwhile is not to be made again.
    if (!(await world.files.stat(file)).ok) continue;
    const standing = await hands.transact(file, transaction => standingIn(transaction, threads));
    left.push(
      ...standing.map(thread => ({
        what: `the turns of ${thread} in ${file}`,
        why: 'Codex has gone on with this thread since',
      })),
    );
  }
  return left;
}

const PLACES = 'thread_history_projection_state';

/** Empties what can be emptied; the others are the answer. */
function standingIn(transaction: Transaction, threads: Filled[FilePath]): readonly ThreadId[] {
  const tables = transaction
    .ask(
      `SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
       WHERE m.type = 'table' AND c.name = 'thread_id'`,
    )
    .map(([name]) => String(name));
  if (!tables.includes(PLACES)) return [];
  return Object.entries(threads).flatMap(([thread, place]) => {
    const which = `thread_id = ${literal(thread)}`;
    const [now] = transaction.ask(
      `SELECT quote(next_rollout_byte_offset) FROM ${PLACES} WHERE ${which}`,
    );
    if (now === undefined) return [];
    if (String(now[0]) !== place) return [thread];
    for (const table of tables) transaction.run(`DELETE FROM "${table}" WHERE ${which}`);
    return [];
  });
}
