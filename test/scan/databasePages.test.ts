// Tables read page by page, held against SQLite itself: random databases at rest, random writers in
// between any two reads, a real writer in another process, and damage of all sorts. Each of these
// needs a small world of its own, which stands below the tests; SEED=… repeats a run.

import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { READ_LIMITS, readTables, type ReadLimits } from '../../src/engine/scan/databasePages.ts';
import type { DatabasePages, TableRequest } from '../../src/engine/scan/databaseTables.ts';
import type { Cell, Files, FileState, Read } from '../../src/engine/world.ts';
import { createFiles } from '../../src/node/files.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 0x7fffffff));
/** RUNS=20 looks twenty times as long. */
const RUNS = Number(process.env['RUNS'] ?? 1);
const MAX_MS = 120_000 * RUNS;
const files = createFiles();
let folder = '';
let made = 0;

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'database-pages-'));
});
afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

describe(`tables page by page (SEED=${String(SEED)})`, () => {
  describe('of a database at rest', () => {
    test(
      'are what SQLite says, whatever was done to it before',
      async () => {
        await fc.assert(
          fc.asyncProperty(databases, async plan => withDatabase(plan, expectOracle)),
          { seed: SEED, numRuns: 80 * RUNS },
        );
      },
      MAX_MS,
    );

    test.for(STATEMENTS())('have their columns where SQLite has them: %s', async statement =>
      withNew(async (database, file) => {
        database.exec(`PRAGMA foreign_keys = OFF; ${statement}`);
        const info = database.prepare('SELECT name, hidden FROM pragma_table_xinfo(?)').all('t');
        // 2: virtual, 3: stored.
        const writable = info.filter(({ hidden }) => hidden === 0).map(({ name }) => quote(name));
        const insert = database.prepare(
          `INSERT INTO t(${writable.join()}) VALUES (${writable.map(() => '?').join()})`,
        );
        insert.run(...writable.map((_, index) => 100 + index));
        insert.run(...writable.map((_, index) => 90 - index));
        const names = info.filter(({ hidden }) => hidden !== 2).map(({ name }) => String(name));
        const table = tableOf(await read(file, [{ name: 'T', columns: names }]), 'T');
        expect(table.columns).toEqual(names);
        expect(table.rows).toEqual(oracle(database, 't', names));
      }),
    );

    test('have null for a row that is older than its column', async () =>
      withNew(async (database, file) => {
        database.exec(
          "CREATE TABLE t(a); INSERT INTO t VALUES (1); ALTER TABLE t ADD b DEFAULT 'x'",
        );
        database.exec('INSERT INTO t(a) VALUES (2)');
        const table = tableOf(await read(file, [{ name: 't', columns: ['b', 'a'] }]), 't');
        expect(table).toEqual({
          columns: ['b', 'a'],
          rows: [
            [null, 1],
            ['x', 2],
          ],
        });
      }));

    test('may be missing, lack columns, or hold no rows at all', async () =>
      withNew(async (database, file) => {
        database.exec(
          'CREATE TABLE t(a, v AS (a + 1)); CREATE VIEW w AS SELECT 1; CREATE INDEX i ON t(a)',
        );
        database.exec('INSERT INTO t VALUES (7)');
        const asked = [
          { name: 'T', columns: ['b', 'A', 'v'] },
          { name: 'i', columns: [] },
          { name: '__proto__', columns: ['a'] },
          { name: 'sqlite_master', columns: ['rootpage', 'name'] },
        ];
        const answer = await read(file, asked);
        expect(answer.tables['T']).toEqual({ columns: ['A'], rows: [[7]] });
        expect(answer.tables['i']).toEqual({ missing: true });
        expect(Object.hasOwn(answer.tables, '__proto__')).toBe(true);
        expect(tableOf(answer, 'sqlite_master').rows).toEqual([
          [2, 't'],
          [0, 'w'],
          [3, 'i'],
        ]);
        expect(await trouble(file, [{ name: 'w', columns: ['1'] }])).toMatch(/^broken: .*table w/);
      }));

    test('are refused with a reason where they cannot be read', async () => {
      await withNew(async (database, file) => {
        database.exec("PRAGMA encoding = 'UTF-16le'; CREATE TABLE t(a)");
        expect(await trouble(file, [])).toMatch(/^broken: .*UTF-8/);
      });
      const text = path.join(folder, 'text');
      fs.writeFileSync(
        text,
        'Once upon a time there was a database, and it was no database at all.',
      );
      expect(await trouble(text, [])).toMatch(/^broken: .*begin like/);
      fs.writeFileSync(text, '');
      expect(await trouble(text, [])).toMatch(/^broken: .*no bytes/);
      expect(await trouble(path.join(folder, 'nothing'), [])).toMatch(/^missing: /);
      expect(await trouble(folder, [])).toMatch(/^not-a-file: /);
    });
  });

  describe('beside a writer', () => {
    test(
      'are of one commit, whatever happens between any two reads',
      async () => {
        await fc.assert(fc.asyncProperty(schedules, checkSchedule), {
          seed: SEED,
          numRuns: 150 * RUNS,
        });
      },
      MAX_MS,
    );

    test(
      'are of one commit beside processes that write and checkpoint',
      async () => {
        const file = newFile();
        const writers = [startWriter(file, 'write', SEED), startWriter(file, 'checkpoint', SEED)];
        try {
          await Promise.all(writers.map(ready));
          expect(await readBeside(file, 3000 * RUNS)).toEqual([]);
        } finally {
          for (const writer of writers) writer.kill('SIGKILL');
        }
      },
      MAX_MS,
    );

    test('are not read while a rollback journal is hot', async () =>
      withNew(async (database, file) => {
        database.exec('CREATE TABLE t(a)');
        fs.writeFileSync(`${file}-journal`, 'hot');
        expect(await trouble(file, [])).toMatch(/^timeout: a change/);
        // So does the journal mode PERSIST say that a change is over.
        fs.writeFileSync(`${file}-journal`, '\0hot');
        expect((await read(file, [])).schema.length).toBe(1);
      }));

    test('are not read when another file takes its place', async () =>
      withNew(async (database, file) => {
        database.exec('PRAGMA journal_mode = WAL; CREATE TABLE t(a)');
        let looks = 0;
        const replaced: Files = {
          ...files,
          stat: async name => {
            const state = await files.stat(name);
            looks += 1;
            return state.ok && name === file
              ? { ok: true, value: { ...state.value, identity: String(looks) } }
              : state;
          },
        };
        const result = await readTables(replaced, later, file, []);
        expect(result).toMatchObject({ ok: false, trouble: { code: 'timeout' } });
        expect(looks).toBeLessThan(1000);
      }));

    test('are not read when main was written a moment ago', async () =>
      withNew(async (database, file) => {
        database.exec('CREATE TABLE t(a)');
        const modified = fs.statSync(file).mtimeMs;
        const still = { ...files, pause: () => Promise.resolve() };
        const result = await readTables(still, () => modified + 20, file, []);
        expect(result).toMatchObject({ ok: false, trouble: { code: 'timeout' } });
      }));
  });

  describe('of a damaged database', () => {
    test(
      'give a trouble or an answer, and never an exception',
      async () => {
        const images = await damageableImages();
        await fc.assert(
          fc.asyncProperty(fc.constantFrom(...images), damages, async (image, damage) => {
            const { main, log } = damaged(image, damage);
            const spent = { bytes: 0, reads: 0 };
            await readTables(memoryFiles(main, log, spent), () => 1000, '/d', image.requests);
            expect(spent.bytes).toBeLessThan(8 * (main.length + log.length) + 2 ** 23);
          }),
          { seed: SEED, numRuns: 2500 * RUNS },
        );
      },
      MAX_MS,
    );

    test(
      'end at the commit where SQLite ends, when it is the log',
      async () => {
        await withNew(async (database, file) => {
          database.exec('PRAGMA page_size = 512; PRAGMA journal_mode = WAL; CREATE TABLE t(a, b)');
          database.exec('PRAGMA wal_checkpoint(RESTART)');
          for (let row = 0; row < 30; row += 1)
            database.exec(`INSERT INTO t VALUES (${String(row)}, zeroblob(${String(row * 40)}))`);
          const log = fs.readFileSync(`${file}-wal`);
          const place = fc.record({
            at: fc.nat(log.length - 1),
            bit: fc.nat(7),
            isCut: fc.boolean(),
          });
          const nearHeader = place.map(one => ({ ...one, at: one.at % 60 }));
          await fc.assert(
            fc.asyncProperty(fc.oneof(place, nearHeader), async ({ at, bit, isCut }) => {
              const copy = newFile();
              fs.copyFileSync(file, copy);
              const broken = Buffer.from(isCut ? log.subarray(0, at) : log);
              if (!isCut) broken.writeUInt8(broken.readUInt8(at) ^ (1 << bit), at);
              fs.writeFileSync(`${copy}-wal`, broken);
              const table = tableOf(await read(copy, [{ name: 't', columns: ['a', 'b'] }]), 't');
              const recovered = new DatabaseSync(copy);
              expect(table.rows).toEqual(oracle(recovered, 't', ['a', 'b']));
              recovered.close();
            }),
            { seed: SEED, numRuns: 60 * RUNS },
          );
        });
      },
      MAX_MS,
    );

    test('end where pointers lead in circles', async () => {
      const { main, requests } = await rowidImage();
      const root = rootOf(main);
      const view = new DataView(main.buffer, main.byteOffset);
      expect(main[root]).toBe(0x05);
      view.setUint32(root + 8, root / 512 + 1);
      expect(await memoryTrouble(main, requests)).toMatch(/in two places/);
      view.setUint32(root + 8, 0xffffffff);
      expect(await memoryTrouble(main, requests)).toMatch(/points to page 4294967295 of/);
    });

    test('do not make much of little', async () => {
      const { main, requests } = await rowidImage();
      const root = rootOf(main);
      // A leaf of two hundred cells, which are all the same one of half a page.
      const view = new DataView(main.buffer, main.byteOffset + root, 512);
      main.fill(0, root, root + 512);
      view.setUint8(0, 0x0d);
      view.setUint16(3, 100);
      for (let cell = 0; cell < 100; cell += 1) view.setUint16(8 + 2 * cell, 212);
      main.set([0x81, 0x00, 0x01, 0x04, 0x00, 0x82, 0x04], root + 212);
      expect(await memoryTrouble(main, requests)).toMatch(/overlap/);
      // A record that claims two gigabytes.
      view.setUint16(3, 1);
      main.set(
        [0x87, 0xff, 0xff, 0xff, 0x7f, 0x01, 0x06, 0x00, 0x8f, 0xff, 0xff, 0xff, 0x6c],
        root + 212,
      );
      expect(await memoryTrouble(main, requests)).toMatch(/^broken: /);
    });

    test('are refused when they are cut off', async () => {
      const { main, requests } = await rowidImage();
      const cut = main.slice(0, main.length - 512);
      expect(await memoryTrouble(cut, requests)).toMatch(/should have \d+ pages and has \d+/);
    });
  });

  describe('within limits', () => {
    const columns = ['a', 'b'];
    const fill = (database: DatabaseSync) => {
      database.exec('CREATE TABLE t(a INTEGER PRIMARY KEY, b BLOB)');
      const insert = database.prepare('INSERT INTO t VALUES (NULL, ?)');
      for (let row = 0; row < 300; row += 1) insert.run(new Uint8Array(3000));
    };

    test('of rows', async () =>
      withNew(async (database, file) => {
        fill(database);
        const request = [{ name: 't', columns }];
        expect(await trouble(file, request, { rows: 299 })).toMatch(/^too-large: .*299 rows/);
        expect(tableOf(await read(file, request, { rows: 300 }), 't').rows.length).toBe(300);
      }));

    test('of pages, which count only when a wanted column is on them', async () =>
      withNew(async (database, file) => {
        fill(database);
        const limits = { bytes: 200_000 };
        const small = await read(file, [{ name: 't', columns: ['a'] }], { bytes: 2_000_000 });
        expect(tableOf(small, 't').rows.length).toBe(300);
        expect(await trouble(file, [{ name: 't', columns }], limits)).toMatch(/^too-large: /);
        database.exec('CREATE TABLE s(a, b); INSERT INTO s VALUES (1, zeroblob(1000000))');
        const first = await read(file, [{ name: 's', columns: ['a'] }], limits);
        expect(tableOf(first, 's').rows).toEqual([[1]]);
        expect(await trouble(file, [{ name: 's', columns }], limits)).toMatch(/^too-large: /);
      }));

    test('of the log, of which only the part in use counts', async () =>
      withNew(async (database, file) => {
        database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
        fill(database);
        const limits = { logBytes: 500_000 };
        expect(await trouble(file, [], limits)).toMatch(/^too-large: .* log/);
        database.exec('PRAGMA wal_checkpoint(RESTART); DELETE FROM t WHERE a = 1');
        expect(fs.statSync(`${file}-wal`).size).toBeGreaterThan(1_000_000);
        const table = tableOf(await read(file, [{ name: 't', columns: ['a'] }], limits), 't');
        expect(table.rows.length).toBe(299);
      }));
  });
});

