// What the open files of a process say about a home.

import path from 'node:path';
import type { Holder } from '../../engine/model/snapshot.ts';
import type { FilePath, ThreadId } from '../../engine/model/words.ts';
import type { RealPath } from '../reach.ts';

export interface OpenFile {
  readonly file: FilePath;
  readonly isDeleted: boolean;
  readonly isForWriting: boolean;
  /** Whether it holds a lock on the file; where that cannot be known, it is taken to. */
  readonly hasLock: boolean;
}

export type Program = Pick<Holder, 'pid' | 'program' | 'terminal' | 'apart'>;

export function asHolder(program: Program, open: readonly OpenFile[]): Holder {
  const paths = (isDeleted: boolean) =>
    unique(open.filter(file => file.isDeleted === isDeleted).map(({ file }) => file));
  return {
    ...program,
    files: paths(false),
    deletedFiles: paths(true),
    writesThreads: unique(open.map(writtenThread).filter(id => id !== null)),
  };
}

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const WRITER_LOCK = new RegExp(`[\\\\/]thread-writer-locks[\\\\/](${UUID})\\.lock$`, 'i');
const ROLLOUT = new RegExp(`[\\\\/]rollout-[^\\\\/]*(${UUID})\\.jsonl$`, 'i');

/**
 * Codex takes a writer lock since 0.150; the file alone means nothing, since a killed server leaves
 * it behind. Every version keeps the rollout of a loaded thread open for writing.
 */
function writtenThread({ file, hasLock, isForWriting }: OpenFile): ThreadId | null {
  const lock = hasLock ? WRITER_LOCK.exec(file) : null;
  const rollout = isForWriting ? ROLLOUT.exec(file) : null;
  return (lock ?? rollout)?.[1]?.toLowerCase() ?? null;
}

/**
 * Another one of us has it open while it repairs, and is told of by the lock itself. Whatever else of ours is
 * open counts: it may be a database that was moved there from under a Codex.
 */
const OUR_LOCK = path.join('session-health', 'lock.sqlite');

export function isOurLock(realPath: string, folders: readonly RealPath[]): boolean {
  return folders.some(({ real }) => realPath === path.join(real, OUR_LOCK));
}

/**
 * The path as the home names it; null when it lies in none of the folders. Systems name open files
 * by their real paths, and a person knows a home by the path that was given.
 */
export function asGiven(realPath: string, folders: readonly RealPath[]): FilePath | null {
  if (isOurLock(realPath, folders)) return null;
  for (const { given, real } of folders) {
    if (!realPath.startsWith(real)) continue;
    const rest = realPath.slice(real.length);
    if (rest.startsWith(path.sep)) return path.join(given, rest);
    if (DATABASE.test(real) && OF_DATABASE.test(rest)) return given + rest;
  }
  return null;
}

/** Of a folder in which anything else may lie only a database is named, and what belongs to it. */
const DATABASE = /\.sqlite$/;
const OF_DATABASE = /^(?:-wal|-shm|-journal)?$/;

/** Up the line; a number that has been given to another process meanwhile makes no circle of it. */
export function ancestorsIn(pid: number, parentOf: (pid: number) => number): readonly number[] {
  const line = new Set<number>();
  for (let at = parentOf(pid); at > 0 && !line.has(at); at = parentOf(at)) line.add(at);
  return [...line];
}

function unique<T>(items: readonly T[]): readonly T[] {
  return [...new Set(items)].sort();
}
