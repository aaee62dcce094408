// Finds the rollouts of both trees and reads of each what the depth of the scan asks for.

import { joined } from '../../model/bytes.ts';
import type { Gap, Source } from '../../model/gap.ts';
import type { Rollout, RolloutBody, RolloutHead, RolloutTail } from '../../model/rollout.ts';
import type { FilePath } from '../../model/words.ts';
import type { FileEnds, FileState, Read, Soon, Tree, TreeEntry, World } from '../../world.ts';
import { canonicalFolder, isRolloutFile, parseRolloutName } from '../layout.ts';
import { RolloutBodyReader } from './rolloutBody.ts';
import {
  recallRollouts,
  rememberRollouts,
  type KnownRollout,
  type RolloutMemory,
} from './rolloutMemory.ts';
import type { StandingRollouts } from './standingRollouts.ts';
import { readHead, readTail, readWholeRollout, UNREAD_HEAD } from './rolloutHead.ts';

/** Holds the longest first lines that Codex writes, and the first message behind them. */
const HEAD_BYTES = 64 * 1024;
/** A first line that is longer still is followed this far. */
const LONG_HEAD_BYTES = 4 * 1024 * 1024;
const TAIL_BYTES = 16 * 1024;
/** So many files are read between two moments in which others get their turn. */
const FILES_AT_A_TIME = 128;
/** Of a compressed rollout the end can only be had by unpacking all of it. */
const UNPACKED_BYTES = 4 * 1024 * 1024;

export interface RolloutRequest {
  readonly homeKey: string;
  readonly home: FilePath;
  /** The trees that can be reached. */
  readonly places: readonly Rollout['place'][];
  readonly full: boolean;
  readonly progress: (done: number, total: number) => void;
}

export async function readRollouts(
  world: World,
  request: RolloutRequest,
  gaps: Gap[],
  standing: StandingRollouts | null = null,
): Promise<readonly Rollout[]> {
  const found: Found[] = [];
  const trees = new Map<Rollout['place'], Read<Tree>>();
  for (const place of request.places) {
    const tree = await world.files.tree(world.machine.join(request.home, place));
    trees.set(place, tree);
    found.push(...rolloutsIn(world, request, place, tree, gaps));
  }
  const memory = await recallRollouts(world.memory, request.homeKey);
  const rollouts: (readonly [Rollout, FileState])[] = [];
  let learnt = 0;
  // This scan's own: another one at the same time would write over it.
  const room = roomForEnds();
  for (const [done, one] of found.entries()) {
    const soon = request.full || memory.isEmpty ? null : recognise(world, memory, one);
    const known = soon instanceof Promise ? await soon : soon;
    const reading = known ?? readRollout(world, one, request.full, gaps, room);
    const rollout = reading instanceof Promise ? await reading : reading;
    if (rollout !== null) rollouts.push(rollout);
    if (known === null) learnt += 1;
    // Answers of other threads only arrive when this one lets go for a moment.
    if (done % FILES_AT_A_TIME === 0) {
      request.progress(done, found.length);
      await world.files.pause(0);
    }
  }
  if (learnt > 0 && !request.full)
    rememberRollouts(world.memory, request.homeKey, rollouts, world.now());
  const read = rollouts.map(([rollout]) => rollout);
  standing?.keep(request, trees, found, read, gaps);
  noteUnreadBodies(read, gaps);
  return read;
}

export function roomForEnds(): Uint8Array {
  return new Uint8Array(HEAD_BYTES + TAIL_BYTES);
}

/** What an earlier scan learnt of a file that is still the same; null when it has to be read. */
function recognise(
  world: World,
  memory: RolloutMemory,
  found: Found,
): Soon<readonly [Rollout, FileState] | null> {
  return andThen(world.files.stat(found.file), state => {
    if (!state.ok) return null;
    const known = memory.recall(`${found.place}/${found.path}`, state.value);
    return known === null ? null : [asRollout(found, known), known.state];
  });
}

/** Where an answer is there already, what follows from it is there at once. */
function andThen<T, U>(answer: Soon<T>, next: (value: T) => Soon<U>): Soon<U> {
  return answer instanceof Promise ? answer.then(next) : next(answer);
}

export interface Found {
  readonly place: Rollout['place'];
  readonly source: Source;
  /** Below the place. */
  readonly path: string;
  readonly file: FilePath;
}

/** The rollouts among the files of a place, in the order in which every scan names them. */
export function rolloutsIn(
  { machine }: World,
  { home }: RolloutRequest,
  place: Found['place'],
  tree: Read<Tree>,
  gaps: Gap[],
): readonly Found[] {
  const source: Source = place === 'sessions' ? 'rollouts-active' : 'rollouts-archived';
  const entries = rolloutFiles(tree, source, machine.join(home, place), gaps);
  return entries.map(({ path, file }) => ({ place, source, path, file }));
}

