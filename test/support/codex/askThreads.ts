// What a real Codex makes of threads: whether its lists have them, what it reads, whether it goes on.

import fs from 'node:fs';
import path from 'node:path';
import { withServer, type AppServer } from './appServer.ts';
import { databaseNames, findStateDatabase, withDatabase } from './databases.ts';
import type { CodexHome, ThreadName } from './makeHome.ts';
import { findRollout, readMeta, readRollout, rolloutFiles } from './rollouts.ts';

export interface ThreadFacts {
  readonly listed: boolean;
  readonly listedFromDatabase: boolean;
  /** What the person and the model said, turn by turn; or why it could not be read. */
  readonly turns: readonly string[] | string;
  /** How it was resumed. */
  readonly resumed: string;
}

export type AllFacts = Readonly<Record<string, ThreadFacts>>;

/** Each thread in turn; archived ones are resumed by nobody, and are listed apart. */
export async function askThreads(codex: string, home: CodexHome): Promise<AllFacts> {
  return withServer(codex, home.folder, async server => {
    const lists = {
      scan: await listed(server, {}),
      database: await listed(server, { useStateDbOnly: true }),
    };
    const facts: Record<string, ThreadFacts> = {};
    for (const [name, id] of Object.entries(home.ids))
      facts[name] = {
        listed: lists.scan.includes(id),
        listedFromDatabase: lists.database.includes(id),
        turns: await readTurns(server, id),
        resumed: await resume(server, id),
      };
    return facts;
  });
}

/** Lets Codex go on with a thread; the answer is the status of the turn. */
export async function takeTurn(
  codex: string,
  home: CodexHome,
  name: ThreadName,
  text: string,
): Promise<string> {
  return withServer(codex, home.folder, async server => {
    await server.call('thread/resume', { threadId: home.ids[name] });
    return server.runTurn(home.ids[name], text);
  });
}

/** Forks a thread, and takes a turn in the fork. */
export async function forkThread(
  codex: string,
  home: CodexHome,
  name: ThreadName,
  text: string,
): Promise<string> {
  return withServer(codex, home.folder, async server => {
    const { thread } = (await server.call('thread/fork', { threadId: home.ids[name] })) as {
      thread: { id: string };
    };
    await server.runTurn(thread.id, text);
    return thread.id;
  });
}

/** Takes the newest turn of a thread back, after which it goes on in a further file. */
export async function revertNewestTurn(
  codex: string,
  home: CodexHome,
  name: ThreadName,
): Promise<void> {
  const threadId = home.ids[name];
  await withServer(codex, home.folder, async server => {
    await server.call('thread/resume', { threadId });
    // The newest turn comes first.
    const { data } = (await server.call('thread/turns/list', { threadId })) as {
      data: readonly { id: string }[];
    };
    await server.call('thread/revert', { threadId, beforeTurnId: data[0]?.id });
  });
}

/**
 * Lets Codex make its index anew from the files, when it starts next. It has been pending for a day: where it
 * is so for minutes, as in a home that was just made, somebody may be at it.
 */
export function forgetIndex({ folder }: CodexHome): void {
  withDatabase(findStateDatabase(folder) ?? '', database => {
    database.exec(
      "UPDATE backfill_state SET status = 'pending', last_watermark = NULL, updated_at = updated_at - 86400",
    );
  });
}

/**
 * The provider of each thread, where it stands: in the first line of each of its files, in its row, and in
 * the newest settings of its newest file; the settings' is absent where there are none.
 */
export function providersIn({ folder, ids }: CodexHome): Readonly<Record<string, string>> {
  const rows = withDatabase(findStateDatabase(folder) ?? '', database =>
    database.prepare('SELECT id, model_provider FROM threads').all(),
  );
  return Object.fromEntries(
    Object.entries(ids).map(([name, id]) => {
      const files = rolloutFiles(folder).filter(file => path.basename(file).includes(id));
      const newest = files.toSorted((one, other) => (partOf(one) < partOf(other) ? -1 : 1)).at(-1);
      const settings = linesOf(newest ?? '').findLast(
        ({ payload }) => payload['type'] === 'thread_settings_applied',
      )?.payload['thread_settings'] as { model_provider_id?: string } | undefined;
      const row = rows.find(one => one['id'] === id)?.['model_provider'];
      const headers = files.map(file => readMeta(file)?.model_provider);
      const named = [...headers, row, settings?.model_provider_id];
      return [name, [...new Set(named.filter(one => one !== undefined))].join(' ')];
    }),
  );
}

/** The id that a further file of a thread has in its name, which begins with the time of its making. */
function partOf(file: string): string {
  return path.basename(file).split('_')[1] ?? '';
}

