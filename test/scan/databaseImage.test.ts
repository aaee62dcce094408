import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import {
  overlay,
  parseLog,
  readDatabaseImage,
} from '../../src/engine/scan/databases/databaseImage.ts';
import type { Files } from '../../src/engine/world.ts';
import { createFiles } from '../../src/node/files.ts';
import { sql } from '../support/memoryWorld.ts';

const PAGE = 4096;
const FRAME = 24 + PAGE;
const LOG_HEADER = 32;

const folders: string[] = [];
let file = '';

beforeEach(() => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'database-image-'));
  folders.push(folder);
  file = path.join(folder, 'state_5.sqlite');
});
afterAll(() => {
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
});

/** Opens a database whose log is never copied into it by itself. */
function openDatabase(): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
  return database;
}

const main = () => new Uint8Array(fs.readFileSync(file));
const log = () => new Uint8Array(fs.readFileSync(`${file}-wal`));

function rowsOf(image: Uint8Array): readonly unknown[] {
  const database = new sql.Database(image);
  const check = database.exec('PRAGMA integrity_check')[0]?.values[0]?.[0];
  expect(check).toBe('ok');
  const rows = database.exec('SELECT a FROM t ORDER BY a')[0]?.values ?? [];
  database.close();
  return rows.map(([value]) => value);
}

describe('main file and log', () => {
  test('are, put together, what SQLite makes of them, byte for byte', () => {
    const database = openDatabase();
    database.exec('CREATE TABLE t (a, b)');
    const insert = database.prepare('INSERT INTO t VALUES (?, zeroblob(?))');
    for (let number = 0; number < 200; number += 1) insert.run(number, number * 37);
    database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    database.exec('DELETE FROM t WHERE a % 3 = 0; CREATE INDEX t_a ON t (a)');
    const { bytes, journal } = overlay(main(), log());
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
    expect(journal).toBe('wal');
    bytes.set([2, 2], 18);
    expect(Buffer.compare(bytes, main())).toBe(0);
  });

  test('of which the main file has not a single table yet', () => {
    const database = openDatabase();
    database.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)');
    expect(main().length).toBe(PAGE);
    expect(rowsOf(overlay(main(), log()).bytes)).toEqual([1]);
    database.close();
  });

  test('in the room that main was read into, or in a new one where it is too small', () => {
    const database = openDatabase();
    database.exec('CREATE TABLE t (a, b)');
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const insert = database.prepare('INSERT INTO t VALUES (?, zeroblob(?))');
    for (let number = 0; number < 50; number += 1) insert.run(number, number * 137);
    const expected = overlay(main(), log()).bytes;
    expect(expected.length).toBeGreaterThan(main().length);
    for (const more of [log().length, expected.length - main().length - 1, 0]) {
      const room = new Uint8Array(main().length + more);
      room.set(main());
      const { bytes } = overlay(room.subarray(0, main().length), log(), room);
      expect(Buffer.compare(bytes, expected)).toBe(0);
      expect(bytes.buffer === room.buffer).toBe(more === log().length);
    }
    database.close();
  });

  test('read from the disk, when the log has made it larger', async () => {
    const database = openDatabase();
    database.exec('CREATE TABLE t (a, b)');
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    database.exec('INSERT INTO t VALUES (1, zeroblob(100000))');
    const read = await readDatabaseImage(createFiles(), Date.now, file, 1e9);
    if (!read.ok) throw new Error(read.trouble.why);
    expect(Buffer.compare(read.value.bytes, overlay(main(), log()).bytes)).toBe(0);
    expect(read.value.bytes.buffer.byteLength).toBe(main().length + log().length);
    database.close();
  });

  test('after the database has shrunk', () => {
    const database = openDatabase();
    database.exec('CREATE TABLE t (a, b); INSERT INTO t VALUES (1, zeroblob(500000))');
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    database.exec('UPDATE t SET b = NULL; VACUUM');
    const { bytes } = overlay(main(), log());
    expect(bytes.length).toBeLessThan(main().length / 10);
    expect(rowsOf(bytes)).toEqual([1]);
    database.close();
  });
});

