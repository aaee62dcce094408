import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Holder } from '../../src/engine/model/snapshot.ts';
import { barringLocks } from '../../src/engine/scan/databases/sqliteLocks.ts';
import type { Holders } from '../../src/engine/world.ts';
import {
  ancestorsFromPs,
  findHoldersWithLsof,
  parseLsof,
  parsePs,
} from '../../src/node/processes/darwin.ts';
import {
  ancestorsInProc,
  findHoldersInProc,
  readDescriptor,
  terminalName,
} from '../../src/node/processes/linux.ts';
import { parseLocks, readLocks } from '../../src/node/processes/locks.ts';
import { createProcesses } from '../../src/node/processes/processes.ts';
import { createFiles } from '../../src/node/files.ts';
import { createReach, type RealPath } from '../../src/node/reach.ts';
import { startAppServer } from '../support/codex/appServer.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { copyHome, makeHome } from '../support/codex/makeHome.ts';
import '../support/seed.ts';

const ONE = '01a1fc9d-53ef-7143-a356-d880ac493987';
const TWO = '01a1fca1-27d5-7b50-aff1-756bb5b1a7f1';
const ROLLOUT_ONE = `rollout-2026-11-21T05-38-51-${ONE}.jsonl`;
const ROLLOUT_TWO = `rollout-2026-11-21T05-43-02-${TWO}.jsonl`;

const PATIENCE = { timeout: 10_000, interval: 100 };

/** Opens the files that are named with their modes, and removes those that are marked. */
const HOLD = `
  const fs = require('node:fs');
  for (const [mode, file, fate] of JSON.parse(process.argv[1])) {
    fs.openSync(file, mode);
    if (fate === 'remove') fs.rmSync(file);
  }
  process.stdout.write('ready');
  setInterval(() => {}, 1000);
`;

/** Says that it is there, and stays. */
const ECHO = `process.stdout.write('ready'); setInterval(() => {}, 1000)`;

let home: string;
let children: ChildProcess[] = [];

beforeEach(() => {
  home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'processes-')));
  fs.mkdirSync(`${home}/thread-writer-locks`);
});

afterEach(() => {
  // The whole group: a shell leaves its children behind, and those keep the lock.
  for (const { pid } of children) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  children = [];
  fs.rmSync(home, { recursive: true });
});

async function start(program: string, args: readonly string[]): Promise<number> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  children.push(child);
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', code => reject(new Error(`${program} ended with ${String(code)}`)));
  });
  return child.pid ?? 0;
}

function end(pid: number): void {
  children = children.filter(child => child.pid !== pid);
  process.kill(-pid, 'SIGKILL');
}

const hold = (...files: readonly (readonly [mode: string, file: string, fate?: 'remove'])[]) =>
  start(process.execPath, ['-e', HOLD, JSON.stringify(files)]);

/** `flock` runs the program while it holds the lock; the shell says when. */
const lock = (file: string) => start('flock', ['-x', file, 'sh', '-c', 'echo ready; sleep 60']);

/** As `Reach` gives it for a folder on a local disk. */
const real = (given: string): RealPath => ({
  ...{ given, real: fs.realpathSync(given), answers: true },
});

async function found(folders = [home]): Promise<Holders> {
  const read = await findHoldersInProc(folders.map(real), createFiles());
  if (!read.ok) throw new Error(read.trouble.why);
  return read.value;
}

function names({ files, deletedFiles, writesThreads }: Holder, below = home) {
  const relative = (list: readonly string[]) => list.map(file => path.relative(below, file));
  return { files: relative(files), deletedFiles: relative(deletedFiles), writesThreads };
}

