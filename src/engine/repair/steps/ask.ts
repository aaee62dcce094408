// Lets Codex do something itself. What it then changed is found by looking before and behind, and is
// kept as plain steps, so that undoing it needs no Codex, and takes back also what nobody foresaw.

import type { AskStep, Call, Left, Step } from '../../model/plan.ts';
import type { FilePath, ThreadId } from '../../model/words.ts';
import { AppServerRefusal, type AppServer } from '../../hands.ts';
import { emptyHistories, filledBetween, observeHistories } from '../observeHistories.ts';
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
import { beyondPlan, madeBy } from '../beyondPlan.ts';
import { replayRows } from '../replay.ts';
import { begunBetween, forksAmong, sayUnclaimed, putForksAway, type Begun } from '../forks.ts';
import {
  hold,
  isUnfinished,
  letGo,
  noteUnplanned,
  pack,
  packingsOf,
  PROVEN,
  putUnfinishedAway,
  unpackAgain,
  whyNotAsPlanned,
} from './packing.ts';
import { idInName, putMadeAway, threadsIn, whyHomeIsUsed, whyInUse } from './madeDatabases.ts';
import { Interrupted, type Ground, type StepHandler } from './step.ts';

/** The home as it was before Codex was asked, and the steps to which its doings came. */
const BEFORE = 'before-codex';
const OBSERVED = 'codex-did';
const OWN_NOTE = /^(?:before-codex|codex-did)(?:-[^/\\]*)?\.json$/;
const MAX_BYTES = 1024 * 1024 * 1024;

export function askHandler(handlerOf: (step: Step) => StepHandler<Step>): StepHandler<AskStep> {
  return {
    describe: ({ calls, replay }) => {
      const put =
        replay === undefined || replay.rows.length === 0
          ? ''
          : `; then ${String(replay.rows.length)} entries that only the old database had are put back`;
      return `asks Codex: it ${summaryOf(calls).join(', ')}${put}`;
    },
    touches: step => {
      const { calls, state, replay } = step;
      const threads = calls.flatMap(call => [
        ...call.threads,
        ...(call.corrects ?? []).map(({ thread }) => thread),
      ]);
      const put = (replay?.rows ?? []).map(
        ({ table, key }) => `${state} › ${table} › ${Object.values(key).join(', ')}`,
      );
      const rows = threads.map(id => `${state} › threads › '${id}'`);
      const packed = packingsOf(calls).flatMap(({ file }) => [file, `${file}.zst`]);
      return [...new Set([...rows, ...put, ...packed, ...madeBy(step)])];
    },
    backupBytes: ({ calls }) => 2048 * calls.flatMap(({ threads }) => threads).length,
    whyStale: async ({ codex, calls }, ground) => {
      const state = await ground.world.files.stat(codex);
      if (!state.ok) return `${codex}: ${state.trouble.why}`;
      return whyNotAsPlanned(packingsOf(calls), ground);
    },
    apply: async (step, ground) => {
      const before = await observe(step, ground);
      await keep(noteOf(BEFORE, step), before, ground);
      const packings = packingsOf(step.calls);
      await hold(packings, ground);
      const failed: Left[] = [];
      const forked: ThreadId[] = [];
      let unplanned: readonly string[] = [];
      try {
        failed.push(...(await session(step, ground, forked)));
        if (step.replay !== undefined)
          failed.push(...(await replayRows(step.state, step.replay, ground)));
        failed.push(...(await letGo(packings, ground)));
      } finally {
        const after = await observe(step, ground);
        const doings = await doingsBetween(step, before, after, forked, ground);
        await noteUnplanned(doings.packed, ground);
        await keep(noteOf(OBSERVED, step), doings, ground);
        unplanned = beyondPlan(step, doings);
      }
      return { failed, unplanned };
    },
    undo: async (step, ground) => {
      const known = await observed(ground, step);
      const { steps, made, threads, packed, unfinished, filled, forks, unclaimed } =
        known ?? (await foreseen(step, ground));
      const left: Left[] = [...(await putAway(step, made, threads, ground))];
      left.push(...(await putForksAway(forks, step, ground)));
      left.push(...unclaimed.map(sayUnclaimed));
      left.push(...(await emptyHistories(filled, step.home, ground.world, ground.hands)));
      for (const one of steps.toReversed()) left.push(...(await handlerOf(one).undo(one, ground)));
      left.push(...(await unpackAgain([...packingsOf(step.calls), ...packed], ground)));
      await putUnfinishedAway(unfinished, ground);
      return left;
    },
  };
}

/** Like calls are said once, with their number. */
export function summaryOf(calls: readonly Call[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { says } of calls) counts.set(says, (counts.get(says) ?? 0) + 1);
  return [...counts].map(([says, count]) =>
    count === 1 ? says : `${says} (${String(count)} times)`,
  );
}

