// What Codex did when it was asked, as the difference between two looks at the home. It is kept as plain steps,
// beside how the home was before.

import { parentOf } from '../../model/paths.ts';
import type { AskStep, Left, Step } from '../../model/plan.ts';
import type { FilePath, ThreadId } from '../../model/words.ts';
import { begunBetween, forksAmong, type Begun } from '../forks.ts';
import {
  madeDatabases,
  nameOf,
  NOTHING_DONE,
  observeFiles,
  packedBetween,
  stepsBetween,
  type Doings,
  type Observation,
} from '../observe.ts';
import { filledBetween, observeHistories } from '../observeHistories.ts';
import { idInName, threadsIn, whyHomeIsUsed } from './madeDatabases.ts';
import { isUnfinished, packingsOf, PROVEN } from './packing.ts';
import type { Ground } from './step.ts';

/** The home as it was before Codex was asked, and the steps to which its doings came. */
const BEFORE = 'before-codex';
const OBSERVED = 'codex-did';
const OWN_NOTE = /^(?:before-codex|codex-did|imaged)(?:-[^/\\]*)?\.json$/;
const MAX_BYTES = 1024 * 1024 * 1024;

/** The home as it is now, as far as Codex may change it when it is asked. */
export async function observe(step: AskStep, ground: Ground): Promise<Observation> {
  const { home, sqliteHome, state, opens = [] } = step;
  const apart = opens.map(({ file }) => file).filter(file => parentOf(file) !== parentOf(state));
  return {
    tables: await ground.tables(state),
    files: await observeFiles(ground.world, home, sqliteHome, apart),
    histories: await observeHistories(ground.world, step, resumedBy(step)),
  };
}

/**
 * Resuming a thread fills its history. That is for closed Codexes alone: one that goes on with a thread
 * whose history is emptied beneath it would leave out its first turns, and say nothing.
 */
function resumedBy({ calls }: AskStep): readonly ThreadId[] {
  return calls.flatMap(({ method, threads }) => (method === 'thread/resume' ? threads : []));
}

/**
 * A stop came while Codex was at work, and somebody may have worked with Codex since: only what it
 * was asked for is taken back.
 */
async function foreseen(step: AskStep, ground: Ground): Promise<Doings> {
  const before = await recall<Observation>(noteOf(BEFORE, step), ground);
  if (before === null) return NOTHING_DONE;
  const after = await observe(step, ground);
  const ids = new Set(step.calls.flatMap(({ threads }) => threads));
  const isOurs = (file: FilePath) =>
    [...ids].some(id => nameOf(file).includes(id)) ||
    /(?:index\.jsonl|\.sqlite|rollout-compress-[^/\\]*\.tmp)$/.test(file);
  const only = ({ tables, files, ...rest }: Observation): Observation => ({
    ...rest,
    tables: Object.fromEntries(
      Object.entries(tables).map(([table, rows]) => [
        table,
        Object.fromEntries(
          Object.entries(rows).filter(([id]) => table !== 'threads' || ids.has(id)),
        ),
      ]),
    ),
    files: Object.fromEntries(Object.entries(files).filter(([file]) => isOurs(file))),
  });
  const doings = await doingsBetween(step, only(before), only(after), [], ground);
  // After a stop nobody can tell a fork that was asked for from one that somebody has made since.
  const begun = isForking(step) ? begunBetween(before, after) : [];
  return {
    ...doings,
    // What a new database was made of: any other thread in it has been begun since.
    threads: Object.keys(before.files).flatMap(file => idInName(file) ?? []),
    unclaimed: begun.map(({ file }) => file),
  };
}

function isForking({ calls }: AskStep): boolean {
  return calls.some(({ method }) => method === 'thread/fork');
}

