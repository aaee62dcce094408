// Databases on a disk of this host: what is planned, done and undone, what is refused, and what stays because
// somebody has worked with it. The Codex here is one in memory that lists what is in the database it is started
// with; the real one is asked in test/codex/ownDatabases.test.ts, and the shells in databaseLines.test.ts.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import {
  createEngine,
  createRepairs,
  handlerOf,
  type DatabasesWish,
} from '../../src/engine/engine.ts';
import type { AppServer, AppServers } from '../../src/engine/hands.ts';
import type { Filesystem } from '../../src/engine/model/database.ts';
import type { SeenStart } from '../../src/engine/model/host.ts';
import { recover } from '../../src/engine/repair/undo.ts';
import { readOwnDatabases } from '../../src/engine/scan/ownDatabaseNotes.ts';
import type { World } from '../../src/engine/world.ts';
import { home, HOME, idOf, NOW, type HomeBuilder } from '../support/home.ts';
import { createMemoryHands, Stopped } from '../support/memoryHands.ts';
import { sql, type MemoryFile } from '../support/memoryWorld.ts';
import { differences, pictureOf } from '../support/pictures.ts';
import { probe, reachedHosts } from '../support/reachedHosts.ts';
import { LONG_AGO, recordedDatabase } from '../support/recordedDatabase.ts';
import { createBench, planOf, SPECIMENS } from './specimens.ts';

const CODEX = '/opt/codex/codex';
const DISK = '/scratch/ada/codex';
const BASHRC = '/home/ada/.bashrc';
const NFS: Filesystem = { type: 'nfs4', isNetwork: true, mountPoint: '/home', options: '' };
const EXT4: Filesystem = { type: 'ext4', isNetwork: false, mountPoint: '/', options: '' };

const shared = () =>
  home()
    .thread('one', { row: { name: 'A name', is_pinned: 1 } })
    .thread('two', { archived: true })
    .file('goals_1.sqlite', recordedDatabase('0.169.0', 'goals_1.sqlite'), LONG_AGO)
    .file('logs_2.sqlite', recordedDatabase('0.169.0', 'logs_2.sqlite'), LONG_AGO)
    .file(BASHRC, 'alias l=ls\n', NOW - 1000)
    .file(CODEX, 'a program', 0)
    .codex('0.169.0', { path: CODEX, migrations: { 'state_5.sqlite': 62 } });

const wishOf = (more: Partial<DatabasesWish> = {}): DatabasesWish => ({
  folder: DISK,
  old: 'stay',
  startUp: [{ shell: 'bash', file: BASHRC }],
  ...more,
});

const START: SeenStart = {
  ...{ how: 'command', shell: '/bin/bash', home: '/home/ada', codexHome: null, sqliteHome: null },
};

/** `disks`: what is on another file system than the home. */
interface Place {
  readonly disks?: Readonly<Record<string, Filesystem | null>>;
  readonly starts?: readonly SeenStart[];
}

function open(
  builder: HomeBuilder,
  { disks = { '/scratch': EXT4 }, starts = [START] }: Place = {},
) {
  const { world: built, files } = builder.build();
  const memory = createMemoryHands(files, codexIn(files));
  const world: World = {
    ...built,
    files: {
      ...built.files,
      filesystem: file => {
        const place = Object.keys(disks).find(disk => file.startsWith(disk));
        return Promise.resolve(place === undefined ? NFS : (disks[place] ?? null));
      },
    },
    // What the lines come to is what a shell makes of them.
    hosts: {
      ...built.hosts,
      here: () => {
        const text = new TextDecoder().decode(files.get(BASHRC)?.bytes);
        const told = /CODEX_SQLITE_HOME='([^']+)'/.exec(text)?.[1] ?? null;
        const seen = starts.map(one => ({ ...one, sqliteHome: one.sqliteHome ?? told }));
        // It has the home of some other account's directory, for all that is known.
        const servers = [
          { pid: 7, program: 'codex', codexHome: null, sqliteHome: null, isOpaque: false },
        ];
        const here = { ...probe('workbench'), starts: seen, servers };
        return reachedHosts({}, here).here({ homes: [] });
      },
    },
  };
  const repairs = createRepairs(world, memory.hands);
  const engine = createEngine(world);
  const scan = () => engine.scan({ home: HOME, sqliteHome: null, codex: null, full: false });
  const apply = async (wish: DatabasesWish) => {
    const report = await scan();
    const { sha } = await repairs.planOwnDatabases(report, wish);
    return repairs.applyOwnDatabases(report, () => scan(), { wish, sha, vault: null });
  };
  /** Who looks from a new login, in which the shell has read its lines. */
  const fromNewLogin = () => {
    const environment = { CODEX_SQLITE_HOME: DISK };
    const there = { ...world, machine: { ...world.machine, environment } };
    const request = { home: HOME, sqliteHome: null, codex: null, full: false };
    return {
      repairs: createRepairs(there, memory.hands),
      scan: () => createEngine(there).scan(request),
    };
  };
  return { world, files, memory, repairs, scan, apply, fromNewLogin };
}

