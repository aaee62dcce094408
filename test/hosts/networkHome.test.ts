// A home on a real network file system: all of it is seen, nothing is changed, and a server that falls silent
// holds up nobody. Whoever waits for such a server cannot even be killed, so that all that may wait runs apart.

import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { judge } from '../../src/engine/engine.ts';
import { lookAtHosts } from '../../src/engine/scan/hosts.ts';
import { takeSnapshot } from '../../src/engine/scan/takeSnapshot.ts';
import type { Snapshot } from '../../src/engine/model/snapshot.ts';
import { createNodeWorld, type NodeWorld } from '../../src/node/world.ts';
import { SILENT_MS } from '../../src/node/far/farDisk.ts';
import { copyHome, makeHome } from '../support/codex/makeHome.ts';
import { withEditor } from '../support/hosts/editorThere.ts';
import { startLab, type Lab } from '../support/hosts/lab.ts';
import {
  canMount,
  mountHere,
  mountThere,
  NEEDS_MOUNTS,
  NEEDS_NFS,
  NFS_FOLDER,
  type Fate,
  type Mount,
} from '../support/hosts/mounts.ts';

const VERSION = '0.169.0';

const isPossible = canMount();
let lab: Lab;
let world: NodeWorld;
const mounts: Mount[] = [];

beforeAll(async () => {
  if (!isPossible) return;
  lab = await startLab([
    ...['server', 'frozen', 'silent-later', 'home-server'].map(name => ({ name })),
    { name: 'client', hasOwnHome: true },
    { name: 'homeless', hasOwnHome: true },
  ]);
  world = createNodeWorld({
    programs: inject('programs'),
    sshArguments: lab.sshArguments,
    environment: { ...process.env, XDG_STATE_HOME: path.join(lab.folder, 'state') },
  });
  copyHome(await makeHome(VERSION, 'paginated'), path.join(lab.home, '.codex'));
});
afterAll(async () => {
  if (!isPossible) return;
  await Promise.all(mounts.map(mount => mount.close()));
  await world.close();
  await lab.close();
});
beforeEach(context => context.skip(!isPossible, NEEDS_MOUNTS));

test('a home that sshfs has mounted is seen whole, and said to be on the network', async () => {
  const { folder } = await mounted('server');
  await expectSeenWhole(path.join(folder, '.codex'), 'fuse.sshfs');
});

