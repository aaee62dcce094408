// Lets Codex do something itself. What it then changed is found by looking before and behind, and is
// kept as plain steps, so that undoing it needs no Codex, and takes back also what nobody foresaw.

import type { AskStep, Call, Left, Step } from '../../model/plan.ts';
import type { FilePath } from '../../model/words.ts';
import { AppServerRefusal, type AppServer } from '../../hands.ts';
import { observeFiles, nameOf, stepsBetween, type Observation } from '../observe.ts';
import type { Ground, StepHandler } from './step.ts';

/** The home as it was before Codex was asked, and the steps to which its doings came. */
const BEFORE = 'before-codex.json';
const OBSERVED = 'codex-did.json';
const MAX_BYTES = 1024 * 1024 * 1024;

export function askHandler(handlerOf: (step: Step) => StepHandler<Step>): StepHandler<AskStep> {
  return {
    describe: ({ calls }) => `asks Codex: it ${summaryOf(calls).join(', ')}`,
    touches: ({ calls, state }) =>
      calls.flatMap(({ threads }) => threads.map(id => `${state} › threads › '${id}'`)),
    backupBytes: ({ calls }) => 2048 * calls.flatMap(({ threads }) => threads).length,
    whyStale: async ({ codex }, { world }) => {
      const state = await world.files.stat(codex);
      return state.ok ? null : `${codex}: ${state.trouble.why}`;
    },
    apply: async (step, ground) => {
      const before = await observe(step, ground);
      await keep(BEFORE, before, ground);
      try {
        return await session(step, ground);
      } finally {
        const after = await observe(step, ground);
        const steps = await stepsBetween(ground.world, step.state, before, after);
        await keep(OBSERVED, steps, ground);
      }
    },
    undo: async (step, ground) => {
      const known = await recall<readonly Step[]>(OBSERVED, ground);
      const steps = known ?? (await foreseen(step, ground));
      const left: Left[] = [];
      for (const one of steps.toReversed()) left.push(...(await handlerOf(one).undo(one, ground)));
      return left;
    },
  };
}

/** Like calls are said once, with their number. */
export function summaryOf(calls: readonly Call[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { says } of calls) counts.set(says, (counts.get(says) ?? 0) + 1);
  return [...counts].map(([says, count]) => (count === 1 ? says : `${says} (${String(count)} times)`));
}

async function session(step: AskStep, { hands }: Ground): Promise<readonly Left[]> {
  const { codex, home, sqliteHome } = step;
  const server = await hands.appServers.start({
    codex,
    home,
    sqliteHome: sqliteHome === home ? null : sqliteHome,
  });
  try {
    const left: Left[] = [];
    for (const call of step.calls) {
      const why = await answerTo(server, call);
      if (why !== null) left.push(...call.findings.map(what => ({ what, why })));
    }
    return left;
  } finally {
    await server.end();
  }
}

/** Why Codex did not do it; null when it did. */
async function answerTo(server: AppServer, { method, params }: Call): Promise<string | null> {
  try {
    if (method === 'thread/list') await server.pages(method, params);
    else await server.call(method, params);
    return null;
  } catch (error) {
    if (error instanceof AppServerRefusal) return `Codex refuses: ${error.message}`;
    throw error;
  }
}

async function observe({ home, state }: AskStep, ground: Ground): Promise<Observation> {
  return { rows: await ground.rows(state), files: await observeFiles(ground.world, home) };
}

/**
 * A stop came while Codex was at work, and somebody may have worked with Codex since: only what it
 * was asked for is taken back.
 */
async function foreseen(step: AskStep, ground: Ground): Promise<readonly Step[]> {
  const before = await recall<Observation>(BEFORE, ground);
  if (before === null) return [];
  const after = await observe(step, ground);
  const ids = new Set(step.calls.flatMap(({ threads }) => threads));
  const isOurs = (file: FilePath) =>
    [...ids].some(id => nameOf(file).includes(id)) || nameOf(file) === 'session_index.jsonl';
  const only = ({ rows, files }: Observation): Observation => ({
    rows: Object.fromEntries(Object.entries(rows).filter(([id]) => ids.has(id))),
    files: Object.fromEntries(Object.entries(files).filter(([file]) => isOurs(file))),
  });
  return stepsBetween(ground.world, step.state, only(before), only(after));
}

async function keep(name: string, content: unknown, { world, hands, keptFiles }: Ground) {
  const text = new TextEncoder().encode(JSON.stringify(content));
  await hands.create(world.machine.join(keptFiles, name), text, null);
}

async function recall<T>(name: string, { world, keptFiles }: Ground): Promise<T | null> {
  const read = await world.files.whole(world.machine.join(keptFiles, name), MAX_BYTES);
  return read.ok ? (JSON.parse(new TextDecoder().decode(read.value)) as T) : null;
}
