import type { Left, MoveStep } from '../../model/plan.ts';
import { BESIDE } from '../../hands.ts';
import { nameOf } from '../observe.ts';
import type { FilePath } from '../../model/words.ts';
import type { FileState } from '../../world.ts';
import { isSameTime } from './edit.ts';
import { whyInUse } from './madeDatabases.ts';
import { Stale, type Ground, type StepHandler } from './step.ts';

export const move: StepHandler<MoveStep> = {
  describe: ({ from, to }) =>
    'vault' in to ? `moves ${from} into the vault` : `moves ${from} to ${to.file}`,
  touches: ({ from, to }) => ('vault' in to ? [from] : [from, to.file]),
  // It is the file itself that is kept.
  backupBytes: () => 0,
  whyStale: async (step, ground) => {
    const { from, to } = await look(step, ground);
    if (to !== null) return `there is already something at ${target(step, ground)}`;
    if (from === null) return `${step.from} is no longer there`;
    return isSame(from, step) ? null : `${step.from} has changed since the plan was made`;
  },
  apply: async (step, ground) => {
    const why = await move.whyStale(step, ground);
    if (why !== null) throw new Stale(why);
    const to = target(step, ground);
    await ground.hands.makeFolder(folderOf(to));
    await ground.hands.move(step.from, to);
  },
  undo: undoMove,
};

async function undoMove(step: MoveStep, ground: Ground): Promise<readonly Left[]> {
  const to = target(step, ground);
  await ground.hands.removeOwn(to + BESIDE);
  const found = await look(step, ground);
  if (found.to === null)
    return found.from === null
      ? [{ what: step.from, why: 'it is neither where it was nor where it was moved to' }]
      : [];
  if (!isSame(found.to, step)) {
    // What an earlier step of the unit makes room in: the stop came before that, and nothing was moved.
    const isUnmoved = found.from !== null && isSame(found.from, step);
    return isUnmoved ? [] : [{ what: to, why: 'it has been written since' }];
  }
  const isRemade = step.isDatabase === true && (found.from === null || !isSame(found.from, step));
  if (isRemade) {
    const why = await whyInUse(step.from, null, ground.world);
    if (why !== null) return [{ what: step.from, why }];
    await putRemadeAway(step.from, ground);
  }
  if (found.from === null || isRemade) {
    await ground.hands.makeFolder(folderOf(step.from));
    await ground.hands.move(to, step.from);
    return [];
  }
  if (!isSame(found.from, step))
    return [{ what: to, why: `there is another file at ${step.from} now` }];
  // The way to another disk leads over a copy; the stop came before the original went.
  await ground.hands.removeOwn(to);
  return [];
}

/**
 * A database and its log belong together: what Codex has made goes as a whole, its log first, and none
 * of it is left beside the one that comes back.
 */
async function putRemadeAway(database: FilePath, ground: Ground): Promise<void> {
  for (const file of ['-shm', '-wal', ''].map(suffix => database + suffix))
    if ((await ground.world.files.stat(file)).ok) await putIntoVault(file, 'made-since', ground);
}

/** Under a name that nothing has yet: it may have come to that several times. */
export async function putIntoVault(
  file: FilePath,
  why: string,
  { world, hands, keptFiles }: Ground,
): Promise<void> {
  for (let number = 0; ; number += 1) {
    const kept = world.machine.join(keptFiles, `${why}-${String(number)}-${nameOf(file)}`);
    await hands.removeOwn(kept + BESIDE);
    if ((await world.files.stat(kept)).ok) continue;
    return hands.move(file, kept);
  }
}

function target({ to }: MoveStep, { world, keptFiles }: Ground): FilePath {
  return 'vault' in to ? world.machine.join(keptFiles, to.vault) : to.file;
}

async function look(step: MoveStep, ground: Ground) {
  const from = await ground.world.files.stat(step.from);
  const to = await ground.world.files.stat(target(step, ground));
  return { from: from.ok ? from.value : null, to: to.ok ? to.value : null };
}

function isSame({ bytes, modifiedMs }: FileState, step: MoveStep): boolean {
  return bytes === step.bytes && isSameTime(modifiedMs, step.modifiedMs);
}

export function folderOf(file: FilePath): FilePath {
  return file.slice(0, Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\'), 1));
}