function rolloutFiles(
  tree: Read<Tree>,
  source: Source,
  root: FilePath,
  gaps: Gap[],
): readonly TreeEntry[] {
  if (!tree.ok) {
    // A home without an archive is a home where nothing was archived.
    if (tree.trouble.code !== 'missing')
      gaps.push({ source, path: root, why: tree.trouble.why, extent: 'all' });
    return [];
  }
  for (const { path, trouble } of tree.value.troubles)
    gaps.push({ source, path, why: trouble.why, extent: 'part' });
  return tree.value.entries
    .filter(({ kind, path }) => kind === 'file' && isRolloutFile(lastPart(path)))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** Null when the file went away while we looked: it was never part of this picture. */
export function readRollout(
  world: World,
  found: Found,
  full: boolean,
  gaps: Gap[],
  room: Uint8Array,
): Soon<readonly [Rollout, FileState] | null> {
  const reading = found.path.endsWith('.zst')
    ? readCompressed(world, found.file)
    : readPlain(world, found.file, room);
  return andThen(reading, read => {
    if (!read.ok && read.trouble.code === 'missing') return null;
    if (!read.ok)
      gaps.push({ source: found.source, path: found.file, why: read.trouble.why, extent: 'part' });
    const ends = read.ok ? read.value : UNREAD;
    const rollout = asRollout(found, ends);
    return full && read.ok ? withBody(world, rollout, ends.state) : [rollout, ends.state];
  });
}

async function withBody(
  world: World,
  rollout: Rollout,
  state: FileState,
): Promise<readonly [Rollout, FileState]> {
  const body = await readBody(world, rollout.file);
  if (body === null) return [rollout, state];
  const tail = { ...rollout.tail, ...body.newest, isWholeFile: true };
  return [{ ...rollout, tail, body: body.lines }, state];
}

function asRollout(found: Found, { state, head, tail }: KnownRollout): Rollout {
  const path = `${found.place}/${found.path}`;
  const name = parseRolloutName(lastPart(found.path));
  const folder = path.slice(0, path.lastIndexOf('/'));
  return {
    path,
    file: found.file,
    place: found.place,
    compressed: path.endsWith('.zst'),
    bytes: state.bytes,
    modifiedMs: state.modifiedMs,
    name,
    inItsFolder: name !== null && folder === canonicalFolder(found.place, name),
    head,
    tail,
    body: null,
  };
}

function readPlain(world: World, file: FilePath, room: Uint8Array): Soon<Read<KnownRollout>> {
  return andThen(world.files.ends(file, HEAD_BYTES, TAIL_BYTES, room), ends => {
    if (!ends.ok) return ends;
    const { state, head } = ends.value;
    const isWhole = head.length >= state.bytes;
    const read = readEnds(ends.value, isWhole);
    return isWhole || read.head.reachesFirstMessage
      ? { ok: true, value: { state, head: read.head, tail: read.tail } }
      : readLongHead(world, file, ends.value);
  });
}

async function readLongHead(
  world: World,
  file: FilePath,
  { state, tail }: FileEnds,
): Promise<Read<KnownRollout>> {
  // The bytes that are at hand have to be read before the next ones come into their room.
  const end = readTail(tail);
  const long = await world.files.range(file, 0, LONG_HEAD_BYTES);
  return long.ok ? { ok: true, value: { state, head: readHead(long.value), tail: end } } : long;
}

function readEnds(ends: FileEnds, isWhole: boolean): { head: RolloutHead; tail: RolloutTail } {
  if (isWhole) return readWholeRollout(ends.head);
  return {
    head: readHead(ends.head),
    tail: readTail(ends.tail),
  };
}

/** Unpacks as much as is needed for the head, and all of it where that is little. */
async function readCompressed(world: World, file: FilePath): Promise<Read<KnownRollout>> {
  const state = await world.files.stat(file);
  if (!state.ok) return state;
  const pieces: Uint8Array[] = [];
  let unpacked = 0;
  const read = await world.files.stream(file, piece => {
    pieces.push(piece.slice());
    unpacked += piece.length;
    return unpacked > UNPACKED_BYTES ? 'stop' : 'more';
  });
  if (!read.ok && read.trouble.code !== 'broken') return read;
  const text = joined(pieces, unpacked);
  const isWhole = read.ok && unpacked <= UNPACKED_BYTES;
  const { head, tail } = isWhole
    ? readWholeRollout(text)
    : { head: readHead(text), tail: UNREAD.tail };
  if (read.ok) return { ok: true, value: { state: state.value, head, tail } };
  const why = `it cannot be unpacked: ${read.trouble.why}`;
  return {
    ok: true,
    value: { state: state.value, head: { ...head, state: 'not-json', why }, tail },
  };
}

async function readBody(
  world: World,
  file: FilePath,
): Promise<{ lines: RolloutBody; newest: Partial<RolloutTail> } | null> {
  const reader = new RolloutBodyReader();
  const read = await world.files.stream(file, piece => {
    reader.add(piece);
    return 'more';
  });
  return read.ok ? reader.end() : null;
}

/**
 * The newest settings line of a long rollout can stand anywhere in it. Where it is not in the part
 * that was read, checks that reason from it must know that they have not seen it.
 */
export function noteUnreadBodies(rollouts: readonly Rollout[], gaps: Gap[]): void {
  const unread = rollouts.filter(({ tail, head }) => !tail.isWholeFile && head.state === 'sound');
  if (unread.length === 0) return;
  gaps.push({
    source: 'rollout-bodies',
    path: null,
    why: `of ${String(unread.length)} long rollouts only the beginning and the end were read`,
    extent: 'part',
  });
}

const UNREAD: KnownRollout = {
  state: { kind: 'file', bytes: 0, modifiedMs: 0, changedMs: 0, identity: '' },
  head: UNREAD_HEAD,
  tail: {
    isWholeFile: false,
    ending: 'unread',
    isUtf8: true,
    lastHasOrdinal: null,
    settings: null,
    latestCwd: null,
  },
};

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