function codexIn(files: ReadonlyMap<string, MemoryFile>): AppServers {
  return {
    start: ({ home: at, sqliteHome }) => {
      const state = `${sqliteHome ?? at}/state_5.sqlite`;
      const server: AppServer = {
        userAgent: 'codex',
        knows: () => Promise.resolve(true),
        call: () => Promise.resolve({}),
        pages: (_, { archived = false }: { archived?: boolean }) =>
          Promise.resolve(
            ask(files, state, `SELECT id FROM threads WHERE archived = ${Number(archived)}`).map(
              ([id]) => ({ id }),
            ),
          ),
        end: () => Promise.resolve(),
      };
      return Promise.resolve(server);
    },
  };
}

function ask(files: ReadonlyMap<string, MemoryFile>, file: string, question: string) {
  const database = new sql.Database(files.get(file)?.bytes);
  const rows = database.exec(question)[0]?.values ?? [];
  database.close();
  return rows;
}

/** What a Codex leaves that was started with a database; `statement` is what somebody has entered. */
function workWith(files: Map<string, MemoryFile>, file: string, statement: string | null) {
  const database = new sql.Database(files.get(file)?.bytes);
  database.run('PRAGMA user_version = 7');
  if (statement !== null) database.run(statement);
  files.set(file, { bytes: database.export(), modifiedMs: NOW - 60_000 });
  database.close();
  files.set(`${file}-wal`, { bytes: new Uint8Array(0), modifiedMs: NOW - 60_000 });
  files.set(`${file}-shm`, { bytes: new Uint8Array(9), modifiedMs: NOW - 60_000 });
}

/** A database and its log, as they are while somebody has it open: what comes last is in the log alone. */
function inLog(bytes: Uint8Array | undefined, first: string, last: string) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'in-log-'));
  const file = path.join(folder, 'a.sqlite');
  fs.writeFileSync(file, bytes ?? new Uint8Array());
  const database = new DatabaseSync(file);
  try {
    database.exec(`PRAGMA journal_mode = WAL; ${first}; PRAGMA wal_checkpoint(TRUNCATE); ${last}`);
    return { main: fs.readFileSync(file), log: fs.readFileSync(`${file}-wal`) };
  } finally {
    database.close();
    fs.rmSync(folder, { recursive: true });
  }
}

function put(
  files: Map<string, MemoryFile>,
  file: string,
  { main, log }: ReturnType<typeof inLog>,
) {
  for (const [name, bytes] of [
    [file, main],
    [`${file}-wal`, log],
  ] as const)
    files.set(name, { bytes: new Uint8Array(bytes), modifiedMs: LONG_AGO });
}

const TELLING = "CREATE TABLE told (what TEXT); INSERT INTO told VALUES ('a')";
const goal = (id: string) =>
  `INSERT INTO thread_goals VALUES ('${id}', 'a', 'b', 'paused', NULL, 0, 0, 1, 1)`;