describe.runIf(process.platform === 'linux')('on Linux', () => {
  test('nobody holds a home that nobody uses', async () => {
    expect((await found()).holders).toEqual([]);
  });

  test('a program that has files open is named, with those that were removed under it', async () => {
    fs.writeFileSync(`${home}/notes`, '');
    const pid = await hold(
      ['w+', `${home}/state_5.sqlite`],
      ['w+', `${home}/state_5.sqlite-wal`, 'remove'],
      ['r', '/dev/null'],
    );
    const [holder, ...others] = (await found()).holders;
    expect(others).toEqual([]);
    expect(holder).toMatchObject({
      pid,
      program: path.basename(fs.realpathSync(process.execPath)),
      // We have started it ourselves.
      apart: 'ours',
    });
    expect(holder && names(holder)).toEqual({
      files: ['state_5.sqlite'],
      deletedFiles: ['state_5.sqlite-wal'],
      writesThreads: [],
    });
  });

  test('who has started a program is told, up to the first one', async () => {
    const pid = await start('sh', ['-c', `"${process.execPath}" -e "${ECHO}"; true`]);
    const child = Number(fs.readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`));
    expect(ancestorsInProc(child).slice(0, 2)).toEqual([pid, process.pid]);
    expect(ancestorsInProc(child).at(-1)).toBe(ancestorsInProc(process.pid).at(-1));
    expect(ancestorsInProc(2 ** 30)).toEqual([]);
  });

  test('a home is named as it was given, also through a link', async () => {
    await hold(['w', `${home}/state_5.sqlite`]);
    fs.symlinkSync(home, `${home}-link`);
    const [holder] = (await found([`${home}-link`])).holders;
    fs.rmSync(`${home}-link`);
    expect(holder?.files).toEqual([`${home}-link/state_5.sqlite`]);
  });

  test('who repairs the home is no Codex in the way; who has a file open that was put away is', async () => {
    const ours = `${home}/session-health`;
    fs.mkdirSync(`${ours}/vault/r1/files`, { recursive: true });
    await hold(['w', `${ours}/lock.sqlite`]);
    expect((await found()).holders).toEqual([]);
    const pid = await hold(['w', `${ours}/vault/r1/files/state_5.sqlite`]);
    expect((await found()).holders).toMatchObject([{ pid }]);
  });

  test('files of a neighbour with a longer name are not ours', async () => {
    fs.mkdirSync(`${home}-work`);
    await hold(['w', `${home}-work/state_5.sqlite`]);
    const { holders } = await found();
    fs.rmSync(`${home}-work`, { recursive: true });
    expect(holders).toEqual([]);
  });

  test('who has a rollout open for writing writes its thread; a reader does not', async () => {
    fs.writeFileSync(`${home}/${ROLLOUT_TWO}`, '');
    await hold(['a', `${home}/${ROLLOUT_ONE}`], ['r', `${home}/${ROLLOUT_TWO}`]);
    const [holder] = (await found()).holders;
    expect(holder && names(holder)).toEqual({
      files: [ROLLOUT_ONE, ROLLOUT_TWO],
      deletedFiles: [],
      writesThreads: [ONE],
    });
  });

  test('who holds a writer lock writes its thread; an open lock file alone means nothing', async () => {
    await lock(`${home}/thread-writer-locks/${ONE}.lock`);
    await hold(['w', `${home}/thread-writer-locks/${TWO}.lock`]);
    expect((await found()).holders.flatMap(({ writesThreads }) => writesThreads)).toContain(ONE);
    expect((await found()).holders.flatMap(({ writesThreads }) => writesThreads)).not.toContain(
      TWO,
    );
  });

  test('a container that knows the home under another path is found by its locks', async context => {
    const isRoot = process.getuid?.() === 0;
    const namespaces = [...(isRoot ? [] : ['--user', '--map-root-user']), '--mount'];
    const canMount = spawnSync('unshare', [...namespaces, 'true']).status === 0;
    context.skip(!canMount, 'needs a mount namespace');
    const script = `mount --bind "$0" /mnt && exec flock -x /mnt/thread-writer-locks/${ONE}.lock sh -c 'echo ready; sleep 60'`;
    const pid = await start('unshare', [...namespaces, 'sh', '-c', script, home]);
    const holder = (await found()).holders.find(one => one.pid === pid);
    expect(holder && names(holder)).toEqual({
      files: [`thread-writer-locks/${ONE}.lock`],
      deletedFiles: [],
      writesThreads: [ONE],
    });
  });

  describe('locks on databases', () => {
    const DATABASE = `
      const { DatabaseSync } = require('node:sqlite');
      const database = new DatabaseSync(process.argv[1]);
      database.exec(process.argv[2]);
      process.stdout.write('ready');
      setInterval(() => {}, 1000);
    `;
    const keep = (...statements: readonly string[]) =>
      start(process.execPath, ['-e', DATABASE, `${home}/state_5.sqlite`, statements.join('; ')]);
    const WITH_LOG = 'PRAGMA journal_mode = WAL';
    const barring = async (of = home) => barringLocks((await found([of])).locks ?? []);
    const said = async () =>
      (await barring()).map(({ lock: { pid, file }, bars }) => [
        ...[pid, bars, path.basename(file)],
      ]);

    test.each([
      ['to write into a log', [WITH_LOG, 'BEGIN IMMEDIATE'], 'writing', '-shm'],
      [
        'to have a database with a log alone',
        [WITH_LOG, 'PRAGMA locking_mode = EXCLUSIVE', 'CREATE TABLE a (b)'],
        ...['everything', ''],
      ],
      ['to write into the main file', ['BEGIN IMMEDIATE'], 'writing', ''],
      ['to have the main file alone', ['BEGIN EXCLUSIVE'], 'everything', ''],
    ] as const)('as SQLite takes them %s, until it lets go', async (_, statements, bars, of) => {
      const pid = await keep(...statements);
      expect(await said()).toEqual([[pid, bars, `state_5.sqlite${of}`]]);
      // It has the same name in each look, by the database alone as well.
      const locks = await barring();
      expect(await barring(`${home}/state_5.sqlite`)).toEqual(locks);
      end(pid);
      await vi.waitFor(async () => expect(await said()).toEqual([]), PATIENCE);
    });

    test('nobody is barred by who has a database open, or reads it beside its log', async () => {
      await keep(WITH_LOG, 'CREATE TABLE a (b)', 'BEGIN', 'SELECT * FROM a');
      expect((await found()).locks).not.toEqual([]);
      expect(await said()).toEqual([]);
    });

    test('who repairs the home bars nobody for long, and is not named', async () => {
      await keep(WITH_LOG, 'BEGIN IMMEDIATE');
      const ours = `${home}/session-health/lock.sqlite`;
      fs.mkdirSync(path.dirname(ours));
      const both = `require('node:fs').openSync(${JSON.stringify(ours)}, 'w');${DATABASE}`;
      await start(process.execPath, ['-e', both, `${home}/logs_2.sqlite`, 'BEGIN IMMEDIATE']);
      expect(await said()).toMatchObject([[expect.anything(), 'writing', 'state_5.sqlite-shm']]);
    });

    test('a lock of another kind, and one on a file that was removed, bar nobody', async () => {
      await lock(`${home}/state_5.sqlite`);
      expect((await found()).locks).toEqual([]);
      await keep('BEGIN IMMEDIATE');
      expect(await said()).toHaveLength(1);
      fs.rmSync(`${home}/state_5.sqlite`);
      expect(await said()).toEqual([]);
    });

    test('of a container that knows the home under another path', async context => {
      const isRoot = process.getuid?.() === 0;
      const namespaces = [...(isRoot ? [] : ['--user', '--map-root-user']), '--mount'];
      const canMount = spawnSync('unshare', [...namespaces, 'true']).status === 0;
      context.skip(!canMount, 'needs a mount namespace');
      const inside = 'mount --bind "$0" /mnt && exec "$1" -e "$2" /mnt/state_5.sqlite "$3"';
      const pid = await start('unshare', [
        ...[...namespaces, 'sh', '-c', inside, home],
        ...[process.execPath, DATABASE, `${WITH_LOG}; BEGIN IMMEDIATE`],
      ]);
      expect(await said()).toEqual([[pid, 'writing', 'state_5.sqlite-shm']]);
    });

    test('without the table of locks nothing is said of them', async () => {
      await keep('BEGIN IMMEDIATE');
      const { locks = [] } = await found();
      expect(locks).not.toEqual([]);
      const noTable = '/proc/self';
      const read = await findHoldersInProc([real(home)], createFiles(), noTable);
      expect(read.ok && read.value.locks).toBe(undefined);
    });
  });

  test('programs of others make the answer a partial one, but for the locks they hold', async context => {
    const pid = await lock(`${home}/thread-writer-locks/${ONE}.lock`);
    fs.chmodSync(home, 0o755);
    const { holders, unreadable } = foundByNobody();
    context.skip(holders === undefined, 'needs an account that may run Node and read the sources');
    expect(unreadable?.map(one => one.pid)).toContain(process.pid);
    expect(unreadable?.map(one => one.program)).not.toContain('kthreadd');
    expect(holders?.map(one => [one.pid, one.program, one.writesThreads])).toEqual([
      [pid, 'flock', [ONE]],
    ]);
  });

  test.each([
    ['0.142.0', 'legacy'],
    ['0.169.0', 'paginated'],
  ] as const)(
    'a real Codex %s writes the thread that it has loaded',
    async (version, mode) => {
      const made = await makeHome(version, mode);
      const copy = copyHome(made, `${home}/codex`);
      const server = await startAppServer(await installCodex(version), copy.folder);
      await server.call('thread/resume', { threadId: copy.ids.A });
      // For a moment, a program that Codex starts at its own start is still a copy of it.
      await vi.waitFor(async () => {
        const [holder, ...others] = (await found([copy.folder])).holders;
        expect(others).toEqual([]);
        expect(holder?.program).toBe('codex');
        expect(holder?.writesThreads).toEqual([copy.ids.A]);
        expect(holder && names(holder, copy.folder).files).toContain('state_5.sqlite-wal');
      }, PATIENCE);
      await server.stop();
      await vi.waitFor(
        async () => expect((await found([copy.folder])).holders).toEqual([]),
        PATIENCE,
      );
    },
    120_000,
  );
});

/** Asks from a process of another account; only root can start one. */
function foundByNobody(): Partial<Holders> {
  if (process.getuid?.() !== 0) return {};
  const source = (name: string) =>
    JSON.stringify(path.join(import.meta.dirname, '../../src/node', name));
  const program = `const { findHoldersInProc } = await import(${source('processes/linux.ts')});
    const { createFiles } = await import(${source('files.ts')});
    const found = await findHoldersInProc([${JSON.stringify(real(home))}], createFiles());
    process.stdout.write(JSON.stringify(found.value));`;
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    uid: 65_534,
    gid: 65_534,
    cwd: '/',
  });
  return status === 0 ? (JSON.parse(stdout) as Holders) : {};
}

describe('what the kernel of Linux says', () => {
  test('its table of locks, without those that only wait', () => {
    const text = `1: POSIX  ADVISORY  READ 8496 fe:00:2359334 128 128
2: FLOCK  ADVISORY  WRITE 8774 103:02:2363080 0 EOF
2: -> FLOCK  ADVISORY  WRITE 9999 103:02:2363080 0 EOF
3: OFDLCK ADVISORY  READ -1 00:06:1025 0 EOF
4: LEASE  ACTIVE    READ 77 fe:00:12 0 EOF
`;
    const rest = Number.MAX_SAFE_INTEGER;
    expect(parseLocks(text)).toEqual([
      {
        name: 'POSIX ADVISORY READ 8496 fe:00:2359334 128 128',
        ...{ pid: 8496, isPosix: true, isExclusive: false, file: 'fe:00:2359334' },
        ...{ first: 128, last: 128 },
      },
      {
        name: 'FLOCK ADVISORY WRITE 8774 103:02:2363080 0 EOF',
        ...{ pid: 8774, isPosix: false, isExclusive: true, file: '103:02:2363080' },
        ...{ first: 0, last: rest },
      },
      {
        name: 'LEASE ACTIVE READ 77 fe:00:12 0 EOF',
        ...{ pid: 77, isPosix: false, isExclusive: false, file: 'fe:00:12', first: 0, last: rest },
      },
    ]);
  });

  test('a lock that slips through between two pages of its table is there all the same', async () => {
    const table = Array.from(
      { length: 120 },
      (_, at) => `${String(at)}: POSIX  ADVISORY  WRITE ${String(at + 1)} fe:00:77 120 120\n`,
    );
    const reading = vi.spyOn(fs.promises, 'readFile');
    reading.mockResolvedValueOnce(table.toSpliced(70, 1).join(''));
    reading.mockResolvedValueOnce(table.toSpliced(0, 5).join(''));
    const locks = await readLocks('/proc');
    reading.mockRestore();
    expect(locks?.map(({ pid }) => pid).sort((one, other) => one - other)).toEqual(
      table.map((_, at) => at + 1),
    );
  });

  test('a lock has one name in its table and behind a descriptor; nothing else is taken for one', () => {
    const number = fc.nat({ max: 2 ** 40 });
    const lock = fc.record({
      kind: fc.constantFrom('POSIX', 'FLOCK'),
      access: fc.constantFrom('READ', 'WRITE'),
      pid: fc.integer({ min: 1, max: 2 ** 22 }),
      inode: number,
      first: number,
      last: fc.oneof(fc.constant('EOF'), number),
    });
    const lines = fc.array(fc.tuple(lock, fc.constantFrom('held', 'waiting', 'noise'), number));
    fc.assert(
      fc.property(lines, entries => {
        const words = entries.map(([{ kind, access, pid, inode, first, last }]) =>
          [
            ...[`${kind}  ADVISORY  ${access.padEnd(5)}`, pid, `fe:00:${String(inode)}`],
            ...[first, last],
          ].join(' '),
        );
        const line = (start: string) => (_: unknown, at: number) => {
          const [, state, order] = entries[at] ?? [];
          const before = { held: '', waiting: '-> ', noise: '?' }[state ?? 'noise'];
          return `${start}${String(order)}: ${before}${words[at] ?? ''}\n`;
        };
        const table = parseLocks(words.map(line('')).join(''));
        const held = entries.filter(([, state]) => state === 'held');
        expect(table.map(one => [one.pid, one.first])).toEqual(
          held.map(([{ pid, first }]) => [pid, first]),
        );
        const descriptor = `pos:\t0\nflags:\t02\n${words.map(line('lock:\t')).join('')}`;
        expect(readDescriptor(descriptor).locks).toEqual(table);
      }),
    );
  });

  test.each([
    ['pos:\t0\nflags:\t02500000\nmnt_id:\t27\n', false, false],
    ['pos:\t0\nflags:\t02102001\n', true, false],
    ['flags:\t02100002\nlock:\t1: FLOCK  ADVISORY  WRITE 8774 fe:00:2363080 0 EOF\n', true, true],
    ['flags:\t02100002\nlock:\t1: POSIX  ADVISORY  READ 8774 fe:00:1 128 128\n', true, false],
    ['', false, false],
  ])('a descriptor %j', (text, isForWriting, hasLock) => {
    expect(readDescriptor(text)).toMatchObject({ isForWriting, hasLock });
  });

  test.each([
    [0, null],
    [34_816, 'pts/0'],
    [34_819, 'pts/3'],
    [1_083_392, 'pts/256'],
    [1025, 'tty1'],
    [1088, null],
  ])('terminal %i', (number, name) => {
    expect(terminalName(number)).toBe(name);
  });
});

describe('the tools of macOS', () => {
  const LSOF = `p501
ccodex
fcwd
a 
k12
n/Users/ada
ftxt
a 
k1
n/Users/ada/.codex/packages/standalone/current/bin/codex
f9
au
k1
n/Users/ada/.codex/state_5.sqlite
f10
au
k0
n/Users/ada/.codex/state_5.sqlite-wal
f11
ar
k1
n/Users/ada/.codex/a name
f12
au
n->0x1234
p502
cCode Helper (Plugin)
f3
aw
k1
n/Users/ada/x (deleted)
`;

  test('lsof, a field a line', () => {
    const file = (name: string, isForWriting: boolean, isDeleted = false) => ({
      ...{ name: `/Users/ada/${name}`, isForWriting, isDeleted },
    });
    expect(parseLsof(LSOF)).toEqual([
      {
        pid: 501,
        program: 'codex',
        files: [
          file('.codex/state_5.sqlite', true),
          file('.codex/state_5.sqlite-wal', true, true),
          file('.codex/a name', false),
        ],
      },
      { pid: 502, program: 'Code Helper (Plugin)', files: [file('x', true, true)] },
    ]);
    expect(parseLsof('')).toEqual([]);
  });

  test('ps, whose last column may hold blanks', () => {
    const text = `    1     0 ??       /sbin/launchd
  501   502 ttys003  /Applications/Some App.app/Contents/MacOS/Some App
`;
    expect(parsePs(text)).toEqual([
      { pid: 1, account: 0, terminal: null, program: 'launchd' },
      { pid: 501, account: 502, terminal: 'ttys003', program: 'Some App' },
    ]);
  });

  test('the same tools of Linux name the same holder', async context => {
    // On a busy machine lsof takes its time, and what is tried is what it says.
    const tools = { lsof: '/usr/bin/lsof', ps: '/bin/ps', limitMs: 15_000 };
    const isHere = process.platform === 'linux' && [tools.lsof, tools.ps].every(fs.existsSync);
    context.skip(!isHere, 'needs lsof');
    const pid = await hold(
      ['w', `${home}/state_5.sqlite`],
      ['w', `${home}/${ROLLOUT_ONE}`],
      ['w', `${home}/gone`, 'remove'],
    );
    const read = await findHoldersWithLsof([real(home)], tools);
    const [holder, ...others] = read.ok ? read.value.holders : [];
    expect(others).toEqual([]);
    expect(holder?.pid).toBe(pid);
    expect(holder && names(holder)).toEqual({
      files: [ROLLOUT_ONE, 'state_5.sqlite'],
      deletedFiles: ['gone'],
      writesThreads: [ONE],
    });
  });

  test('and the same line of those who have started a program', async context => {
    const ps = '/bin/ps';
    context.skip(process.platform !== 'linux' || !fs.existsSync(ps), 'needs ps');
    expect(await ancestorsFromPs(process.pid, ps)).toEqual(ancestorsInProc(process.pid));
    expect(await ancestorsFromPs(process.pid, '/nowhere/ps')).toEqual([]);
  });

  test('a tool that is not there is no answer, not an empty one', async () => {
    const read = await findHoldersWithLsof([real(home)], {
      ...{ lsof: '/nonexistent', ps: '/bin/ps', limitMs: 15_000 },
    });
    expect(read).toMatchObject({ ok: false, trouble: { why: 'lsof did not answer' } });
  });
});

test('the module of this system is the one that is asked', async () => {
  const reach = createReach({ look: () => Promise.resolve(new Map()) }, createFiles());
  const files = { ...createFiles(), isReader: () => false };
  expect(await createProcesses(reach, files, 'win32').holders([home])).toMatchObject({ ok: false });
  expect(await createProcesses(reach, files, 'linux').holders([home])).toMatchObject({ ok: true });
});
