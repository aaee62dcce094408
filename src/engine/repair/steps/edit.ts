// Places of a file. Where nothing inside changes its length it is written in place, and what is added
// at the end is appended; else the file is written anew beside and put in place in one step.

import type { Bytes, EditStep, Left, Splice } from '../../model/plan.ts';
import { BESIDE, type Rewriting } from '../../hands.ts';
import type { FilePath } from '../../model/words.ts';
import type { FileState } from '../../world.ts';
import { asBytes, toArray } from '../../model/bytes.ts';
import { Stale, type Ground, type StepHandler } from './step.ts';

export const edit: StepHandler<EditStep> = {
  describe: ({ file, splices }) =>
    `changes ${splices.length === 1 ? 'one place' : `${String(splices.length)} places`} of ${file}`,
  touches: ({ file }) => [file],
  backupBytes: ({ splices }) => splices.reduce((sum, { before }) => sum + before.length, 0),
  whyStale: async (step, ground) => {
    const state = await ground.world.files.stat(step.file);
    if (!state.ok) return `${step.file}: ${state.trouble.why}`;
    const isSame =
      state.value.bytes === step.bytes && isSameTime(state.value.modifiedMs, step.modifiedMs);
    if (!isSame) return `${step.file} has changed since the plan was made`;
    const read = await readPlaces(step.file, step.splices, ground);
    return isAs(read, step.splices) ? null : `${step.file} has changed since the plan was made`;
  },
  apply: async (step, ground) => {
    const why = await edit.whyStale(step, ground);
    if (why !== null) throw new Stale(why);
    await writePlaces(step.file, step.splices, step.bytes, step.modifiedMs, ground);
  },
  undo: undoEdit,
};

async function undoEdit(step: EditStep, ground: Ground): Promise<readonly Left[]> {
  const file = await ground.locate(step.file);
  await ground.hands.removeOwn(file + BESIDE);
  const state = await ground.world.files.stat(file);
  if (!state.ok) return [{ what: file, why: state.trouble.why }];
  const ending = endingOf(step.splices, step.bytes);
  if (step.isStrict === true || (ending !== null && step.splices.length > 1))
    return undoUnwritten(step, ending, file, state.value, ground);
  return ending === null
    ? undoPlaces(step, file, state.value, ground)
    : undoEnding(step, ending, file, state.value, ground);
}

const WRITTEN_SINCE = 'it has been written since';

/** What was appended or cut off is there in full, in part or not at all: the rest is then ours too. */
async function undoEnding(
  step: EditStep,
  { at, before, after }: Splice,
  file: FilePath,
  state: FileState,
  ground: Ground,
): Promise<readonly Left[]> {
  const longer = before + after;
  const found = await readPlaces(file, [{ at, before: `${longer} `, after: '' }], ground);
  const [there = null] = found;
  const isOurs = state.bytes >= at && there !== null && longer.startsWith(there);
  // What never was appended needs no undoing, whatever others have appended.
  const isOthers = before === '' && there !== null && !there.startsWith(after);
  if (!isOurs) return isOthers ? [] : [{ what: file, why: WRITTEN_SINCE }];
  const isBefore = state.bytes === step.bytes && isSameTime(state.modifiedMs, step.modifiedMs);
  if (isBefore) return [];
  await ground.hands.write(file, {
    pieces: [{ at, bytes: toArray(before) }],
    cutTo: step.bytes,
    modifiedMs: step.modifiedMs,
  });
  return [];
}

async function undoPlaces(
  step: EditStep,
  file: FilePath,
  { bytes, modifiedMs }: FileState,
  ground: Ground,
): Promise<readonly Left[]> {
  const inverse = inverseOf(step.splices);
  const grown = bytes - lengthAfter(step);
  const isAfter = grown >= 0 && isAs(await readPlaces(file, inverse, ground), inverse);
  // Where Codex has gone on since, the file has a time of its own.
  const time = grown === 0 || bytes === step.bytes ? step.modifiedMs : modifiedMs;
  if (isAfter) {
    await writePlaces(file, inverse, bytes, time, ground);
    return [];
  }
  const found = await readPlaces(file, step.splices, ground);
  const isBefore = isAs(found, step.splices);
  if (isBefore && isSameTime(modifiedMs, time)) return [];
  const isOurs = step.splices.every(({ before, after }, index) =>
    isMixed(found[index] ?? '', before, after),
  );
  if (!isOurs) return isBefore ? [] : [{ what: file, why: WRITTEN_SINCE }];
  // A stop in the middle of writing in place.
  const pieces = step.splices.map(({ at, before }) => ({ at, bytes: toArray(before) }));
  await ground.hands.write(file, { pieces, cutTo: null, modifiedMs: time });
  return [];
}

