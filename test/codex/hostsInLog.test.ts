// Two real servers on one home, each under a host name of its own: what Codex's log tells of whose a thread
// is, and what it does not. Releases before 0.142 do not note the name of their host.
//
// Of each program the log keeps the last thousand notes that are about no thread, and the host's name is among
// the first. 0.142 notes each file that anybody opens in the home: its servers are ended here before that.

import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { attribute, createEngine } from '../../src/engine/engine.ts';
import type { Snapshot } from '../../src/engine/model/snapshot.ts';
import { startAppServer, type AppServer } from '../support/codex/appServer.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { copyHome, makeHome, projectFolder, useProviderPort } from '../support/codex/makeHome.ts';
import type { HistoryMode } from '../support/codex/makeHome.ts';
import { startMockProvider, type MockProvider } from '../support/codex/mockProvider.ts';
import { createOurWorld } from '../support/codex/ourWorld.ts';
import { sightOf } from '../support/home.ts';

/** Codex from 0.150 on writes its log about every ten seconds, and what has not been written then is lost. */
const LOG_MS = 40_000;

let provider: MockProvider;

beforeAll(async () => {
  provider = await startMockProvider();
});
afterAll(() => provider.close());

// Most of their time is waiting for the log, which they do side by side.
test.concurrent.each<[version: string, mode: HistoryMode]>([
  ['0.142.0', 'legacy'],
  ['0.160.0', 'paginated'],
  ['0.169.0', 'paginated'],
  ['0.169.0', 'legacy'],
])('the log of Codex %s, %s history, tells whose is whose', async (version, mode) => {
  await onSharedHome(version, mode, async bench => {
    const a = await bench.startOn('host-a');
    const b = await bench.startOn('host-b');
    const [ofA, ofB] = [await bench.makeThread(a), await bench.makeThread(b)];
    await bench.logHas(ofA, ofB);
    const first = await bench.look();
    // Both run here, as far as processes go; but not under our name.
    const writers = first.holders.filter(({ writesThreads }) => writesThreads.length > 0);
    expect(writers.map(({ apart }) => apart)).toEqual(['other-host', 'other-host']);
    expect(inShort(first, ofA)).toBe('inferred host-a: log host-a');
    expect(inShort(first, ofB)).toBe('inferred host-b: log host-b');
    await a.stop();

    // To list a thread, to read it and to name it is not to have it.
    await b.call('thread/list', { limit: 50 });
    await b.call('thread/read', { threadId: ofA, includeTurns: true });
    await b.call('thread/name/set', { threadId: ofA, name: 'a name' });
    const later = await bench.makeThread(b);
    await bench.logHas(later);
    expect(inShort(await bench.look(), ofA)).toBe('inferred host-a: log host-a');

    // This is the mix-up: it goes on where it does not belong.
    await b.stop();
    const laterB = await bench.startOn('host-b');
    await laterB.call('thread/resume', { threadId: ofA });
    expect(await laterB.runTurn(ofA, 'and then?')).toBe('completed');
    await bench.logNames(ofA, 2);
    expect(inShort(await bench.look(), ofA)).toBe('conflict: log host-a, log host-b');
  });
});

test.concurrent('the log of Codex 0.128.0 has threads, and no host', async () => {
  await onSharedHome('0.128.0', 'legacy', async bench => {
    const thread = await bench.makeThread(await bench.startOn('host-a'));
    await bench.logHas(thread);
    const snapshot = await bench.look();
    expect(snapshot.hosts.logged).toEqual([]);
    expect(inShort(snapshot, thread)).toBe('unknown');
  });
});

function inShort(snapshot: Snapshot, thread: string): string {
  const attribution = attribute(snapshot).get(thread);
  const evidence = attribution?.evidence.map(({ kind, host }) => `${kind} ${host}`) ?? [];
  const host = attribution?.host ?? null;
  const said = `${String(attribution?.confidence)}${host === null ? '' : ` ${host}`}`;
  return evidence.length === 0 ? said : `${said}: ${evidence.join(', ')}`;
}

interface Bench {
  startOn(host: string): Promise<AppServer>;
  makeThread(server: AppServer): Promise<string>;
  /** Waits until the log has notes about these threads. */
  logHas(...threads: readonly string[]): Promise<void>;
  /** Waits until so many processes have left notes about a thread. */
  logNames(thread: string, processes: number): Promise<void>;
  look(): Promise<Snapshot>;
}

async function onSharedHome(
  version: string,
  mode: HistoryMode,
  use: (bench: Bench) => Promise<void>,
): Promise<void> {
  const codex = await installCodex(version);
  const made = await makeHome(version, mode);
  const world = createOurWorld(inject('programs'));
  const servers: AppServer[] = [];
  try {
    await withScratchFolder(async folder => {
      const home = copyHome(made, path.join(folder, '.codex'));
      useProviderPort(home, provider.port);
      const log = path.join(home.folder, 'logs_2.sqlite');
      const logNames = async (thread: string, processes: number) => {
        const until = Date.now() + LOG_MS;
        while (Date.now() < until && processesOf(log, thread) < processes) await delay(250);
        expect(processesOf(log, thread)).toBe(processes);
      };
      await use({
        startOn: async host => {
          const server = await startAppServer(underName(folder, host, codex), home.folder);
          servers.push(server);
          return server;
        },
        makeThread: async server => {
          const start = { cwd: projectFolder('one'), historyMode: mode };
          const { thread } = (await server.call('thread/start', start)) as {
            thread: { id: string };
          };
          expect(await server.runTurn(thread.id, 'a message')).toBe('completed');
          return thread.id;
        },
        logHas: async (...threads) => {
          for (const thread of threads) await logNames(thread, 1);
        },
        logNames,
        look: async () => {
          const request = { home: home.folder, sqliteHome: null, codex, full: false };
          const hosts = ['host-a', 'host-b'].map(host => sightOf(host));
          return (await createEngine(world).scan({ ...request, hosts })).snapshot;
        },
      });
      for (const server of servers) await server.kill();
    });
  } finally {
    for (const server of servers) await server.kill();
    await world.close();
  }
}

/** A program that is this Codex, on a machine of another name. */
function underName(folder: string, host: string, codex: string): string {
  const file = path.join(folder, host);
  const script = `hostname ${host} && exec "${codex}" "$@"`;
  writeFileSync(file, `#!/bin/sh\nexec unshare --uts sh -c '${script}' sh "$@"\n`);
  chmodSync(file, 0o755);
  return file;
}

function processesOf(log: string, thread: string): number {
  const database = new DatabaseSync(log, { readOnly: true, timeout: 5000 });
  try {
    const question = 'SELECT count(DISTINCT process_uuid) AS n FROM logs WHERE thread_id = ?';
    return Number(database.prepare(question).get(thread)?.['n']);
  } finally {
    database.close();
  }
}

beforeAll(() => {
  // What cannot run here shall say so by its name.
  execFileSync('unshare', ['--uts', 'sh', '-c', 'hostname host-a']);
});
