// The thread that holds sql.js.

import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import initSqlJs, { type Database } from 'sql.js';
import type { Cell, Read, Table } from '../engine/world.ts';
import type { DatabaseAnswer, DatabaseRequest } from './databases.ts';

const { folder } = workerData as { folder: string };
const ready = initSqlJs({ locateFile: name => path.join(folder, name) });
const open = new Map<number, Database>();

parentPort?.on('message', (request: DatabaseRequest) => {
  void answer(request).then(result => {
    parentPort?.postMessage({ id: request.id, answer: result } satisfies DatabaseAnswer);
  });
});

async function answer(request: DatabaseRequest): Promise<Read<readonly Table[]>> {
  try {
    const sql = await ready;
    switch (request.kind) {
      case 'open':
        open.set(request.id, new sql.Database(request.image));
        return { ok: true, value: [] };
      case 'ask': {
        const database = open.get(request.database);
        if (database === undefined) throw new Error('this database is closed');
        return { ok: true, value: request.questions.map(question => ask(database, question)) };
      }
      case 'close':
        open.get(request.database)?.close();
        open.delete(request.database);
        return { ok: true, value: [] };
    }
  } catch (error) {
    return { ok: false, trouble: { code: 'broken', why: messageOf(error) } };
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