describe('what does not count', () => {
  /** A database with 1 in its main file, and 2 and 3 in its log, one commit each. */
  function threeCommits(): { readonly secondEnd: number; readonly wal: Uint8Array } {
    const database = openDatabase();
    database.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)');
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    database.exec('INSERT INTO t VALUES (2)');
    const secondEnd = log().length;
    database.exec('INSERT INTO t VALUES (3)');
    const wal = log();
    fs.copyFileSync(file, `${file}.copy`);
    database.close();
    fs.renameSync(`${file}.copy`, file);
    return { secondEnd, wal };
  }

  test('nothing, when all is well', () => {
    const { wal } = threeCommits();
    const image = overlay(main(), wal);
    expect(rowsOf(image.bytes)).toEqual([1, 2, 3]);
    expect(image.logStop).toBe('end');
  });

  test('what was never committed', () => {
    const database = openDatabase();
    database.exec('PRAGMA cache_size = 2; CREATE TABLE t (a, b); INSERT INTO t VALUES (1, NULL)');
    const committed = log().length;
    database.exec('BEGIN');
    const insert = database.prepare('INSERT INTO t VALUES (?, zeroblob(3000))');
    for (let number = 2; number < 40; number += 1) insert.run(number);
    // The pages are in the log already, since there was no room for them in memory.
    expect(log().length).toBeGreaterThan(committed + 10 * FRAME);
    expect(rowsOf(overlay(main(), log()).bytes)).toEqual([1]);
    database.exec('COMMIT');
    expect(rowsOf(overlay(main(), log()).bytes)).toHaveLength(39);
    database.close();
  });

  test('what an earlier life of the log has left behind', () => {
    const database = openDatabase();
    database.exec('CREATE TABLE t (a, b)');
    const insert = database.prepare('INSERT INTO t VALUES (?, zeroblob(9000))');
    for (let number = 0; number < 10; number += 1) insert.run(number);
    database.exec('PRAGMA wal_checkpoint(RESTART); DELETE FROM t WHERE a > 0');
    const image = overlay(main(), log());
    expect(image.logStop).toBe('older-salts');
    expect(rowsOf(image.bytes)).toEqual([0]);
    database.close();
  });

  test('a commit of which the log has only a part', () => {
    const { secondEnd, wal } = threeCommits();
    for (const end of [secondEnd, secondEnd + 1, secondEnd + FRAME - 1, wal.length - 1])
      expect(rowsOf(overlay(main(), wal.slice(0, end)).bytes)).toEqual([1, 2]);
    expect(rowsOf(overlay(main(), wal.slice(0, LOG_HEADER + 100)).bytes)).toEqual([1]);
  });

  test('a commit that is damaged, and all behind it', () => {
    const { secondEnd, wal } = threeCommits();
    const damagedAt = (at: number) => {
      const copy = wal.slice();
      copy[at] = (copy[at] ?? 0) ^ 0x10;
      return overlay(main(), copy);
    };
    const third = damagedAt(secondEnd + 24 + 2000);
    expect(rowsOf(third.bytes)).toEqual([1, 2]);
    expect(third.logStop).toBe('bad-frame');
    expect(rowsOf(damagedAt(LOG_HEADER + 24).bytes)).toEqual([1]);
    // The size of the database, in the header of the frame.
    expect(rowsOf(damagedAt(secondEnd + 4).bytes)).toEqual([1, 2]);
  });

  test('a log whose header is not one', () => {
    const { wal } = threeCommits();
    const stops = [
      { wal: new Uint8Array(), stop: 'no-log' },
      { wal: wal.slice(0, LOG_HEADER - 1), stop: 'short-header' },
      { wal: wal.map((byte, index) => (index === 0 ? 0x38 : byte)), stop: 'not-a-log' },
      { wal: wal.map((byte, index) => (index === 7 ? byte + 1 : byte)), stop: 'not-a-log' },
      { wal: wal.map((byte, index) => (index === 10 ? 0x30 : byte)), stop: 'bad-header' },
      { wal: wal.map((byte, index) => (index === 20 ? byte ^ 1 : byte)), stop: 'bad-header' },
      { wal: buildLog(768, true, []), stop: 'bad-header' },
    ];
    for (const { wal: broken, stop } of stops) {
      const image = overlay(main(), broken);
      expect(image.logStop).toBe(stop);
      expect(rowsOf(image.bytes)).toEqual([1]);
    }
  });

  test('the order of the bytes in the words that are added up', () => {
    const page = new Uint8Array(512).fill(7);
    for (const isLittleEndian of [true, false]) {
      const built = buildLog(512, isLittleEndian, [{ page: 2, size: 2, content: page }]);
      const { stop, pages, pageCount, commits } = parseLog(built);
      expect({ stop, pageCount, commits }).toEqual({ stop: 'end', pageCount: 2, commits: 1 });
      expect([...pages]).toEqual([[2, LOG_HEADER + 24]]);
    }
  });
});