const within = (files: ReadonlyMap<string, MemoryFile>, folder: string) =>
  [...files.keys()]
    .filter(file => file.startsWith(`${folder}/`) && !file.includes('/session-health/'))
    .map(file => file.slice(folder.length + 1))
    .sort();

const NAMES = ['goals_1.sqlite', 'logs_2.sqlite', 'state_5.sqlite', 'thread_history_1.sqlite'];

describe('copied, for a home that others use', () => {
  test('what is touched is what was said, and those in the home stay', async () => {
    const { files, repairs, scan, apply, world } = open(shared());
    const before = pictureOf(files);
    const plan = await repairs.planOwnDatabases(await scan(), wishOf());
    const touched = plan.units.flatMap(({ steps }) =>
      steps.flatMap(step => handlerOf(step).touches(step)),
    );
    const made = await apply(wishOf());
    expect(made.receipt.failed).toEqual([]);
    expect(within(files, DISK)).toEqual(NAMES);
    const changed = differences(before, pictureOf(files));
    expect(changed.filter(file => !touched.includes(file))).toEqual([]);
    expect(changed).toEqual([BASHRC, ...NAMES.map(name => `${DISK}/${name}`)].sort());
    expect(ask(files, `${DISK}/state_5.sqlite`, 'SELECT name, is_pinned FROM threads')).toEqual(
      ask(files, `${HOME}/state_5.sqlite`, 'SELECT name, is_pinned FROM threads'),
    );
    expect([made.answer, made.confirmation.codex, made.confirmation.missing]).toEqual([
      'yes',
      'Codex 0.169.0',
      [],
    ]);
    expect(await readOwnDatabases(world.keep)).toEqual([
      expect.objectContaining({ home: HOME, host: 'workbench', folder: DISK, isShared: true }),
    ]);
  });

  test('the plan says what is known on one host alone from then on', async () => {
    const { repairs, scan } = open(shared());
    const { units } = await repairs.planOwnDatabases(await scan(), wishOf());
    expect(units[0]?.says).toMatch(
      /names, pins, sections, projects.* given on workbench are known there alone/,
    );
  });

  test('undone, all is as it was, and nothing is remembered', async () => {
    const { files, apply, world, fromNewLogin } = open(shared());
    const before = pictureOf(files);
    const { receipt } = await apply(wishOf());
    const { repairs, scan } = fromNewLogin();
    // Whoever undoes it is shown first what that is, also where the home lies on no local disk.
    const undoing = await repairs.planUndo(await scan(), receipt.id, null);
    expect([undoing.repair.receipt, undoing.split]).toEqual([receipt.id, []]);
    const { left } = await repairs.undo(await scan(), receipt.id, null);
    expect(left).toEqual([]);
    expect(pictureOf(files)).toEqual(before);
    expect(await readOwnDatabases(world.keep)).toEqual([]);
  });

  test('undone after Codex was started with them, too; they go into the vault', async () => {
    const { files, repairs, scan, apply } = open(shared());
    const before = pictureOf(files);
    const { receipt } = await apply(wishOf());
    for (const name of NAMES) workWith(files, `${DISK}/${name}`, null);
    workWith(files, `${DISK}/logs_2.sqlite`, 'CREATE TABLE more (a)');
    const { left } = await repairs.undo(await scan(), receipt.id, null);
    expect(left).toEqual([]);
    expect(pictureOf(files)).toEqual(before);
    expect([...files.keys()].filter(file => file.includes('not-used-'))).toHaveLength(12);
  });

  test('stopped while they go there, it goes on where it stopped', async () => {
    for (let stop = 0; ; stop += 1) {
      const { world, files, repairs, scan, apply, memory } = open(shared());
      const before = pictureOf(files);
      const { receipt } = await apply(wishOf());
      const [file, entered] = [`${DISK}/goals_1.sqlite`, goal('here')];
      // What was entered and taken out again: that it is out is in the log alone.
      put(files, file, inLog(files.get(file)?.bytes, entered, 'DELETE FROM thread_goals'));
      const report = await scan();
      memory.stopAfter(stop, false);
      const isStopped = await repairs.undo(report, receipt.id, null).then(
        () => false,
        error => {
          if (error instanceof Stopped || String(error).includes('stopped before')) return true;
          throw error;
        },
      );
      memory.restart();
      if (!isStopped) return expect(stop).toBeGreaterThan(7);
      const { left } = await repairs.undo(await scan(), receipt.id, null);
      expect([stop, left]).toEqual([stop, []]);
      expect(differences(before, pictureOf(files))).toEqual([]);
      expect(await readOwnDatabases(world.keep)).toEqual([]);
    }
  });

  test('is remembered, and can be undone, though the look afterwards never ended', async () => {
    const { world, files, repairs, scan, fromNewLogin } = open(shared());
    const before = pictureOf(files);
    const report = await scan();
    const { sha } = await repairs.planOwnDatabases(report, wishOf());
    const looks = [scan, () => Promise.reject(new Error('ended from outside'))];
    const request = { wish: wishOf(), sha, vault: null };
    const look = () => looks.shift()?.() ?? scan();
    await expect(repairs.applyOwnDatabases(report, look, request)).rejects.toThrow(/from outside/);
    expect(await readOwnDatabases(world.keep)).toHaveLength(1);
    const anew = fromNewLogin();
    expect((await anew.repairs.undo(await anew.scan(), null, null)).left).toEqual([]);
    expect(pictureOf(files)).toEqual(before);
  });

  test('nothing comes of it where that cannot be written down', async () => {
    const { world, files, scan, apply, repairs } = open(shared());
    const before = pictureOf(files);
    const write = () =>
      Promise.resolve({ ok: false as const, trouble: { code: 'denied' as const, why: 'full' } });
    Object.assign(world.keep, { write });
    await expect(apply(wishOf())).rejects.toThrow(/could not be written down.*full.*as it was/);
    expect(pictureOf(files)).toEqual(before);
    expect(await repairs.interrupted(await scan(), null)).toBeNull();
  });

  test('what somebody has entered there since stays there, and is named', async () => {
    const { files, repairs, scan, apply } = open(shared());
    const before = pictureOf(files);
    const { receipt } = await apply(wishOf());
    workWith(files, `${DISK}/state_5.sqlite`, "UPDATE threads SET name = 'Given here'");
    const { left } = await repairs.undo(await scan(), receipt.id, null);
    expect(left).toEqual([
      {
        what: `${DISK}/state_5.sqlite`,
        why: 'what was entered there since is in it alone, so that it stays',
      },
    ]);
    expect(within(files, DISK).filter(name => name.endsWith('.sqlite'))).toEqual([
      'state_5.sqlite',
    ]);
    const rest = differences(before, pictureOf(files));
    expect(rest.filter(file => !file.startsWith(DISK))).toEqual([]);
  });

  test('other hosts that write meanwhile hinder nothing, and are hindered by nothing', async () => {
    const { files, repairs, scan } = open(shared());
    const report = await scan();
    const { sha } = await repairs.planOwnDatabases(report, wishOf());
    const renamed = "UPDATE threads SET name = 'Given elsewhere'";
    const state = `${HOME}/state_5.sqlite`;
    const database = new sql.Database(files.get(state)?.bytes);
    database.run(renamed);
    files.set(state, { bytes: database.export(), modifiedMs: NOW - 60_000 });
    database.close();
    const request = { wish: wishOf(), sha, vault: null };
    const made = await repairs.applyOwnDatabases(report, () => scan(), request);
    expect(made.receipt.failed).toEqual([]);
    const names = ask(files, `${DISK}/state_5.sqlite`, 'SELECT DISTINCT name FROM threads');
    expect(names).toEqual([['Given elsewhere']]);
    expect((await repairs.undo(await scan(), made.receipt.id, null)).left).toEqual([]);
    expect(ask(files, state, 'SELECT DISTINCT name FROM threads')).toEqual([['Given elsewhere']]);
  });
});

