// The databases of homes in memory: schema and migrations are those of a real Codex, with rows put in.
// Bytes of a file are never written into, so that homes which hold the same may share them.

import fs from 'node:fs';
import path from 'node:path';
import { sql } from './memoryWorld.ts';

export type Cells = Readonly<Record<string, string | number | null>>;

/** Most tests make the same home several times in a row, and making a database takes longest of it. */
const MOST_KEPT = 16;
const kept = new Map<string, Uint8Array>();

export function madeState(rows: readonly Cells[], statements: readonly string[]): Uint8Array {
  return once(['state', rows, statements], () => makeState(rows, statements));
}

export function madeHistory(projected: readonly string[]): Uint8Array {
  return once(['history', projected], () => makeHistory(projected));
}

function once(content: readonly unknown[], make: () => Uint8Array): Uint8Array {
  const key = JSON.stringify(content);
  const bytes = kept.get(key) ?? make();
  const [oldest] = kept.keys();
  if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  kept.set(key, bytes);
  return bytes;
}

/** The newest recorded home's databases, emptied: schema and migrations are Codex's own. */
const templates = new Map<string, Uint8Array>();

function emptied(name: string, ...tables: readonly string[]): Uint8Array {
  const known = templates.get(name);
  if (known !== undefined) return known;
  const homes = path.join(import.meta.dirname, '../homes');
  const newest = fs.readdirSync(homes).sort().at(-1) ?? '';
  const database = new sql.Database(fs.readFileSync(path.join(homes, newest, name)));
  for (const table of tables) database.run(`DELETE FROM ${table}`);
  const made = database.export();
  database.close();
  templates.set(name, made);
  return made;
}

function makeHistory(projected: readonly string[]): Uint8Array {
  const tables = ['thread_items', 'thread_turns', 'thread_history_projection_state'];
  const database = new sql.Database(emptied('thread_history_1.sqlite', ...tables));
  for (const id of projected)
    database.run('INSERT INTO thread_history_projection_state VALUES (?, 0, 0)', [id]);
  const bytes = database.export();
  database.close();
  return bytes;
}

function makeState(rows: readonly Cells[], statements: readonly string[]): Uint8Array {
  const database = new sql.Database(emptied('state_5.sqlite', 'threads'));
  for (const row of rows) {
    const columns = Object.keys(row);
    database.run(
      `INSERT INTO threads (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      Object.values(row),
    );
  }
  for (const statement of statements) database.run(statement);
  const bytes = database.export();
  database.close();
  return bytes;
}
