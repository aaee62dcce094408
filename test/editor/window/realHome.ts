// A home that the real Codex has made, for flows in which it is broken, repaired and worked in.

import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { startAppServer, type AppServer } from '../../support/codex/appServer.ts';
import { installCodex } from '../../support/codex/binaries.ts';
import { findStateDatabase, withDatabase } from '../../support/codex/databases.ts';
import {
  copyHome,
  makeHome,
  projectFolder,
  useProviderPort,
  type ThreadName,
} from '../../support/codex/makeHome.ts';
import { startMockProvider } from '../../support/codex/mockProvider.ts';
import { editText, findRollout } from '../../support/codex/rollouts.ts';

const VERSION = '0.169.0';

/** Ages of threads of the last hour are told in minutes. */
const MINUTE_MS = 60_000;
/** For what a flow looks at meanwhile, also on a slow machine. */
const WHILE_MS = 20_000;

export interface RealHome {
  readonly folder: string;
  /** The project in which A and B have worked. */
  readonly project: string;
  readonly codex: string;
  /** Lets the entry of a thread name a file that is not there. */
  loseFileOf(name: ThreadName): void;
  /** The file that the entry of a thread names. */
  fileNamedFor(name: ThreadName): unknown;
  /** Puts something that is no JSON in front of a thread's first line; its repair needs Codex closed. */
  spoil(name: ThreadName): void;
  /** A Codex that goes on with a thread: it has said something in it, and keeps it open. */
  goOn(name: ThreadName): Promise<AppServer>;
  /** Comes when the age of a thread stays as it is for a while: a row whose age changes is drawn anew. */
  ageStays(name: ThreadName): Promise<void>;
  /** Keeps everybody from writing the database, until it is released. */
  lockDatabase(): { release(): void };
  /** Whether a repair is written down that has not come to its end. */
  isInRepair(): boolean;
  /** Another Codex asks for a new thread and takes a turn in it. */
  beginThread(message: string): Promise<void>;
  /** The threads that a Codex lists which is asked now. */
  listed(): Promise<readonly string[]>;
  readonly ids: Readonly<Record<ThreadName, string>>;
}

/** Hands out a copy in a folder; every Codex that was started on it ends with `use`. */
export async function withRealHome(
  folder: string,
  use: (home: RealHome) => Promise<void>,
): Promise<void> {
  const codex = await installCodex(VERSION);
  const home = copyHome(await makeHome(VERSION, 'paginated'), path.join(folder, 'codex-home'));
  const provider = await startMockProvider();
  useProviderPort(home, provider.port);
  const servers: AppServer[] = [];
  const start = async () => {
    const server = await startAppServer(codex, home.folder);
    servers.push(server);
    return server;
  };
  const database = findStateDatabase(home.folder) ?? '';
  try {
    await use({
      folder: home.folder,
      ids: home.ids,
      project: projectFolder('one'),
      codex,
      loseFileOf: name =>
        withDatabase(database, opened => {
          opened
            .prepare('UPDATE threads SET rollout_path = ? WHERE id = ?')
            .run(LOST, home.ids[name]);
        }),
      fileNamedFor: name =>
        withDatabase(
          database,
          opened =>
            opened.prepare('SELECT rollout_path FROM threads WHERE id = ?').get(home.ids[name])?.[
              'rollout_path'
            ],
        ),
      spoil: name =>
        editText(findRollout(home.folder, home.ids[name]) ?? '', text => `not of ours\n${text}`),
      goOn: async name => {
        const server = await start();
        await server.call('thread/resume', { threadId: home.ids[name] });
        await expectCompleted(server.runTurn(home.ids[name], 'go on'));
        return server;
      },
      ageStays: async name => {
        const updated = withDatabase(
          database,
          opened =>
            opened.prepare('SELECT updated_at_ms FROM threads WHERE id = ?').get(home.ids[name])?.[
              'updated_at_ms'
            ],
        );
        const sinceFullMinute = (Date.now() - Number(updated)) % MINUTE_MS;
        const untilNext = MINUTE_MS - sinceFullMinute;
        if (untilNext < WHILE_MS) await delay(untilNext);
      },
      lockDatabase: () => {
        const opened = new DatabaseSync(database);
        opened.exec('BEGIN IMMEDIATE');
        return { release: () => opened.close() };
      },
      isInRepair: () => isOpen(newestNotes(home.folder).at(-1)),
      beginThread: async message => {
        const server = await start();
        const { thread } = (await server.call('thread/start', { cwd: projectFolder('one') })) as {
          thread: { id: string };
        };
        await expectCompleted(server.runTurn(thread.id, message));
      },
      listed: async () => {
        const server = await start();
        const { data } = (await server.call('thread/list', {
          useStateDbOnly: true,
          limit: 100,
        })) as { data: readonly { id: string }[] };
        await server.stop();
        return data.map(({ id }) => id);
      },
    });
  } finally {
    for (const server of servers) await server.kill();
    await provider.close();
  }
}

function isOpen(last: unknown): boolean {
  return last !== undefined && last !== 'applied' && last !== 'undone';
}

/** What the journal of the newest repair of a home says, as anybody could read it. */
function newestNotes(home: string): readonly unknown[] {
  const vault = path.join(home, 'session-health', 'vault');
  const newest = fs.existsSync(vault) ? fs.readdirSync(vault).sort().at(-1) : undefined;
  const journal = path.join(vault, newest ?? '', 'journal.jsonl');
  if (newest === undefined || !fs.existsSync(journal)) return [];
  const lines = fs.readFileSync(journal, 'utf8').split('\n').slice(0, -1);
  return lines.map(line => (JSON.parse(line) as { readonly note: unknown }).note);
}

export const LOST = '/gone/rollout.jsonl';

async function expectCompleted(turn: Promise<string>): Promise<void> {
  const status = await turn;
  if (status !== 'completed') throw new Error(`the turn ended as ${status}`);
}
