// What a Codex knows, learnt by running it: its version, and the migrations of the databases that
// it makes on an empty home. The home is ours, temporary, and the network is closed to it.

import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Codex } from '../../engine/model/snapshot.ts';
import type { FilePath } from '../../engine/model/words.ts';
import type { LearntMigration } from '../../engine/world.ts';
import { liesInAHome } from '../insideHome.ts';
import type { Reach } from '../reach.ts';

export type Learnt = Pick<Codex, 'version' | 'migrations' | 'firstChecksum'>;

/** Reads `_sqlx_migrations` of a database that no process has open; null when it cannot. */
export type ReadMigrations = (database: FilePath) => Promise<readonly LearntMigration[] | null>;

/** From a slow disk a hundred megabytes of program come before it can say even its version. */
const LIMIT_MS = 10_000;

export interface Trial {
  /** None of them may be used, not even for temporary files. */
  readonly homes: readonly string[];
  readonly reach: Reach;
  readonly readMigrations: ReadMigrations;
  readonly limitMs?: number;
}

export async function learnCodex(program: string, trial: Trial): Promise<Learnt> {
  const { homes, reach, readMigrations, limitMs = LIMIT_MS } = trial;
  const nothing: Learnt = { version: null, migrations: null, firstChecksum: null };
  if ((await liesInAHome(os.tmpdir(), homes, reach)) !== false) return nothing;
  const home = await fs.mkdtemp(path.join(os.tmpdir(), 'codex-health-')).catch(() => null);
  if (home === null) return nothing;
  try {
    const [version, hasMadeDatabases] = await Promise.all([
      askVersion(program, home, limitMs),
      makeDatabases(program, home, limitMs),
    ]);
    if (!hasMadeDatabases) return { ...nothing, version };
    const learnt = await readDatabases(home, readMigrations).catch(() => nothing);
    return { ...learnt, version };
  } finally {
    await fs.rm(home, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}

/** `codex-cli 0.169.0`; any other program has a version, too. */
async function askVersion(program: string, home: string, limitMs: number): Promise<string | null> {
  let said = '';
  await run(program, ['--version'], home, limitMs, child => {
    child.stdin?.end();
    child.stdout?.on('data', (text: string) => (said += text));
  });
  return /\bcodex\S* (\d+\.\d+\.\d+\S*)/.exec(said.slice(0, 1000))?.[1] ?? null;
}

/**
 * Since 0.128 a server makes its databases at once; the older ones only when a client greets it.
 * When it has answered, its input is closed, and it ends by itself.
 */
async function makeDatabases(program: string, home: string, limitMs: number): Promise<boolean> {
  let isGreeted = false;
  await run(program, ['app-server'], home, limitMs, child => {
    child.stdin?.write(`${JSON.stringify(GREETING)}\n`);
    let said = '';
    child.stdout?.on('data', (text: string) => {
      said += text;
      if (isGreeted || !said.split('\n').slice(0, -1).some(isAnswer)) return;
      isGreeted = true;
      child.stdin?.end();
    });
  });
  return isGreeted;
}

const GREETING = {
  id: 1,
  method: 'initialize',
  params: { clientInfo: { name: 'codex-health', version: '0' } },
};

function isAnswer(line: string): boolean {
  try {
    const { id, result } = JSON.parse(line) as { id?: unknown; result?: unknown };
    return id === GREETING.id && result !== undefined;
  } catch {
    return false;
  }
}

async function readDatabases(
  home: string,
  readMigrations: ReadMigrations,
): Promise<Pick<Learnt, 'migrations' | 'firstChecksum'>> {
  const migrations: Record<string, number> = {};
  let firstChecksum: string | null = null;
  for (const name of (await fs.readdir(home)).sort()) {
    if (!name.endsWith('.sqlite')) continue;
    const rows = await readMigrations(path.join(home, name));
    if (rows === null) return { migrations: null, firstChecksum: null };
    migrations[name] = Math.max(0, ...rows.map(({ version }) => version));
    if (name.startsWith('state_'))
      firstChecksum = rows.find(({ version }) => version === 1)?.checksum ?? firstChecksum;
  }
  return { migrations, firstChecksum };
}

/** Runs a program until it ends, and ends it when the time is over. Never rejects. */
function run(
  program: string,
  args: readonly string[],
  home: string,
  limitMs: number,
  talk: (child: ChildProcess) => void,
): Promise<void> {
  return new Promise<void>(resolve => {
    const child = spawn(program, args, {
      cwd: home,
      env: trialEnvironment(home),
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
      // A group of its own, so that what the program has started ends with it.
      detached: process.platform !== 'win32',
    });
    let timer = setTimeout(() => {
      endGroup(child);
      timer = setTimeout(resolve, PATIENCE_MS);
    }, limitMs);
    child.on('exit', () => endGroup(child));
    for (const ending of ['close', 'error'])
      child.on(ending, () => {
        clearTimeout(timer);
        resolve();
      });
    child.stdin.on('error', () => undefined);
    child.stdout.setEncoding('utf8');
    talk(child);
  }).catch(() => undefined);
}

/** What a killed program may take to be gone, and its output to be read. */
const PATIENCE_MS = 1000;

function endGroup(child: ChildProcess): void {
  try {
    if (process.platform !== 'win32' && child.pid !== undefined)
      process.kill(-child.pid, 'SIGKILL');
    else child.kill('SIGKILL');
  } catch {
    // All of them have ended by themselves.
  }
}

/**
 * Nothing of the person's: no keys, no settings, no home. A server that starts looks for plugins at
 * GitHub, with Git and without, so there is no PATH, and every proxy is one where nobody listens.
 */
function trialEnvironment(home: string): NodeJS.ProcessEnv {
  const nobody = 'http://127.0.0.1:9';
  const systemRoot = process.env['SystemRoot'];
  return {
    CODEX_HOME: home,
    ...{ HOME: home, USERPROFILE: home, APPDATA: home, LOCALAPPDATA: home },
    ...{ TMPDIR: home, TEMP: home, TMP: home },
    PATH: path.join(home, 'no-programs'),
    ...{ HTTP_PROXY: nobody, HTTPS_PROXY: nobody, ALL_PROXY: nobody },
    ...{ http_proxy: nobody, https_proxy: nobody, all_proxy: nobody },
    ...(systemRoot === undefined ? {} : { SystemRoot: systemRoot }),
  };
}
