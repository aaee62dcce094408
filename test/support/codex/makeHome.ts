// Homes that real Codex releases have written: six threads, made once, copied for each test.
//
//   A, B  plain threads in the first project     N  a thread with a name, in the second project
//   C     a plain thread in the second project   X  an archived thread in the first project
//   E     a thread of `codex exec`, in the first project

import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { codexEnvironment, withServer } from './appServer.ts';
import { installCodex } from './binaries.ts';
import { cacheFolder, makeOnce } from './cache.ts';
import { findStateDatabase, withDatabase } from './databases.ts';
import { startMockProvider } from './mockProvider.ts';
import { editText, findRollout, isArchivedRollout, readMeta, rolloutFiles } from './rollouts.ts';

/** How a release stores a thread's history; releases before 0.160 only know the first way. */
export type HistoryMode = 'legacy' | 'paginated';

export type ThreadName = keyof typeof messages;

/** What each thread was asked, by which it can be told from the others. */
export const messages = {
  A: 'alpha message',
  B: 'bravo message',
  C: 'charlie message',
  N: 'named thread message',
  X: 'archived thread message',
  E: 'exec prompt',
} as const;

/** A home on disk and what the tests know about it. */
export interface CodexHome {
  readonly version: string;
  readonly mode: HistoryMode;
  readonly folder: string;
  readonly ids: Readonly<Record<ThreadName, string>>;
}

/** The homes against which predictions are held: three releases, with every way of storing a history. */
export const homeKinds: readonly (readonly [version: string, mode: HistoryMode])[] = [
  ['0.169.0', 'paginated'],
  ['0.169.0', 'legacy'],
  ['0.160.0', 'paginated'],
  ['0.160.0', 'legacy'],
  ['0.142.0', 'legacy'],
];

/** Counts up when homes are made in another way, so that none of the old ones are used. */
const FORMAT = 1;

/** Nothing listens there, so that Codex is refused at once instead of waiting. */
const NO_PROVIDER_PORT = 9;

/** Returns a home that lies in the cache. It is shared: use a copy. */
export async function makeHome(version: string, mode: HistoryMode): Promise<CodexHome> {
  const folder = cacheFolder('homes', `format-${FORMAT}`, `${version}-${mode}`);
  await makeOnce(folder, async unfinished => {
    const home = path.join(unfinished, 'home');
    const projects = { one: projectFolder('one'), two: projectFolder('two') };
    const ids = await writeHome(await installCodex(version), home, mode, projects);
    writeFileSync(path.join(unfinished, 'home.json'), JSON.stringify({ version, mode, ids }));
  });
  const known = JSON.parse(readFileSync(path.join(folder, 'home.json'), 'utf8')) as Omit<
    CodexHome,
    'folder'
  >;
  return { ...known, folder: path.join(folder, 'home') };
}

/** Copies a sound home, with its write-ahead logs and its times, into a folder that does not exist yet. */
export function copyHome(home: CodexHome, folder: string): CodexHome {
  cpSync(home.folder, folder, {
    recursive: true,
    preserveTimestamps: true,
    verbatimSymlinks: true,
  });
  const state = findStateDatabase(folder);
  if (state !== null) {
    withDatabase(state, database => {
      pointRowsAt(folder, database);
    });
  }
  return { ...home, folder };
}

/** Without this, Codex would go on to use the files of the original. */
function pointRowsAt(folder: string, database: DatabaseSync): void {
  const rows = database.prepare('SELECT id, rollout_path FROM threads').all();
  const update = database.prepare('UPDATE threads SET rollout_path = ? WHERE id = ?');
  for (const { id, rollout_path: old } of rows) {
    const [below] = /(archived_)?sessions\/(?!.*sessions\/).*$/.exec(String(old)) ?? [];
    if (below === undefined) {
      throw new Error(`${String(old)} is not the path of a rollout`);
    }
    update.run(path.join(folder, below), String(id));
  }
}

