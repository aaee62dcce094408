// A program keeps a database of a real Codex locked: what Codex does then is what the check says, and who is
// at fault is named. A Codex that only works is never named.

import { spawn } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Report } from '../../src/engine/model/report.ts';
import type { LockedDatabase } from '../../src/engine/model/snapshot.ts';
import { findLockedDatabases } from '../../src/engine/scan/databases/lockedDatabases.ts';
import { barringLocks } from '../../src/engine/scan/databases/sqliteLocks.ts';
import { readLocks, type KernelLock } from '../../src/node/processes/locks.ts';
import type { NodeWorld } from '../../src/node/world.ts';
import { startAppServer, StartFailure, type AppServer } from '../support/codex/appServer.ts';
import type { CodexHome } from '../support/codex/makeHome.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';
import { withWorkingHome } from '../support/codex/workingHome.ts';

const CHECK = 'database-locked';
const WRITING = 'BEGIN IMMEDIATE';
const ALONE = 'PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE';
const KINDS = [
  ['0.142.0', 'legacy'],
  ['0.169.0', 'paginated'],
] as const;

/** A database browser with an open transaction, as Codex sees it. */
const BROWSER = `
  const { DatabaseSync } = require('node:sqlite');
  new DatabaseSync(process.argv[1]).exec(process.argv[2]);
  process.stdout.write('ready');
  setInterval(() => {}, 1000);
`;

let world: NodeWorld;

beforeAll(() => {
  world = createOurWorld(inject('programs'));
});
afterAll(() => world.close());

