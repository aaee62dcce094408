// Tables read page by page, held against SQLite itself: random databases at rest, random writers in
// between any two reads, a real writer in another process, and damage of all sorts. SEED=… repeats
// a run.

import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTables } from '../../src/engine/scan/databases/databasePages.ts';
import type {
  DatabasePages,
  TableRequest,
} from '../../src/engine/scan/databases/databaseTables.ts';
import type { Files } from '../../src/engine/world.ts';
import {
  damageableImages,
  damaged,
  damages,
  memoryFiles,
  type Image,
} from '../support/damagedDatabases.ts';
import {
  describeTrouble,
  files,
  later,
  makeFolder,
  newFile,
  oracle,
  quote,
  read,
  removeFolder,
  tableOf,
  trouble,
  withNew,
} from '../support/databaseOracle.ts';
import {
  ready,
  ScheduledWriter,
  schedules,
  startWriter,
  VERSIONED,
  type Schedule,
} from '../support/databaseWriters.ts';
import { databases, STATEMENTS, withDatabase } from '../support/randomDatabases.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 0x7fffffff));
/** RUNS=20 looks twenty times as long. */
const RUNS = Number(process.env['RUNS'] ?? 1);
const MAX_MS = 120_000 * RUNS;
let folder = '';

/** What is done to a database before the read of this name, counted from one. */
type Change = Readonly<Record<string, string>>;

// So small a cache writes the pages of both tables long before the end of the change.
const HALF = "BEGIN; UPDATE second SET version = 'new'; UPDATE first SET version = 'new'";

/**
 * What happens between the reads of one who looks at main's time and header, and at the journal,
 * before and after the pages, while the file system is late with the time.
 */
const UNPROVABLE: readonly (readonly [string, string, Change])[] = [
  [
    'a change that begins between two pages, and is committed between header and journal',
    'TRUNCATE',
    { 'second 1': HALF, 'journal 2': 'COMMIT' },
  ],
  [
    'a change that begins between two pages, and is rolled back with its counter after them',
    'DELETE',
    { 'second 1': HALF, 'log 2': 'ROLLBACK' },
  ],
  ['a change half done with its journal in memory', 'MEMORY', { 'log 1': HALF }],
];

beforeAll(() => {
  folder = makeFolder();
});
afterAll(removeFolder);

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

    test.for(STATEMENTS)('have their columns where SQLite has them: %s', async statement =>
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
        database.exec('CREATE TABLE t(a)');
        expect(await trouble(file, [])).toMatch(/^broken: .*UTF-8/);
      }, "PRAGMA encoding = 'UTF-16le'");
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

    test.for(UNPROVABLE)(
      'are not read in rollback mode, where nothing tells for sure of %s',
      async ([, journal, change]) =>
        withNew(async (database, file) => {
          const rows = "SELECT 'old', zeroblob(200) FROM json_each('[1,2,3,4,5,6,7,8,9]')";
          database.exec(`CREATE TABLE first(version, filler); INSERT INTO first ${rows}`);
          database.exec(`CREATE TABLE second(version, filler); INSERT INTO second ${rows}`);
          database.exec(`PRAGMA journal_mode = ${journal}; PRAGMA cache_size = 1`);
          const look = await lookBesideChange(database, file, change);
          expect(look).toMatch(/^too-large: .*not in WAL mode/);
        }, 'PRAGMA page_size = 512'),
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
        database.exec('CREATE TABLE t(a)');
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
        database.exec('CREATE TABLE t(a); PRAGMA wal_checkpoint(TRUNCATE)');
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
          database.exec('CREATE TABLE t(a, b); PRAGMA wal_checkpoint(RESTART)');
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
        }, 'PRAGMA page_size = 512');
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
        database.exec('PRAGMA wal_autocheckpoint = 0');
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

/** The trouble, or the versions that the tables are found to have. */
async function lookBesideChange(
  database: DatabaseSync,
  file: string,
  change: Change,
): Promise<string> {
  const root = database.prepare("SELECT rootpage FROM sqlite_master WHERE name = 'second'").get();
  const counts = new Map<string, number>();
  const before = (name: string) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    const statements = change[`${name} ${String(count)}`];
    if (statements !== undefined) database.exec(statements);
  };
  const beside: Files = {
    ...files,
    stat: async name => {
      if (name.endsWith('-wal')) before('log');
      const state = await files.stat(name);
      return state.ok ? { ok: true, value: { ...state.value, modifiedMs: 0 } } : state;
    },
    range: (name, offset, length) => {
      if (name.endsWith('-journal')) before('journal');
      if (offset === (Number(root?.['rootpage']) - 1) * 512) before('second');
      return files.range(name, offset, length);
    },
    pause: () => Promise.resolve(),
  };
  const tables = ['first', 'second'].map(name => ({ name, columns: ['version'] }));
  const result = await readTables(beside, later, file, tables);
  if (!result.ok) return describeTrouble(result);
  const versions = tables.map(({ name }) => [...new Set(tableOf(result.value, name).rows.flat())]);
  return `first is ${String(versions[0])}, second is ${String(versions[1])}`;
}

async function checkSchedule(schedule: Schedule): Promise<void> {
  const file = newFile();
  const writer = new ScheduledWriter(file, schedule);
  try {
    const oldest = writer.version;
    const result = await readTables(writer.files, () => writer.clock, file, VERSIONED);
    if (!result.ok) {
      const possible = writer.hasChangedMode ? ['timeout', 'too-large'] : ['timeout'];
      expect(possible).toContain(result.trouble.code);
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

async function memoryTrouble(main: Uint8Array, requests: readonly TableRequest[]): Promise<string> {
  const spent = { bytes: 0, reads: 0 };
  const memory = memoryFiles(main, new Uint8Array(0), spent);
  return describeTrouble(await readTables(memory, () => 1000, '/d', requests));
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