/** All of it, while the file is exactly as we left it, or as a stop in the middle did. */
async function undoUnwritten(
  step: EditStep,
  ending: Splice | null,
  file: FilePath,
  { bytes, modifiedMs }: FileState,
  ground: Ground,
): Promise<readonly Left[]> {
  const { splices } = step;
  const inverse = inverseOf(splices);
  if (bytes === lengthAfter(step) && isAs(await readPlaces(file, inverse, ground), inverse)) {
    if (bytes !== step.bytes && (await isLeanedOnSince(step, ground)))
      return [{ what: file, why: 'a fork of it has been made since' }];
    await writePlaces(file, inverse, bytes, step.modifiedMs, ground);
    return [];
  }
  const found = await readPlaces(file, splices, ground);
  const isBefore = bytes === step.bytes && isAs(found, splices);
  if (isBefore && isSameTime(modifiedMs, step.modifiedMs)) return [];
  const inside = splices.filter(splice => splice !== ending);
  const isOurs =
    isBefore ||
    (inside.every(({ before, after }, index) => isMixed(found[index] ?? '', before, after)) &&
      (await isPartOf(ending, file, bytes, step.bytes, ground)));
  if (!isOurs) return [{ what: file, why: WRITTEN_SINCE }];
  const pieces = splices.map(({ at, before }) => ({ at, bytes: toArray(before) }));
  await ground.hands.write(file, { pieces, cutTo: step.bytes, modifiedMs: step.modifiedMs });
  return [];
}

async function isLeanedOnSince({ leaning }: EditStep, ground: Ground): Promise<boolean> {
  if (leaning === undefined) return false;
  const names = (await ground.leaning()).get(leaning.on) ?? [];
  return names.some(name => !leaning.known.includes(name));
}

/** Whether the end of the file is the beginning of what was to be put there. */
async function isPartOf(
  ending: Splice | null,
  file: FilePath,
  bytes: number,
  before: number,
  ground: Ground,
): Promise<boolean> {
  if (ending === null) return bytes === before;
  const longer = ending.before + ending.after;
  const [there = null] = await readPlaces(
    file,
    [{ at: ending.at, before: `${longer} `, after: '' }],
    ground,
  );
  return bytes >= ending.at && there !== null && longer.startsWith(there);
}

function isAs(found: readonly (Bytes | null)[], splices: readonly Splice[]): boolean {
  return splices.every(({ before }, index) => found[index] === before);
}

/** Whether each byte is the one before or the one after: what a stop leaves of writing in place. */
function isMixed(found: Bytes, before: Bytes, after: Bytes): boolean {
  if (before.length !== after.length || found.length !== before.length) return false;
  for (let at = 0; at < found.length; at += 1)
    if (found[at] !== before[at] && found[at] !== after[at]) return false;
  return true;
}

async function writePlaces(
  file: FilePath,
  splices: readonly Splice[],
  bytes: number,
  modifiedMs: number,
  { hands }: Ground,
): Promise<void> {
  const ending = endingOf(splices, bytes);
  if (ending === null && !splices.every(isInPlace)) {
    await hands.rewrite(file, { pieces: rewritten(splices), modifiedMs });
    return;
  }
  const cutTo = ending === null ? null : ending.at + ending.after.length;
  const pieces = splices.map(({ at, after }) => ({ at, bytes: toArray(after) }));
  await hands.write(file, { pieces, cutTo, modifiedMs });
}

/** The last change, when it appends to the file or cuts off its end, and the others are in place. */
function endingOf(splices: readonly Splice[], bytes: number): Splice | null {
  const last = splices.at(-1);
  if (last === undefined || !splices.slice(0, -1).every(isInPlace)) return null;
  const isAtEnd = last.at + last.before.length === bytes;
  return isAtEnd && (last.before === '' || last.after === '') ? last : null;
}

function isInPlace({ before, after }: Splice): boolean {
  return before.length === after.length;
}

function rewritten(splices: readonly Splice[]): Rewriting['pieces'] {
  const pieces: Rewriting['pieces'][number][] = [];
  let from = 0;
  for (const { at, before, after } of splices) {
    pieces.push({ from, to: at }, toArray(after));
    from = at + before.length;
  }
  return [...pieces, { from, to: null }];
}

function inverseOf(splices: readonly Splice[]): readonly Splice[] {
  let shift = 0;
  return splices.map(({ at, before, after }) => {
    const inverse = { at: at + shift, before: after, after: before };
    shift += after.length - before.length;
    return inverse;
  });
}

function lengthAfter({ bytes, splices }: EditStep): number {
  return splices.reduce((sum, { before, after }) => sum + after.length - before.length, bytes);
}

async function readPlaces(
  file: FilePath,
  splices: readonly Splice[],
  { world }: Ground,
): Promise<readonly (Bytes | null)[]> {
  const places: (Bytes | null)[] = [];
  for (const { at, before } of splices) {
    const read = before === '' ? null : await world.files.range(file, at, before.length);
    places.push(read === null ? '' : read.ok ? asBytes(read.value) : null);
  }
  return places;
}

/** To the microsecond: a fraction of a millisecond is no exact number. */
export function isSameTime(one: number, other: number): boolean {
  return Math.round(one * 1000) === Math.round(other * 1000);
}
