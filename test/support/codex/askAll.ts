// All that a real Codex says of the threads of a home, so that two answers can be held against each other.

import { startAppServer } from './appServer.ts';
import { askFurniture } from './furnish.ts';
import type { CodexHome } from './makeHome.ts';

export type Told = Readonly<Record<string, unknown>>;

/** What Codex says of each thread that it lists: all of its entry, its side of the archive, its turns. */
export async function askAll(codex: string, home: CodexHome): Promise<Told> {
  const furniture = await askFurniture(codex, home);
  const server = await startAppServer(codex, home.folder);
  const told: Record<string, unknown> = {};
  try {
    for (const archived of [false, true])
      for (const useStateDbOnly of [false, true]) {
        const list = { limit: 100, modelProviders: [], archived, useStateDbOnly };
        const sources = ['cli', 'vscode', 'exec', 'appServer'];
        const { data } = (await server.call('thread/list', { ...list, sourceKinds: sources })) as {
          data: readonly { id: string; name: string | null }[];
        };
        for (const { id, name } of data) {
          const { thread } = (await server.call('thread/read', {
            threadId: id,
            includeTurns: true,
          })) as { thread: { turns: unknown } };
          const entry = (furniture[id] ?? '').replaceAll(home.folder, 'HOME');
          const kind = `${archived ? 'archived' : 'active'} ${useStateDbOnly ? 'database' : 'files'}`;
          told[`${id} ${kind}`] = [name, entry, thread.turns];
        }
      }
    return told;
  } finally {
    await server.stop();
  }
}
