// The threads that Codex has made while it was asked to fork some. Undoing puts them into the vault: with
// their row and their history, as long as nobody has used them since; else all of it stays.

import type { Columns, Left } from '../model/plan.ts';
import type { FilePath, ThreadId } from '../model/words.ts';
import { parseRolloutName } from '../scan/layout.ts';
import type { Observation } from './observe.ts';
import { nameOf } from './observe.ts';
import { emptyHistories, observeHistories, type Filled } from './observeHistories.ts';
import { isSameTime } from './steps/edit.ts';
import { putIntoVault } from './steps/move.ts';
import { rows } from './steps/rows.ts';
import type { Ground } from './steps/step.ts';

export interface Fork {
  readonly thread: ThreadId;
  readonly file: FilePath;
  readonly bytes: number;
  readonly modifiedMs: number;
  /** Null where Codex has not entered it. */
  readonly row: Columns | null;
  readonly filled: Filled;
}

/** Places of a home that a fork is looked for in. */
interface Places {
  readonly home: FilePath;
  readonly sqliteHome: FilePath;
}

/** A thread that was not there before. */
export interface Begun {
  readonly thread: ThreadId;
  readonly file: FilePath;
}

export function begunBetween(before: Observation, after: Observation): readonly Begun[] {
  const known = new Set(Object.keys(before.files).map(file => idIn(file)));
  return Object.keys(after.files).flatMap(file => {
    const thread = idIn(file);
    return thread === null || known.has(thread) ? [] : [{ thread, file }];
  });
}

function idIn(file: FilePath): ThreadId | null {
  return parseRolloutName(nameOf(file))?.id ?? null;
}

/** Of what has begun meanwhile, what Codex has said it has made: anything else is a person's own. */
export async function forksAmong(
  begun: readonly Begun[],
  said: readonly ThreadId[],
  places: Places,
  { tables, files }: Observation,
  { world }: Pick<Ground, 'world'>,
): Promise<readonly Fork[]> {
  const forks: Fork[] = [];
  for (const { thread, file } of begun) {
    const seen = files[file];
    if (seen === undefined || !said.includes(thread)) continue;
    const { bytes, modifiedMs } = seen;
    const { id: _, ...row } = tables['threads']?.[thread] ?? {};
    forks.push({
      ...{ thread, file, bytes, modifiedMs },
      row: Object.keys(row).length === 0 ? null : row,
      filled: await historiesOf(thread, places, world),
    });
  }
  return forks;
}

/** What there is of its history is all of it new. */
async function historiesOf(
  thread: ThreadId,
  places: Places,
  world: Ground['world'],
): Promise<Filled> {
  const seen = await observeHistories(world, places, [thread]);
  return Object.fromEntries(
    Object.entries(seen).map(([database, parts]) => [
      database,
      Object.fromEntries(
        Object.entries(parts).flatMap(([part, next]) => (next === null ? [] : [[part, next]])),
      ),
    ]),
  );
}

export async function putForksAway(
  forks: readonly Fork[],
  { home, state }: { readonly home: FilePath; readonly state: FilePath },
  ground: Ground,
): Promise<readonly Left[]> {
  const left: Left[] = [];
  for (const fork of forks) {
    const why = await whyUsed(fork, state, ground);
    if (why !== null) {
      left.push({ what: `the fork ${fork.thread}`, why });
      continue;
    }
    left.push(...(await emptyHistories(fork.filled, home, ground.world, ground.hands)));
    const { thread, row } = fork;
    // It goes before the file: a row without one is what a stop must not leave behind.
    if (row !== null) left.push(...(await rows.undo(rowStep(state, thread, row), ground)));
    if ((await ground.world.files.stat(fork.file)).ok)
      await putIntoVault(fork.file, 'forked', ground);
  }
  return left;
}

function rowStep(database: FilePath, thread: ThreadId, after: Columns) {
  const key = { id: `'${thread}'` };
  return {
    kind: 'rows' as const,
    database,
    table: 'threads',
    changes: [{ key, before: null, after }],
  };
}

/** Null for one that is as Codex has made it, also where a stop has come while it was put away. */
async function whyUsed(fork: Fork, state: FilePath, ground: Ground): Promise<string | null> {
  const { thread, file, bytes, modifiedMs } = fork;
  const now = await ground.world.files.stat(file);
  if (!now.ok && now.trouble.code !== 'missing')
    return `it cannot be looked at: ${now.trouble.why}`;
  const table = (await ground.tables(state))['threads'] ?? {};
  const { id: _, ...row } = table[thread] ?? {};
  const isEntered = Object.keys(row).length > 0;
  if (!now.ok) return isEntered ? 'it has been archived or moved since' : null;
  if (now.value.bytes !== bytes || !isSameTime(now.value.modifiedMs, modifiedMs))
    return 'somebody has gone on with it since';
  const isSameRow = Object.entries(row).every(([name, value]) => fork.row?.[name] === value);
  if (isEntered && !isSameRow) return 'Codex has changed its entry since';
  const leaning = (await ground.leaning()).get(thread) ?? [];
  return leaning.length > 0 ? `it has been forked since, as ${leaning.join(', ')}` : null;
}

export function sayUnclaimed(file: FilePath): Left {
  return {
    what: file,
    why: 'it is the fork that was asked for, or one that somebody has made since; it stays',
  };
}