describe('any bytes', () => {
  /** No image is larger than what its two files have, and one page that nobody writes. */
  function expectBounded(given: Uint8Array, wal: Uint8Array): void {
    const { bytes, mainBytes, walBytes } = overlay(given.slice(), wal);
    expect(bytes.length).toBeLessThanOrEqual(given.length + wal.length + 2 * 65536);
    expect([mainBytes, walBytes]).toEqual([given.length, wal.length]);
  }

  test('at all', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 2000 }),
        fc.uint8Array({ maxLength: 3000 }),
        expectBounded,
      ),
    );
  });

  test('that a log may begin with', () => {
    const logs = fc
      .tuple(fc.uint8Array({ maxLength: 4000 }), fc.constantFrom(512, 1024), fc.boolean())
      .map(([rest, pageBytes, isLittleEndian]) =>
        Buffer.concat([buildLog(pageBytes, isLittleEndian, []), rest]),
      );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), logs, expectBounded));
  });

  test('in frames that are right, about any pages and sizes', () => {
    const number = fc.oneof(
      fc.nat(6),
      fc.constantFrom(0, 0x7fffffff, 0x80000000, 0xffffffff),
      fc.nat(0xffffffff),
    );
    const frames = fc.array(
      fc.record({ page: number, size: number, content: fc.constant(new Uint8Array(512)) }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 2000 }),
        frames,
        fc.boolean(),
        (given, some, order) => {
          const wal = buildLog(512, order, some);
          expectBounded(given, wal);
          expect(parseLog(wal).pages.has(0)).toBe(false);
        },
      ),
    );
  });
});

