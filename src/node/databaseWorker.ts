// The thread that holds sql.js, and the images of databases.

import path from 'node:path';
import v8 from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import initSqlJs, { type Database } from 'sql.js';
import { factsOf, readDatabaseImage } from '../engine/scan/databases/databaseImage.ts';
import { pageUses } from '../engine/scan/databases/pageUses.ts';
import { packThreads, type Ask } from '../engine/scan/databases/stateDatabase.ts';
import type { Cell, Read, Table } from '../engine/world.ts';
import type { DatabaseAnswer, DatabaseReply, DatabaseRequest } from './databases.ts';
import { createSingleFiles } from './reading.ts';

// A scan is over before the optimised code of SQLite would have paid for its compilation, which takes
// a processor from the reading of the rollouts. What a flag implies does not follow when it is set late.
v8.setFlagsFromString('--liftoff-only --no-wasm-tier-up --no-wasm-dynamic-tiering');

const given = workerData as
  { readonly folder: string } | { readonly wasm: Uint8Array<ArrayBuffer> };
const ready = initSqlJs(
  'wasm' in given
    ? { wasmBinary: given.wasm.slice().buffer }
    : { locateFile: name => path.join(given.folder, name) },
);
const files = createSingleFiles();
const open = new Map<number, { readonly database: Database; readonly image: Uint8Array }>();

parentPort?.on('message', (request: DatabaseRequest) => {
  void answer(request).then(result => {
    parentPort?.postMessage({ id: request.id, answer: result } satisfies DatabaseAnswer);
  });
});

async function answer(request: DatabaseRequest): Promise<Read<DatabaseReply>> {
  try {
    const sql = await ready;
    switch (request.kind) {
      case 'open': {
        const image = await readDatabaseImage(files, Date.now, request.file, request.maxBytes);
        if (!image.ok) return image;
        const facts = factsOf(image.value);
        const { bytes } = image.value;
        open.set(request.id, { database: new sql.Database(lend(bytes)), image: bytes });
        return { ok: true, value: { image: facts } };
      }
      case 'take': {
        const { id, image } = request;
        open.set(id, { database: new sql.Database(lend(image)), image });
        return { ok: true, value: {} };
      }
      case 'ask': {
        const { database } = opened(request.database);
        const tables = request.questions.map(question => ask(database, question));
        return { ok: true, value: { tables } };
      }
      case 'threads': {
        const { database } = opened(request.database);
        return { ok: true, value: { threads: packThreads((...asked) => ask(database, ...asked)) } };
      }
      case 'pageUses':
        return { ok: true, value: { pageUses: await pageUses(opened(request.database).image) } };
      case 'close':
        open.get(request.database)?.database.close();
        open.delete(request.database);
        return { ok: true, value: {} };
    }
  } catch (error) {
    return { ok: false, trouble: { code: 'broken', why: messageOf(error) } };
  }
}

function opened(id: number): { readonly database: Database; readonly image: Uint8Array } {
  const found = open.get(id);
  if (found === undefined) throw new Error('this database is closed');
  return found;
}

/** sql.js would work on a copy of the image, which it takes with `slice`. Nobody writes to either of them. */
function lend({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  const view = new Uint8Array(buffer, byteOffset, length);
  return Object.assign(view, { slice: () => view });
}

function ask(database: Database, ...[question, take]: Parameters<Ask>): Table {
  try {
    const statement = database.prepare(question);
    try {
      const columns = statement.getColumnNames();
      const rows: (readonly Cell[])[] = [];
      const add = take ?? ((cells: readonly Cell[]) => rows.push(cells));
      while (statement.step()) add(statement.get());
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
