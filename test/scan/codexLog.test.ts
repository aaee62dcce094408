// What Codex's own log tells of hosts, and when it is asked: seldom, since it can be large.

import { describe, expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import type { World } from '../../src/engine/world.ts';
import { logOf, type LoggedServer } from '../support/codexLog.ts';
import { HOME, home, idOf, NOW, sightOf } from '../support/home.ts';

const REQUEST = { home: HOME, sqliteHome: null, codex: null, full: false };
const LOG = `${HOME}/logs_2.sqlite`;
const HOUR = 3_600_000;

/** A scan that can ask the log, and how often each database was opened. */
function bench(bytes: Uint8Array) {
  const { world, files } = home()
    .thread('t1')
    .thread('t2')
    .file('logs_2.sqlite', bytes, NOW - HOUR)
    .build();
  const opened: string[] = [];
  let now = NOW;
  const watched: World = {
    ...world,
    now: () => now,
    databases: {
      open: (file, most) => {
        opened.push(file);
        return world.databases.open(file, most);
      },
    },
  };
  return {
    files,
    world: watched,
    engine: createEngine(watched),
    timesRead: () => opened.filter(file => file === LOG).length,
    later: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

const sights = [sightOf('gpu-1'), sightOf('gpu-2')];

async function loggedIn(servers: Parameters<typeof logOf>[0]) {
  const { engine } = bench(logOf(servers));
  const { snapshot } = await engine.scan({ ...REQUEST, hosts: sights });
  return snapshot.hosts.logged.map(({ thread, host }) => [thread, host]);
}

describe('a log', () => {
  test('tells which server had to do with which thread, and when', async () => {
    const servers: LoggedServer[] = [
      { host: 'gpu-1', thread: idOf('t1'), atMs: NOW - HOUR },
      { host: 'gpu-2', thread: idOf('t2'), atMs: NOW - 2 * HOUR },
      { host: 'gpu-1', thread: idOf('t1'), atMs: NOW - 3 * HOUR },
    ];
    const { engine } = bench(logOf(servers));
    const { snapshot } = await engine.scan({ ...REQUEST, hosts: sights });
    expect(snapshot.hosts.logged).toEqual([
      { thread: idOf('t1'), host: 'gpu-1', firstMs: NOW - 3 * HOUR, lastMs: NOW - HOUR },
      { thread: idOf('t2'), host: 'gpu-2', firstMs: NOW - 2 * HOUR, lastMs: NOW - 2 * HOUR },
    ]);
  });

  test('says nothing of a server that did not note its host', async () =>
    expect(await loggedIn([[null, idOf('t1')]])).toEqual([]));

  test('says nothing of threads that are not in the home', async () =>
    expect(await loggedIn([['gpu-1', idOf('gone')]])).toEqual([]));

  test('says nothing where the server was one of ours', async () =>
    expect(
      await loggedIn([
        { host: 'gpu-1', thread: idOf('t1'), client: 'codex-session-health' },
        { host: 'gpu-2', thread: idOf('t1'), client: 'codex-session-health-like' },
      ]),
    ).toEqual([[idOf('t1'), 'gpu-2']]));

  test('of another form says nothing', async () => {
    const { engine } = bench(logOf([]));
    const { snapshot } = await engine.scan({ ...REQUEST, hosts: sights });
    expect([snapshot.hosts.logged, snapshot.gaps]).toEqual([[], []]);
  });

  test('that is too large is a gap, and is not read', async () => {
    const { engine, world } = bench(logOf([['gpu-1', idOf('t1')]]));
    const tooLarge = { code: 'too-large', why: 'it has 9 bytes' } as const;
    const open: World['databases']['open'] = (file, most) =>
      file === LOG
        ? Promise.resolve({ ok: false, trouble: tooLarge })
        : world.databases.open(file, most);
    const large = createEngine({ ...world, databases: { open } });
    const { snapshot } = await large.scan({ ...REQUEST, hosts: sights });
    expect(snapshot.hosts.logged).toEqual([]);
    expect(snapshot.gaps).toContainEqual({
      source: 'hosts',
      path: LOG,
      why: 'it is too large to be searched for hosts',
      extent: 'part',
    });
    expect((await engine.scan({ ...REQUEST, hosts: sights })).snapshot.gaps).toEqual([]);
  });
});

describe('it is asked', () => {
  test('only where there is reason to think of other hosts', async () => {
    const { engine, timesRead } = bench(logOf([]));
    await engine.scan(REQUEST);
    expect(timesRead()).toBe(1);
    await engine.scan({ ...REQUEST, hosts: sights });
    // The databases are known by now; this was for the hosts.
    expect(timesRead()).toBe(2);
  });

  test('once, as long as it is the same', async () => {
    const { engine, timesRead } = bench(logOf([['gpu-1', idOf('t1')]]));
    const first = await engine.scan({ ...REQUEST, hosts: sights });
    const again = await engine.scan({ ...REQUEST, hosts: sights });
    expect(timesRead()).toBe(2);
    expect(again.snapshot.hosts).toEqual(first.snapshot.hosts);
    expect(first.snapshot.hosts.logged).toHaveLength(1);
  });

  test('once a minute, by a look that stands, while it is being written', async () => {
    const { engine, files, later } = bench(logOf([['gpu-1', idOf('t1')]]));
    const names = async () => (await look()).snapshot.hosts.logged.map(({ host }) => host);
    const standing = engine.stand({ ...REQUEST, hosts: sights }, () => undefined);
    const look = () => standing.look();
    expect(await names()).toEqual(['gpu-1']);
    const write = (host: string, modifiedMs: number) =>
      files.set(LOG, { bytes: logOf([[host, idOf('t1')]]), modifiedMs });
    write('gpu-2', NOW - 2000);
    expect(await names()).toEqual(['gpu-1']);
    later(61_000);
    expect(await names()).toEqual(['gpu-2']);
    write('gpu-1', NOW - 1000);
    later(1000);
    expect((await standing.look('anew')).snapshot.hosts.logged[0]?.host).toBe('gpu-1');
    standing.close();
  });
});
