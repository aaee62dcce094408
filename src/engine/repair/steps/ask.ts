// Lets Codex do something itself. What it then changed is found by looking before and behind, and is
// kept as plain steps, so that undoing it needs no Codex, and takes back also what nobody foresaw.

import type { AskStep, Call, Left, Step } from '../../model/plan.ts';
import type { FilePath, ThreadId } from '../../model/words.ts';
import { AppServerRefusal, BESIDE, type AppServer } from '../../hands.ts';
import {
  emptyHistories,
  filledBetween,
  observeHistories,
  type Filled,
} from '../observeHistories.ts';
import {
  madeDatabases,
  nameOf,
  NAMES,
  observeFiles,
  stepsBetween,
  type Observation,
} from '../observe.ts';
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
      let failed: readonly Left[] = [];
      let unplanned: readonly string[] = [];
      try {
        failed = await session(step, ground);
      } finally {
        const after = await observe(step, ground);
        const doings = await doingsBetween(step, before, after, ground);
        await keep(OBSERVED, doings, ground);
        unplanned = beyondPlan(step, doings);
      }
      return { failed, unplanned };
    },
    undo: async (step, ground) => {
      const known = await recall<Doings>(OBSERVED, ground);
      const { steps, made, threads, filled } = known ?? (await foreseen(step, ground));
      const left: Left[] = [...(await putAway(step, made, threads, ground))];
      if (filled !== undefined)
        left.push(...(await emptyHistories(filled, ground.world, ground.hands)));
      for (const one of steps.toReversed()) left.push(...(await handlerOf(one).undo(one, ground)));
      return left;
    },
  };
}

/** What Codex did to threads that it was not asked about. */
function beyondPlan({ calls, state }: AskStep, { steps, made }: Doings): readonly string[] {
  const planned = new Set(calls.flatMap(({ threads }) => threads));
  const isPlanned = (text: string) => [...planned].some(id => text.includes(id));
  const isExpected = (step: Step) =>
    step.kind === 'rows'
      ? step.table !== 'threads' || step.changes.every(({ key }) => isPlanned(key['id'] ?? ''))
      : step.kind === 'edit' && (isPlanned(step.file) || nameOf(step.file) === NAMES);
  const others = steps.filter(step => !isExpected(step)).map(sayDone);
  return [...others, ...made.filter(file => file !== state).map(file => `it made ${file}`)];
}

function sayDone(step: Step): string {
  switch (step.kind) {
    case 'rows':
      return step.changes
        .map(({ key, before, after }) => {
          const verb = before === null ? 'entered' : after === null ? 'took out' : 'changed';
          const columns =
            before === null || after === null ? '' : `: ${Object.keys(after).join(', ')}`;
          return `it ${verb} the row of ${key['id'] ?? 'a thread'}${columns}`;
        })
        .join('; ');
    case 'edit':
      return `it wrote into ${step.file}`;
    case 'move':
      return `it moved ${step.from}`;
    default:
      return 'it did something else';
  }
}

/** Like calls are said once, with their number. */
export function summaryOf(calls: readonly Call[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { says } of calls) counts.set(says, (counts.get(says) ?? 0) + 1);
  return [...counts].map(([says, count]) =>
    count === 1 ? says : `${says} (${String(count)} times)`,
  );
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

async function observe(step: AskStep, ground: Ground): Promise<Observation> {
  const { home, sqliteHome, state } = step;
  return {
    tables: await ground.tables(state),
    files: await observeFiles(ground.world, home, sqliteHome),
    histories: await observeHistories(ground.world, sqliteHome, resumedBy(step)),
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
  const before = await recall<Observation>(BEFORE, ground);
  if (before === null) return { steps: [], made: [], threads: [] };
  const after = await observe(step, ground);
  const ids = new Set(step.calls.flatMap(({ threads }) => threads));
  const isOurs = (file: FilePath) =>
    [...ids].some(id => nameOf(file).includes(id)) || /(?:index\.jsonl|\.sqlite)$/.test(file);
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
  return doingsBetween(step, only(before), only(after), ground);
}

/** What Codex has done: as steps, and the databases that it has made, with the threads in them. */
interface Doings {
  readonly steps: readonly Step[];
  readonly made: readonly FilePath[];
  readonly threads: readonly ThreadId[];
  /** Histories of threads that had none before; absent in what was written down before they were looked at. */
  readonly filled?: Filled;
}

async function doingsBetween(
  { state }: AskStep,
  before: Observation,
  after: Observation,
  { world }: Ground,
): Promise<Doings> {
  return {
    steps: await stepsBetween(world, state, before, after),
    made: madeDatabases(before, after),
    threads: Object.keys(after.tables['threads'] ?? {}),
    filled: filledBetween(before, after),
  };
}

/**
 * A database that Codex has made goes into the vault as it is now: every start of Codex writes into it.
 * One that has learnt of new threads since stays.
 */
async function putAway(
  step: AskStep,
  made: readonly FilePath[],
  threads: readonly ThreadId[],
  ground: Ground,
): Promise<readonly Left[]> {
  const { world, hands, keptFiles } = ground;
  if (made.includes(step.state)) {
    const known = new Set(threads);
    const now = Object.keys((await ground.tables(step.state))['threads'] ?? {});
    if (now.some(id => !known.has(id)))
      return [{ what: step.state, why: 'Codex has entered new threads in it since' }];
  }
  for (const database of made)
    for (const file of SIDE_FILES.map(suffix => database + suffix)) {
      const target = world.machine.join(keptFiles, `made-${nameOf(file)}`);
      await hands.removeOwn(target + BESIDE);
      const isThere = (await world.files.stat(file)).ok;
      if (isThere && !(await world.files.stat(target)).ok) await hands.move(file, target);
    }
  return [];
}

/** The log goes before the database: alone it means nothing, and the database without it is stale. */
const SIDE_FILES = ['-shm', '-wal', ''];

/** What Codex did when it was asked, as steps. */
export async function whatCodexDid(ground: Ground): Promise<readonly Step[]> {
  return (await recall<Doings>(OBSERVED, ground))?.steps ?? [];
}

/** Whether a kept file is none of the home's, but what was written down here. */
export function isOwnNote(name: string): boolean {
  return name === BEFORE || name === OBSERVED;
}

async function keep(name: string, content: unknown, { world, hands, keptFiles }: Ground) {
  const text = new TextEncoder().encode(JSON.stringify(content));
  await hands.create(world.machine.join(keptFiles, name), text, null);
}

async function recall<T>(name: string, { world, keptFiles }: Ground): Promise<T | null> {
  const read = await world.files.whole(world.machine.join(keptFiles, name), MAX_BYTES);
  return read.ok ? (JSON.parse(new TextDecoder().decode(read.value)) as T) : null;
}
