// What is made of hosts: one home on several, scans elsewhere, and hosts that fail in every way that we know.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import type { HostSight } from '../../src/engine/model/host.ts';
import type { Snapshot } from '../../src/engine/model/snapshot.ts';
import { lookAtHosts } from '../../src/engine/scan/hosts.ts';
import { takeSnapshot } from '../../src/engine/scan/takeSnapshot.ts';
import type { HostConnection, World } from '../../src/engine/world.ts';
import { createNodeWorld, type NodeWorld } from '../../src/node/world.ts';
import { startAppServer, type AppServer } from '../support/codex/appServer.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { copyHome, makeHome, type CodexHome } from '../support/codex/makeHome.ts';
import { rolloutFiles } from '../support/codex/rollouts.ts';
import {
  addAlias,
  canHaveHosts,
  freePort,
  NEEDS_HOSTS,
  portOf,
  startLab,
  startSilence,
  type Lab,
} from '../support/hosts/lab.ts';
import { childrenOf } from '../support/hosts/labHost.ts';

const VERSION = '0.169.0';

const isPossible = canHaveHosts();
let lab: Lab;
let world: NodeWorld;
let codex: string;
let home: CodexHome;

beforeAll(async () => {
  if (!isPossible) return;
  codex = await installCodex(VERSION);
  lab = await startLab([
    { name: 'host-a' },
    { name: 'host-b' },
    { name: 'apart', hasOwnHome: true },
    { name: 'read-only', isReadOnly: true },
    { name: 'no-shell', shell: 'false' },
    { name: 'no-node', node: 'none' },
    // In a home below the folder for temporary files Codex makes nothing of its own accord.
    { name: 'with-codex', hasOwnHome: true, environment: { TMPDIR: '/run' } },
    ...['cut', 'frozen', 'killed', 'cancelled'].map(name => ({ name })),
  ]);
  world = createNodeWorld({
    programs: inject('programs'),
    sshArguments: lab.sshArguments,
    // What this account remembers is not what the hosts know.
    environment: { ...process.env, XDG_STATE_HOME: path.join(lab.folder, 'state') },
  });
  const made = await makeHome(VERSION, 'paginated');
  home = copyHome(made, path.join(lab.home, '.codex'));
  copyHome(made, path.join(lab.homeOf('apart'), '.codex'));
  fs.writeFileSync(
    path.join(home.folder, 'installation_id'),
    '01234567-89ab-4cde-8f01-23456789abcd',
  );
  // Something to be said of it.
  fs.rmSync(rolloutFiles(home.folder)[0] ?? '');
});
afterAll(async () => {
  if (!isPossible) return;
  await world.close();
  await lab.close();
});
beforeEach(context => context.skip(!isPossible, NEEDS_HOSTS));

async function lookAtHost(
  world: World,
  snapshot: Snapshot | null,
  alias: string,
): Promise<HostSight> {
  const [sight] = await lookAtHosts(world, snapshot, [alias]);
  if (sight === undefined) throw new Error('every host has a sight');
  return sight;
}

describe('one home', () => {
  test('is seen on both hosts, and of each what differs there', async () => {
    const onlyOnB = path.join(lab.privatePlace, 'project');
    fs.mkdirSync(path.join(lab.privateOf('host-b'), 'project'));
    const ours = withDirectory(await scanHere(), onlyOnB);
    const sights = await lookAtHosts(world, ours, ['host-a', 'host-b']);
    expect(sights.map(({ by, sharing, snapshot }) => [by, sharing?.answer, snapshot])).toEqual([
      ['node', 'yes', null],
      ['node', 'yes', null],
    ]);
    expect(sights.map(({ paths }) => paths[onlyOnB])).toEqual(['missing', 'folder']);
    expect(sights.flatMap(({ gaps }) => gaps)).toEqual([]);
  });

  test('is recognised where only a shell answers, and the rest is a gap', async () => {
    const sight = await lookAtHost(world, await scanHere(), 'no-node');
    expect(sight).toMatchObject({ by: 'shell', machine: { hostname: 'no-node' }, paths: {} });
    expect(sight.sharing?.answer).toBe('yes');
    expect(sight.gaps.map(({ what }) => what)).toEqual([
      'which folders are there',
      'who has files open there',
    ]);
  });

  test('that is another at the same path is scanned there', async () => {
    const sight = await lookAtHost(world, await scanHere(), 'apart');
    expect(sight.sharing?.answer).toBe('no');
    expect([sight.paths, sight.holders]).toEqual([{}, []]);
    expect(sight.snapshot?.home).toMatchObject({ hostname: 'apart', path: home.folder });
    expect(sight.snapshot?.threads.length).toBe(Object.keys(home.ids).length);
  });

  test('is held by app servers of the real Codex, each with its own', async () => {
    const other = path.join(lab.folder, 'home/other');
    fs.mkdirSync(other);
    const [a, b] = [await serve('host-a', home.folder), await serve('host-b', other)];
    try {
      const sights = await lookAtHosts(world, await scanHere(), ['host-a', 'host-b']);
      expect(sights.map(({ servers }) => servers)).toMatchObject([
        [{ program: codex, codexHome: home.folder, sqliteHome: null, isOpaque: false }],
        [{ program: codex, codexHome: other, sqliteHome: null, isOpaque: false }],
      ]);
      const [onA, onB] = sights;
      expect(onA?.holders.map(({ pid }) => pid)).toEqual(onA?.servers.map(({ pid }) => pid));
      expect(onB?.holders).toEqual([]);
      expect(onB?.homes.map(one => one.path)).toContain(other);
    } finally {
      await Promise.all([a.kill(), b.kill()]);
      // They end a moment later, and write until then.
      await Promise.all([expectIdle('host-a'), expectIdle('host-b')]);
    }
  });
});

