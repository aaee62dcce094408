// SQLite for looking: sql.js on an image in memory, in a thread of its own, so that the state
// database is searched while the rollouts are read. The file on disk is never handed to SQLite.

import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Databases, Read, Table } from '../engine/world.ts';

export interface DatabaseRequest {
  readonly id: number;
  readonly image: Uint8Array;
  readonly questions: readonly string[];
}

export interface DatabaseAnswer {
  readonly id: number;
  readonly answer: Read<readonly Table[]>;
}

export interface DatabaseThread extends Databases {
  /** Ends the thread; questions that are still open are answered with a trouble. */
  close(): Promise<void>;
}

export function createDatabases(workerFile: string): DatabaseThread {
  const waiting = new Map<number, (answer: Read<readonly Table[]>) => void>();
  let nextId = 0;
  let worker: Worker | null = null;

  const failAll = (why: string) => {
    for (const resolve of waiting.values())
      resolve({ ok: false, trouble: { code: 'broken', why } });
    waiting.clear();
    worker = null;
  };
  const start = () => {
    const started = new Worker(workerFile, { workerData: { folder: path.dirname(workerFile) } });
    started.on('message', ({ id, answer }: DatabaseAnswer) => {
      waiting.get(id)?.(answer);
      waiting.delete(id);
      if (waiting.size === 0) started.unref();
    });
    started.on('error', error => failAll(error.message));
    started.unref();
    return started;
  };
  worker = start();

  return {
    ask: (image, questions) =>
      new Promise(resolve => {
        worker ??= start();
        nextId += 1;
        waiting.set(nextId, resolve);
        worker.ref();
        worker.postMessage({ id: nextId, image, questions } satisfies DatabaseRequest);
      }),
    close: async () => {
      await worker?.terminate();
      failAll('the scan was ended');
    },
  };
}