/** `forked` receives the threads that Codex says it has made of others. */
async function session(
  step: AskStep,
  ground: Ground,
  forked: ThreadId[],
): Promise<readonly Left[]> {
  const { codex, home, sqliteHome } = step;
  const server = await ground.hands.appServers.start({
    codex,
    home,
    sqliteHome: sqliteHome === home ? null : sqliteHome,
  });
  try {
    const left: Left[] = [];
    for (const [done, call] of step.calls.entries()) {
      if (ground.watch.signal?.aborted === true) throw new Interrupted('asking Codex was stopped');
      ground.watch.tell(done, step.calls.length, 'requests');
      if (call.packs !== undefined) {
        left.push(...(await pack(server, home, call, ground)));
        continue;
      }
      const why = await answerTo(server, call, forked);
      if (why !== null) left.push(...call.findings.map(what => ({ what, why })));
    }
    return left;
  } finally {
    await server.end();
  }
}

/** Why Codex did not do it; null when it did. */
async function answerTo(
  server: AppServer,
  { method, params }: Call,
  forked: ThreadId[],
): Promise<string | null> {
  try {
    if (method === 'thread/list') await server.pages(method, params);
    else {
      const answer = await server.call(method, params);
      if (method === 'thread/fork') forked.push(madeThread(answer));
    }
    return null;
  } catch (error) {
    if (error instanceof AppServerRefusal)
      return (await server.knows(method).catch(() => true))
        ? `Codex refuses: ${error.message}`
        : 'this Codex is too old to do it when it is asked; a newer one can';
    throw error;
  }
}

/** An answer that names none stands for no thread at all. */
function madeThread(answer: unknown): ThreadId {
  const { thread } = (answer ?? {}) as { readonly thread?: { readonly id?: unknown } };
  return typeof thread?.id === 'string' ? thread.id : '';
}

async function observe(step: AskStep, ground: Ground): Promise<Observation> {
  const { home, sqliteHome, state } = step;
  return {
    tables: await ground.tables(state),
    files: await observeFiles(ground.world, home, sqliteHome),
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

async function doingsBetween(
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

/**
 * A database that Codex has made goes into the vault as it is now: every start of Codex writes into it.
 * What somebody has used since stays; with a state database all that belongs to it.
 */
async function putAway(
  step: AskStep,
  made: readonly FilePath[],
  threads: readonly ThreadId[],
  ground: Ground,
): Promise<readonly Left[]> {
  const { world, keptFiles } = ground;
  const left: Left[] = [];
  const used = await usedSince(step, ground);
  if (used !== null) return [used];
  const prefix = step.newHome === undefined ? 'made' : `made-${step.newHome}`;
  const others = made.filter(database => database !== step.state);
  for (const database of [...made.filter(one => one === step.state), ...others]) {
    // What this repair had moved away before comes back in its place, by the step that has moved it.
    const isReplaced = await world.files.stat(world.machine.join(keptFiles, nameOf(database)));
    if (isReplaced.ok && database !== step.state) continue;
    const { threads: copied } = step.replay?.copies?.find(({ to }) => to === database) ?? {};
    const why = await whyInUse(database, threads, world, copied);
    if (why !== null) left.push({ what: database, why });
    if (why !== null && database === step.state) return left;
    if (why === null) await putMadeAway(database, prefix, ground);
  }
  return left;
}

/** What keeps the databases of a home in it that this repair has made; null where nothing does. */
async function usedSince(step: AskStep, ground: Ground): Promise<Left | null> {
  if (step.newHome === undefined) return null;
  const before = await recall<Observation>(noteOf(BEFORE, step), ground);
  return before === null ? null : whyHomeIsUsed(step, before.files, ground.world);
}

/** What Codex did when it was asked, as steps. */
export async function whatCodexDid(ground: Ground): Promise<readonly Step[]> {
  return ((await observed(ground, {})) ?? NOTHING_DONE).steps;
}

/** What an earlier version wrote down lacks what it did not look at. */
async function observed(ground: Ground, step: Noted): Promise<Doings | null> {
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

async function keep(name: string, content: unknown, { world, hands, keptFiles }: Ground) {
  const text = new TextEncoder().encode(JSON.stringify(content));
  await hands.create(world.machine.join(keptFiles, name), text, null);
}

async function recall<T>(name: string, { world, keptFiles }: Ground): Promise<T | null> {
  const read = await world.files.whole(world.machine.join(keptFiles, name), MAX_BYTES);
  return read.ok ? (JSON.parse(new TextDecoder().decode(read.value)) as T) : null;
}