/** Where the history database says something else of a file than the file does. */
export function projectionFaults({ folder }: CodexHome): readonly string[] {
  return databaseNames(folder, /^thread_history_\d+\.sqlite$/).flatMap(name =>
    withDatabase(path.join(folder, name), database => {
      const turns = database.prepare('SELECT * FROM thread_turns').all();
      const states = database.prepare('SELECT * FROM thread_history_projection_state').all();
      return [
        ...turns.flatMap(row => [
          ...faults(folder, row, 'rollout_byte_offset', Number(row['rollout_ordinal'])),
          ...faults(folder, row, 'rollout_end_byte_offset', Number(row['rollout_end_ordinal']) + 1),
        ]),
        ...states.flatMap(row =>
          faults(folder, row, 'next_rollout_byte_offset', Number(row['next_rollout_ordinal'])),
        ),
      ];
    }),
  );
}

type DatabaseRow = Readonly<Record<string, unknown>>;

function faults(home: string, row: DatabaseRow, column: string, ordinal: number): string[] {
  const id = String(row['thread_id']);
  const text = Buffer.from(readRollout(findRollout(home, id) ?? ''));
  const at = Number(row[column]);
  const lines = text.subarray(0, at).toString('utf8').split('\n');
  const isLineStart = lines.pop() === '';
  const last = JSON.parse(lines.at(-1) ?? '{}') as { ordinal?: number };
  return isLineStart && last.ordinal === ordinal - 1
    ? []
    : [`${id}: ${column} ${String(at)} does not stand before line ${String(ordinal)}`];
}

interface Line {
  readonly payload: Readonly<Record<string, unknown>>;
}

function linesOf(file: string): readonly Line[] {
  return readRollout(file)
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Line);
}

async function listed(server: AppServer, request: object): Promise<readonly string[]> {
  const { data } = (await server.call('thread/list', { limit: 100, ...request })) as {
    data: readonly { id: string }[];
  };
  return data.map(({ id }) => id);
}

async function readTurns(server: AppServer, threadId: string): Promise<readonly string[] | string> {
  const answer = await server.ask('thread/read', { threadId, includeTurns: true });
  if ('error' in answer) return answer.error.message;
  const { thread } = answer.result as { thread: { turns: readonly { items: unknown }[] } };
  // What was said, without ids and times that each reading makes anew.
  return thread.turns.map(({ items }) =>
    [...JSON.stringify(items).matchAll(/"text":"([^"]*)"/g)].map(([, text]) => text).join(' / '),
  );
}

async function resume(server: AppServer, threadId: string): Promise<string> {
  const answer = await server.ask('thread/resume', { threadId });
  if ('error' in answer) return answer.error.message.replaceAll(threadId, 'ID');
  return `under ${(answer.result as { modelProvider: string }).modelProvider}`;
}

/** Packs the file of a thread as Codex does it: the time stays, the plain file goes. */
export function pack({ folder }: CodexHome, id: string, compress: (text: Buffer) => Buffer): void {
  const file = findRollout(folder, id) ?? '';
  const { atimeMs, mtimeMs } = fs.statSync(file);
  fs.writeFileSync(`${file}.zst`, compress(fs.readFileSync(file)));
  fs.utimesSync(`${file}.zst`, atimeMs / 1000, mtimeMs / 1000);
  fs.rmSync(file);
}

/** Where Codex says that a thread works; null where a list does not have it. */
export interface DirectoryFacts {
  readonly listed: string | null;
  readonly listedFromDatabase: string | null;
  /** Whether lists have it that are filtered by the directory which it should have. */
  readonly filtered: readonly [scan: boolean, database: boolean];
  readonly read: string;
  /** Where a turn would run, and its roots where Codex tells them; or why it was not resumed. */
  readonly resumed: string;
}

/** Asks of each thread where it works, archived ones as well. */
export async function askDirectories(
  codex: string,
  home: CodexHome,
  wanted: (name: string) => string,
): Promise<Readonly<Record<string, DirectoryFacts>>> {
  return withServer(codex, home.folder, async server => {
    const facts: Record<string, DirectoryFacts> = {};
    for (const [name, id] of Object.entries(home.ids)) {
      const listed = async (request: object) => {
        for (const archived of [false, true]) {
          const list = { limit: 100, archived, ...request };
          const { data } = (await server.call('thread/list', list)) as {
            data: readonly { id: string; cwd: string }[];
          };
          const found = data.find(thread => thread.id === id);
          if (found !== undefined) return found.cwd;
        }
        return null;
      };
      const { thread } = (await server.call('thread/read', { threadId: id })) as {
        thread: { cwd: string };
      };
      const cwd = wanted(name);
      facts[name] = {
        listedFromDatabase: await listed({ useStateDbOnly: true }),
        listed: await listed({}),
        filtered: [
          (await listed({ cwd })) !== null,
          (await listed({ cwd, useStateDbOnly: true })) !== null,
        ],
        read: thread.cwd,
        resumed: await resumeSomewhere(server, id),
      };
    }
    return facts;
  });
}

async function resumeSomewhere(server: AppServer, threadId: string): Promise<string> {
  const answer = await server.ask('thread/resume', { threadId });
  if ('error' in answer) return answer.error.message.replaceAll(threadId, 'ID');
  const { cwd, runtimeWorkspaceRoots: roots } = answer.result as {
    cwd: string;
    runtimeWorkspaceRoots?: readonly string[];
  };
  return [cwd, ...(roots ?? [])].join(' ');
}