test('a scan there sees what a scan here sees, and writes nothing', async () => {
  const ours = await scanHere();
  const before = picture(lab.home);
  for (const alias of ['host-a', 'read-only']) {
    const { snapshot } = await lookAtHost(world, null, alias);
    expect(snapshot?.home.hostname).toBe(alias);
    expect(snapshot === null ? null : withoutHost(snapshot)).toEqual(withoutHost(ours));
  }
  expect(ours.threads.length).toBeGreaterThan(3);
  expect(picture(lab.home)).toEqual(before);
});

test('Codex programs there are named with their versions, and make no folder in a home', async () => {
  const program = path.join(lab.folder, 'bin/codex');
  fs.symlinkSync(codex, program);
  const there = lab.homeOf('with-codex');
  fs.mkdirSync(path.join(there, '.codex'));
  const before = picture(there);
  const { codexes, snapshot } = await lookAtHost(world, null, 'with-codex');
  expect(codexes).toEqual([{ path: program, version: VERSION }]);
  expect(snapshot?.codexes).toMatchObject([{ path: program, version: VERSION, migrations: null }]);
  expect(picture(there)).toEqual(before);
  // Left to itself it does, so that it would have been seen.
  lab.run('with-codex', `${program} --version`);
  expect(picture(there)).not.toEqual(before);
  fs.rmSync(program);
});

describe('a host that', () => {
  test('is down, unknown, or lets nobody in says what can be done', async () => {
    const settings = { HostName: '127.0.0.1', GlobalKnownHostsFile: '/dev/null' };
    const known = path.join(lab.folder, 'keys/known_hosts');
    addAlias(lab, 'down', { ...settings, Port: String(await freePort()) });
    addAlias(lab, 'strange', {
      ...{ ...settings, Port: portOf(lab, 'host-a'), UserKnownHostsFile: '/dev/null' },
      StrictHostKeyChecking: 'ask',
    });
    addAlias(lab, 'closed', {
      ...{ ...settings, Port: portOf(lab, 'host-a'), UserKnownHostsFile: known },
      ...{ IdentityFile: '/nowhere', IdentitiesOnly: 'yes' },
    });
    const aliases = ['down', 'strange', 'closed', 'no-shell', '-oProxyCommand=x'];
    const sights = await lookAtHosts(world, null, aliases);
    expect(sights.map(gapOf)).toEqual([
      'no ssh server answers there',
      expect.stringMatching(/key is not known.*`ssh strange` once in a terminal/),
      expect.stringMatching(/without asking; run `ssh closed`/),
      'its login shell ended without an answer',
      expect.stringMatching(/no name/),
    ]);
    expect(sights.map(({ by }) => by)).toEqual(aliases.map(() => 'nobody'));
  });

  test('takes the connection and says nothing is given up, and holds up no other', async () => {
    const silence = await startSilence();
    addAlias(lab, 'silent', { HostName: '127.0.0.1', Port: String(silence.port) });
    try {
      const sights = await lookAtHosts(world, null, ['silent', 'host-a']);
      expect(sights.map(({ by }) => by)).toEqual(['nobody', 'node']);
      expect(gapOf(sights[0])).toBe('it did not answer');
    } finally {
      silence.close();
    }
  });

  test('is cut off in the middle of a scan is a trouble at once', async () => {
    const connection = await connected('cut');
    lab.freeze('cut');
    const scan = connection.scan(null);
    lab.cut('cut');
    expect(await scan).toMatchObject({ ok: false, trouble: { code: 'broken' } });
    expect(await connection.paths(['/etc'])).toMatchObject({ ok: false });
    await connection.close();
  });

  test('falls silent in the middle of a scan is a trouble soon', async () => {
    const connection = await connected('frozen');
    lab.freeze('frozen');
    expect(await connection.scan(null)).toMatchObject({
      trouble: { code: 'broken', why: 'it did not answer' },
    });
    await connection.close();
  });

  test('is lost because ssh was killed leaves nothing running there', async () => {
    const connection = await connected('killed');
    expect(lab.programs('killed').join('\n')).toContain('node');
    for (const pid of childrenOf(process.pid).filter(isSsh)) process.kill(pid, 'SIGKILL');
    expect(await connection.scan(null)).toMatchObject({ ok: false });
    await connection.close();
    await expectIdle('killed');
  });

  test('is not wanted any more is left at once, and nothing runs on', async () => {
    const cancel = new AbortController();
    const connected = world.hosts.connect('cancelled', { homes: [] }, cancel.signal);
    const connection = await connected;
    if (!connection.ok) throw new Error(connection.trouble.why);
    lab.freeze('cancelled');
    const scan = connection.value.scan(null);
    cancel.abort();
    expect(await scan).toMatchObject({ trouble: { why: 'it was cancelled' } });
    await connection.value.close();
    expect(childrenOf(process.pid).filter(isSsh)).toEqual([]);
    expect(await world.hosts.connect('host-a', { homes: [] }, cancel.signal)).toMatchObject({
      trouble: { why: 'it was cancelled' },
    });
  });
});

