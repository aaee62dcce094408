// How the name of a provider is changed in a line of a rollout: within the bytes that are there, or,
// where it does not fit, with room behind it for every later change.

import { asBytes, bytesOfText, toArray } from '../model/bytes.ts';
import type { RolloutEnd } from '../model/closerLook.ts';
import type { Bytes, Splice } from '../model/plan.ts';
import { decode, decodeObject, placesOf, type Place } from './jsonPlaces.ts';

/** So many spaces stand behind a name that was too long for its place. */
const ROOM = 64;
/** Nobody but us leaves so much room behind a value. */
const OUR_ROOM = 8;

export interface Renaming {
  /** What is written; null when the line names this provider already. */
  readonly splice: Splice | null;
  /** By how much the line becomes longer. */
  readonly growth: number;
}

/** Changes the first line. Null when that is not understood: it names no provider, or several. */
export function renameInHeader(head: Bytes, to: string): Renaming | null {
  const line = firstLine(head);
  const record = line === null ? null : decodeObject(line.text);
  if (line === null || record?.['type'] !== 'session_meta') return null;
  const places = placesOf(line.text, ['payload', 'model_provider']);
  const place = onlyName(line.text, places);
  return place === null ? null : rename(line.text, place, to, line.at);
}

/** The first line that is not empty; empty ones before it disturb nobody. */
function firstLine(head: Bytes): { readonly at: number; readonly text: Bytes } | null {
  const at = head.search(/[^ \t\r\n]/);
  if (at < 0) return null;
  const end = head.indexOf('\n', at);
  return { at, text: head.slice(at, end < 0 ? undefined : end) };
}

/**
 * Lets the newest settings name a provider: in place where we have left room in that line before, else
 * by a line of its own. Null when that is not understood.
 */
export function renameInSettings(
  { settings, bytes, isEnded, lastOrdinal }: RolloutEnd,
  isPaginated: boolean,
  to: string,
): { readonly splice: Splice | null } | null {
  if (settings === null) return { splice: null };
  const { line, at } = settings;
  if (decodeObject(line) === null) return null;
  const place = onlyName(line, [
    ...placesOf(line, ['payload', 'thread_settings', 'model_provider_id']),
    ...placesOf(line, ['payload', 'model_provider_id']),
  ]);
  if (place === null) return null;
  const inPlace = rename(line, place, to, at);
  // What Codex wrote stays as it was; a line that we have added is used again.
  if (inPlace.splice === null || (roomBehind(line, place) >= OUR_ROOM && inPlace.growth === 0))
    return { splice: inPlace.splice };
  const copy = withName(line, place, to);
  const numbered = renumber(copy, isPaginated, lastOrdinal);
  if (numbered === null) return null;
  const after = `${isEnded ? '' : '\n'}${numbered}\n`;
  return { splice: { at: bytes, before: '', after } };
}

/** Where one name stands; null when there is none, or more than one. */
function onlyName(line: Bytes, places: readonly Place[]): Place | null {
  const [place] = places;
  if (place === undefined || places.length > 1 || line[place.start] !== '"') return null;
  return place;
}

function rename(line: Bytes, place: Place, to: string, offset: number): Renaming {
  const { start, end } = place;
  if (decode(line.slice(start, end)) === to) return { splice: null, growth: 0 };
  const room = roomBehind(line, place);
  const name = bytesOfText(JSON.stringify(to));
  const before = detached(line.slice(start, end + room));
  const fits = name.length <= before.length;
  const after = fits ? name.padEnd(before.length) : name + ' '.repeat(ROOM);
  return {
    splice: fits
      ? onlyDifferent(offset + start, before, after)
      : { at: offset + start, before, after },
    growth: after.length - before.length,
  };
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

function withName(line: Bytes, place: Place, to: string): Bytes {
  const behind = line.slice(place.end + roomBehind(line, place));
  return line.slice(0, place.start) + bytesOfText(JSON.stringify(to)) + ' '.repeat(ROOM) + behind;
}

/** Lines of paginated history are numbered without gaps, those of legacy history are not numbered. */
function renumber(line: Bytes, isPaginated: boolean, lastOrdinal: number | null): Bytes | null {
  const places = placesOf(line, ['ordinal']);
  const [place] = places;
  if (place === undefined) return isPaginated ? null : line;
  if (places.length > 1 || lastOrdinal === null) return null;
  return line.slice(0, place.start) + String(lastOrdinal + 1) + line.slice(place.end);
}
