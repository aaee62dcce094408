// A Codex on the machine in memory: it makes an index of what it finds in a home, and lists that.

import zlib from 'node:zlib';
import type { AppServer, AppServers } from '../../src/engine/hands.ts';
import { idOf, NOW } from './home.ts';
import { madeHistory, madeState } from './madeDatabases.ts';
import { sql, type MemoryFile } from './memoryWorld.ts';

/** The database is one that a real Codex has made, with what it has entered. */
export const EMPTY = 'DELETE FROM thread_read_receipts';

/** At its first start it enters what it finds; histories it makes when it reads one. */
export function codexInMemory(files: Map<string, MemoryFile>): AppServers {
  const put = (file: string, bytes: Uint8Array) =>
    void files.set(file, { bytes, modifiedMs: NOW - 60_000 });
  return {
    start: ({ home: at }) => {
      const state = `${at}/state_5.sqlite`;
      if (!files.has(`${at}/goals_1.sqlite`)) put(`${at}/goals_1.sqlite`, goals());
      if (!files.has(state)) put(state, madeState(rowsFrom(files, at), [EMPTY]));
      const server: AppServer = {
        userAgent: 'codex',
        knows: () => Promise.resolve(true),
        call: method =>
          Promise.resolve(
            method === 'thread/read' && put(`${at}/thread_history_1.sqlite`, madeHistory([])),
          ),
        pages: (_, { archived = false }: { archived?: boolean }) =>
          Promise.resolve(
            askMemory(
              files,
              state,
              `SELECT id FROM threads WHERE archived = ${Number(archived)}`,
            ).map(([id]) => ({ id })),
          ),
        end: () => Promise.resolve(),
      };
      return Promise.resolve(server);
    },
  };
}

export function goals(...keys: readonly string[]): Uint8Array {
  const database = new sql.Database();
  database.run('CREATE TABLE thread_goals (thread_id TEXT PRIMARY KEY, objective TEXT)');
  for (const key of keys)
    database.run("INSERT INTO thread_goals VALUES (?, 'a goal')", [idOf(key)]);
  const bytes = database.export();
  database.close();
  return bytes;
}

function rowsFrom(files: ReadonlyMap<string, MemoryFile>, at: string) {
  return [...files].flatMap(([file, { bytes }]) => {
    const id = /rollout-.*-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl/.exec(file)?.[1];
    if (id === undefined || !file.startsWith(`${at}/`)) return [];
    const text = file.endsWith('.zst') ? zlib.zstdDecompressSync(bytes) : bytes;
    const isArchived = file.includes('/archived_sessions/');
    return [
      {
        ...{ id, rollout_path: file.replace(/\.zst$/, ''), created_at: 1, updated_at: 1 },
        ...{ source: 'vscode', model_provider: 'mock', cwd: '/', sandbox_policy: '{}' },
        ...{ title: `${String(text.length)} bytes`, approval_mode: 'never' },
        archived: Number(isArchived),
      },
    ];
  });
}

export function askMemory(files: ReadonlyMap<string, MemoryFile>, file: string, question: string) {
  const database = new sql.Database(files.get(file)?.bytes);
  const rows = database.exec(question)[0]?.values ?? [];
  database.close();
  return rows;
}
