// What can still be read of a torn database: each page and each row by itself.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { salvageImage } from '../../src/engine/scan/databases/salvage.ts';
import { makeFolder, removeFolder, withNew } from '../support/databaseOracle.ts';

const PAGE = 4096;
const ROWS = 400;

/** Threads whose names make them recognisable on a page, long ones among them, and two sections. */
makeFolder();
const image = await withNew((database, file) => {
  database.exec(
    `CREATE TABLE threads (id TEXT PRIMARY KEY, preview TEXT, name TEXT, is_pinned INTEGER NOT NULL DEFAULT 0, tokens INTEGER);
     CREATE TABLE thread_sections (id TEXT PRIMARY KEY, name TEXT NOT NULL);
     CREATE INDEX by_name ON threads (name);
     INSERT INTO thread_sections VALUES ('s1', 'One'), ('s2', 'Two');`,
  );
  const insert = database.prepare('INSERT INTO threads VALUES (?, ?, ?, ?, ?)');
  database.exec('BEGIN');
  for (let row = 0; row < ROWS; row += 1)
    insert.run(idAt(row), 'p'.repeat(row % 50 === 7 ? 9000 : 90), nameAt(row), row % 2, null);
  database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
  return Promise.resolve(new Uint8Array(fs.readFileSync(file)));
});
removeFolder();

test('all of a sound one; what is NULL says nothing', async () => {
  const { tables, torn } = await salvageImage(image);
  expect(torn).toEqual([]);
  expect(tables['threads']).toHaveLength(ROWS);
  expect(tables['threads']?.[7]).toMatchObject({ id: `'${idAt(7)}'`, is_pinned: '1' });
  expect(tables['threads']?.[7]).not.toHaveProperty('tokens');
  expect(tables['thread_sections']).toEqual([
    { id: "'s1'", name: "'One'" },
    { id: "'s2'", name: "'Two'" },
  ]);
});

test('without a header', async () => {
  const { tables, torn } = await salvageImage(overwritten(0, 100));
  expect([tables['threads']?.length, torn]).toEqual([ROWS, []]);
});

test('whichever page is gone, all that was not on it, and nothing that was never there', async () => {
  let partial = 0;
  for (let page = 1; page < image.length / PAGE; page += 1) {
    const bytes = overwritten(page * PAGE, (page + 1) * PAGE);
    const { tables, torn } = await salvageImage(bytes);
    const read = new Map((tables['threads'] ?? []).map(({ id, name }) => [id, name]));
    // A long text of which a part is torn is left out, and nothing is made up.
    for (const [id, name] of read) expect([nameLiteral(id ?? ''), undefined]).toContain(name);
    const isOnPage = (row: number) =>
      Buffer.from(image.slice(page * PAGE, (page + 1) * PAGE)).includes(idAt(row));
    const missing = rows().filter(row => !read.has(`'${idAt(row)}'`));
    // A page that leads to others, or one on which a long row goes on, has no row's id on it.
    if (missing.length > 0 && missing.length < ROWS) partial += 1;
    if (missing.length > 0) expect(torn).toContain('threads');
    expect(missing.length === ROWS || missing.length <= 40).toBe(true);
    if (missing.length > 1 && missing.length < ROWS) expect(missing.every(isOnPage)).toBe(true);
  }
  expect(partial).toBeGreaterThan(10);
});

test('what is cut off is gone, and the rest is not', async () => {
  const { tables, torn } = await salvageImage(
    image.slice(0, Math.floor(image.length / 8192) * PAGE),
  );
  expect(tables['threads']?.length).toBeGreaterThan(50);
  expect(tables['threads']?.length).toBeLessThan(ROWS);
  expect(torn).toContain('threads');
});

test('of noise nothing, and that is said of each table', async () => {
  const { tables, torn } = await salvageImage(overwritten(0, image.length));
  expect(tables).toEqual({});
  expect(torn).toEqual(expect.arrayContaining(['threads', 'thread_sections', 'projects']));
});

test('a text that is no text any more is not put anywhere', async () => {
  const at = Buffer.from(image).lastIndexOf('name 399');
  const bytes = new Uint8Array(image);
  bytes[at] = 0xff;
  const { tables } = await salvageImage(bytes);
  expect(tables['threads']?.at(-1)).toMatchObject({ id: `'${idAt(399)}'`, is_pinned: '1' });
  expect(tables['threads']?.at(-1)).not.toHaveProperty('name');
});

function rows(): readonly number[] {
  return Array.from({ length: ROWS }, (_, row) => row);
}

function idAt(row: number): string {
  return `01a00000-0000-7000-8000-${String(row).padStart(12, '0')}`;
}

function nameAt(row: number): string {
  return `name ${String(row)}`;
}

function nameLiteral(id: string): string {
  return `'name ${String(Number(id.slice(-13, -1)))}'`;
}

function overwritten(from: number, to: number): Uint8Array {
  const bytes = new Uint8Array(image);
  const noise = createHash('shake256', { outputLength: to - from })
    .update('noise')
    .digest();
  bytes.set(noise, from);
  return bytes;
}
