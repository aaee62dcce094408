// What was said and done in a thread, part by part. A part is read on its own, so that a rollout of
// any size can be opened at its end.

import type { Rollout } from '../model/rollout.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Thread } from '../model/thread.ts';
import type { Transcript } from '../model/transcript.ts';
import type { HomePath, ThreadId } from '../model/words.ts';
import { readFirstLine } from '../scan/rollouts/readFirstLine.ts';
import { isObject, parseObject } from '../scan/rollouts/rolloutLine.ts';
import type { World } from '../world.ts';
import { lengthOf, partsOf, readPartLines } from './partLines.ts';
import { Storyteller } from './storyteller.ts';

/**
 * `part` null: the newest one. `file`: one of the thread's files alone, which may be none of its conversation.
 * Null when there is no such thread, no such file, or no such part of it.
 */
export async function readTranscript(
  world: World,
  { threads }: Snapshot,
  id: ThreadId,
  part: number | null,
  file: HomePath | null = null,
): Promise<Transcript | null> {
  const thread = threads.find(one => one.id === id);
  if (thread === undefined) return null;
  const isAsked = ({ path }: Rollout) => path === file;
  const files = file === null ? conversationOf(thread) : thread.files.filter(isAsked);
  if (file !== null && files.length === 0) return null;
  const lengths = await Promise.all(files.map(file => lengthOf(world, file)));
  const counts = lengths.map(length => partsOf(length.ok ? length.value : 0));
  const parts = counts.reduce((sum, count) => sum + count, 0);
  const wanted = part ?? Math.max(1, parts);
  if (wanted < 1 || wanted > Math.max(1, parts)) return null;
  const { index, inFile } = placeOf(counts, wanted);
  const [rollout, length, successor] = [files[index], lengths[index], files[index + 1]];
  const told = new Storyteller(successor === undefined ? null : await borderOf(world, successor));
  let trouble = length?.ok === false ? length.trouble.why : null;
  if (rollout !== undefined && length?.ok === true) {
    const read = await readPartLines(world, rollout, inFile, length.value);
    for (const line of read.lines) told.add(line);
    trouble = read.trouble;
  }
  return {
    thread: id,
    part: wanted,
    parts: Math.max(1, parts),
    file: rollout?.path ?? null,
    entries: told.entries,
    instructions: told.instructions,
    unknown: told.unknown,
    beginsIn: beginningOf(thread, files[0]),
    others:
      file === null ? thread.files.filter(one => !files.includes(one)).map(({ path }) => path) : [],
    trouble,
  };
}

/** The files of one conversation, the oldest first: one that was reverted goes on in a new file. */
export function conversationOf({ own, files }: Thread): readonly Rollout[] {
  const first = own ?? files[0];
  const found = first === undefined ? [] : [first];
  for (const left = files.filter(file => file !== first); ;) {
    const at = left.findIndex(file => goesOn(found.at(-1), file) || goesOn(file, found[0]));
    const [next] = at < 0 ? [] : left.splice(at, 1);
    if (next === undefined) return found;
    if (goesOn(found.at(-1), next)) found.push(next);
    else found.unshift(next);
  }
}

/** Whether a file names another one as what comes before it. */
function goesOn(earlier: Rollout | undefined, later: Rollout | undefined): boolean {
  const before = later?.head.meta?.historyFile;
  return before != null && (earlier?.name?.segment ?? earlier?.name?.id) === before;
}

function placeOf(
  counts: readonly number[],
  part: number,
): { readonly index: number; readonly inFile: number } {
  let before = 0;
  for (const [index, count] of counts.entries()) {
    if (part <= before + count) return { index, inFile: part - before };
    before += count;
  }
  return { index: 0, inFile: 1 };
}

/** From which of its lines on a file was taken back, as the file that goes on says. */
async function borderOf(world: World, successor: Rollout): Promise<number | null> {
  const line = await readFirstLine(world, successor.file);
  const payload = parseObject(line ?? '')?.['payload'];
  const base = isObject(payload) ? payload['history_base'] : null;
  const end = isObject(base) ? base['end_ordinal_exclusive'] : null;
  return typeof end === 'number' ? end : null;
}

function beginningOf({ id }: Thread, oldest: Rollout | undefined): ThreadId | null {
  const base = oldest?.head.meta?.historyBase ?? null;
  return base === id ? null : base;
}
