// The thread that holds sql.js.

import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import initSqlJs, { type Database, type SqlJsStatic } from 'sql.js';
import type { Cell, Read, Table } from '../engine/world.ts';
import type { DatabaseAnswer, DatabaseRequest } from './databases.ts';

const { folder } = workerData as { folder: string };
const ready = initSqlJs({ locateFile: name => path.join(folder, name) });

parentPort?.on('message', ({ id, image, questions }: DatabaseRequest) => {
  void ready
    .then(sql => answer(sql, image, questions))
    .catch((error: unknown) => ({
      ok: false as const,
      trouble: { code: 'broken' as const, why: messageOf(error) },
    }))
    .then(result => {
      parentPort?.postMessage({ id, answer: result } satisfies DatabaseAnswer);
    });
});

function answer(
  sql: SqlJsStatic,
  image: Uint8Array,
  questions: readonly string[],
): Read<readonly Table[]> {
  const database = new sql.Database(image);
  try {
    return { ok: true, value: questions.map(question => ask(database, question)) };
  } finally {
    database.close();
  }
}

function ask(database: Database, question: string): Table {
  try {
    const statement = database.prepare(question);
    try {
      const columns = statement.getColumnNames();
      const rows: Cell[][] = [];
      while (statement.step()) rows.push(statement.get());
      return { ok: true, columns, rows };
    } finally {
      statement.free();
    }
  } catch (error) {
    return { ok: false, why: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
