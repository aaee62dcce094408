// The histories of threads that Codex has filled while it was asked. It makes them from the conversations,
// so that nothing of them has to be kept: it is enough to know that there was none, and how far it came.
// A thread that was reverted goes on in a further file, and has a history for each of its files; resuming
// it fills that of the newest one alone (seen in 0.160 and 0.169).

import { literal } from '../model/literal.ts';
import type { Left, Literal } from '../model/plan.ts';
import type { FilePath, ThreadId } from '../model/words.ts';
import type { Hands, Transaction } from '../hands.ts';
import { readProjections } from '../scan/databases/projections.ts';
import { parseRolloutName, ROLLOUT_PLACES } from '../scan/layout.ts';
import type { World } from '../world.ts';

/** One file of a thread, as its name has it: the thread's id and, for each later file, `_` and its own. */
type Part = string;

/** By database and file: up to which place the file is read; null when there is nothing of it. */
export type Histories = Readonly<Record<FilePath, Readonly<Record<Part, Literal | null>>>>;

/** The same, of those alone that were filled. */
export type Filled = Readonly<Record<FilePath, Readonly<Record<Part, Literal>>>>;

/** What cannot be read is not among them. */
export async function observeHistories(
  world: World,
  { home, sqliteHome }: { readonly home: FilePath; readonly sqliteHome: FilePath },
  threads: readonly ThreadId[],
): Promise<Histories> {
  if (threads.length === 0) return {};
  const parts = await partsOf(world, home, threads);
  const histories: Record<FilePath, Record<Part, Literal | null>> = {};
  const beside = await world.files.list(sqliteHome);
  for (const { file } of beside.ok ? beside.value : []) {
    if (!/thread_history_\d+\.sqlite$/.test(file)) continue;
    const found = await readProjections(world, file, parts.map(nameIn));
    const seen: Record<Part, Literal | null> = (histories[file] = {});
    for (const part of parts) {
      const history = found[nameIn(part)];
      // Turns without a place up to which they go are nothing that Codex leaves behind.
      if (history === undefined || (history.next === null && history.turns.length > 0)) continue;
      seen[part] = history.next;
    }
  }
  return histories;
}

/** A database that was not there before goes as a whole. */
export function filledBetween(
  { histories: before = {} }: { readonly histories?: Histories },
  { histories: after = {} }: { readonly histories?: Histories },
): Filled {
  const filled: Record<FilePath, Record<Part, Literal>> = {};
  for (const [file, parts] of Object.entries(before))
    for (const [part, was] of Object.entries(parts)) {
      const now = after[file]?.[part] ?? null;
      if (was === null && now !== null) (filled[file] ??= {})[part] = now;
    }
  return filled;
}

/** Empties them again, where Codex has not gone on with the thread since. */
export async function emptyHistories(
  filled: Filled,
  home: FilePath,
  world: World,
  hands: Hands,
): Promise<readonly Left[]> {
  const left: Left[] = [];
  for (const [file, places] of Object.entries(filled)) {
    // One that somebody has removed meanwhile is not to be made again.
    if (!(await world.files.stat(file)).ok) continue;
    const parts = Object.keys(places);
    const newer = await newestParts(world, home, parts.map(threadIn));
    const goneOn = newer.filter(part => !parts.includes(part)).map(threadIn);
    const standing = await hands.transact(file, transaction =>
      standingIn(transaction, places, goneOn),
    );
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

/** Empties what can be emptied; the threads of the others are the answer. */
function standingIn(
  transaction: Transaction,
  places: Filled[FilePath],
  goneOn: readonly ThreadId[],
): readonly ThreadId[] {
  const tables = transaction
    .ask(
      `SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
       WHERE m.type = 'table' AND c.name = 'thread_id'`,
    )
    .map(([name]) => String(name));
  if (!tables.includes(PLACES)) return [];
  return Object.entries(places).flatMap(([part, place]) => {
    const which = `thread_id = ${literal(nameIn(part))}`;
    const [now] = transaction.ask(
      `SELECT quote(next_rollout_byte_offset) FROM ${PLACES} WHERE ${which}`,
    );
    if (now === undefined) return [];
    const thread = threadIn(part);
    if (String(now[0]) !== place || goneOn.includes(thread)) return [thread];
    for (const table of tables) transaction.run(`DELETE FROM "${table}" WHERE ${which}`);
    return [];
  });
}

function threadIn(part: Part): ThreadId {
  return part.split('_')[0] ?? part;
}

/** The name under which the history of a file stands. */
function nameIn(part: Part): ThreadId {
  return part.split('_')[1] ?? part;
}

/** The first file of a thread is taken for being there: its history may be there without it. */
async function partsOf(
  world: World,
  home: FilePath,
  threads: readonly ThreadId[],
): Promise<readonly Part[]> {
  const wanted = new Set(threads);
  const parts = new Set<Part>(threads);
  for (const place of ROLLOUT_PLACES) {
    const tree = await world.files.tree(world.machine.join(home, place));
    for (const { file } of tree.ok ? tree.value.entries : []) {
      const name = parseRolloutName(file.slice(file.search(/[^/\\]*$/)));
      if (name?.segment != null && wanted.has(name.id)) parts.add(`${name.id}_${name.segment}`);
    }
  }
  return [...parts];
}

/** Ids of files begin with the time at which they were made. */
async function newestParts(
  world: World,
  home: FilePath,
  threads: readonly ThreadId[],
): Promise<readonly Part[]> {
  const newest = new Map<ThreadId, Part>();
  for (const part of (await partsOf(world, home, threads)).toSorted())
    newest.set(threadIn(part), part);
  return [...newest.values()];
}
