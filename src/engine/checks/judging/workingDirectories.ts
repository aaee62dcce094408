// Which working directory a thread has: its row, the first line of its file and its turns say so,
// and need not agree.

import { isAbsolutePath, isTemporaryDirectory, sameDirectory } from '../../model/paths.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { Home, Snapshot } from '../../model/snapshot.ts';
import type { Thread } from '../../model/thread.ts';
import type { FilePath } from '../../model/words.ts';
import { oncePerSnapshot } from './oncePerSnapshot.ts';

export interface Directories {
  readonly row: FilePath;
  readonly header: FilePath | null;
  /** Where the thread went on last, as its turns and settings say; null when that was not seen. */
  readonly latest: FilePath | null;
  /** Which of them stands alone. */
  readonly odd: 'row' | 'header';
}

/** What row and file say, when they cannot both be right; null when they agree or nobody knows. */
export function disagreement(
  thread: Thread,
  file: Rollout,
  system: Home['system'],
): Directories | null {
  const { row } = thread;
  if (row === null) return null;
  const header = file.head.meta?.cwd ?? null;
  const settled = file.tail.settings?.cwd ?? null;
  // Nearly always all of them are written alike.
  if (header === row.cwd && (settled === null || settled === header)) return null;
  const isRow = (path: FilePath) => sameDirectory(row.cwd, path, system);
  // Turns alone decide nothing: Codex follows the newest settings, and without them the first line. So
  // it is after a thread was tied to another directory, until it takes its next turn there.
  if (header !== null && isRow(header) && (settled === null || isRow(settled))) return null;
  const said = saidByTurns(file);
  const latest = file.tail.latestCwd ?? said[0] ?? null;
  const found = { row: row.cwd, header, latest };
  // A thread may move from one directory to another: then turns and row say the new one.
  if (said.length > 0 && !said.some(isRow)) return { ...found, odd: 'row' };
  if (header === null || isRow(header)) return null;
  if (said.length > 0)
    return isHeaderChanged(file, header, system) ? { ...found, odd: 'header' } : null;
  return file.tail.isWholeFile ? { ...found, odd: 'row' } : null;
}

/** What settings say counts as well: they are written when the directory is changed between turns. */
function saidByTurns({ tail }: Rollout): readonly FilePath[] {
  return [tail.latestCwd, tail.settings?.cwd].filter(path => path != null);
}

/**
 * A header that differs from where the thread stands now is as it should be after a move. It was
 * changed afterwards when it does not fit the first turn either. A fork up to 0.150 begins with the
 * turns of its parent, and a client may start the first turn elsewhere; roots tell that apart.
 */
function isHeaderChanged({ head }: Rollout, header: FilePath, system: Home['system']): boolean {
  if (head.meta === null || head.firstCwd === null) return false;
  if (sameDirectory(header, head.firstCwd, system)) return false;
  return head.meta.isCwdARoot === null ? head.meta.forkedFrom === null : !head.meta.isCwdARoot;
}

/** Whether a thread is at home in a place that the system empties. */
export function isTemporaryThread({ cwd }: Thread, snapshot: Snapshot): boolean {
  const known = temporaryDirectories(snapshot);
  const before = known.get(cwd);
  if (before !== undefined) return before;
  const isTemporary = isAbsolutePath(cwd) && isTemporaryDirectory(cwd, snapshot.home.system);
  known.set(cwd, isTemporary);
  return isTemporary;
}

/** Threads are many, and their directories few. */
const temporaryDirectories = oncePerSnapshot(() => new Map<FilePath, boolean>());
