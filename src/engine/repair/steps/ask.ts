// Lets Codex do something itself. What it then changed is found by looking before and behind (codexDoings.ts),
// so that undoing it needs no Codex, and takes back also what nobody foresaw.

import type { AskStep, Call, Left, Step } from '../../model/plan.ts';
import type { FilePath, ThreadId } from '../../model/words.ts';
import { AppServerRefusal, type AppServer } from '../../hands.ts';
import { emptyHistories } from '../observeHistories.ts';
import { nameOf } from '../observe.ts';
import { beyondPlan, madeBy } from '../beyondPlan.ts';
import { replayRows } from '../replay.ts';
import { sayUnclaimed, putForksAway } from '../forks.ts';
import {
  doingsBetween,
  doingsOf,
  keepBefore,
  keepDoings,
  observe,
  usedSince,
} from './codexDoings.ts';
import {
  hold,
  letGo,
  noteUnplanned,
  pack,
  packingsOf,
  putUnfinishedAway,
  unpackAgain,
  whyNotAsPlanned,
} from './packing.ts';
import { putMadeAway, whyInUse } from './madeDatabases.ts';
import { Interrupted, type Ground, type StepHandler } from './step.ts';

export function askHandler(handlerOf: (step: Step) => StepHandler<Step>): StepHandler<AskStep> {
  return {
    describe: ({ calls, replay }) => {
      const put =
        replay === undefined || replay.rows.length === 0
          ? ''
          : `; then ${String(replay.rows.length)} entries that Codex does not make by itself are put back`;
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
      await keepBefore(step, before, ground);
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
        await keepDoings(step, doings, ground);
        unplanned = beyondPlan(step, doings);
      }
      return { failed, unplanned };
    },
    undo: async (step, ground) => {
      const { steps, made, threads, packed, unfinished, filled, forks, unclaimed } = await doingsOf(
        step,
        ground,
      );
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
