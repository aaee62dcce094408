// Hands for the machine in memory, which can be stopped at every single operation: before it, or in
// the middle of it where the real one can leave something half done.

import { createHash } from 'node:crypto';
import zlib from 'node:zlib';
import type { Cell } from '../../src/engine/world.ts';
import type { AppServers, Hands, Transaction } from '../../src/engine/hands.ts';
import { BESIDE } from '../../src/engine/hands.ts';
import { sql, type MemoryFile } from './memoryWorld.ts';

/** The machine has stopped: power cut, kill, lost mount. Nothing works behind it. */
export class Stopped extends Error {}

export interface MemoryHands {
  readonly hands: Hands;
  /** What was done so far, a line each. */
  readonly operations: readonly string[];
  /** Lets so many more operations happen; the next one stops, `torn` in its middle. */
  stopAfter(operations: number, isTorn: boolean): void;
  /** The machine is started again. */
  restart(): void;
}

export function createMemoryHands(
  files: Map<string, MemoryFile>,
  appServers: AppServers = NO_CODEX,
): MemoryHands {
  const operations: string[] = [];
  const locks = new Set<string>();
  let left = Infinity;
  let isTorn = false;
  let uniques = 0;

  /**
   * `half` is what a stop in the middle leaves behind; absent where the system does all or nothing. What
   * was begun at the same time is under way together: a stop leaves each of them in its middle.
   */
  const operate = async <T>(what: string, whole: () => T, half?: () => void): Promise<T> => {
    if (left < 0) throw new Stopped(`stopped before: ${what}`);
    // Others that are begun beside it get as far as this.
    for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
    if (left <= 0) {
      if (isTorn) half?.();
      left = -1;
      throw new Stopped(`stopped before: ${what}`);
    }
    left -= 1;
    operations.push(what);
    return whole();
  };
  const demand = (file: string): MemoryFile => {
    const found = files.get(file);
    if (found === undefined) throw new Error(`there is nothing at ${file}`);
    return found;
  };
  const below = (folder: string) => [...files.keys()].filter(file => file.startsWith(`${folder}/`));
  const refuse = (file: string) => {
    if (files.has(file)) throw new Error(`there is already something at ${file}`);
  };
  const put = (file: string, bytes: Uint8Array, modifiedMs: number) =>
    void files.set(file, { bytes, modifiedMs, changedMs: now() });
  // Long enough before the moment at which tests look: what changes just now is not trusted.
  const now = () => Date.UTC(2026, 10, 21, 11, 30) + operations.length;

  const hands: Hands = {
    appServers,
    whyNot: () => Promise.resolve(null),
    unique: () => String((uniques += 1)).padStart(4, '0'),
    makeFolder: () => Promise.resolve(),
    create: (file, bytes, modifiedMs) =>
      operate(
        `create ${file}`,
        () => {
          refuse(file);
          put(file, bytes, modifiedMs ?? now());
        },
        () => put(file + BESIDE, bytes.slice(0, bytes.length / 2), now()),
      ),
    append: (file, bytes) =>
      operate(
        `append ${file}`,
        () => put(file, join(demand(file).bytes, bytes), now()),
        () => put(file, join(demand(file).bytes, bytes.slice(0, bytes.length / 2)), now()),
      ),
    write: (file, { pieces, cutTo, modifiedMs }) => {
      const written = (count: (length: number) => number) => {
        let { bytes } = demand(file);
        for (const piece of pieces)
          bytes = overwrite(bytes, piece.at, piece.bytes.slice(0, count(piece.bytes.length)));
        return bytes;
      };
      return operate(
        `write ${file}`,
        () => {
          const bytes = written(length => length);
          put(file, cutTo === null ? bytes : bytes.slice(0, cutTo), modifiedMs);
        },
        () =>
          put(
            file,
            written(length => Math.ceil(length / 2)),
            now(),
          ),
      );
    },
    rewrite: (file, { pieces, modifiedMs }) =>
      operate(
        `rewrite ${file}`,
        () => {
          const { bytes } = demand(file);
          const parts = pieces.map(piece =>
            piece instanceof Uint8Array ? piece : bytes.slice(piece.from, piece.to ?? bytes.length),
          );
          put(file, parts.reduce(join, new Uint8Array()), modifiedMs);
        },
        () => put(file + BESIDE, demand(file).bytes.slice(0, 10), now()),
      ),
    move: (from, to) =>
      operate(
        `move ${from} to ${to}`,
        () => {
          refuse(to);
          files.set(to, demand(from));
          files.delete(from);
        },
        // To another disk it is copied first.
        () => files.set(to, demand(from)),
      ),
    link: (file, name) =>
      operate(`link ${file} as ${name}`, () => {
        refuse(name);
        files.set(name, demand(file));
      }),
    linkTo: (file, target) =>
      operate(`link ${file} to ${target}`, () => {
        refuse(file);
        const bytes = new TextEncoder().encode(target);
        files.set(file, { bytes, modifiedMs: now(), link: target });
      }),
    copy: (from, to) =>
      operate(
        `copy ${from} to ${to}`,
        () => {
          refuse(to);
          const { bytes, modifiedMs } = demand(from);
          put(to, bytes, modifiedMs);
        },
        () => put(to + BESIDE, demand(from).bytes.slice(0, 3), now()),
      ),
    unpack: (packed, file, { bytes, sha256, modifiedMs }) =>
      operate(
        `unpack ${packed} as ${file}`,
        () => {
          refuse(file);
          const unpacked = zlib.zstdDecompressSync(demand(packed).bytes);
          const hash = createHash('sha256').update(unpacked).digest('hex');
          if (unpacked.length !== bytes || (sha256 !== null && hash !== sha256))
            throw new Error(`${packed} does not hold what was expected`);
          put(file, unpacked, modifiedMs);
        },
        () => put(file + BESIDE, new Uint8Array(1), now()),
      ),
    removeOwn: file =>
      files.has(file)
        ? operate(`remove ${file}`, () => void files.delete(file))
        : Promise.resolve(),
    renameOwnFolder: (from, to) =>
      operate(`rename ${from} to ${to}`, () => {
        for (const file of below(from)) {
          refuse(to + file.slice(from.length));
          files.set(to + file.slice(from.length), demand(file));
          files.delete(file);
        }
      }),
    removeOwnFolder: (within, name) => {
      const all = below(`${within}/${name}`);
      const remove = (some: readonly string[]) => some.forEach(file => files.delete(file));
      return operate(
        `remove ${within}/${name}`,
        () => remove(all),
        () => remove(all.slice(0, Math.ceil(all.length / 2))),
      );
    },
    setTime: (file, modifiedMs) =>
      operate(`time ${file}`, () => put(file, demand(file).bytes, modifiedMs)),
    transact: (file, work) =>
      operate(`transact ${file}`, () => {
        const { bytes } = demand(file);
        const { result, after } = transact(bytes, work);
        put(file, after, now());
        return result;
      }),
    lock: file => {
      if (locks.has(file)) return Promise.resolve(null);
      locks.add(file);
      return Promise.resolve({
        release: () => Promise.resolve(void locks.delete(file)),
      });
    },
  };
  return {
    hands,
    operations,
    stopAfter: (count, torn) => {
      left = count;
      isTorn = torn;
    },
    restart: () => {
      left = Infinity;
      locks.clear();
    },
  };
}

const NO_CODEX: AppServers = {
  start: () => Promise.reject(new Error('there is no Codex on this machine')),
};

function transact<T>(
  bytes: Uint8Array,
  work: (transaction: Transaction) => T,
): { readonly result: T; readonly after: Uint8Array } {
  const database = new sql.Database(bytes);
  try {
    database.run('PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE');
    const result = work({
      ask: question => (database.exec(question)[0]?.values ?? []) as Cell[][],
      run: statement => void database.run(statement),
    });
    database.run('COMMIT');
    return { result, after: database.export() };
  } finally {
    database.close();
  }
}

function join(one: Uint8Array, other: Uint8Array): Uint8Array {
  const joined = new Uint8Array(one.length + other.length);
  joined.set(one);
  joined.set(other, one.length);
  return joined;
}

function overwrite(bytes: Uint8Array, at: number, by: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.max(bytes.length, at + by.length));
  whole.set(bytes);
  whole.set(by, at);
  return whole;
}