describe('reading from a disk', () => {
  const read = (files: Files, now = () => Date.now()) =>
    readDatabaseImage(files, now, file, 1024 * 1024 * 1024);
  const quick = (): Files => ({ ...createFiles(), pause: () => Promise.resolve() });

  function writeDatabase(): void {
    const database = new DatabaseSync(file);
    database.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)');
    database.close();
    fs.utimesSync(file, 1, 1);
  }

  test('a database that is not in use', async () => {
    writeDatabase();
    const image = await read(createFiles());
    expect(image).toMatchObject({ ok: true, value: { journal: 'rollback', logStop: 'no-log' } });
    expect(image.ok && rowsOf(image.value.bytes)).toEqual([1]);
  });

  test('what is not there, what is a folder, and what is too large', async () => {
    expect(await read(quick())).toMatchObject({ ok: false, trouble: { code: 'missing' } });
    writeDatabase();
    const small = await readDatabaseImage(quick(), () => Date.now(), file, 100);
    expect(small).toMatchObject({ ok: false, trouble: { code: 'too-large' } });
    fs.rmSync(file);
    fs.mkdirSync(file);
    expect(await read(quick())).toMatchObject({ ok: false, trouble: { code: 'not-a-file' } });
  });

  test('beside a journal that has yet to be rolled back: it is no picture', async () => {
    writeDatabase();
    fs.writeFileSync(`${file}-journal`, 'half a transaction');
    expect(await read(quick())).toMatchObject({
      ok: false,
      trouble: { code: 'timeout', why: expect.stringContaining('is not finished') as string },
    });
    // As it is left in the modes in which the journal is only cut, or begins with zeros.
    for (const over of ['', '\0\0\0\0 what is left of it']) {
      fs.writeFileSync(`${file}-journal`, over);
      expect(await read(quick())).toMatchObject({ ok: true });
    }
  });

  test('a change that was begun and ended while it was read, though no time tells of it', async () => {
    const mode = 'PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; PRAGMA synchronous = OFF;';
    writeDatabase();
    const database = new DatabaseSync(file);
    database.exec(
      `${mode} UPDATE t SET a = 0; INSERT INTO t SELECT 0 FROM json_each('[1,2,3,4]');`,
    );
    const old = new Date(1000);
    fs.utimesSync(file, old, old);
    const files = quick();
    let changes = 0;
    const whole: Files['whole'] = async (name, limit) => {
      const bytes = await files.whole(name, limit);
      if (name === file && changes < 2) {
        changes += 1;
        database.exec(`UPDATE t SET a = ${String(changes)}`);
        fs.utimesSync(file, old, old);
      }
      return bytes;
    };
    const stat: Files['stat'] = async name => {
      const state = await files.stat(name);
      return state.ok ? { ok: true, value: { ...state.value, modifiedMs: 1000 } } : state;
    };
    const image = await read({ ...files, whole, stat });
    expect(image.ok && new Set(rowsOf(image.value.bytes))).toEqual(new Set([2]));
    database.close();
  });

  test('once a journal has gone while it waits', async () => {
    writeDatabase();
    fs.writeFileSync(`${file}-journal`, 'half a transaction');
    const files = quick();
    let pauses = 0;
    const pause = () => {
      pauses += 1;
      if (pauses === 3) fs.rmSync(`${file}-journal`);
      return Promise.resolve();
    };
    expect(await read({ ...files, pause })).toMatchObject({ ok: true });
    expect(pauses).toBe(3);
  });

  test('a file that was written a moment ago is looked at again', async () => {
    writeDatabase();
    let now = 1000;
    const files = { ...quick(), pause: () => Promise.resolve(void (now += 60)) };
    expect(await read(files, () => now)).toMatchObject({ ok: true });
    expect(now).toBeGreaterThan(1050);
  });

  test('a log that was started anew while it was read', async () => {
    const database = openDatabase();
    database.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)');
    const files = quick();
    let reads = 0;
    const whole: Files['whole'] = async (name, limit) => {
      const bytes = await files.whole(name, limit);
      reads += 1;
      // The main file was read, and now changes together with the log.
      if (reads === 1) database.exec('PRAGMA wal_checkpoint(RESTART); INSERT INTO t VALUES (2)');
      return bytes;
    };
    const image = await read({ ...files, whole });
    expect(image.ok && rowsOf(image.value.bytes)).toEqual([1, 2]);
    database.close();
  });

  test('a main file that was put in the place of another one', async () => {
    // Its log goes on as it was: nothing but the file itself tells of it.
    const database = openDatabase();
    database.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)');
    const files = quick();
    let reads = 0;
    const whole: Files['whole'] = async (name, limit) => {
      const bytes = await files.whole(name, limit);
      reads += 1;
      if (reads === 1) {
        fs.copyFileSync(file, `${file}.new`);
        fs.renameSync(`${file}.new`, file);
      }
      return bytes;
    };
    expect(await read({ ...files, whole })).toMatchObject({ ok: true });
    expect(reads).toBe(4);
    database.close();
  });
});

