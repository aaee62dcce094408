// Databases on disk, read and searched by the built thread.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDatabases, type DatabaseThread } from '../../src/node/databases.ts';

const MOST = 1 << 20;

let folder: string;
let file: string;
let databases: DatabaseThread;

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'databases-'));
  const root = path.join(import.meta.dirname, '../..');
  execFileSync(process.execPath, ['esbuild.mjs', '--out', path.join(folder, 'dist')], {
    cwd: root,
  });
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

beforeEach(() => {
  file = path.join(fs.mkdtempSync(path.join(folder, 'home-')), 'state_5.sqlite');
  databases = createDatabases(path.join(folder, 'dist/databases.js'));
});
afterEach(() => databases.end());

test('a database that somebody has open is read as of its last commit, and left as it was', async () => {
  const writer = new DatabaseSync(file);
  writer.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1)');
  writer.exec('BEGIN; INSERT INTO t VALUES (2)');
  const before = filesBeside(file);
  const opened = await databases.open(file, MOST);
  if (!opened.ok) throw new Error(opened.trouble.why);
  const [rows, nonsense] = await opened.value.ask(['SELECT a FROM t', 'SELECT nothing']);
  expect(rows).toEqual({ ok: true, columns: ['a'], rows: [[1]] });
  expect(nonsense).toMatchObject({ ok: false, why: expect.stringContaining('nothing') as string });
  expect(opened.value.image).toMatchObject({ journal: 'wal', bytes: 8192 });
  expect(opened.value.image.head.length).toBe(100);
  opened.value.close();
  expect(filesBeside(file)).toEqual(before);
  writer.close();
});

test('what is no database, is too large, or is not there is said', async () => {
  expect(await databases.open(file, MOST)).toMatchObject({ trouble: { code: 'missing' } });
  fs.writeFileSync(file, 'x'.repeat(5000));
  expect(await databases.open(file, 100)).toMatchObject({ trouble: { code: 'too-large' } });
  fs.utimesSync(file, 1, 1);
  const opened = await databases.open(file, MOST);
  if (!opened.ok) throw new Error(opened.trouble.why);
  const [answer] = await opened.value.ask(['SELECT 1 FROM sqlite_schema']);
  expect(answer).toMatchObject({
    ok: false,
    why: expect.stringContaining('not a database') as string,
  });
});

test('its thread ends when nobody needs it, and comes back', async () => {
  new DatabaseSync(file).exec('CREATE TABLE t (a); INSERT INTO t VALUES (7)');
  fs.utimesSync(file, 1, 1);
  for (let round = 0; round < 2; round += 1) {
    const opened = await databases.open(file, MOST);
    if (!opened.ok) throw new Error(opened.trouble.why);
    expect(threads()).toBe(1);
    expect(await opened.value.ask(['SELECT a FROM t'])).toMatchObject([{ rows: [[7]] }]);
    opened.value.close();
    await expect.poll(threads, { timeout: 5000 }).toBe(0);
  }
});

test('what is asked when it is ended is answered', async () => {
  new DatabaseSync(file).exec('CREATE TABLE t (a)');
  fs.utimesSync(file, 1, 1);
  const opening = databases.open(file, MOST);
  await databases.end();
  expect(await opening).toMatchObject({ ok: false, trouble: { why: 'the scan was ended' } });
});

function threads(): number {
  return (process.report.getReport() as { workers: unknown[] }).workers.length;
}

function filesBeside(name: string): readonly (readonly [string, number, number])[] {
  const folderOf = path.dirname(name);
  return fs.readdirSync(folderOf).map(one => {
    const { size, mtimeMs } = fs.statSync(path.join(folderOf, one));
    return [one, size, mtimeMs] as const;
  });
}