/** The working directories of the threads; all homes share them, so that copies need not rewrite rollouts. */
export function projectFolder(name: 'one' | 'two' | 'other'): string {
  const folder = cacheFolder('projects', name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Lets a home use a model provider that listens on this port of the loopback address. */
export function useProviderPort(home: CodexHome, port: number): void {
  editText(path.join(home.folder, 'config.toml'), text =>
    text.replaceAll(/127\.0\.0\.1:\d+/g, `127.0.0.1:${port}`),
  );
}

/** Where the threads of a home work. */
export type Projects = Readonly<Record<'one' | 'two', string>>;

/** Lets a real Codex write a home with the six threads into a folder that does not exist yet. */
export async function writeHome(
  codex: string,
  folder: string,
  mode: HistoryMode,
  projects: Projects,
): Promise<CodexHome['ids']> {
  const provider = await startMockProvider();
  try {
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'config.toml'), configFor(provider.port));
    const ids = await makeThreads(codex, folder, mode, projects);
    await archive(codex, folder, ids.X);
    const E = await runExec(codex, folder, projects.one, Object.values(ids));
    writeFileSync(path.join(folder, 'config.toml'), configFor(NO_PROVIDER_PORT));
    return { ...ids, E };
  } finally {
    await provider.close();
  }
}

/** Settings for a model provider that listens on this port. */
export function configFor(port: number): string {
  return [
    'model = "mock-model"',
    'model_provider = "mock"',
    '',
    '[model_providers.mock]',
    'name = "Mock"',
    `base_url = "http://127.0.0.1:${port}/v1"`,
    'wire_api = "responses"',
    'requires_openai_auth = false',
    'supports_websockets = false',
    '',
  ].join('\n');
}

async function makeThreads(
  codex: string,
  folder: string,
  mode: HistoryMode,
  projects: Projects,
): Promise<Omit<CodexHome['ids'], 'E'>> {
  return withServer(codex, folder, async server => {
    const make = async (message: string, cwd: string): Promise<string> => {
      const { thread } = (await server.call('thread/start', { cwd, historyMode: mode })) as {
        thread: { id: string };
      };
      const status = await server.runTurn(thread.id, message);
      if (status !== 'completed') {
        throw new Error(`the turn "${message}" ended as ${status}`);
      }
      return thread.id;
    };
    const A = await make(messages.A, projects.one);
    const B = await make(messages.B, projects.one);
    const C = await make(messages.C, projects.two);
    const N = await make(messages.N, projects.two);
    const X = await make(messages.X, projects.one);
    await server.call('thread/name/set', { threadId: N, name: 'My Name' });
    // Releases up to 0.117 answer before they have written the name.
    await delay(500);
    return { A, B, C, N, X };
  });
}

/** Archives from a fresh server, as a person would do on another day. */
async function archive(codex: string, folder: string, id: string): Promise<void> {
  await withServer(codex, folder, async server => {
    await server.call('thread/archive', { threadId: id });
    await delay(300);
  });
  const file = findRollout(folder, id);
  if (file === null || !isArchivedRollout(folder, file)) {
    throw new Error(`Codex answered that it archived ${id}, and did not`);
  }
}

/** Runs `codex exec` once and returns the id of the thread that it made. */
async function runExec(
  codex: string,
  folder: string,
  cwd: string,
  known: readonly string[],
): Promise<string> {
  const child = spawn(codex, ['exec', '--skip-git-repo-check', messages.E], {
    cwd,
    env: codexEnvironment(folder),
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 120_000,
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const code = await new Promise(resolve => child.once('close', resolve));
  const made = rolloutFiles(folder).find(file => !known.some(id => file.includes(id)));
  const id = made === undefined ? undefined : readMeta(made)?.id;
  if (code !== 0 || id === undefined) {
    throw new Error(`codex exec failed with exit code ${String(code)}: ${stderr.slice(-600)}`);
  }
  return id;
}