test('a host behind another is reached through it', async () => {
  addAlias(lab, 'behind', {
    ...{ HostName: '127.0.0.1', Port: portOf(lab, 'host-b'), User: 'root', ProxyJump: 'host-a' },
    ...{ IdentityFile: path.join(lab.folder, 'keys/person'), GlobalKnownHostsFile: '/dev/null' },
    UserKnownHostsFile: path.join(lab.folder, 'keys/known_hosts'),
  });
  const sight = await lookAtHost(world, null, 'behind');
  expect(sight.gaps).toEqual([]);
  expect(sight.machine?.hostname).toBe('host-b');
  await Promise.all([expectIdle('host-a'), expectIdle('host-b')]);
});

test('a connection that is closed leaves nothing running on either side', async () => {
  const connection = await connected('host-a');
  await connection.scan(null);
  await connection.close();
  expect(childrenOf(process.pid).filter(isSsh)).toEqual([]);
  await expectIdle('host-a');
});

/** What an ssh server leaves when nobody is connected. */
async function expectIdle(host: string): Promise<void> {
  const others = () => lab.programs(host).filter(line => !/\/sshd\b.*-D/.test(line));
  for (let tries = 0; tries < 50 && others().length > 0; tries += 1) await delay(100);
  expect(others()).toEqual([]);
}

function isSsh(pid: number): boolean {
  const said = fs.readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  return said.includes('(ssh) ') && !said.includes('(ssh) Z');
}

async function connected(alias: string): Promise<HostConnection> {
  const connection = await world.hosts.connect(alias, { homes: [] });
  if (!connection.ok) throw new Error(connection.trouble.why);
  return connection.value;
}

function scanHere(): Promise<Snapshot> {
  return takeSnapshot(world, { home: home.folder, sqliteHome: null, codex: null, full: false });
}

/** As if one of its threads had been started in this directory. */
function withDirectory(snapshot: Snapshot, cwd: string): Snapshot {
  const [first, ...others] = snapshot.threads;
  return first === undefined ? snapshot : { ...snapshot, threads: [{ ...first, cwd }, ...others] };
}

/** But for when and where it was taken, and how the disk is mounted there. */
function withoutHost(snapshot: Snapshot): unknown {
  const ofHost = new Set(['takenAtMs', 'hostname', 'machine', 'filesystem', 'codexes', 'holders']);
  return JSON.parse(
    JSON.stringify(snapshot, (name, value: unknown) => (ofHost.has(name) ? null : value)),
  );
}

function gapOf(sight: HostSight | undefined): string | undefined {
  return sight?.gaps.find(({ what }) => what === 'the host')?.why;
}

/** Every file with all that changes when it is written, or made. */
function picture(folder: string): string {
  return execFileSync('find', [folder, '-printf', '%P %y %s %T@ %C@ %i\n'], { encoding: 'utf8' });
}

/** A real app server on a host; it ends with its input, as over any connection. */
async function serve(host: string, codexHome: string): Promise<AppServer> {
  const program = path.join(lab.folder, `codex-on-${host}`);
  const start = `CODEX_HOME='${codexHome}' exec '${codex}' "$*"`;
  fs.writeFileSync(
    program,
    `#!/bin/sh\nexec ssh ${lab.sshArguments.join(' ')} -T ${host} "${start.replaceAll('"', '')}"\n`,
    { mode: 0o755 },
  );
  return startAppServer(program, codexHome);
}