describe('beside a program that writes', () => {
  /**
   * Each transaction writes one number into all rows, moves pages about, and is followed by
   * a checkpoint of some kind now and then. A picture that is torn has two numbers.
   */
  const WRITER = `
    const { DatabaseSync } = require('node:sqlite');
    const database = new DatabaseSync(process.argv[1]);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 50');
    database.exec('CREATE TABLE t (a, b, c)');
    const insert = database.prepare('INSERT INTO t VALUES (?, 0, NULL)');
    for (let row = 0; row < 100; row += 1) insert.run(row);
    const update = database.prepare('UPDATE t SET b = ?, c = zeroblob((a * 97 + ?) % 2500)');
    const kinds = ['PASSIVE', 'FULL', 'RESTART', 'TRUNCATE'];
    for (let round = 1; ; round += 1) {
      update.run(round, round * 31);
      if (round % 3 === 0) database.exec('PRAGMA wal_checkpoint(' + kinds[(round / 3) % 4] + ')');
      if (round === 5) process.stdout.write('ready');
    }`;

  test('no picture is torn, and none is older than the one before', async () => {
    const writer = spawn(process.execPath, ['-e', WRITER, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(writer.stdout, 'data');
      const until = Date.now() + 2500;
      let newest = 0;
      let pictures = 0;
      while (pictures < 150 && Date.now() < until) {
        const image = await readDatabaseImage(createFiles(), () => Date.now(), file, 1 << 28);
        if (!image.ok) {
          // It may not hold still for as long as we try; then it says so.
          expect(image.trouble.code).toBe('timeout');
          continue;
        }
        const [round] = numbersIn(image.value.bytes);
        expect(round).toBeGreaterThanOrEqual(newest);
        newest = round;
        pictures += 1;
      }
      expect(pictures).toBeGreaterThan(5);
    } finally {
      writer.kill('SIGKILL');
      await once(writer, 'close');
    }
  });

  function numbersIn(image: Uint8Array): readonly [number] {
    const database = new sql.Database(image);
    const ask = (question: string) => database.exec(question)[0]?.values ?? [];
    expect(ask('PRAGMA integrity_check')).toEqual([['ok']]);
    const numbers = ask('SELECT b, count(*) FROM t GROUP BY b');
    expect(numbers).toHaveLength(1);
    expect(numbers[0]?.[1]).toBe(100);
    database.close();
    return [Number(numbers[0]?.[0])];
  }
});

interface Frame {
  readonly page: number;
  /** The size of the database after a commit; 0 for a frame that commits nothing. */
  readonly size: number;
  readonly content: Uint8Array;
}

/** A log as SQLite writes it, about whatever pages. */
function buildLog(
  pageBytes: number,
  isLittleEndian: boolean,
  frames: readonly Frame[],
): Uint8Array {
  const bytes = new Uint8Array(LOG_HEADER + frames.length * (24 + pageBytes));
  const view = new DataView(bytes.buffer);
  const sum = [0, 0] as [number, number];
  const add = (start: number, length: number) => {
    for (let at = start; at < start + length; at += 8) {
      sum[0] = (sum[0] + view.getUint32(at, isLittleEndian) + sum[1]) >>> 0;
      sum[1] = (sum[1] + view.getUint32(at + 4, isLittleEndian) + sum[0]) >>> 0;
    }
  };
  const write = (at: number, ...words: readonly number[]) =>
    words.forEach((word, index) => view.setUint32(at + 4 * index, word));
  write(0, isLittleEndian ? 0x377f0682 : 0x377f0683, 3007000, pageBytes, 0, 11, 12);
  add(0, 24);
  write(24, ...sum);
  for (const [index, { page, size, content }] of frames.entries()) {
    const at = LOG_HEADER + index * (24 + pageBytes);
    write(at, page, size, 11, 12);
    bytes.set(content, at + 24);
    add(at, 8);
    add(at + 24, pageBytes);
    write(at + 16, ...sum);
  }
  return bytes;
}
