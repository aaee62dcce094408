// Writers beside a reader: one that does something before each read, by a plan, and processes of
// their own, which do what they like.

import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import type {
  DatabasePages,
  TableRequest,
} from '../../src/engine/scan/databases/databaseTables.ts';
import type { Files, FileState, Read } from '../../src/engine/world.ts';
import { chanceOf } from './chance.ts';
import { files, oracle, rowsOf } from './databaseOracle.ts';

export interface Schedule {
  readonly seed: number;
  readonly actions: readonly Action[];
  /** How many milliseconds pass with each read, over and over. */
  readonly jumps: readonly number[];
  /** Without one, only the time of main tells of the first change. */
  readonly hasLog: boolean;
}

type Action =
  | ('nothing' | 'commit' | 'begin' | 'end' | 'roll back' | 'pin' | 'unpin')
  | ('PASSIVE' | 'FULL' | 'RESTART' | 'TRUNCATE' | 'vacuum' | 'reopen' | 'other mode');

const actions: fc.Arbitrary<readonly Action[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Action[]>(['commit']) },
  // What the reader took in before is older than what main has afterwards.
  { weight: 3, arbitrary: fc.constant<Action[]>(['commit', 'PASSIVE']) },
  { weight: 1, arbitrary: fc.constant<Action[]>(['begin', 'PASSIVE', 'end']) },
  // Afterwards there is no log in use, as there may have been none before.
  { weight: 1, arbitrary: fc.constant<Action[]>(['commit', 'TRUNCATE']) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom<Action[]>('PASSIVE', 'FULL', 'RESTART', 'begin', 'end', 'roll back', 'vacuum')
      .map(action => [action]),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<Action[]>('pin', 'unpin', 'TRUNCATE', 'reopen', 'other mode')
      .map(action => [action]),
  },
);

export const schedules: fc.Arbitrary<Schedule> = fc.record({
  seed: fc.nat(),
  actions: fc
    .array(fc.tuple(fc.oneof(fc.nat(3), fc.nat(25), fc.nat(90)), actions), {
      maxLength: 20,
      size: 'max',
    })
    .map(steps =>
      steps.flatMap(([wait, some]) => [...Array<Action>(wait).fill('nothing'), ...some]),
    ),
  jumps: fc.array(fc.constantFrom(0, 1, 1, 10, 60), { minLength: 1, maxLength: 9 }),
  hasLog: fc.boolean(),
});

export const VERSIONED: readonly TableRequest[] = [
  { name: 't', columns: ['a', 'b', 'x'] },
  { name: 'w', columns: ['k', 'x'] },
  { name: 'v', columns: ['version'] },
];

/** Does one action before each read. Its time is made up, and as coarse as a bad file system's. */
export class ScheduledWriter {
  clock = 1_000_000;
  hasChangedMode = false;
  readonly history = new Map<number, DatabasePages['tables']>();
  readonly #file: string;
  readonly #schedule: Schedule;
  readonly #chance: () => number;
  #writer: DatabaseSync;
  #other: DatabaseSync;
  #reads = 0;
  #modifiedMs = 0;
  #bytes = Buffer.alloc(0);

  constructor(file: string, schedule: Schedule) {
    this.#file = file;
    this.#schedule = schedule;
    this.#chance = chanceOf(schedule.seed);
    this.#writer = connect(file);
    this.#writer.exec('PRAGMA page_size = 512; PRAGMA auto_vacuum = 2');
    this.#writer.exec('PRAGMA journal_mode = WAL');
    this.#writer.exec(
      `CREATE TABLE t(a INTEGER PRIMARY KEY, b, x); CREATE TABLE v(version);
       CREATE TABLE w(x, k PRIMARY KEY) WITHOUT ROWID; INSERT INTO v VALUES (0)`,
    );
    this.#other = connect(file);
    this.#writer.exec('BEGIN');
    for (let count = 0; count < 3; count += 1) changeVersioned(this.#writer, this.#chance, true);
    this.#commit();
    if (!schedule.hasLog) this.#writer.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    this.#bytes = fs.readFileSync(file);
  }

