import type { LinkStep } from '../../model/plan.ts';
import { folderOf } from './move.ts';
import { Stale, type StepHandler } from './step.ts';

export const link: StepHandler<LinkStep> = {
  describe: ({ file, target }) => `makes ${file} a link to ${target}`,
  touches: ({ file }) => [file],
  backupBytes: () => 0,
  whyStale: async ({ file, target }, { world }) => {
    const here = await world.files.readLink(file);
    // What a link leads to would say nothing of one that leads nowhere.
    if (here.ok || here.trouble.code === 'not-a-file')
      return `there is already something at ${file}`;
    if (here.trouble.code !== 'missing') return `${file}: ${here.trouble.why}`;
    const there = await world.files.stat(world.machine.join(folderOf(file), target));
    const state = world.machine.isAbsolute(target) ? await world.files.stat(target) : there;
    return state.ok ? null : `${target}: ${state.trouble.why}`;
  },
  apply: async (step, ground) => {
    const why = await link.whyStale(step, ground);
    if (why !== null) throw new Stale(why);
    await ground.hands.makeFolder(folderOf(step.file));
    await ground.hands.linkTo(step.file, step.target);
  },
  undo: async ({ file, target }, { world, hands }) => {
    const here = await world.files.readLink(file);
    if (!here.ok && here.trouble.code === 'missing') return [];
    if (!here.ok || here.value !== target)
      return [{ what: file, why: 'it is not the link any more that was made' }];
    await hands.removeOwn(file);
    return [];
  },
};
