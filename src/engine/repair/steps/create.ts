import type { CreateStep, Left } from '../../model/plan.ts';
import { BESIDE } from '../../hands.ts';
import { asBytes, toArray } from '../../model/bytes.ts';
import { folderOf } from './move.ts';
import { Stale, type StepHandler } from './step.ts';

export const create: StepHandler<CreateStep> = {
  describe: ({ file }) => `makes ${file}`,
  touches: ({ file }) => [file],
  backupBytes: () => 0,
  whyStale: async ({ file }, { world }) => {
    const state = await world.files.stat(file);
    if (state.ok) return `there is already something at ${file}`;
    return state.trouble.code === 'missing' ? null : `${file}: ${state.trouble.why}`;
  },
  apply: async (step, ground) => {
    const why = await create.whyStale(step, ground);
    if (why !== null) throw new Stale(why);
    await ground.hands.makeFolder(folderOf(step.file));
    await ground.hands.create(step.file, toArray(step.content), step.modifiedMs);
  },
  undo: async ({ file, content }, { world, hands }): Promise<readonly Left[]> => {
    await hands.removeOwn(file + BESIDE);
    const found = await world.files.whole(file, content.length + 1);
    if (!found.ok && found.trouble.code === 'missing') return [];
    if (!found.ok || asBytes(found.value) !== content)
      return [{ what: file, why: 'it has been written since' }];
    await hands.removeOwn(file);
    return [];
  },
};
