// Databases that real Codex releases have made, with statements run on them.

import fs from 'node:fs';
import path from 'node:path';
import knownMigrations from '../../src/engine/scan/databases/knownMigrations.json' with { type: 'json' };
import { home, NOW, type HomeBuilder } from './home.ts';
import { sql } from './memoryWorld.ts';

/** A home of one thread, with this database beside that of its threads. */
export function homeWith(name: string, bytes: Uint8Array): HomeBuilder {
  return home().thread('t1', { mode: 'legacy' }).file(name, bytes, LONG_AGO);
}

/** A file that was just written is looked at again and again until it holds still. */
export const LONG_AGO = NOW - 3_600_000;

/** A database of the home that this release has made. */
export function recordedDatabase(
  version: string,
  name: string,
  ...statements: readonly string[]
): Uint8Array {
  const file = path.join(import.meta.dirname, '../homes', version, name);
  const database = new sql.Database(fs.readFileSync(file));
  for (const statement of statements) database.run(statement);
  const bytes = database.export();
  database.close();
  return bytes;
}

/** The statement with which this release has made a table. */
export function statementOf(version: string, name: string, table: string): string {
  const database = new sql.Database(recordedDatabase(version, name));
  const [result] = database.exec('SELECT sql FROM sqlite_master WHERE name = ?', [table]);
  database.close();
  return String(result?.values[0]?.[0]);
}

interface Known {
  readonly version: number;
  readonly lf: string;
  readonly crlf: string;
}

function knownOf(name: string): readonly Known[] {
  return (knownMigrations as Readonly<Record<string, readonly Known[]>>)[name] ?? [];
}

/** The checksums of a database as Codex for Windows would have written them. */
export function windowsChecksums(name: string, upTo = Number.MAX_SAFE_INTEGER): readonly string[] {
  return knownOf(name)
    .filter(({ version }) => version <= upTo)
    .map(
      ({ version, crlf }) =>
        `UPDATE _sqlx_migrations SET checksum = x'${crlf}' WHERE version = ${String(version)}`,
    );
}

/** The checksum of a Codex's first migration, which tells for which system it was built. */
export function firstChecksum(kind: 'lf' | 'crlf'): string {
  return knownOf('state_5.sqlite')[0]?.[kind] ?? '';
}
