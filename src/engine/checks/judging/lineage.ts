// Where a conversation begins: a fork of a thread with paginated history names the file in which
// its beginning is, and so does a new file in which a thread goes on.

import type { Rollout } from '../../model/rollout.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { HomePath, ThreadId } from '../../model/words.ts';
import type { JudgedThread } from './causes.ts';
import { oncePerSnapshot } from './oncePerSnapshot.ts';

export interface MissingBeginning {
  /** The thread that it was forked from; the name of the file, when that is the thread's own. */
  readonly parent: ThreadId;
  readonly isOwn: boolean;
  /** The file is there, and ends before the place at which this conversation goes on. */
  readonly isCut: boolean;
  /** The name of the file, and the path of the one that names it. */
  readonly file: ThreadId;
  readonly namedBy: HomePath;
}

/** Tells for a thread what of its beginning was not found; the forks of such a thread are not asked. */
export function beginningsOf(
  snapshot: Snapshot,
): (judged: JudgedThread) => MissingBeginning | null {
  return ({ file, holders }) => {
    if (file === null || baseOf(file) === null) return null;
    return missingBeginning(file, holders, snapshot);
  };
}

const partsOfHome = oncePerSnapshot(
  ({ rollouts }): ReadonlySet<ThreadId> => new Set(rollouts.flatMap(partsOf)),
);

/** The thread and all forks of it that read their beginning through it. */
export function withDescendants(id: ThreadId, { threads }: Snapshot): readonly ThreadId[] {
  const children = new Map<ThreadId, ThreadId[]>();
  for (const thread of threads) {
    const parent = thread.own?.head.meta?.historyBase ?? null;
    if (parent === null) continue;
    const known = children.get(parent);
    if (known === undefined) children.set(parent, [thread.id]);
    else known.push(thread.id);
  }
  const found = new Set([id]);
  for (const one of found) for (const child of children.get(one) ?? []) found.add(child);
  return [...found];
}

/** The names under which other files can refer to a file. */
function partsOf({ name, head }: Rollout): readonly ThreadId[] {
  if (name !== null && name.segment !== null) return [name.segment];
  const inHeader = head.meta?.id ?? null;
  return [name?.id ?? null, inHeader].filter(id => id !== null);
}

/** Follows a thread through its own files to the first that is not there. */
function missingBeginning(
  file: Rollout,
  own: readonly Rollout[],
  snapshot: Snapshot,
): MissingBeginning | null {
  const files = partsOfHome(snapshot);
  const seen = new Set<Rollout>();
  let current: Rollout | null = file;
  while (current !== null && !seen.has(current)) {
    seen.add(current);
    const base = baseOf(current);
    if (base === null) return null;
    const parent = current.head.meta?.forkedFrom ?? null;
    const isCut = snapshot.cutBeginnings.includes(current.path);
    if (isCut || !files.has(base))
      return {
        ...{ parent: parent ?? base, isOwn: parent === null, isCut },
        ...{ file: base, namedBy: current.path },
      };
    current = own.find(({ name }) => (name?.segment ?? name?.id) === base) ?? null;
  }
  return null;
}

function baseOf({ head }: Rollout): ThreadId | null {
  return head.meta?.historyFile ?? head.meta?.historyBase ?? null;
}