function STATEMENTS(): readonly string[] {
  return [
    'CREATE TABLE t(a, b, c)',
    'CREATE TABLE t(a, id INTEGER PRIMARY KEY, c)',
    'CREATE TABLE t(a, id integer /* , x */ NOT NULL PRIMARY KEY AUTOINCREMENT, c)',
    'CREATE TABLE t(a, id INTEGER PRIMARY KEY DESC, c)',
    'CREATE TABLE t(a, id INT PRIMARY KEY, c)',
    'CREATE TABLE t(a, id INTEGER(8) PRIMARY KEY, c)',
    'CREATE TABLE t(a, id UNSIGNED INTEGER PRIMARY KEY, c)',
    'CREATE TABLE t(a, id INTEGER CONSTRAINT x PRIMARY KEY ASC ON CONFLICT REPLACE, c)',
    'CREATE TABLE t(a, id "INTEGER" PRIMARY KEY, c)',
    'CREATE TABLE t(a, id "INTEGER" UNSIGNED PRIMARY KEY, c)',
    'CREATE TABLE t(a, id "INTEGER"(8) PRIMARY KEY, c)',
    'CREATE TABLE t(a, id "INT""EGER" PRIMARY KEY, c)',
    "CREATE TABLE t(a, id 'integer' PRIMARY KEY, c)",
    'CREATE TABLE t(a, id [Integer] PRIMARY KEY, c)',
    'CREATE TABLE t(a, id INTEGER "UNSIGNED" PRIMARY KEY, c)',
    'CREATE TABLE t(a, id INTEGER GENERATED PRIMARY KEY, c)',
    'CREATE TABLE t(a, id INTEGER GENERATED ALWAYS PRIMARY KEY, c)',
    'CREATE TABLE t(a, id INTEGER UNSIGNED PRIMARY KEY, c)',
    'CREATE TABLE t(a, id INTEGER DEFAULT (1 + (2)) PRIMARY KEY, c)',
    'CREATE TABLE t(a, id INTEGER, c, PRIMARY KEY(id))',
    'CREATE TABLE t(a, id INTEGER, c, PRIMARY KEY(ID DESC))',
    'CREATE TABLE t(a, id INTEGER, c, PRIMARY KEY("id" COLLATE nocase))',
    'CREATE TABLE t(a, id INTEGER, c, CONSTRAINT k PRIMARY KEY(id AUTOINCREMENT))',
    'CREATE TABLE t(a, id INTEGER, c, PRIMARY KEY((id)))',
    "CREATE TABLE t(a, id INTEGER, c, PRIMARY KEY('id'))",
    'CREATE TABLE t(a, id INTEGER, c, PRIMARY KEY(id, a))',
    'CREATE TABLE t(a, id INTEGER, c, UNIQUE(id) PRIMARY KEY(id) CHECK(c > 0))',
    'CREATE TABLE t(a, id INTEGER, c, UNIQUE(id), CHECK(id IN (1, 2) OR c > 0))',
    'CREATE TABLE t(a, "primary" INTEGER, [key], PRIMARY KEY("primary"))',
    'CREATE TABLE t(`a``b`, "c""d" INTEGER PRIMARY KEY, [e,f], \'g\'\'h(\')',
    "CREATE TABLE t(a DECIMAL(10, 2), b VARCHAR(255) DEFAULT '),(', c DEFAULT (1 + (2 * 3)))",
    'CREATE TABLE t(a -- the first, with (\n, b /* the ) second, */, c)',
    "CREATE TABLE t(a DEFAULT 'it''s, so', b CHECK(b <> ')'), c REFERENCES t(a) ON DELETE SET NULL)",
    'CREATE TABLE t(a, v AS (a + 1), c)',
    'CREATE TABLE t(a, v INT GENERATED ALWAYS AS (a + 1) VIRTUAL, c)',
    'CREATE TABLE t(a, v INT GENERATED ALWAYS AS ((a) + 1) STORED NOT NULL, c)',
    "CREATE TABLE t(a, v AS (a || ',' || c) VIRTUAL UNIQUE, w AS (a) STORED, c)",
    'CREATE TABLE t(ä TEXT, Ä TEXT, "Ü, b" INTEGER PRIMARY KEY)',
    'CREATE TABLE t(a TEXT, id INTEGER PRIMARY KEY, c ANY) STRICT',
    'CREATE TABLE t(a, b, c, PRIMARY KEY(c)) WITHOUT ROWID',
    'CREATE TABLE t(a ANY, b INT, c INT, PRIMARY KEY(c, A)) STRICT, without /* x */ rowid',
    'CREATE TABLE t(a, b INTEGER PRIMARY KEY, c) WITHOUT ROWID',
    'CREATE TABLE t(a, b INTEGER, c, PRIMARY KEY(b DESC, a ASC)) WITHOUT ROWID',
    'CREATE TABLE t(a, v AS (a), b AS (a * 2) STORED, c, d, PRIMARY KEY(d, a)) WITHOUT ROWID',
    'CREATE TABLE t(a, b, "without" rowid, PRIMARY KEY(b))',
    'CREATE TABLE t AS SELECT 1 AS "x,y", 2 AS [p q], 3 AS id',
    'CREATE TABLE t(a, PRIMARY KEY(a)); ALTER TABLE t ADD COLUMN b; ALTER TABLE t ADD c INTEGER',
    'CREATE TABLE t(a, b, c); ALTER TABLE t DROP COLUMN b; ALTER TABLE t RENAME c TO "b,"',
    'CREATE TABLE u(a, b INTEGER PRIMARY KEY); ALTER TABLE u RENAME TO t',
    'CREATE TABLE IF NOT EXISTS main . "t" (a, b)',
  ];
}