export async function doingsBetween(
  step: AskStep,
  before: Observation,
  after: Observation,
  forked: readonly ThreadId[],
  ground: Ground,
): Promise<Doings> {
  const { state, calls } = step;
  const planned = new Set(packingsOf(calls).map(({ file }) => file));
  const begun = begunBetween(before, after);
  const forks = await forksAmong(begun, forked, step, after, ground);
  const made = madeDatabases(before, after);
  const inThem = await Promise.all(made.map(database => threadsIn(database, ground.world)));
  const threads = [
    ...Object.keys(after.tables['threads'] ?? {}),
    ...inThem.flatMap(ids => (typeof ids === 'string' ? [] : ids)),
  ];
  // Codex has died before it could say which one it has made.
  const isAllSaid = forks.length === calls.filter(({ method }) => method === 'thread/fork').length;
  const isFork = (file: FilePath) => forks.some(fork => fork.file === file);
  return {
    forks,
    unclaimed: isAllSaid ? [] : begun.map(({ file }) => file).filter(file => !isFork(file)),
    steps: await stepsBetween(ground.world, state, before, without(after, begun)),
    made,
    threads: [...new Set(threads)],
    packed: packedBetween(before, after).filter(({ file }) => !planned.has(file)),
    unfinished: Object.keys(after.files)
      .filter(isUnfinished)
      .filter(file => before.files[file] === undefined),
    filled: filledBetween(before, after),
  };
}

/**
 * Forks go as a whole, and their rows with them. A thread that has begun besides was begun by somebody else:
 * it is nothing of ours.
 */
function without(after: Observation, begun: readonly Begun[]): Observation {
  const { threads = {}, ...tables } = after.tables;
  const made = new Set(begun.map(({ thread }) => thread));
  const others = Object.entries(threads).filter(([id]) => !made.has(id));
  return { ...after, tables: { ...tables, threads: Object.fromEntries(others) } };
}

/** What Codex did when it was asked, as steps. */
export async function whatCodexDid(ground: Ground): Promise<readonly Step[]> {
  return ((await observed({}, ground)) ?? NOTHING_DONE).steps;
}

/** What is known of it; where a stop came before that was written down, what can be told now. */
export async function doingsOf(step: AskStep, ground: Ground): Promise<Doings> {
  return (await observed(step, ground)) ?? foreseen(step, ground);
}

/** What keeps the databases of a home in it that this repair has made; null where nothing does. */
export async function usedSince(step: AskStep, ground: Ground): Promise<Left | null> {
  if (step.newHome === undefined) return null;
  const before = await recall<Observation>(noteOf(BEFORE, step), ground);
  return before === null ? null : whyHomeIsUsed(step, before.files, ground.world);
}

export function keepBefore(step: Noted, before: Observation, ground: Ground): Promise<void> {
  return keep(noteOf(BEFORE, step), before, ground);
}

export function keepDoings(step: Noted, doings: Doings, ground: Ground): Promise<void> {
  return keep(noteOf(OBSERVED, step), doings, ground);
}

/** What an earlier version wrote down lacks what it did not look at. */
async function observed(step: Noted, ground: Ground): Promise<Doings | null> {
  const known = await recall<Partial<Doings>>(noteOf(OBSERVED, step), ground);
  return known === null ? null : { ...NOTHING_DONE, ...known };
}

/** Whether a kept file is none of the home's, but what was written down here. */
export function isOwnNote(name: string): boolean {
  return OWN_NOTE.test(name) || name === PROVEN;
}

type Noted = Pick<AskStep, 'newHome'>;

/** Of each home that a repair makes there are notes of their own. */
function noteOf(name: string, { newHome }: Noted): string {
  return newHome === undefined ? `${name}.json` : `${name}-${newHome}.json`;
}

async function keep(
  name: string,
  content: unknown,
  { world, hands, keptFiles }: Ground,
): Promise<void> {
  const text = new TextEncoder().encode(JSON.stringify(content));
  await hands.create(world.machine.join(keptFiles, name), text, null);
}

async function recall<T>(name: string, { world, keptFiles }: Ground): Promise<T | null> {
  const read = await world.files.whole(world.machine.join(keptFiles, name), MAX_BYTES);
  return read.ok ? (JSON.parse(new TextDecoder().decode(read.value)) as T) : null;
}
