// Lines that are ours in a file that is a person's. They are put before everything else, and taken out
// wherever they stand by then; whatever else has become of the file stays.

import { asBytes, toArray } from '../../model/bytes.ts';
import type { BlockStep, Left } from '../../model/plan.ts';
import { BESIDE } from '../../hands.ts';
import { isSameTime } from './edit.ts';
import { folderOf } from './move.ts';
import { Stale, type Ground, type StepHandler } from './step.ts';

/** Nobody writes start-up files as long as this. */
const MOST_BYTES = 16 * 1024 * 1024;

export const block: StepHandler<BlockStep> = {
  describe: ({ file, was }) =>
    was === null ? `makes ${file}` : `puts some lines before everything else in ${file}`,
  touches: ({ file }) => [file],
  backupBytes: () => 0,
  whyStale: async ({ file, was }, { world }) => {
    const state = await world.files.stat(file);
    if (!state.ok && state.trouble.code !== 'missing') return `${file}: ${state.trouble.why}`;
    if (!state.ok) return was === null ? null : `${file} is no longer there`;
    if (was === null) return `there is already something at ${file}`;
    const { bytes, modifiedMs } = state.value;
    return bytes === was.bytes && isSameTime(modifiedMs, was.modifiedMs)
      ? null
      : `${file} has changed since the plan was made`;
  },
  apply: async (step, ground) => {
    const why = await block.whyStale(step, ground);
    if (why !== null) throw new Stale(why);
    const { file, was } = step;
    const lines = toArray(step.block);
    if (was === null) {
      await ground.hands.makeFolder(folderOf(file));
      await ground.hands.create(file, lines, null);
    } else
      await ground.hands.rewrite(file, {
        pieces: [lines, { from: 0, to: null }],
        modifiedMs: was.modifiedMs,
      });
  },
  undo: takeOut,
};

async function takeOut(step: BlockStep, { world, hands }: Ground): Promise<readonly Left[]> {
  // Where a person has made a link of it since, the lines have gone along.
  const file = await world.files.realPath(step.file);
  await hands.removeOwn(file + BESIDE);
  const state = await world.files.stat(file);
  if (!state.ok)
    return state.trouble.code === 'missing' ? [] : [{ what: file, why: state.trouble.why }];
  const read = await world.files.whole(file, MOST_BYTES);
  if (!read.ok) return [{ what: file, why: read.trouble.why }];
  const text = asBytes(read.value);
  const at = text.indexOf(step.block);
  if (at < 0) return isChanged(text, step) ? [{ what: file, why: CHANGED }] : [];
  if (text.length === step.block.length && step.was === null) {
    await hands.removeOwn(file);
    return [];
  }
  const pieces = [
    { from: 0, to: at },
    { from: at + step.block.length, to: null },
  ];
  await hands.rewrite(file, { pieces, modifiedMs: state.value.modifiedMs });
  return [];
}

const CHANGED = 'somebody has changed the lines that were put there; take them out by hand';

/** Whether its first line stands there without the rest. */
function isChanged(text: string, { block: lines }: BlockStep): boolean {
  return text.includes(lines.slice(0, lines.indexOf('\n')));
}
