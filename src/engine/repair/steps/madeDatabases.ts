// Databases that Codex has made while we asked it, or in the place of one that a repair has moved away.
// Undoing puts them into the vault, but for those that somebody has used since: no repair is worth that.

import type { FilePath, ThreadId } from '../../model/words.ts';
import { BESIDE } from '../../hands.ts';
import type { World } from '../../world.ts';
import type { AskStep, Left } from '../../model/plan.ts';
import { nameOf, observeFiles, type Observation } from '../observe.ts';
import { isSameTime } from './edit.ts';
import type { Ground } from './step.ts';

const MOST_BYTES = 2 * 1024 * 1024 * 1024;
/** The log goes before the database: alone it means nothing, and the database without it is stale. */
const SIDE_FILES = ['-shm', '-wal', ''];

/** What Codex enters there comes from the conversations: that a thread is new says that it was used. */
const OF_CONVERSATIONS = /^(?:state|thread_history)_/;
/** Every start of a Codex writes there, and nothing of a person's is in it. */
const OF_LOGS = /^logs_/;

export function isOfLogs(database: FilePath): boolean {
  return OF_LOGS.test(nameOf(database));
}

/**
 * Why a database that Codex has made has to stay; null when it can go. `known`: the threads that were in it
 * when we had asked; null where that does not matter, because an older one takes its place again. Goals, memories and queued messages belong to threads, and of a thread there is
 * nothing in a database of those that has just been made (seen from 0.135 to 0.169).
 */
export async function whyInUse(
  database: FilePath,
  known: readonly ThreadId[] | null,
  world: World,
  /** Threads about which we have put something there ourselves. */
  copied: readonly ThreadId[] = [],
): Promise<string | null> {
  const name = nameOf(database);
  const state = await world.files.stat(database);
  if (!state.ok || state.value.bytes === 0 || isOfLogs(database)) return null;
  const comesFromConversations = OF_CONVERSATIONS.test(name);
  if (comesFromConversations && known === null) return null;
  const threads = await threadsIn(database, world);
  if (typeof threads === 'string') return `it cannot be read: ${threads}`;
  if (!comesFromConversations)
    return threads.every(id => copied.includes(id))
      ? null
      : 'what somebody has entered since is in it';
  const isKnown = new Set(known);
  return threads.every(id => isKnown.has(id)) ? null : 'Codex has entered new threads in it since';
}

/**
 * The threads of which something is in a database, or why that cannot be told: where there is a table of
 * threads, by that, else by all tables. Nothing is in what is no database, and nobody can have used that.
 */
export async function threadsIn(
  database: FilePath,
  world: World,
): Promise<readonly ThreadId[] | string> {
  const opened = await world.databases.open(database, MOST_BYTES);
  if (!opened.ok) return opened.trouble.code === 'broken' ? [] : opened.trouble.why;
  try {
    const [tables] = await opened.value.ask([
      `SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
       WHERE m.type = 'table' AND CASE WHEN EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'threads')
       THEN m.name = 'threads' AND c.name = 'id' ELSE c.name = 'thread_id' END`,
    ]);
    if (tables?.ok !== true) return [];
    const found = new Set<ThreadId>();
    for (const [table, column] of tables.rows) {
      const question = `SELECT DISTINCT "${String(column)}" FROM "${String(table)}"`;
      const [ids] = await opened.value.ask([question]);
      if (ids?.ok !== true) return ids?.why ?? 'no answer';
      for (const [id] of ids.rows) found.add(String(id));
    }
    return [...found];
  } finally {
    opened.value.close();
  }
}

/** Puts it there with its log, under names that begin so. */
export async function putMadeAway(database: FilePath, prefix: string, ground: Ground) {
  const { world, hands, keptFiles } = ground;
  for (const file of SIDE_FILES.map(suffix => database + suffix)) {
    const target = world.machine.join(keptFiles, `${prefix}-${nameOf(file)}`);
    await hands.removeOwn(target + BESIDE);
    const isThere = (await world.files.stat(file)).ok;
    if (isThere && !(await world.files.stat(target)).ok) await hands.move(file, target);
  }
}

/**
 * Why the databases of a home stay that a repair has made; null when they can go. Conversations in which
 * somebody has gone on since, or that were begun there, stay, and with them what is said of them.
 */
export async function whyHomeIsUsed(
  { home, sqliteHome }: Pick<AskStep, 'home' | 'sqliteHome'>,
  before: Observation['files'],
  world: World,
): Promise<Left | null> {
  const now = await observeFiles(world, home, sqliteHome);
  const used = Object.entries(now)
    .filter(([file]) => idInName(file) !== null)
    .filter(([file, { bytes, modifiedMs }]) => {
      const then = before[file];
      return then?.bytes !== bytes || !isSameTime(then.modifiedMs, modifiedMs);
    })
    .map(([file]) => file);
  if (used.length === 0) return null;
  const some = used.slice(0, 3).join(', ');
  const more = used.length > 3 ? ` and ${String(used.length - 3)} more` : '';
  return {
    what: `the databases of ${home}`,
    why: `somebody has worked there since (${some}${more}); those conversations stay there`,
  };
}

export function idInName(file: FilePath): ThreadId | null {
  return /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl(?:\.zst)?$/.exec(file)?.[1] ?? null;
}
