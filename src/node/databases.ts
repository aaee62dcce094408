// SQLite for looking: sql.js on an image in memory, in a thread of its own, so that the state
// database is searched while the rollouts are read. The file on disk is never handed to SQLite.

import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Databases, Read, Table } from '../engine/world.ts';

/** Messages to the thread; each but `close` gets one answer. */
export type DatabaseRequest =
  | { readonly id: number; readonly kind: 'open'; readonly image: Uint8Array }
  | {
      readonly id: number;
      readonly kind: 'ask';
      readonly database: number;
      readonly questions: readonly string[];
    }
  | { readonly id: number; readonly kind: 'close'; readonly database: number };

export interface DatabaseAnswer {
  readonly id: number;
  readonly answer: Read<readonly Table[]>;
}

export interface DatabaseThread extends Databases {
  /** Ends the thread; questions that are still open are answered with a trouble. */
  end(): Promise<void>;
}

/** A request before it has its number. */
type Unnumbered<R> = R extends DatabaseRequest ? Omit<R, 'id'> : never;

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
    const started = new Worker(workerFile, {
      workerData: { folder: path.dirname(workerFile) },
      // What it makes is short-lived; a large nursery would only be memory.
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    started.on('message', ({ id, answer }: DatabaseAnswer) => {
      waiting.get(id)?.(answer);
      waiting.delete(id);
      if (waiting.size === 0) started.unref();
    });
    started.on('error', error => failAll(error.message));
    started.unref();
    return started;
  };
  const send = (request: Unnumbered<DatabaseRequest>, hand: ArrayBuffer[] = []) => {
    worker ??= start();
    nextId += 1;
    worker.postMessage({ ...request, id: nextId }, hand);
    return nextId;
  };
  const ask = (request: Unnumbered<DatabaseRequest>, hand: ArrayBuffer[] = []) =>
    new Promise<Read<readonly Table[]>>(resolve => {
      waiting.set(send(request, hand), resolve);
      worker?.ref();
    });

  return {
    open: async image => {
      const opening = ask({ kind: 'open', image }, [image.buffer as ArrayBuffer]);
      // The thread knows the database by the number of the request that opened it.
      const database = nextId;
      const opened = await opening;
      if (!opened.ok) return opened;
      return {
        ok: true,
        value: {
          ask: async questions => {
            const asked = await ask({ kind: 'ask', database, questions });
            if (asked.ok) return asked.value;
            const { why } = asked.trouble;
            return questions.map(() => ({ ok: false, why }));
          },
          close: () => void send({ kind: 'close', database }),
        },
      };
    },
    end: async () => {
      await worker?.terminate();
      failAll('the scan was ended');
    },
  };
}