describe('of the kernel', () => {
  beforeEach(context => context.skip(NFS_FOLDER === undefined, NEEDS_NFS));

  test('a home on NFS is seen whole, and said to be on the network', async () => {
    const folder = fs.mkdtempSync(path.join(NFS_FOLDER ?? '', 'codex-health-'));
    try {
      fs.cpSync(path.join(lab.home, '.codex'), path.join(folder, '.codex'), { recursive: true });
      await expectSeenWhole(path.join(folder, '.codex'), expect.stringMatching(/^nfs/));
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

async function expectSeenWhole(home: string, type: unknown): Promise<void> {
  const before = picture(home);
  const seen = await scanned(home);
  const { findings } = judge(seen);
  expect(seen.home.filesystem).toMatchObject({ type, isNetwork: true });
  expect(findings.map(({ check }) => check)).toContain('database-on-network-filesystem');
  // Nothing of the home is unseen; who else has it open is.
  expect(seen.gaps.map(({ source }) => source)).toEqual(['other-machines']);
  expect(contentOf(seen)).toEqual(contentOf(await scanned(path.join(lab.home, '.codex'))));
  expect(seen.threads.length).toBeGreaterThan(3);
  expect(picture(home)).toEqual(before);
}

describe('a server that does not answer', () => {
  const COMMANDS = ['scan', 'threads', 'plan --all', 'history', 'disk', 'provider list', 'hosts'];

  test('keeps no command waiting, and nothing is said of what could not be seen', async () => {
    const mount = await mounted('frozen');
    mount.silence();
    const ended = await Promise.all(COMMANDS.map(command => run(command.split(' '), mount)));
    expect(ended.map(({ code }) => code)).toEqual([1, 3, 3, 3, 3, 3, 0]);
    for (const { said } of ended.slice(0, -1))
      expect(said).toMatch(/did not\s+answer within a second/);
  });

  test.each([2000, 10_000, 20_000, 40_000])(
    'at all any more, once it has said %d bytes: nobody is accused',
    async bytes => {
      const mount = await mounted('server', { goneAfter: bytes });
      const { code, said } = await run(['scan', '--json'], mount);
      // Where it was gone before anything was seen, there is no home, and nothing is told of one.
      const told = said.startsWith('{') ? (JSON.parse(said) as Told) : NO_HOME;
      expect([told.nothingLost.answer, told.findings]).toEqual(['unknown', []]);
      expect(code).toBe(told === NO_HOME ? 3 : 1);
    },
  );

  test('on another host is a gap there, and all else is answered', async () => {
    const home = mountThere(lab, 'client', { host: 'silent-later', folder: lab.home });
    const env = path.join(lab.homeOf('client'), '.bashrc');
    fs.writeFileSync(env, `export CODEX_HOME=${home}/.codex\n`);
    const [before] = await lookAtHosts(world, null, ['client']);
    expect(before?.homes).toMatchObject([{ path: `${home}/.codex`, filesystem: SSHFS }]);
    expect(before?.snapshot?.threads.length).toBeGreaterThan(3);
    lab.freeze('silent-later');
    const [sight] = await lookAtHosts(world, null, ['client']);
    expect(sight).toMatchObject({ by: 'node', machine: { hostname: 'client' }, homes: [] });
    expect(sight?.starts.map(({ codexHome }) => codexHome)).toContain(`${home}/.codex`);
    expect(sight?.gaps).toEqual([
      { what: `${home}/.codex`, why: 'it did not answer within 5 seconds' },
    ]);
  });

  test('with the home of the person is a host that does not answer', async () => {
    const from = { host: 'home-server', folder: lab.home };
    lab.run(
      'homeless',
      `sshfs ${lab.sshArguments.join(' ')} ${from.host}:${from.folder} ${lab.home}`,
    );
    lab.freeze('home-server');
    const [sight, other] = await lookAtHosts(world, null, ['homeless', 'server']);
    expect(sight).toMatchObject({ by: 'nobody', gaps: [{ what: 'the host' }] });
    expect(other).toMatchObject({ by: 'node', gaps: [] });
  });
});

/** Where the server is when it falls silent: at the beginning, at the rollouts, in a database. */
const PLACES: readonly Extract<Fate, { readonly silentAt: unknown }>[] = [
  { silentAt: { on: 'open', file: '/config.toml' } },
  { silentAt: { on: 'list', file: '/sessions' } },
  { silentAt: { on: 'open', file: '.jsonl' } },
  { silentAt: { on: 'read', file: '/state_5.sqlite' } },
];

describe.concurrent('in the middle of a look', () => {
  test('a server that is slow is waited for, longer than a silent one', async () => {
    const startedAt = performance.now();
    const { code, said } = await run(
      ['threads', '--json'],
      await mounted('server', { delayMs: 60 }),
    );
    expect(performance.now() - startedAt).toBeGreaterThan(SILENT_MS);
    const { threads } = JSON.parse(said) as {
      readonly threads: readonly { readonly id: string }[];
    };
    const local = await scanned(path.join(lab.home, '.codex'));
    expect(code).toBe(0);
    expect(threads.map(({ id }) => id).sort()).toEqual(local.threads.map(({ id }) => id).sort());
  });

  test.for(PLACES)(
    'a server that falls silent at $silentAt.on $silentAt.file keeps no scan waiting',
    async fate => {
      const { code, said } = await run(['scan', '--json'], await mounted('server', fate));
      expect(code).toBe(1);
      const told = JSON.parse(said) as Told;
      expect([told.nothingLost.answer, told.findings]).toEqual(['unknown', []]);
    },
  );

  test('one that falls silent is no home without threads', async () => {
    const { code, said } = await run(['threads'], await mounted('server', PLACES[2]));
    expect(code).toBe(3);
    expect(said).toMatch(/stopped\s+answering\s+while\s+it\s+was\s+looked\s+at/);
  });

  test('it keeps no editor waiting, and marks nothing', async () => {
    const mount = await mounted('server', PLACES[3]);
    const server = spawn(process.execPath, [path.join(inject('programs'), 'server.js'), '--stdio']);
    const hung = letGoWhenHung(mount);
    const code = await withEditor(
      server,
      { home: homeOn(mount), problems: 'all' },
      async editor => {
        expect((await editor.tree()).nothingLost.answer).toBe('unknown');
        expect([...editor.markers.values()].flat()).toEqual([]);
      },
    );
    expect([code, hung.aborted]).toEqual([0, false]);
  });
});

test('a home on a network is read by a process apart, and one on a local disk by none', async () => {
  const programs = path.join(lab.folder, 'without-reader');
  fs.cpSync(inject('programs'), programs, { recursive: true });
  fs.rmSync(path.join(programs, 'reader.js'));
  const mount = await mounted('server');
  const answers = [path.join(lab.home, '.codex'), homeOn(mount)].map(async home => {
    const { said } = await run(['scan', '--json'], mount, { programs, home });
    return (JSON.parse(said) as Told).nothingLost.answer;
  });
  expect(await Promise.all(answers)).toEqual(['yes', 'unknown']);
});

interface Told {
  readonly nothingLost: { readonly answer: string };
  readonly findings: readonly { readonly check: string }[];
}
const NO_HOME: Told = { nothingLost: { answer: 'unknown' }, findings: [] };

const SSHFS = { type: 'fuse.sshfs', isNetwork: true };

function scanned(home: string): Promise<Snapshot> {
  return takeSnapshot(world, { home, sqliteHome: null, codex: null, full: true });
}

/** What the conversations are, wherever the home lies. */
function contentOf({ threads }: Snapshot): unknown {
  return threads.map(({ id, title, row, own }) => [
    ...[id, title, row?.archived, own?.bytes, own?.head.meta?.cwd],
  ]);
}

async function mounted(host: string, fate: Fate | null = null): Promise<Mount> {
  const mount = await mountHere(lab, { host, folder: lab.home }, fate);
  mounts.push(mount);
  return mount;
}

/** Our command line, as a process of its own. One that waits for the server is let go by closing the mount. */
async function run(
  args: readonly string[],
  mount: Mount,
  { programs = inject('programs'), home = homeOn(mount) } = {},
): Promise<{ readonly code: number | string | null; readonly said: string }> {
  const cli = path.join(programs, 'cli.js');
  const child = spawn(process.execPath, [cli, ...args, '--home', home], { stdio: 'pipe' });
  let said = '';
  for (const pipe of [child.stdout, child.stderr])
    pipe.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<number | null>(resolve => child.once('close', resolve));
  const hung = letGoWhenHung(mount);
  const code = await ended;
  return { code: hung.aborted ? 'it waited for the server' : code, said };
}

function letGoWhenHung(mount: Mount): AbortSignal {
  const hung = AbortSignal.timeout(PATIENCE_MS);
  hung.addEventListener('abort', () => void mount.close());
  return hung;
}

function homeOn({ folder }: Mount): string {
  return path.join(folder, '.codex');
}

/** Many times what any of them takes. */
const PATIENCE_MS = 40_000;

/** Every file with all that changes when it is written, or made. */
function picture(folder: string): string {
  return execFileSync('find', [folder, '-printf', '%P %y %s %T@\n'], { encoding: 'utf8' });
}