// Much of each is waiting for Codex to give up.
describe.concurrent.each(KINDS)('Codex %s, %s history', (version, mode) => {
  test('who keeps others from writing is named, and Codex waits or does not start', () =>
    withHome(version, mode, async ({ home, keep, start, look }) => {
      const browser = await keep(home, WRITING);
      const starting = startUp(start());
      expect(await look()).toEqual([
        `warning state_5.sqlite The state database is kept locked by node (process ${String(browser.pid)}): nobody else can write to it until it lets go.`,
      ]);
      // The whole of what it says: why, it does not tell.
      expect(await starting).toMatch(
        version === '0.142.0' ? /failed to initialize state runtime at \S+\s*$/ : /^started$/,
      );
      await browser.letGo();
      expect(await look()).toEqual([]);
      expect(await startUp(start())).toBe('started');
    }));

  test('who keeps others out altogether is named, and no Codex starts', () =>
    withHome(version, mode, async ({ home, keep, start, look }) => {
      const browser = await keep(home, ALONE);
      const starting = startUp(start());
      expect(await look()).toEqual([
        `warning state_5.sqlite The state database is kept locked by node (process ${String(browser.pid)}): nobody else can use it until it lets go.`,
      ]);
      expect(await starting).toMatch(
        version === '0.142.0'
          ? /failed to initialize state runtime at \S+\s*$/
          : /database is locked/,
      );
      await browser.letGo();
      expect(await look()).toEqual([]);
    }));

  test('a Codex that writes turn after turn is never named', () =>
    withHome(version, mode, async ({ home, start, look, glance }) => {
      const server = await start();
      await server.call('thread/resume', { threadId: home.ids.A });
      const working = { turns: 0, isDone: false };
      const work = (async () => {
        for (; !working.isDone; working.turns += 1) await server.runTurn(home.ids.A, 'and then?');
      })();
      // Else it would only have been seen while it wrote nothing.
      for (let met = 0, glances = 0; met < 3; glances += 1) {
        expect(glances).toBeLessThan(2000);
        const { seen, found } = await glance();
        expect(found).toEqual([]);
        met += seen;
      }
      expect(await look()).toEqual([]);
      working.isDone = true;
      await work;
      expect(working.turns).toBeGreaterThan(0);
    }));

  test('a Codex that starts is never named, in whatever moment of its start it is met', () =>
    withHome(version, mode, async ({ start, glance }) => {
      for (let starts = 0; starts < 12; starts += 1) {
        const state = { isStarting: true };
        const starting = start().finally(() => (state.isStarting = false));
        while (state.isStarting) expect((await glance()).found).toEqual([]);
        await (await starting).kill();
      }
    }));

  test('a Codex that hangs while it writes is a note, and is named until it goes on', () =>
    withHome(version, mode, async ({ home, start, look, glance }) => {
      const server = await start();
      await server.call('thread/resume', { threadId: home.ids.A });
      const pid = server.pid ?? 0;
      const working = { isDone: false };
      const work = (async () => {
        while (!working.isDone) await server.runTurn(home.ids.A, 'and then?', 60_000);
      })();
      for (let tries = 0; ; tries += 1) {
        expect(tries).toBeLessThan(200);
        await isWriting(pid);
        process.kill(pid, 'SIGSTOP');
        if ((await glance()).found.length > 0) break;
        process.kill(pid, 'SIGCONT');
      }
      const [said, ...others] = await look();
      expect(others).toEqual([]);
      expect(said).toMatch(/^note \w+\.sqlite The \w+ database is kept locked by codex \(process /);
      expect(said).toContain(`(process ${String(pid)})`);
      process.kill(pid, 'SIGCONT');
      expect(await look()).toEqual([]);
      working.isDone = true;
      await work;
    }));

  test('a turn waits until the program lets go, and then goes on', () =>
    withHome(version, mode, async ({ home, keep, start, look }) => {
      const server = await start();
      await server.call('thread/resume', { threadId: home.ids.A });
      const browser = await keep(home, WRITING);
      let state = 'waiting';
      const turn = server.runTurn(home.ids.A, 'and now?').then(said => (state = said));
      // The scan names the program and not the Codex, which waits for it.
      expect(await look()).toEqual([expect.stringContaining(`(process ${String(browser.pid)})`)]);
      expect(state).toBe('waiting');
      await browser.letGo();
      expect(await turn).toBe('completed');
      expect(await look()).toEqual([]);
    }));
});

/** `started`, or what Codex has said when it did not. */
async function startUp(starting: Promise<AppServer>): Promise<string> {
  try {
    await starting;
    return 'started';
  } catch (error) {
    if (error instanceof StartFailure) return error.stderr;
    throw error;
  }
}

interface Bench {
  readonly home: CodexHome;
  /** Starts a program that opens the state database, says this to it, and stays. */
  keep(home: CodexHome, statements: string): Promise<Browser>;
  start(): Promise<AppServer>;
  /** What a scan finds locked. */
  look(): Promise<readonly string[]>;
  /** The part of a scan that looks for locks: those that it has met, and databases that it calls locked. */
  glance(
    met?: () => void,
  ): Promise<{ readonly seen: number; readonly found: readonly LockedDatabase[] }>;
}

interface Browser {
  readonly pid: number | undefined;
  letGo(): Promise<void>;
}

async function withHome(
  version: string,
  mode: CodexHome['mode'],
  use: (bench: Bench) => Promise<void>,
): Promise<void> {
  await withWorkingHome(version, mode, async ({ codex, home }) => {
    const ends: (() => Promise<unknown>)[] = [];
    const { scan } = workOn(world, home.folder, codex);
    try {
      await use({
        home,
        keep: async ({ folder }, statements) => {
          const browser = await openBrowser(path.join(folder, 'state_5.sqlite'), statements);
          ends.push(() => browser.letGo());
          return browser;
        },
        start: async () => {
          const server = await startAppServer(codex, home.folder);
          ends.push(() => server.kill());
          return server;
        },
        look: async () => locked(await scan()),
        glance: () => glanceAt(home.folder),
      });
    } finally {
      for (const end of ends.toReversed()) await end();
    }
  });
}

async function openBrowser(file: string, statements: string): Promise<Browser> {
  const child = spawn(process.execPath, ['-e', BROWSER, file, statements], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', code => reject(new Error(`it ended with ${String(code)}`)));
  });
  return {
    pid: child.pid,
    letGo: () => {
      child.kill('SIGKILL');
      return ended;
    },
  };
}

async function glanceAt(folder: string) {
  const holders = await world.processes.holders([folder]);
  const seen = holders.ok ? barringLocks(holders.value.locks ?? []).length : 0;
  return { seen, found: await findLockedDatabases(world, holders, []) };
}

/** Resolves in a moment in which a program has the lock of a database's writer. */
async function isWriting(pid: number): Promise<void> {
  const isItsLock = (lock: KernelLock) =>
    lock.pid === pid && lock.isExclusive && lock.first === 120;
  for (let looks = 0; (await readLocks('/proc'))?.some(isItsLock) !== true; looks += 1)
    if (looks > 20_000) throw new Error(`process ${String(pid)} was never seen writing`);
}

function locked({ findings, checks }: Report): readonly string[] {
  const found = findings.filter(({ check }) => check === CHECK);
  const outcome = checks.find(({ id }) => id === CHECK)?.outcome;
  expect(outcome).toBe(found.length === 0 ? 'ok' : 'found');
  return found.map(({ severity, subject, says }) => `${severity} ${subject.key} ${says}`);
}
