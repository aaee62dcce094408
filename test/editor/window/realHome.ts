// A home that the real Codex has made, for flows in which it is broken, repaired and worked in.

import path from 'node:path';
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

export const LOST = '/gone/rollout.jsonl';

async function expectCompleted(turn: Promise<string>): Promise<void> {
  const status = await turn;
  if (status !== 'completed') throw new Error(`the turn ended as ${status}`);
}
