// Codex compresses conversations, and removes each plain file by itself. So that nothing depends on its
// being right, each file is held under a second name, which costs no room, until what the compressed one
// holds is proven to be the same. Undone it is by unpacking, and needs no Codex.

import type { Call, Left, Packing } from '../../model/plan.ts';
import type { FilePath } from '../../model/words.ts';
import { BESIDE, type AppServer } from '../../hands.ts';
import { isSameTime } from './edit.ts';
import { putIntoVault } from './move.ts';
import { Interrupted, type Ground } from './step.ts';

/** Beside its place: a second name can only be on the same disk. Codex does not look at such names. */
const HELD = '.codex-health-held';
/** Of those that were proven, a line each. */
export const PROVEN = 'packed.jsonl';
const MAX_BYTES = 1024 * 1024 * 1024;

/** Codex holds this one from the beginning to the end of a pass (seen in 0.160 and 0.169). */
const PASS_LOCK = ['.tmp', 'rollout-maintenance.lock'] as const;
/** What Codex is at work on is called so; one whose Codex was killed is left behind. */
const UNFINISHED = /[\\/]rollout-compress-[^\\/]*\.tmp$/;

const BETWEEN_MS = 250;
/** So often nobody has to be seen at work before the pass is taken to be over. */
const QUIET_LOOKS = 8;
/** Longer than the largest file takes: who is not further after so many looks is stuck. */
const STUCK_LOOKS = 2400;
/** So many proofs are written down together, with one wait for the disk. */
const AT_ONCE = 64;

/** A plain file, and what it holds. */
interface Proven {
  readonly file: FilePath;
  readonly bytes: number;
  readonly sha256: string;
}

export function packingsOf(calls: readonly Call[]): readonly Packing[] {
  return calls.flatMap(({ packs }) => packs ?? []);
}

/** Why the files are not as the plan found them; null when they are. */
export async function whyNotAsPlanned(
  packings: readonly Packing[],
  { world }: Ground,
): Promise<string | null> {
  for (const packing of packings) {
    const { file } = packing;
    if (!(await isAsPlanned(packing, file, world)))
      return `${file} has changed since the plan was made`;
    if ((await world.files.stat(packed(file))).ok) return `there is already a ${packed(file)}`;
  }
  return null;
}

/** From now on nothing that Codex does can lose one of them. */
export async function hold(packings: readonly Packing[], { hands }: Ground): Promise<void> {
  for (const { file } of packings) await hands.link(file, file + HELD);
}

/**
 * Asks for it, and waits until Codex has ended: it answers at once, and works on behind its answer.
 * What is proven meanwhile is let go of, so that the room comes back while it goes on.
 */
export async function pack(
  server: AppServer,
  home: FilePath,
  { method, params, packs = [] }: Call,
  ground: Ground,
): Promise<readonly Left[]> {
  const { world, watch } = ground;
  if (!(await server.knows(method)))
    throw new Error('this Codex does not compress conversations when it is asked to');
  await server.call(method, params);
  const failed: Left[] = [];
  let waiting = packs;
  let [quiet, idle] = [0, 0];
  while (quiet < QUIET_LOOKS) {
    if (watch.signal?.aborted === true) throw new Interrupted('compressing was stopped');
    const done = await letGoOfPacked(waiting, ground, failed);
    waiting = waiting.filter(packing => !done.has(packing));
    watch.tell(packs.length - waiting.length, packs.length, 'compressions');
    const isAtWork = done.size > 0 || (await isPassing(home, ground));
    if (waiting.length === 0 && !isAtWork) break;
    quiet = isAtWork ? 0 : quiet + 1;
    idle = done.size > 0 ? 0 : idle + 1;
    if (idle > STUCK_LOOKS) throw new Error('Codex has not come to an end with compressing');
    // Looking at twenty thousand files takes its time as well.
    await world.files.pause(Math.max(BETWEEN_MS, waiting.length / 10));
  }
  return failed;
}