test('a file that lay there before it was made is nothing of ours', async () => {
  const bench = createBench();
  const step = SPECIMENS['create: a database as it is at one moment']?.(bench);
  if (step?.kind !== 'create') throw new Error('gone');
  const repair = await bench.site.vault.begin(planOf([step]));
  await bench.site.vault.note(repair, { note: 'begun', units: [0] });
  const bytes = bench.built.files.get(`${HOME}/state_5.sqlite`)?.bytes ?? new Uint8Array();
  bench.built.files.set(step.file, { bytes, modifiedMs: LONG_AGO });
  await recover(bench.site);
  expect(bench.built.files.get(step.file)?.bytes).toBe(bytes);
});

test('that logs stay where config.toml says is in the plan', async () => {
  const { repairs, scan } = open(shared().config('log_dir = "/home/ada/logs"'));
  const { units } = await repairs.planOwnDatabases(await scan(), wishOf());
  expect(units[0]?.says).toContain('keeps the database of its log in /home/ada/logs');
});

test("a log that lies apart is neither copied nor put away, and one that is torn is in nobody's way", async () => {
  const apart = shared()
    .config('log_dir = "/home/ada/logs"')
    .codex('0.169.0')
    .folder('/home/ada/logs')
    .file('/home/ada/logs/logs_2.sqlite', 'no database', LONG_AGO);
  const { repairs, scan } = open(apart);
  const { units } = await repairs.planOwnDatabases(await scan(), { ...wishOf(), old: 'go' });
  const steps = units.flatMap(one => one.steps);
  expect(steps.filter(step => JSON.stringify(step).includes('logs_2'))).toEqual([]);
});