  get version(): number {
    return Math.max(0, ...this.history.keys());
  }

  get files(): Files {
    const first = <T>(action: () => Promise<T>) => {
      this.#step();
      return action();
    };
    return {
      ...files,
      stat: async name => first(async () => this.#withTime(name, await files.stat(name))),
      range: (name, offset, length) => first(() => files.range(name, offset, length)),
      pause: milliseconds => {
        this.clock += milliseconds;
        return Promise.resolve();
      },
    };
  }

  close(): void {
    this.#other.close();
    this.#writer.close();
  }

  #withTime(name: string, state: Read<FileState>): Read<FileState> {
    if (!state.ok || name !== this.#file) return state;
    return { ok: true, value: { ...state.value, modifiedMs: this.#modifiedMs } };
  }

  #step(): void {
    const { actions, jumps } = this.#schedule;
    const action = actions[this.#reads] ?? 'nothing';
    this.clock += jumps[this.#reads % jumps.length] ?? 0;
    this.#reads += 1;
    this.#do(action);
  }

  #do(action: Action): void {
    if (action === 'nothing') return;
    try {
      this.#act(action);
    } catch (error) {
      // Another connection is in the way: as in life.
      if (!/locked|busy/.test(String(error))) throw error;
    }
    const bytes = fs.readFileSync(this.#file);
    if (!bytes.equals(this.#bytes)) this.#modifiedMs = Math.floor(this.clock / 10) * 10;
    this.#bytes = bytes;
  }

  #act(action: Action): void {
    const isBusy = this.#writer.isTransaction;
    switch (action) {
      case 'nothing':
        return;
      case 'commit':
      case 'begin':
        if (!isBusy) {
          this.#writer.exec('BEGIN');
          changeVersioned(this.#writer, this.#chance, this.#chance() < 0.1);
        }
        if (action === 'commit') this.#commit();
        return;
      case 'end':
        if (isBusy) this.#commit();
        return;
      case 'roll back':
        if (isBusy) this.#writer.exec('ROLLBACK');
        return;
      case 'pin':
        if (!this.#other.isTransaction) this.#other.exec('BEGIN; SELECT * FROM v');
        return;
      case 'unpin':
        if (this.#other.isTransaction) this.#other.exec('COMMIT');
        return;
      case 'vacuum':
        if (!isBusy) this.#writer.exec('PRAGMA incremental_vacuum(5)');
        return;
      case 'reopen':
        if (isBusy || this.#other.isTransaction) return;
        this.close();
        this.#writer = connect(this.#file);
        this.#other = connect(this.#file);
        return;
      case 'other mode': {
        if (isBusy || this.#other.isTransaction) return;
        // SQLite leaves the mode of the log only when nobody else has the database open.
        this.#other.close();
        const [mode] = rowsOf(this.#writer, 'PRAGMA journal_mode').flat();
        this.#writer.exec(`PRAGMA journal_mode = ${mode === 'wal' ? 'PERSIST' : 'WAL'}`);
        this.#other = connect(this.#file);
        this.hasChangedMode = true;
        return;
      }
      default: {
        const connection = this.#other.isTransaction ? this.#writer : this.#other;
        connection.exec(`PRAGMA wal_checkpoint(${action})`);
      }
    }
  }

  #commit(): void {
    const tables = Object.fromEntries(
      VERSIONED.map(({ name, columns }) => [
        name,
        { columns, rows: oracle(this.#writer, name, columns) },
      ]),
    );
    this.#writer.exec('COMMIT');
    this.history.set(Number(tables['v']?.rows[0]?.[0]), tables);
  }
}

/** So small a cache writes pages before there is a commit. */
function connect(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA cache_size = 2; PRAGMA synchronous = OFF');
  return database;
}

/** A change of all tables: mostly of few pages, now and then of the shape of the trees. */
function changeVersioned(database: DatabaseSync, chance: () => number, isLarge: boolean): void {
  const integer = (below: number) => Math.floor(chance() * below);
  const insert = database.prepare('INSERT OR REPLACE INTO t VALUES (?, ?, ?)');
  const other = database.prepare('INSERT OR REPLACE INTO w VALUES (?, ?)');
  for (let row = isLarge ? integer(300) : integer(4); row > 0; row -= 1) {
    const size = integer(20) === 0 ? 2000 : 40;
    insert.run(integer(900), new Uint8Array(integer(size)), integer(1e6));
    other.run(integer(1e6), `key ${String(integer(900))}`);
  }
  const from = integer(900);
  const to = from + (isLarge ? integer(400) : 3);
  database.prepare('DELETE FROM t WHERE a BETWEEN ? AND ?').run(from, to);
  database.prepare('DELETE FROM w WHERE x BETWEEN ? AND ?').run(from * 1000, to * 1000);
  database.exec('UPDATE v SET version = version + 1');
}

/** Every commit writes down sums over the tables, so that whoever mixes two commits is found out. */
const WRITER = `
  const [file, task, seed] = process.argv.slice(1);
  const { DatabaseSync } = require('node:sqlite');
  const database = new DatabaseSync(file, { timeout: 5000 });
  let state = Number(seed);
  const chance = () => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32);
  if (task === 'write') {
    database.exec('PRAGMA page_size = 1024; PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = 10');
    database.exec('CREATE TABLE v(version, t, w); INSERT INTO v VALUES (0, 0, 0)');
    database.exec('CREATE TABLE t(a INTEGER PRIMARY KEY, b, x)');
    database.exec('CREATE TABLE w(x, k PRIMARY KEY) WITHOUT ROWID');
    const insert = database.prepare('INSERT OR REPLACE INTO t VALUES (?, zeroblob(?), ?)');
    const other = database.prepare('INSERT OR REPLACE INTO w VALUES (?, ?)');
    const restart = database.prepare('PRAGMA wal_checkpoint(RESTART)');
    const integer = below => Math.floor(chance() * below);
    const write = () => {
      const until = Date.now() + 5;
      while (Date.now() < until) {
        database.exec('BEGIN IMMEDIATE');
        for (let row = integer(30); row > 0; row -= 1) {
          insert.run(integer(5000), integer(chance() < 0.02 ? 20000 : 300), integer(1e6));
          other.run(integer(1e6), 'key ' + integer(5000));
        }
        const from = integer(5000);
        database.prepare('DELETE FROM t WHERE a BETWEEN ? AND ?').run(from, from + 200);
        database.prepare('DELETE FROM w WHERE x BETWEEN ? AND ?').run(from * 200, from * 200 + 30000);
        database.exec('UPDATE v SET version = version + 1,' +
          't = (SELECT total(a * 31 + x + length(b)) FROM t), w = (SELECT total(x) FROM w)');
        database.exec(chance() < 0.1 ? 'ROLLBACK' : 'COMMIT');
      }
      // Without this the log of so busy a writer may grow beyond what is read of one.
      if (chance() < 0.2) while (restart.get().busy !== 0);
      setTimeout(write, 1);
    };
    write();
  } else {
    const modes = ['PASSIVE', 'PASSIVE', 'RESTART', 'TRUNCATE'];
    setInterval(() => {
      database.exec('PRAGMA wal_checkpoint(' + modes[Math.floor(chance() * 4)] + ')');
    }, 3);
  }
  console.log('ready');
`;

export function startWriter(
  file: string,
  task: 'write' | 'checkpoint',
  seed: number,
): ChildProcess {
  const flags = ['--no-warnings', '-e', WRITER, file, task, String(seed)];
  return spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
}

export function ready(writer: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    writer.stdout?.once('data', () => resolve());
    writer.once('exit', code => reject(new Error(`the writer ended with ${String(code)}`)));
  });
}