/** When Codex has gone: what it has left as it was is let go of, and named. */
export async function letGo(
  packings: readonly Packing[],
  ground: Ground,
): Promise<readonly Left[]> {
  const { world } = ground;
  const failed: Left[] = [];
  const held: Packing[] = [];
  for (const packing of packings)
    if ((await world.files.stat(packing.file + HELD)).ok) held.push(packing);
  const done = await letGoOfPacked(held, ground, failed);
  for (const packing of held) {
    if (done.has(packing)) continue;
    // A plan is only made where there was none: what Codex did not come to an end with is of no use.
    const unfinished = packed(packing.file);
    if ((await world.files.stat(unfinished)).ok) await putIntoVault(unfinished, 'packed', ground);
    await letGoUnpacked(packing, ground);
    failed.push({ what: packing.finding, why: 'Codex has left it as it is' });
  }
  return failed;
}

/** What Codex has compressed beside the plan is unpacked as well when this is undone. */
export async function noteUnplanned(
  files: readonly { readonly file: FilePath; readonly bytes: number }[],
  ground: Ground,
): Promise<void> {
  const proven: Proven[] = [];
  for (const { file, bytes } of files) {
    const digest = await ground.world.files.digest(packed(file));
    if (digest.ok && digest.value.bytes === bytes) proven.push({ file, ...digest.value });
  }
  await writeDown(proven, ground);
}

/** Each file is as it was, byte for byte and with its time; the compressed ones go into the vault. */
export async function unpackAgain(
  packings: readonly Omit<Packing, 'finding'>[],
  ground: Ground,
): Promise<readonly Left[]> {
  const proven = new Map((await readProven(ground)).map(one => [one.file, one]));
  const left: Left[] = [];
  for (const [index, packing] of packings.entries()) {
    ground.watch.tell(index, packings.length, 'unpacking');
    left.push(...(await unpackOne(packing, proven.get(packing.file) ?? null, ground)));
  }
  return left;
}

/** A Codex that was killed leaves what it was at work on; nobody else ever looks at that. */
export async function putUnfinishedAway(files: readonly FilePath[], ground: Ground): Promise<void> {
  for (const file of files)
    if ((await ground.world.files.stat(file)).ok) await putIntoVault(file, 'packed', ground);
}

export function isUnfinished(file: FilePath): boolean {
  return UNFINISHED.test(file);
}

async function unpackOne(
  packing: Omit<Packing, 'finding'>,
  proven: Proven | null,
  ground: Ground,
): Promise<readonly Left[]> {
  const { world, hands } = ground;
  const { file, bytes, modifiedMs } = packing;
  await hands.removeOwn(file + BESIDE);
  const isHeld = (await world.files.stat(file + HELD)).ok;
  const isPacked = (await world.files.stat(packed(file))).ok;
  // First the compressed one: once its file is back, nothing says any more that it was made here.
  if (isHeld && isPacked) await putIntoVault(packed(file), 'packed', ground);
  if (isHeld) await letGoUnpacked(packing, ground);
  if (isHeld) return [];
  const isPlain = (await world.files.stat(file)).ok;
  if (!isPlain && !isPacked) return proven === null ? [] : [{ what: file, why: MOVED_SINCE }];
  if (!isPlain) {
    const digest = await world.files.digest(packed(file));
    const sha256 = proven?.sha256 ?? null;
    if (!digest.ok) return [{ what: packed(file), why: digest.trouble.why }];
    if (digest.value.bytes !== bytes || (sha256 !== null && digest.value.sha256 !== sha256))
      return [{ what: packed(file), why: 'it has been written since' }];
    await hands.unpack(packed(file), file, { bytes, sha256, modifiedMs });
  }
  // A compressed one that nobody has made here was there without us.
  const isOurs = isPacked && (proven !== null || !isPlain);
  if (isOurs && (await isAsPlanned(packing, file, world)))
    await putIntoVault(packed(file), 'packed', ground);
  return [];
}

