// One Codex home on several hosts of a lab, and threads that real app servers make in it, each on its host.

import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { AppServer } from '../codex/appServer.ts';
import { withDatabase } from '../codex/databases.ts';
import { configFor, type HistoryMode } from '../codex/makeHome.ts';
import type { Lab } from './lab.ts';

export interface Wish {
  readonly cwd: string;
  readonly mode: HistoryMode;
  readonly name?: string;
  readonly isArchived?: boolean;
}

/** Settings for a provider on this port, and what else a person has in a home. */
export function furnishHome(home: string, port: number): void {
  fs.mkdirSync(path.join(home, 'prompts'), { recursive: true });
  fs.writeFileSync(path.join(home, 'config.toml'), configFor(port));
  fs.writeFileSync(path.join(home, 'auth.json'), '{"OPENAI_API_KEY":"a key of nobody"}');
  fs.writeFileSync(path.join(home, 'AGENTS.md'), 'Be kind.\n');
  fs.writeFileSync(path.join(home, 'prompts/mine.md'), 'Do it.\n');
  // As a Codex has made it that was there first.
  fs.writeFileSync(path.join(home, 'installation_id'), randomUUID());
}

/** Folders of one path, on those hosts alone. */
export function makeFolder(lab: Lab, name: string, hosts: readonly string[]): string {
  for (const host of hosts) fs.mkdirSync(path.join(lab.privateOf(host), name));
  return path.join(lab.privatePlace, name);
}

export async function makeThread(
  server: AppServer,
  text: string,
  { cwd, mode, name, isArchived }: Wish,
): Promise<string> {
  const started = await server.call('thread/start', { cwd, historyMode: mode });
  const { id } = (started as { thread: { id: string } }).thread;
  expect(await server.runTurn(id, text)).toBe('completed');
  if (name !== undefined) await server.call('thread/name/set', { threadId: id, name });
  if (isArchived === true) await server.call('thread/archive', { threadId: id });
  return id;
}

/** By id: its side of the archive, its name, its directory and all that was said in it. */
export type Told = Readonly<Record<string, string>>;

/** What an app server says of every thread that it lists, from files and from its database. */
export async function tellAll(server: AppServer): Promise<Told> {
  const told: Record<string, string> = {};
  for (const archived of [false, true])
    for (const useStateDbOnly of [false, true]) {
      const sourceKinds = ['cli', 'vscode', 'exec', 'appServer'];
      const list = { limit: 100, modelProviders: [], archived, useStateDbOnly, sourceKinds };
      const { data } = (await server.call('thread/list', list)) as {
        data: readonly { id: string; name: string | null; cwd: string }[];
      };
      for (const { id, name, cwd } of data) {
        const read = await server.call('thread/read', { threadId: id, includeTurns: true });
        const turns = JSON.stringify((read as { thread: { turns: unknown } }).thread.turns);
        const texts = [...turns.matchAll(/"text":"([^"]*)"/g)].map(([, text]) => text);
        const from = useStateDbOnly ? 'database' : 'files';
        told[`${id} ${from}`] = [archived ? 'archived' : 'active', name, cwd, ...texts].join(', ');
      }
    }
  return told;
}

export function only(told: Told, ids: readonly string[]): Told {
  return Object.fromEntries(
    Object.entries(told).filter(([key]) => ids.some(id => key.startsWith(id))),
  );
}

/** Codex from 0.150 on writes its log about every ten seconds, and what has not been written then is lost. */
const LOG_MS = 40_000;

/** Waits until the log names a host beside each of these threads. */
export async function logNames(home: string, threads: readonly string[]): Promise<void> {
  const log = path.join(home, 'logs_2.sqlite');
  const question = `SELECT DISTINCT thread_id FROM logs WHERE process_uuid IN
    (SELECT process_uuid FROM logs WHERE feedback_log_body LIKE '%server_name=%')`;
  const missing = () =>
    withDatabase(log, database => {
      const named = new Set(
        database
          .prepare(question)
          .all()
          .map(row => row['thread_id']),
      );
      return threads.filter(id => !named.has(id));
    });
  const until = Date.now() + LOG_MS;
  while (missing().length > 0 && Date.now() < until) await delay(250);
  expect(missing()).toEqual([]);
}

/** What a log that does not reach back so far has left: nothing. */
export function forgetLog(home: string): void {
  withDatabase(path.join(home, 'logs_2.sqlite'), database => {
    database.exec('DELETE FROM logs');
  });
}