// ————— Random databases

interface DatabasePlan {
  readonly pageBytes: number;
  readonly autoVacuum: number;
  readonly journal: string;
  readonly tables: readonly TablePlan[];
  readonly steps: readonly Step[];
  readonly end: 'open' | 'closed' | 'in a transaction';
}

interface TablePlan {
  readonly types: readonly string[];
  readonly key: 'none' | 'rowid' | 'columns' | 'without rowid';
  readonly keyAt: number;
}

interface Step {
  readonly kind: 'insert' | 'delete' | 'update' | 'add column' | 'pragma' | 'reopen' | 'vacuum';
  readonly table: number;
  readonly count: number;
  readonly seed: number;
}

const databases: fc.Arbitrary<DatabasePlan> = fc.record({
  pageBytes: fc.constantFrom(512, 512, 1024, 4096, 8192, 65536),
  autoVacuum: fc.constantFrom(0, 1, 2),
  journal: fc.constantFrom('wal', 'wal', 'delete', 'persist', 'truncate'),
  tables: fc.array(
    fc.record({
      types: fc.array(
        fc.constantFrom('', 'INTEGER', 'TEXT', 'BLOB', 'REAL', 'NUMERIC', 'VARCHAR(9, 2)'),
        { minLength: 1, maxLength: 6 },
      ),
      key: fc.constantFrom<TablePlan['key'][]>('none', 'rowid', 'columns', 'without rowid'),
      keyAt: fc.nat(5),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  steps: fc.array(
    fc.record({
      kind: fc.constantFrom<Step['kind'][]>(
        ...(['insert', 'insert', 'insert', 'delete', 'update'] as const),
        ...(['add column', 'pragma', 'pragma', 'reopen', 'vacuum'] as const),
      ),
      table: fc.nat(2),
      count: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constantFrom(300, 3000)),
      seed: fc.nat(),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  end: fc.constantFrom<DatabasePlan['end'][]>('open', 'closed', 'in a transaction'),
});

async function withDatabase(
  plan: DatabasePlan,
  check: (file: string, expected: DatabasePages) => Promise<void>,
): Promise<void> {
  const file = newFile();
  let database = new DatabaseSync(file);
  try {
    database.exec(`PRAGMA page_size = ${String(plan.pageBytes)}; PRAGMA synchronous = OFF`);
    database.exec(`PRAGMA auto_vacuum = ${String(plan.autoVacuum)}`);
    database.exec(`PRAGMA journal_mode = ${plan.journal}`);
    for (const [index, table] of plan.tables.entries()) database.exec(createTable(index, table));
    for (const step of plan.steps) {
      if (step.kind === 'reopen') {
        database.close();
        database = new DatabaseSync(file);
        database.exec('PRAGMA synchronous = OFF');
      } else takeStep(database, plan, step);
    }
    const expected = everythingIn(database);
    if (plan.end === 'closed') database.close();
    if (plan.end === 'in a transaction' && plan.journal === 'wal') {
      // So small a cache spills pages into the log before there is a commit.
      database.exec('PRAGMA cache_size = 2; BEGIN');
      for (const table of plan.tables.keys())
        takeStep(database, plan, { kind: 'insert', table, count: 50, seed: table });
    }
    await check(file, expected);
  } finally {
    if (database.isOpen) database.close();
    for (const suffix of ['', '-wal', '-shm', '-journal'])
      fs.rmSync(file + suffix, { force: true });
  }
}

function createTable(index: number, { types, key, keyAt }: TablePlan): string {
  const at = keyAt % types.length;
  const columns = types.map((type, column) => {
    const isKey = key === 'rowid' && column === at;
    return `"c ${String(column)}" ${isKey ? 'INTEGER PRIMARY KEY' : type}`;
  });
  const names = [...new Set([at, types.length - 1])].map(column => `"c ${String(column)}"`);
  if (key === 'columns' || key === 'without rowid') columns.push(`PRIMARY KEY(${names.join()})`);
  const option = key === 'without rowid' ? ' WITHOUT ROWID' : '';
  return `CREATE TABLE t${String(index)}(${columns.join(', ')})${option}`;
}

function takeStep(database: DatabaseSync, plan: DatabasePlan, step: Step): void {
  const index = step.table % plan.tables.length;
  const table = `t${String(index)}`;
  const chance = createChance(step.seed);
  const names = columnsOf(database, table);
  const alias = aliasOf(plan.tables[index]);
  const isLarge = step.count > 100;
  const value = (name: string | undefined) =>
    name === alias
      ? randomRowid(chance, isLarge)
      : randomValue(chance, isLarge ? 40 : 3 * Math.min(plan.pageBytes, 9000));
  const someName = names[step.count % names.length] ?? '';
  switch (step.kind) {
    case 'insert': {
      const marks = names.map(() => '?').join();
      const insert = database.prepare(`INSERT OR IGNORE INTO ${table} VALUES (${marks})`);
      const isNested = database.isTransaction;
      if (!isNested) database.exec('BEGIN');
      for (let row = 0; row < step.count; row += 1) insert.run(...names.map(value));
      if (!isNested) database.exec('COMMIT');
      return;
    }
    case 'delete':
      database.exec(`DELETE FROM ${table} WHERE random() % ${String((step.seed % 3) + 1)} = 0`);
      return;
    case 'update':
      database
        .prepare(`UPDATE OR IGNORE ${table} SET ${quote(someName)} = ? WHERE random() % 4 = 0`)
        .run(someName === alias ? step.seed : value(someName));
      return;
    case 'add column':
      database.exec(`ALTER TABLE ${table} ADD COLUMN "c ${String(names.length)}" TEXT`);
      return;
    case 'pragma': {
      const modes = ['PASSIVE', 'FULL', 'RESTART', 'TRUNCATE'];
      database.exec(`PRAGMA wal_checkpoint(${modes[step.seed % 4] ?? ''})`);
      if (step.seed % 3 === 0) database.exec('PRAGMA incremental_vacuum(3)');
      return;
    }
    case 'vacuum':
      database.exec('VACUUM');
      return;
    case 'reopen':
      return;
  }
}

/** The column that takes nothing but integers, because it is the rowid. */
function aliasOf(table: TablePlan | undefined): string | null {
  if (table === undefined) return null;
  const { types, key } = table;
  const at = table.keyAt % types.length;
  const isAlone = key === 'columns' && at === types.length - 1 && types[at] === 'INTEGER';
  return key === 'rowid' || isAlone ? `c ${String(at)}` : null;
}

async function expectOracle(file: string, expected: DatabasePages): Promise<void> {
  const requests = Object.entries(expected.tables).map(([name, table]) => ({
    name,
    columns: table.missing === true ? [] : table.columns,
  }));
  expect(await read(file, requests)).toEqual(expected);
  const first = requests[0];
  if (first === undefined) return;
  // In another order, and not all of them.
  const columns = [...first.columns].reverse().slice(0, 2);
  const table = tableOf(await read(file, [{ name: first.name, columns }]), first.name);
  const full = tableOf(expected, first.name);
  expect(table.rows).toEqual(
    full.rows.map(row => columns.map(name => row[full.columns.indexOf(name)])),
  );
}

function everythingIn(database: DatabaseSync): DatabasePages {
  const pragma = (name: string) => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  const schema = rowsOf(
    database,
    'SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master ORDER BY rowid',
  );
  const tables = schema.filter(
    ([type, name]) => type === 'table' && !/^sqlite_/.test(String(name)),
  );
  return {
    header: {
      pageBytes: Number(pragma('page_size')),
      pages: Number(pragma('page_count')),
      freePages: Number(pragma('freelist_count')),
      journal: pragma('journal_mode') === 'wal' ? 'wal' : 'rollback',
    },
    schema: schema.map(([type, name, tblName, rootpage, sql]) => ({
      type: String(type),
      name: String(name),
      tblName: String(tblName),
      rootpage: Number(rootpage),
      sql: sql === null ? null : String(sql),
    })),
    tables: Object.fromEntries(
      tables.map(([, name]) => {
        const columns = columnsOf(database, String(name));
        return [String(name), { columns, rows: oracle(database, String(name), columns) }];
      }),
    ),
  };
}

// ————— Writers between any two reads

interface Schedule {
  readonly journal: string;
  readonly seed: number;
  readonly actions: readonly Action[];
  /** How many milliseconds pass with each read, over and over. */
  readonly jumps: readonly number[];
  /** A file system that is late with the time of a change; only a rollback journal makes up for it. */
  readonly isLate: boolean;
}

type Action =
  | ('nothing' | 'commit' | 'begin' | 'end' | 'roll back' | 'pin' | 'unpin')
  | ('PASSIVE' | 'FULL' | 'RESTART' | 'TRUNCATE' | 'vacuum' | 'reopen');

const actions: fc.Arbitrary<readonly Action[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Action[]>(['commit']) },
  // What the reader took in before is older than what main has afterwards.
  { weight: 3, arbitrary: fc.constant<Action[]>(['commit', 'PASSIVE']) },
  { weight: 1, arbitrary: fc.constant<Action[]>(['begin', 'PASSIVE', 'end']) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom<Action[]>('PASSIVE', 'FULL', 'RESTART', 'begin', 'end', 'roll back', 'vacuum')
      .map(action => [action]),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<Action[]>('pin', 'unpin', 'TRUNCATE', 'reopen')
      .map(action => [action]),
  },
);

const schedules: fc.Arbitrary<Schedule> = fc.record({
  journal: fc.constantFrom('wal', 'wal', 'wal', 'wal', 'delete', 'persist', 'truncate'),
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
  isLate: fc.boolean(),
});

async function checkSchedule(schedule: Schedule): Promise<void> {
  const file = newFile();
  const writer = new ScheduledWriter(file, schedule);
  try {
    const oldest = writer.version;
    const result = await readTables(writer.files, () => writer.clock, file, VERSIONED);
    if (!result.ok) {
      expect(result.trouble.code).toBe('timeout');
      return;
    }
    const version = Number(tableOf(result.value, 'v').rows[0]?.[0]);
    expect(version).toBeGreaterThanOrEqual(oldest);
    expect(result.value.tables).toEqual(writer.history.get(version));
  } finally {
    writer.close();
    for (const suffix of ['', '-wal', '-shm', '-journal'])
      fs.rmSync(file + suffix, { force: true });
  }
}

const VERSIONED: readonly TableRequest[] = [
  { name: 't', columns: ['a', 'b', 'x'] },
  { name: 'w', columns: ['k', 'x'] },
  { name: 'v', columns: ['version'] },
];

/** Does one action before each read. Its time is made up, and as coarse as a bad file system's. */
class ScheduledWriter {
  clock = 1_000_000;
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
    this.#chance = createChance(schedule.seed);
    this.#writer = connect(file);
    this.#writer.exec('PRAGMA page_size = 512; PRAGMA auto_vacuum = 2');
    this.#writer.exec(`PRAGMA journal_mode = ${schedule.journal}`);
    this.#writer.exec(
      `CREATE TABLE t(a INTEGER PRIMARY KEY, b, x); CREATE TABLE v(version);
       CREATE TABLE w(x, k PRIMARY KEY) WITHOUT ROWID; INSERT INTO v VALUES (0)`,
    );
    this.#other = connect(file);
    this.#writer.exec('BEGIN');
    for (let count = 0; count < 3; count += 1) changeVersioned(this.#writer, this.#chance, true);
    this.#commit();
    this.#modifiedMs = 0;
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
    const isLate = this.#schedule.isLate && this.#schedule.journal !== 'wal';
    if (!isLate && !bytes.equals(this.#bytes)) this.#modifiedMs = Math.floor(this.clock / 10) * 10;
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

// ————— Writers in other processes

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

function startWriter(file: string, task: 'write' | 'checkpoint', seed: number): ChildProcess {
  const flags = ['--no-warnings', '-e', WRITER, file, task, String(seed)];
  return spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
}

function ready(writer: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    writer.stdout?.once('data', () => resolve());
    writer.once('exit', code => reject(new Error(`the writer ended with ${String(code)}`)));
  });
}

/** Reads for so long, and on until some commits were seen: a busy machine is slow. */
async function readBeside(file: string, milliseconds: number) {
  const torn: string[] = [];
  const versions = new Set<number>();
  const tables = [
    { name: 'v', columns: ['version', 't', 'w'] },
    { name: 't', columns: ['a', 'b', 'x'] },
    { name: 'w', columns: ['x'] },
  ];
  let newest = 0;
  for (const start = Date.now(); Date.now() - start < milliseconds || versions.size < 10;) {
    const result = await readTables(files, Date.now, file, tables);
    if (!result.ok) {
      // The writer may be too fast for once; damage it never is.
      if (result.trouble.code !== 'timeout') torn.push(result.trouble.why);
      continue;
    }
    const [version = 0, t, w] = (tableOf(result.value, 'v').rows[0] ?? []).map(Number);
    let sum = 0;
    for (const [a, b, x] of tableOf(result.value, 't').rows)
      sum += Number(a) * 31 + Number(x) + (b instanceof Uint8Array ? b.length : 0);
    const other = tableOf(result.value, 'w').rows.reduce((total, [x]) => total + Number(x), 0);
    if (sum !== t || other !== w) torn.push(`version ${String(version)} is torn`);
    if (version < newest) torn.push(`version ${String(version)} came after ${String(newest)}`);
    newest = version;
    versions.add(version);
  }
  return torn;
}

// ————— Damage

interface Image {
  readonly main: Uint8Array;
  readonly log: Uint8Array;
  readonly requests: readonly TableRequest[];
}

const WANTED: readonly TableRequest[] = [{ name: 't', columns: ['a', 'b', 'c'] }];

async function damageableImages(): Promise<readonly Image[]> {
  const make = (journal: string, statement: string) =>
    withNew((database, file) => {
      database.exec(`PRAGMA page_size = 512; PRAGMA journal_mode = ${journal}; ${statement}`);
      const insert = database.prepare('INSERT INTO t(a, b, c) VALUES (?, ?, ?)');
      database.exec('BEGIN');
      for (let row = 0; row < 400; row += 1)
        insert.run(row, `row ${String(row)}`, new Uint8Array(row % 20 === 0 ? 1500 : 9));
      database.exec('COMMIT; PRAGMA wal_checkpoint(PASSIVE)');
      database.exec("UPDATE t SET b = 'changed' WHERE a < 50");
      const main = new Uint8Array(fs.readFileSync(file));
      const log =
        journal === 'wal' ? new Uint8Array(fs.readFileSync(`${file}-wal`)) : main.slice(0, 0);
      return Promise.resolve({ main, log, requests: WANTED });
    });
  return [
    await make('delete', 'CREATE TABLE t(a INTEGER PRIMARY KEY, b, c)'),
    await make('delete', 'CREATE TABLE t(a, b, c, PRIMARY KEY(b, a)) WITHOUT ROWID'),
    await make('wal', 'CREATE TABLE t(a INTEGER PRIMARY KEY, b, c)'),
    await make('wal', 'CREATE TABLE t(a, b, c, PRIMARY KEY(c, a)) WITHOUT ROWID'),
  ];
}

async function rowidImage(): Promise<Image> {
  const [first] = await damageableImages();
  if (first === undefined) throw new Error('there is no image');
  return { ...first, main: first.main.slice() };
}

/** The second page, where the first table of a database without a pointer map has its root. */
function rootOf(main: Uint8Array): number {
  expect(main.length).toBeGreaterThan(512 * 10);
  return 512;
}

type Damage = readonly {
  readonly kind: 'byte' | 'number' | 'copy' | 'zeros' | 'cut' | 'log';
  readonly page: number;
  readonly at: number;
  readonly value: number;
}[];

const damages: fc.Arbitrary<Damage> = fc.array(
  fc.record({
    kind: fc.constantFrom<Damage[number]['kind'][]>(
      'byte',
      'number',
      'copy',
      'zeros',
      'cut',
      'log',
    ),
    page: fc.oneof(fc.nat(3), fc.nat()),
    at: fc.oneof(fc.nat(24), fc.nat(124), fc.nat(511)),
    value: fc.oneof(
      fc.nat(255),
      fc.nat(100),
      fc.constantFrom(0xff, 0xffff, 0x7fffffff, 0xffffffff),
    ),
  }),
  { minLength: 1, maxLength: 6 },
);

function damaged(image: Image, damage: Damage): { main: Uint8Array; log: Uint8Array } {
  let main = image.main.slice();
  const log = image.log.slice();
  for (const { kind, page, at, value } of damage) {
    const pages = Math.floor(main.length / 512);
    if (pages === 0) break;
    const start = (page % pages) * 512;
    const view = new DataView(main.buffer, start, 512);
    if (kind === 'byte') view.setUint8(at, value & 0xff);
    if (kind === 'number') view.setUint32(Math.min(at, 508), value);
    if (kind === 'copy') main.copyWithin(start, (value % pages) * 512, (value % pages) * 512 + 512);
    if (kind === 'zeros') main.fill(0, start + at, start + 512);
    if (kind === 'cut' && value < 20) main = main.slice(0, start + at);
    if (kind === 'log' && log.length > 0) log[(page + at) % log.length] = value & 0xff;
  }
  return { main, log };
}

/** Counts what is read: a damaged number must not make the reader ask for much, or for ever. */
function memoryFiles(
  main: Uint8Array,
  log: Uint8Array,
  spent: { bytes: number; reads: number },
): Files {
  const find = (file: string) =>
    file.endsWith('-wal') ? (log.length > 0 ? log : null) : file.endsWith('-journal') ? null : main;
  const answer = <T>(file: string, ask: (bytes: Uint8Array) => T): Promise<Read<T>> => {
    const bytes = find(file);
    return Promise.resolve(
      bytes === null
        ? { ok: false, trouble: { code: 'missing', why: 'it is not there' } }
        : { ok: true, value: ask(bytes) },
    );
  };
  return {
    ...files,
    stat: file =>
      answer(file, bytes => ({
        kind: 'file',
        bytes: bytes.length,
        modifiedMs: 0,
        changedMs: 0,
        identity: file,
      })),
    range: (file, offset, length) =>
      answer(file, bytes => {
        const piece = bytes.slice(offset, offset + length);
        spent.bytes += piece.length;
        spent.reads += 1;
        if (length > 2 ** 21 || spent.reads > 50_000)
          throw new Error('the reader asks for too much');
        return piece;
      }),
    pause: () => Promise.resolve(),
  };
}

async function memoryTrouble(main: Uint8Array, requests: readonly TableRequest[]): Promise<string> {
  const spent = { bytes: 0, reads: 0 };
  const memory = memoryFiles(main, new Uint8Array(0), spent);
  return describeTrouble(await readTables(memory, () => 1000, '/d', requests));
}

// ————— Reading, and asking the oracle

/** Later than any change, so that a main file without a log counts as quiet. */
const later = () => Date.now() + 60_000;

async function read(
  file: string,
  requests: readonly TableRequest[],
  limits: Partial<ReadLimits> = {},
): Promise<DatabasePages> {
  const result = await readTables(files, later, file, requests, { ...READ_LIMITS, ...limits });
  if (!result.ok) throw new Error(describeTrouble(result));
  return result.value;
}

async function trouble(
  file: string,
  requests: readonly TableRequest[],
  limits: Partial<ReadLimits> = {},
): Promise<string> {
  const still = { ...files, pause: () => Promise.resolve() };
  const all = { ...READ_LIMITS, ...limits };
  return describeTrouble(await readTables(still, later, file, requests, all));
}

function describeTrouble(result: Read<DatabasePages>): string {
  return result.ok ? 'no trouble' : `${result.trouble.code}: ${result.trouble.why}`;
}

function tableOf({ tables }: DatabasePages, name: string) {
  const table = tables[name];
  if (table === undefined || table.missing === true) throw new Error(`there is no table ${name}`);
  return table;
}

async function withNew<T>(use: (database: DatabaseSync, file: string) => Promise<T>): Promise<T> {
  const file = newFile();
  const database = new DatabaseSync(file);
  database.exec('PRAGMA synchronous = OFF');
  try {
    return await use(database, file);
  } finally {
    database.close();
  }
}

function newFile(): string {
  made += 1;
  return path.join(folder, `${String(made)}.sqlite`);
}

function oracle(database: DatabaseSync, table: string, columns: readonly string[]): Cell[][] {
  return rowsOf(database, `SELECT ${columns.map(quote).join()} FROM ${quote(table)} NOT INDEXED`);
}

function rowsOf(database: DatabaseSync, query: string): Cell[][] {
  const statement = database.prepare(query);
  statement.setReadBigInts(true);
  return statement
    .all()
    .map(row =>
      Object.values(row).map(value => (typeof value === 'bigint' ? Number(value) : value)),
    );
}

function columnsOf(database: DatabaseSync, table: string): string[] {
  const rows = database.prepare('SELECT name FROM pragma_table_info(?)').all(table);
  return rows.map(({ name }) => String(name));
}

function quote(name: unknown): string {
  return `"${String(name).replaceAll('"', '""')}"`;
}

function createChance(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function randomRowid(chance: () => number, isDense: boolean): SQLInputValue {
  if (isDense || chance() < 0.5) return null;
  const bits = BigInt(Math.floor(chance() * 63));
  return (chance() < 0.5 ? 1n : -1n) * ((1n << bits) - BigInt(Math.floor(chance() * 2)));
}

function randomValue(chance: () => number, bytes: number): SQLInputValue {
  const length = Math.floor(chance() ** 3 * bytes);
  const bits = BigInt(Math.floor(chance() * 63));
  const integer = (1n << bits) - BigInt(Math.floor(chance() * 3));
  const reals = [0.5, -0, 1e300, Infinity, -Infinity, NaN, 2 ** 53, -1.25e-7, 3];
  const texts = ['', 'ä€😀', '\ufeffmark', 'plain', '12', ' 1e3 '];
  const kinds: readonly (() => SQLInputValue)[] = [
    () => null,
    () => (chance() < 0.5 ? integer : -integer),
    () => Math.floor(chance() * 300) - 150,
    () => reals[Math.floor(chance() * reals.length)] ?? 0,
    () => chance() * 1e6,
    () => texts[Math.floor(chance() * texts.length)] ?? '',
    () => 'text '.repeat(Math.ceil(length / 5)),
    () => new Uint8Array(length).map((_, index) => (index * 31 + length) & 0xff),
  ];
  return kinds[Math.floor(chance() * kinds.length)]?.() ?? null;
}