/** Puts the file back under its own name, where it has that no more. */
async function letGoUnpacked(packing: Omit<Packing, 'finding'>, ground: Ground): Promise<void> {
  const { world, hands } = ground;
  const { file } = packing;
  const held = await world.files.stat(file + HELD);
  const plain = await world.files.stat(file);
  if (!held.ok) return;
  if (!plain.ok) await hands.move(file + HELD, file);
  else if (
    plain.value.identity === held.value.identity ||
    (await isAsPlanned(packing, file, world))
  )
    await hands.removeOwn(file + HELD);
  // Codex has unpacked it since and written on; ours holds what that was made of.
  else await putIntoVault(file + HELD, 'packed', ground);
}

const MOVED_SINCE =
  'it lies elsewhere by now, and stays compressed there; nothing of it is lost, and Codex reads it';

/** The ones of these that are compressed by now, proven or put back. */
async function letGoOfPacked(
  packings: readonly Packing[],
  ground: Ground,
  failed: Left[],
): Promise<ReadonlySet<Packing>> {
  const { world, hands } = ground;
  const done = new Set<Packing>();
  let proven: Proven[] = [];
  const letGoOfProven = async () => {
    // Before a name goes it is written down what it held.
    await writeDown(proven, ground);
    for (const { file } of proven) await hands.removeOwn(file + HELD);
    proven = [];
  };
  for (const packing of packings) {
    const { file, finding } = packing;
    if ((await world.files.stat(file)).ok || !(await world.files.stat(packed(file))).ok) continue;
    const [was, is] = [
      await world.files.digest(file + HELD),
      await world.files.digest(packed(file)),
    ];
    done.add(packing);
    if (was.ok && is.ok && was.value.sha256 === is.value.sha256)
      proven.push({ file, ...was.value });
    else {
      await hands.move(file + HELD, file);
      await putIntoVault(packed(file), 'packed', ground);
      failed.push({ what: finding, why: NOT_THE_SAME });
    }
    if (proven.length >= AT_ONCE) await letGoOfProven();
  }
  await letGoOfProven();
  return done;
}

const NOT_THE_SAME =
  'what Codex made of it did not hold the same; it was put back as it was, and what Codex made is in the vault';

async function isPassing(home: FilePath, { world }: Ground): Promise<boolean> {
  const lock = world.machine.join(home, ...PASS_LOCK);
  const read = await world.processes.holders([home]);
  // What cannot be told is not taken for an end.
  return !read.ok || read.value.holders.some(({ files }) => files.includes(lock));
}

async function isAsPlanned(
  { bytes, modifiedMs }: Omit<Packing, 'finding'>,
  file: FilePath,
  { files }: Ground['world'],
): Promise<boolean> {
  const state = await files.stat(file);
  return state.ok && state.value.bytes === bytes && isSameTime(state.value.modifiedMs, modifiedMs);
}

async function writeDown(proven: readonly Proven[], { world, hands, keptFiles }: Ground) {
  if (proven.length === 0) return;
  const lines = proven.map(one => `${JSON.stringify(one)}\n`).join('');
  const journal = world.machine.join(keptFiles, PROVEN);
  if (!(await world.files.stat(journal)).ok) await hands.create(journal, new Uint8Array(), null);
  await hands.append(journal, new TextEncoder().encode(lines));
}

async function readProven({ world, keptFiles }: Ground): Promise<readonly Proven[]> {
  const read = await world.files.whole(world.machine.join(keptFiles, PROVEN), MAX_BYTES);
  if (!read.ok) return [];
  return new TextDecoder().decode(read.value).split('\n').flatMap(parseProven);
}

/** A line that a stop cut off was never acted upon. */
function parseProven(line: string): readonly Proven[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as Proven];
  } catch {
    return [];
  }
}

function packed(file: FilePath): FilePath {
  return `${file}.zst`;
}