describe('moved, for a home of one machine', () => {
  test('those in the home go into the vault, and come back to the byte', async () => {
    const { files, scan, apply, fromNewLogin } = open(shared());
    // What was entered at last is in the logs alone.
    for (const name of ['goals_1.sqlite', 'thread_history_1.sqlite'])
      put(files, `${HOME}/${name}`, inLog(files.get(`${HOME}/${name}`)?.bytes, '', TELLING));
    const before = new Map(files);
    const { receipt, answer } = await apply(wishOf({ old: 'go' }));
    expect([receipt.failed, answer]).toEqual([[], 'yes']);
    expect(within(files, HOME).filter(file => file.includes('.sqlite'))).toEqual([]);
    expect(within(files, DISK)).toEqual(NAMES);
    for (const name of ['goals_1.sqlite', 'thread_history_1.sqlite'])
      expect([name, ask(files, `${DISK}/${name}`, 'SELECT * FROM told')]).toEqual([name, [['a']]]);
    for (const name of NAMES) workWith(files, `${DISK}/${name}`, null);
    const checks = (await scan()).findings.map(({ check }) => check);
    expect(checks).toContain('own-databases-not-used');
    expect(checks).not.toContain('database-missing');
    const anew = fromNewLogin();
    expect((await anew.repairs.undo(await anew.scan(), receipt.id, null)).left).toEqual([]);
    expect(within(files, DISK)).toEqual([]);
    for (const [file, { bytes, modifiedMs }] of before)
      expect([file, files.get(file)?.bytes, files.get(file)?.modifiedMs]).toEqual([
        file,
        bytes,
        modifiedMs,
      ]);
  });

  test('what cannot be done takes all of it back', async () => {
    const { files, world, scan, memory } = open(shared());
    const before = pictureOf(files);
    const rewrite = () => Promise.reject(new Error('this file is not to be written'));
    const repairs = createRepairs(world, { ...memory.hands, rewrite });
    const wish = wishOf({ old: 'go' });
    const report = await scan();
    const { sha } = await repairs.planOwnDatabases(report, wish);
    const made = await repairs.applyOwnDatabases(report, () => scan(), { wish, sha, vault: null });
    expect(made.own).toBeNull();
    expect(made.receipt.failed[0]?.why).toContain('not to be written');
    expect(pictureOf(files)).toEqual(before);
  });
});

