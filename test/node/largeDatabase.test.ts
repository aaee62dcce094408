import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import type { World } from '../../src/engine/world.ts';
import { readDatabaseImage } from '../../src/engine/scan/databases/databaseImage.ts';
import { lookAtDatabase } from '../../src/engine/scan/databases/lookAtDatabase.ts';
import knownMigrations from '../../src/engine/scan/databases/knownMigrations.json' with { type: 'json' };
import { createFiles } from '../../src/node/files.ts';
import { home as builder } from '../support/home.ts';

test('of a database that is too large for an image the migrations are read all the same', () =>
  withLargeLogs('WAL', async look => {
    const { database, gaps } = await look();
    expect(gaps).toEqual([]);
    expect(database.bytes).toBeGreaterThan(64 * 1024 * 1024);
    expect(database.migrations?.recorded).toMatchObject([
      { version: 1, success: true, family: 'lf' },
      { version: 2, success: false, family: 'crlf' },
    ]);
  }));

test('unless it is in a mode in which nothing would tell of a change meanwhile', () =>
  withLargeLogs('DELETE', async look => {
    const { database, gaps } = await look();
    expect(database).toMatchObject({ migrations: null, trouble: null });
    expect(gaps.map(({ why }) => why)).toEqual([
      'it is too large for a copy, and not in WAL mode, in which parts of it could be read safely',
    ]);
  }));

async function withLargeLogs(
  mode: 'WAL' | 'DELETE',
  use: (look: () => ReturnType<typeof lookAtDatabase>) => Promise<void>,
): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'large-'));
  try {
    const file = path.join(folder, 'logs_2.sqlite');
    writeLogs(file, mode, 70);
    const files = createFiles();
    const databases: World['databases'] = {
      open: async (name, maxBytes) => {
        const image = await readDatabaseImage(files, Date.now, name, maxBytes);
        return image.ok ? Promise.reject(new Error('the whole image was made')) : image;
      },
    };
    const { world } = builder().build();
    const home = { path: folder } as Parameters<typeof lookAtDatabase>[1];
    await use(() =>
      lookAtDatabase({ ...world, files, databases, now: Date.now }, home, file, null, false),
    );
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** A log with two migrations, the second of them half done by a Codex for Windows. */
function writeLogs(file: string, mode: 'WAL' | 'DELETE', megabytes: number): void {
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA journal_mode = ${mode};
    CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL,
      installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL,
      checksum BLOB NOT NULL, execution_time BIGINT NOT NULL);
    CREATE TABLE logs (body BLOB);
  `);
  const body = database.prepare('INSERT INTO logs VALUES (zeroblob(1048576))');
  for (let written = 0; written < megabytes; written += 1) body.run();
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const migration = database.prepare(
    'INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (?, ?, ?, ?, 0)',
  );
  const [first, second] = knownMigrations['logs_2.sqlite'];
  migration.run(1, 'first', 1, Buffer.from(first?.lf ?? '', 'hex'));
  migration.run(2, 'second', 0, Buffer.from(second?.crlf ?? '', 'hex'));
  database.close();
}
