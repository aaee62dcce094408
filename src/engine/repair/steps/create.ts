import type { Copied, CreateStep, Imaged, Left } from '../../model/plan.ts';
import type { FilePath } from '../../model/words.ts';
import { BESIDE } from '../../hands.ts';
import { asBytes, toArray } from '../../model/bytes.ts';
import { unpackWhole } from '../../scan/unpackWhole.ts';
import { isSameTime } from './edit.ts';
import { makeImage, putImageAway } from './imaged.ts';
import { folderOf } from './move.ts';
import { Stale, type Ground, type StepHandler } from './step.ts';

export const create: StepHandler<CreateStep> = {
  describe: ({ file, content }) =>
    typeof content === 'string'
      ? `makes ${file}`
      : 'copied' in content
        ? `copies ${content.copied} to ${file}`
        : 'imaged' in content
          ? `copies the database ${content.imaged}, with what is only in its log, to ${file}`
          : content.unpacked.endsWith('.zst')
            ? `unpacks ${content.unpacked}`
            : `copies ${content.unpacked} to ${file}`,
  touches: ({ file, content }) =>
    // It is read as it is before somebody moves it, and after somebody has moved it back.
    typeof content === 'object' && 'imaged' in content ? [file, content.imaged] : [file],
  backupBytes: () => 0,
  whyStale: async ({ file, content }, { world }) => {
    if (typeof content === 'object' && 'imaged' in content)
      for (const beside of [`${file}-wal`, `${file}-journal`])
        if ((await world.files.stat(beside)).ok) return `there is already something at ${beside}`;
    const state = await world.files.stat(file);
    if (state.ok) return `there is already something at ${file}`;
    return state.trouble.code === 'missing' ? null : `${file}: ${state.trouble.why}`;
  },
  apply: async (step, ground) => {
    const why = await create.whyStale(step, ground);
    if (why !== null) throw new Stale(why);
    const { file, content } = step;
    await ground.hands.makeFolder(folderOf(file));
    if (typeof content === 'object' && 'copied' in content)
      return copyUnread(step, content, ground);
    if (typeof content === 'object' && 'imaged' in content) return makeImage(file, content, ground);
    await ground.hands.create(file, await contentOf(content, ground), step.modifiedMs);
  },
  undo: async (step, ground): Promise<readonly Left[]> => {
    const { file, content } = step;
    await ground.hands.removeOwn(file + BESIDE);
    const state = await ground.world.files.stat(file);
    if (typeof content === 'object' && 'imaged' in content) return putImageAway(file, ground);
    if (!state.ok && state.trouble.code === 'missing') return [];
    if (!(await isStillOurs(step, ground)))
      return [{ what: file, why: 'it has been written since' }];
    await ground.hands.removeOwn(file);
    return [];
  },
};

async function copyUnread(
  { file, modifiedMs }: CreateStep,
  { copied, bytes }: Copied,
  { world, hands }: Ground,
): Promise<void> {
  const state = await world.files.stat(copied);
  const isAsPlanned =
    state.ok &&
    state.value.bytes === bytes &&
    (modifiedMs === null || isSameTime(state.value.modifiedMs, modifiedMs));
  if (!isAsPlanned) throw new Stale(`${copied} has changed since the plan was made`);
  await hands.copy(copied, file);
}

async function contentOf(
  content: Exclude<CreateStep['content'], Copied | Imaged>,
  { world }: Ground,
): Promise<Uint8Array> {
  if (typeof content === 'string') return toArray(content);
  const unpacked = await unpackWhole(world, content.unpacked);
  if (unpacked?.length !== content.bytes)
    throw new Stale(`${content.unpacked} has changed since the plan was made`);
  return unpacked;
}

async function isStillOurs(step: CreateStep, ground: Ground): Promise<boolean> {
  const { file, content, modifiedMs } = step;
  if (typeof content === 'object' && 'copied' in content)
    return isUntouchedCopy(file, content, modifiedMs, ground);
  if (typeof content === 'object' && 'unpacked' in content)
    return isUnpackedTwin(file, content.unpacked, modifiedMs, ground);
  if (typeof content !== 'string') return false;
  const found = await ground.world.files.whole(file, content.length + 1);
  return found.ok && asBytes(found.value) === content;
}

/** By length and time: it may hold a key, and is not looked into. */
async function isUntouchedCopy(
  file: FilePath,
  { bytes }: Copied,
  modifiedMs: number | null,
  { world }: Ground,
): Promise<boolean> {
  const state = await world.files.stat(file);
  return (
    state.ok &&
    state.value.bytes === bytes &&
    (modifiedMs === null || isSameTime(state.value.modifiedMs, modifiedMs))
  );
}

/** The only copy of a conversation is never removed, whoever made it. */
async function isUnpackedTwin(
  file: FilePath,
  packed: FilePath,
  modifiedMs: number | null,
  { world }: Ground,
): Promise<boolean> {
  const state = await world.files.stat(file);
  const content = await unpackWhole(world, packed);
  const found = content === null ? null : await world.files.whole(file, content.length + 1);
  return (
    state.ok &&
    (modifiedMs === null || isSameTime(state.value.modifiedMs, modifiedMs)) &&
    found?.ok === true &&
    content !== null &&
    found.value.length === content.length &&
    content.every((byte, at) => byte === found.value[at])
  );
}
