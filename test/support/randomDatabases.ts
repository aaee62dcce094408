// Databases of all shapes, after all sorts of statements.

import fs from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import fc from 'fast-check';
import type { DatabasePages } from '../../src/engine/scan/databases/databaseTables.ts';
import { chanceOf } from './chance.ts';
import { columnsOf, newFile, oracle, quote, rowsOf } from './databaseOracle.ts';

export interface DatabasePlan {
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

export const databases: fc.Arbitrary<DatabasePlan> = fc.record({
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

export async function withDatabase(
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
    // In rollback mode it would not be read; what that mode has made of the file is the same.
    database.exec('PRAGMA journal_mode = WAL');
    const expected = everythingIn(database);
    if (plan.end === 'closed') database.close();
    if (plan.end === 'in a transaction') {
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
  const chance = chanceOf(step.seed);
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

/** Statements that make a table `t`, with its columns in all places that SQLite knows. */
export const STATEMENTS: readonly string[] = [
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