describe('refused', () => {
  const refusal = async (
    builder: HomeBuilder,
    more: Partial<DatabasesWish> = {},
    place?: Place,
  ) => {
    const { files, apply } = open(builder, place);
    const before = [...files.values()];
    const code = await apply(wishOf(more)).then(
      () => null,
      (error: { readonly code?: string }) => error.code,
    );
    expect([...files.values()]).toEqual(before);
    return code;
  };

  test.each<[string, HomeBuilder, Partial<DatabasesWish>, Place?]>([
    ['not-a-local-disk', shared(), { folder: '/home/ada/databases' }],
    ['not-a-local-disk', shared(), {}, { disks: { '/scratch': null } }],
    ['not-a-lasting-disk', shared(), {}, { disks: { '/scratch': { ...EXT4, type: 'tmpfs' } } }],
    ['target-in-home', shared(), { folder: `${HOME}/databases` }, { disks: { '/': EXT4 } }],
    ['target-in-home', shared(), { folder: '/home' }, { disks: { '/': EXT4 } }],
    ['target-not-empty', shared().file(`${DISK}/state_5.sqlite`, ''), {}],
    ['unsafe-name', shared(), { folder: "/scratch/it's" }],
    ['unsafe-name', shared(), { folder: 'scratch' }],
    ['no-start-up-file', shared(), { startUp: [] }],
    ['sqlite-home-in-config', shared().config('sqlite_home = "/elsewhere"'), {}],
    ['two-databases', shared().environment('CODEX_SQLITE_HOME', '/elsewhere'), {}],
    ['database-unreadable', shared().file('goals_1.sqlite', new Uint8Array(5000), LONG_AGO), {}],
    ['database-unreadable', shared().noState(), {}],
    ['codex-running', shared().holder({}), {}],
    ['starts-unknown', shared(), {}, { starts: [] }],
    ['another-home', shared(), {}, { starts: [START, { ...START, codexHome: '/other' }] }],
    ['told-already', shared(), {}, { starts: [{ ...START, sqliteHome: '/other' }] }],
    [
      'told-already',
      shared().file(
        BASHRC,
        '# >>> codex-health: databases of workbench on a disk of its own >>>\n',
      ),
      {},
    ],
  ])('%s', async (code, builder, more, place = {}) => {
    expect(await refusal(builder, more, { disks: { '/scratch': EXT4 }, ...place })).toBe(code);
  });

  test('to have the old ones go while anything names another host', async () => {
    const { repairs, scan } = open(shared());
    const report = await scan();
    const { hosts } = report.snapshot;
    const logged = [{ thread: idOf('one'), host: 'gpu-2', firstMs: 1, lastMs: 1 }];
    const known = { ...report, snapshot: { ...report.snapshot, hosts: { ...hosts, logged } } };
    await expect(repairs.planOwnDatabases(known, wishOf({ old: 'go' }))).rejects.toMatchObject({
      code: 'other-hosts',
    });
    expect((await repairs.planOwnDatabases(known, wishOf())).units).toHaveLength(2);
  });

  test('to take it back from another host, or while they are open', async () => {
    const { scan, apply, world, memory } = open(shared());
    const { receipt } = await apply(wishOf());
    const elsewhere = { ...world, machine: { ...world.machine, hostname: 'gpu-2' } };
    const there = createRepairs(elsewhere, memory.hands);
    const engine = createEngine(elsewhere);
    const report = await engine.scan({ home: HOME, sqliteHome: null, codex: null, full: false });
    await expect(there.undo(report, receipt.id, null)).rejects.toMatchObject({
      code: 'another-host',
    });
    const holder = { pid: 7, program: 'codex', terminal: null, files: [], deletedFiles: [] };
    const holders = (folders: readonly string[]) =>
      Promise.resolve({
        ok: true as const,
        value: {
          holders: folders.includes(DISK) ? [{ ...holder, writesThreads: [] }] : [],
          unreadable: [],
        },
      });
    const busy = createRepairs(
      { ...world, processes: { ...world.processes, holders } },
      memory.hands,
    );
    await expect(busy.undo(await scan(), receipt.id, null)).rejects.toMatchObject({
      code: 'codex-running',
    });
  });
});
