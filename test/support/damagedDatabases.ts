// Images of databases with bytes that SQLite never wrote.

import fs from 'node:fs';
import fc from 'fast-check';
import type { TableRequest } from '../../src/engine/scan/databases/databaseTables.ts';
import type { Files, Read } from '../../src/engine/world.ts';
import { files, withNew } from './databaseOracle.ts';

export interface Image {
  readonly main: Uint8Array;
  readonly log: Uint8Array;
  readonly requests: readonly TableRequest[];
}

const WANTED: readonly TableRequest[] = [{ name: 't', columns: ['a', 'b', 'c'] }];

export async function damageableImages(): Promise<readonly Image[]> {
  const make = (statement: string, hasLog: boolean) =>
    withNew((database, file) => {
      database.exec(statement);
      const insert = database.prepare('INSERT INTO t(a, b, c) VALUES (?, ?, ?)');
      database.exec('BEGIN');
      for (let row = 0; row < 400; row += 1)
        insert.run(row, `row ${String(row)}`, new Uint8Array(row % 20 === 0 ? 1500 : 9));
      database.exec('COMMIT; PRAGMA wal_checkpoint(PASSIVE)');
      database.exec("UPDATE t SET b = 'changed' WHERE a < 50");
      if (!hasLog) database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      const main = new Uint8Array(fs.readFileSync(file));
      const log = new Uint8Array(fs.readFileSync(`${file}-wal`));
      return Promise.resolve({ main, log, requests: WANTED });
    }, 'PRAGMA page_size = 512');
  return [
    await make('CREATE TABLE t(a INTEGER PRIMARY KEY, b, c)', false),
    await make('CREATE TABLE t(a, b, c, PRIMARY KEY(b, a)) WITHOUT ROWID', false),
    await make('CREATE TABLE t(a INTEGER PRIMARY KEY, b, c)', true),
    await make('CREATE TABLE t(a, b, c, PRIMARY KEY(c, a)) WITHOUT ROWID', true),
  ];
}

type Damage = readonly {
  readonly kind: 'byte' | 'number' | 'copy' | 'zeros' | 'cut' | 'log';
  readonly page: number;
  readonly at: number;
  readonly value: number;
}[];

export const damages: fc.Arbitrary<Damage> = fc.array(
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

export function damaged(image: Image, damage: Damage): { main: Uint8Array; log: Uint8Array } {
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
export function memoryFiles(
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
