// How values are changed in a line of a rollout: within the bytes that are there, or, where one does not
// fit, with room behind it for every later change.

import { asBytes, bytesOfText, toArray } from '../../model/bytes.ts';
import type { RolloutEnd } from '../../model/closerLook.ts';
import type { Bytes, Splice } from '../../model/plan.ts';
import { decode, decodeObject, placesOf, type Place } from './jsonPlaces.ts';

/** So many spaces stand behind a value that was too long for its place. */
const ROOM = 64;
/** Nobody but us leaves so much room behind a value. */
const OUR_ROOM = 8;

/** What a value in a line is to say. */
export interface Wanted {
  readonly place: Place;
  readonly to: string;
}

/** The values of a sound line that are to be changed; null when the line is not understood. */
export type WantedIn = (line: Bytes) => readonly Wanted[] | null;

export interface Changed {
  /** What is written; nothing when the line says so already. */
  readonly splices: readonly Splice[];
  /** By how much the line becomes longer. */
  readonly growth: number;
}

/** Changes the first line. Null when that is not understood. */
export function changeHeader(head: Bytes, wantedIn: WantedIn): Changed | null {
  const line = firstLine(head);
  const record = line === null ? null : decodeObject(line.text);
  if (line === null || record?.['type'] !== 'session_meta') return null;
  const wanted = wantedIn(line.text);
  return wanted === null ? null : changeLine(line.text, wanted, line.at);
}

/** The first line that is not empty; empty ones before it disturb nobody. */
function firstLine(head: Bytes): { readonly at: number; readonly text: Bytes } | null {
  const at = head.search(/[^ \t\r\n]/);
  if (at < 0) return null;
  const end = head.indexOf('\n', at);
  return { at, text: head.slice(at, end < 0 ? undefined : end) };
}

/**
 * Changes what the newest settings say: in place where we have left room in that line before, else by a
 * line of its own. Null when that is not understood.
 */
export function changeSettings(
  { settings, bytes, isEnded, lastOrdinal }: RolloutEnd,
  isPaginated: boolean,
  wantedIn: WantedIn,
): Pick<Changed, 'splices'> | null {
  if (settings === null) return { splices: [] };
  const { line, at } = settings;
  const wanted = decodeObject(line) === null ? null : wantedIn(line);
  if (wanted === null) return null;
  const inPlace = changeLine(line, wanted, at);
  const isOurs = wanted
    .filter(one => !isSaid(line, one))
    .every(({ place }) => roomBehind(line, place) >= OUR_ROOM);
  // What Codex wrote stays as it was; a line that we have added is used again.
  if (inPlace.splices.length === 0 || (isOurs && inPlace.growth === 0)) return inPlace;
  const numbered = renumber(withRoom(line, wanted), isPaginated, lastOrdinal);
  if (numbered === null) return null;
  return { splices: [{ at: bytes, before: '', after: `${isEnded ? '' : '\n'}${numbered}\n` }] };
}

/** A text that stands at one of these ways of a line; null when there is none, or more than one. */
export function onlyText(line: Bytes, ...ways: readonly (readonly string[])[]): Place | null {
  const places = ways.flatMap(keys => placesOf(line, keys));
  const [place] = places;
  if (place === undefined || places.length > 1 || line[place.start] !== '"') return null;
  return place;
}

function changeLine(line: Bytes, wanted: readonly Wanted[], offset: number): Changed {
  const changes = inOrder(wanted).map(one => changeValue(line, one, offset));
  return {
    splices: changes.flatMap(({ splices }) => splices),
    growth: changes.reduce((sum, { growth }) => sum + growth, 0),
  };
}

function inOrder(wanted: readonly Wanted[]): readonly Wanted[] {
  return wanted.toSorted((one, other) => one.place.start - other.place.start);
}

function isSaid(line: Bytes, { place: { start, end }, to }: Wanted): boolean {
  return decode(line.slice(start, end)) === to;
}

function changeValue(line: Bytes, wanted: Wanted, offset: number): Changed {
  if (isSaid(line, wanted)) return { splices: [], growth: 0 };
  const { start, end } = wanted.place;
  const value = bytesOfText(JSON.stringify(wanted.to));
  const before = detached(line.slice(start, end + roomBehind(line, wanted.place)));
  const fits = value.length <= before.length;
  const after = fits ? value.padEnd(before.length) : value + ' '.repeat(ROOM);
  const splice = fits
    ? onlyDifferent(offset + start, before, after)
    : { at: offset + start, before, after };
  return { splices: [splice], growth: after.length - before.length };
}

/** A piece of a text keeps all of it in memory, and a plan is made of pieces of thousands of files. */
function detached(piece: Bytes): Bytes {
  return asBytes(toArray(piece));
}

function roomBehind(line: Bytes, { end }: Place): number {
  let room = 0;
  while (line[end + room] === ' ') room += 1;
  return room;
}

/** Two texts of one length, without what they begin and end with together. */
function onlyDifferent(at: number, before: Bytes, after: Bytes): Splice {
  let from = 0;
  while (before[from] === after[from]) from += 1;
  let to = before.length;
  while (to > from && before[to - 1] === after[to - 1]) to -= 1;
  return { at: at + from, before: before.slice(from, to), after: after.slice(from, to) };
}

/** The line with all of its values, and room behind each. */
function withRoom(line: Bytes, wanted: readonly Wanted[]): Bytes {
  return inOrder(wanted).reduceRight((text, { place, to }) => {
    const behind = text.slice(place.end + roomBehind(text, place));
    return text.slice(0, place.start) + bytesOfText(JSON.stringify(to)) + ' '.repeat(ROOM) + behind;
  }, line);
}

/** Lines of paginated history are numbered without gaps, those of legacy history are not numbered. */
function renumber(line: Bytes, isPaginated: boolean, lastOrdinal: number | null): Bytes | null {
  const places = placesOf(line, ['ordinal']);
  const [place] = places;
  if (place === undefined) return isPaginated ? null : line;
  if (places.length > 1 || lastOrdinal === null) return null;
  return line.slice(0, place.start) + String(lastOrdinal + 1) + line.slice(place.end);
}
