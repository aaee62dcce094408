// SQLite for looking: sql.js on an image in memory, in a thread of its own, so that databases are
// read and searched while the rollouts are read. The file on disk is never handed to SQLite.

import path from 'node:path';
import v8 from 'node:v8';
import { Worker } from 'node:worker_threads';
import { factsOf, readDatabaseImage } from '../engine/scan/databases/databaseImage.ts';
import type { Databases, ImageFacts, PageUses, Read, Table } from '../engine/world.ts';
import type { FarFiles } from './far/farFiles.ts';

/** Messages to the thread; each gets one answer, and nobody waits for that of `close`. */
export type DatabaseRequest =
  | {
      readonly id: number;
      readonly kind: 'open';
      readonly file: string;
      readonly maxBytes: number;
    }
  /** One that was read already; the bytes are given away. */
  | { readonly id: number; readonly kind: 'take'; readonly image: Uint8Array }
  | {
      readonly id: number;
      readonly kind: 'ask';
      readonly database: number;
      readonly questions: readonly string[];
    }
  | {
      readonly id: number;
      readonly kind: 'threads' | 'pageUses' | 'close';
      readonly database: number;
    };

export interface DatabaseAnswer {
  readonly id: number;
  readonly answer: Read<DatabaseReply>;
}

/** Of each kind of request there is one of these. */
export interface DatabaseReply {
  readonly image?: ImageFacts;
  readonly tables?: readonly Table[];
  readonly threads?: string | null;
  readonly pageUses?: PageUses | null;
}

export interface DatabaseThread extends Databases {
  /** Ends the thread; questions that are still open are answered with a trouble. */
  end(): Promise<void>;
}

/** A request before it has its number. */
type Unnumbered<R> = R extends DatabaseRequest ? Omit<R, 'id'> : never;

/** A thread that nobody has needed for so long is ended: it holds on to as much as it ever had. */
const IDLE_MS = 50;

/** The built thread beside the WASM that it loads; or both as they came to a host where nothing is written. */
export type DatabaseProgram = string | { readonly source: string; readonly wasm: Uint8Array };

/** `files`: where a thread that reads a database could hang, it is read through these, and handed to the thread. */
export function createDatabases(
  program: DatabaseProgram,
  files: FarFiles | null = null,
): DatabaseThread {
  const waiting = new Map<number, (answer: Read<DatabaseReply>) => void>();
  const open = new Set<number>();
  let nextId = 0;
  let worker: Worker | null = null;
  let idle: NodeJS.Timeout | null = null;

  const failAll = (why: string) => {
    for (const resolve of waiting.values())
      resolve({ ok: false, trouble: { code: 'broken', why } });
    waiting.clear();
    open.clear();
    worker = null;
  };
  const end = async () => {
    const ended = worker;
    worker = null;
    await ended?.terminate();
  };
  const endWhenIdle = () => {
    idle ??= setTimeout(() => {
      idle = null;
      if (open.size === 0 && waiting.size === 0) void end();
    }, IDLE_MS).unref();
  };
  const start = () => {
    const isFile = typeof program === 'string';
    // An image counts as memory in use: without this the thread would collect garbage for each that it reads.
    v8.setFlagsFromString('--initial-old-space-size=128');
    const started = new Worker(isFile ? program : program.source, {
      eval: !isFile,
      workerData: isFile ? { folder: path.dirname(program) } : { wasm: program.wasm },
      // What it makes is short-lived; a large nursery would only be memory.
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    started.on('message', ({ id, answer }: DatabaseAnswer) => {
      waiting.get(id)?.(answer);
      waiting.delete(id);
      // One that is being ended is waited for.
      if (waiting.size === 0 && worker === started) started.unref();
    });
    started.on('error', error => failAll(error.message));
    started.unref();
    return started;
  };
  const send = (request: Unnumbered<DatabaseRequest>) => {
    worker ??= start();
    nextId += 1;
    const given = request.kind === 'take' ? [request.image.buffer as ArrayBuffer] : [];
    worker.postMessage({ ...request, id: nextId }, given);
    return nextId;
  };
  const ask = (request: Unnumbered<DatabaseRequest>) =>
    new Promise<Read<DatabaseReply>>(resolve => {
      waiting.set(send(request), resolve);
      worker?.ref();
    });

  return {
    open: async (file, maxBytes) => {
      const read = files?.isFar(file) === true ? await readFar(files, file, maxBytes) : null;
      if (read?.ok === false) return read;
      const opening =
        read === null
          ? ask({ kind: 'open', file, maxBytes })
          : ask({ kind: 'take', image: read.value.bytes });
      // The thread knows the database by the number of the request that opened it.
      const database = nextId;
      const opened = await opening;
      if (!opened.ok) return opened;
      const image = read?.value.facts ?? opened.value.image;
      if (image === undefined)
        throw new Error('the thread of the databases answered without an image');
      open.add(database);
      return {
        ok: true,
        value: {
          image,
          ask: async questions => {
            const asked = await ask({ kind: 'ask', database, questions });
            if (asked.ok) return asked.value.tables ?? [];
            const { why } = asked.trouble;
            return questions.map(() => ({ ok: false, why }));
          },
          threads: async () => {
            const packed = await ask({ kind: 'threads', database });
            return packed.ok ? (packed.value.threads ?? null) : null;
          },
          pageUses: async () => {
            const found = await ask({ kind: 'pageUses', database });
            return found.ok ? (found.value.pageUses ?? null) : null;
          },
          close: () => {
            if (!open.delete(database)) return;
            send({ kind: 'close', database });
            if (open.size === 0) endWhenIdle();
          },
        },
      };
    },
    end: async () => {
      await end();
      failAll('the scan was ended');
    },
  };
}

/** Where a thread could hang, and this process with it. */
async function readFar(
  files: FarFiles,
  file: string,
  maxBytes: number,
): Promise<Read<{ readonly facts: ImageFacts; readonly bytes: Uint8Array }>> {
  const read = await readDatabaseImage(files, Date.now, file, maxBytes);
  if (!read.ok) return read;
  return { ok: true, value: { facts: factsOf(read.value), bytes: read.value.bytes } };
}
