// What the beginning and the end of a rollout say. Pure: bytes in, facts out. Which lines count is
// measured on real Codex programs; test/codex holds it against them.
//
// Real first lines carry 20 KB of instructions for the model, and parsing them is most of the
// cost of a scan. They are the same text in most threads, so a text that was found to be sound
// JSON once is recognised and cut out before the rest is parsed.

import type { HeadState, RolloutHead, RolloutMeta, RolloutTail } from '../../model/rollout.ts';
import {
  asMeta,
  hasHalfCharacter,
  isObject,
  isRecord,
  isSurelyRecord,
  isUsableMeta,
  parseObject,
  whyUnusable,
} from './rolloutLine.ts';
import { messagesOf } from './rolloutMessages.ts';
import { firstTurnCwd, lastSettings, lastTurnCwd, turnCwds } from './rolloutSettings.ts';
import { filledLines, linesWith } from './rolloutText.ts';

/** Codex looks for the description of the thread among so many lines … */
const HEADER_LINES = 10;
/** … and for the first message among so many, the description's among them. */
const MESSAGE_LINES = 210;

const lenient = new TextDecoder('utf-8', { ignoreBOM: true });
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Head and tail of a rollout whose bytes were all read. */
export function readWholeRollout(bytes: Uint8Array): { head: RolloutHead; tail: RolloutTail } {
  const text = lenient.decode(bytes);
  const rest = behindFirstLine(text);
  const turns = turnCwds(rest);
  const head = headOf(text, bytes, true, turns.first);
  return { head, tail: tailOf(rest, true, turns.latest, head.isUtf8) };
}

/** Reads the beginning of a rollout that goes on behind these bytes. */
export function readHead(bytes: Uint8Array): RolloutHead {
  const text = lenient.decode(bytes);
  return headOf(text, bytes, false, firstTurnCwd(behindFirstLine(text), false));
}

/** Reads the end of a rollout. A tail begins in the middle of a line, which says nothing. */
export function readTail(bytes: Uint8Array): RolloutTail {
  const text = lenient.decode(bytes);
  const rest = behindFirstLine(text);
  const latestCwd = lastTurnCwd(rest);
  return tailOf(rest, false, latestCwd, isUtf8(rest, bytes.subarray(bytes.indexOf(10) + 1)));
}

/**
 * The long first line holds no turns and no settings, and to look through it would cost more than all the rest;
 * that of a tail is the end of a line, which says nothing.
 */
function behindFirstLine(text: string): string {
  return text.slice(text.indexOf('\n') + 1);
}

/** What one whole line says of settings and directories. */
export function readLine(line: string): Pick<RolloutTail, 'settings' | 'latestCwd'> {
  return { settings: lastSettings(line), latestCwd: lastTurnCwd(line) };
}

/** `isWhole`: there is nothing behind these bytes. */
function headOf(
  text: string,
  bytes: Uint8Array,
  isWhole: boolean,
  firstCwd: string | null,
): RolloutHead {
  if (bytes.length === 0) return { ...UNREAD_HEAD, state: 'empty', why: 'the file has no bytes' };
  const firstEnd = text.indexOf('\n');
  if (firstEnd < 0 && !isWhole)
    return { ...UNREAD_HEAD, why: 'its first line is longer than the part that was read' };
  const first = firstEnd < 0 ? text : text.slice(0, firstEnd);
  const record = parseObject(withoutInstructions(first));
  const meta = record === null ? null : asMeta(record);
  if (record !== null && meta !== null && isUsableMeta(record)) {
    // The common case: the first line is the description, and no message is in it.
    const rest = firstEnd < 0 ? '' : text.slice(firstEnd + 1);
    const said = messagesOf(rest, isWhole, MESSAGE_LINES - 1);
    const { isUtf8, badBytes } = utf8Of(text, bytes);
    // Field by field: of ten thousand objects put together from parts each would be made several times over.
    return {
      state: 'sound',
      why: null,
      meta,
      header: { meta, line: 0 },
      laterMeta: null,
      firstUserMessage: said.firstUserMessage,
      userMessage: said.userMessage,
      userItem: said.userItem,
      hasGoal: said.hasGoal,
      reachesFirstMessage: said.reachesFirstMessage,
      firstCwd,
      isUtf8,
      badBytes,
    };
  }
  return brokenHead(text, bytes, isWhole, record);
}

/** A head whose first line is not the description: says why, and looks for one behind it. */
function brokenHead(
  text: string,
  bytes: Uint8Array,
  isWhole: boolean,
  first: ReturnType<typeof parseObject>,
): RolloutHead {
  const { state, why } = diagnose(text, first);
  const rest = {
    ...messagesOf(text, isWhole, MESSAGE_LINES),
    firstCwd: null,
    ...utf8Of(text, bytes),
  };
  let meta: RolloutMeta | null = first === null ? null : asMeta(first);
  let line = 0;
  for (const content of filledLines(text, isWhole)) {
    if (line >= HEADER_LINES) break;
    const record = parseObject(withoutInstructions(content));
    const found = record === null ? null : asMeta(record);
    meta ??= found;
    if (record !== null && found !== null && isUsableMeta(record)) {
      const header = { meta: found, line };
      // Empty lines before the description disturb nobody.
      const seen = line === 0 ? ({ state: 'sound', why: null } as const) : { state, why };
      return { ...seen, meta: found, header, laterMeta: null, ...rest };
    }
    line += 1;
  }
  // Behind a byte order mark stands the description that Codex does not see.
  meta ??= markedMeta(text);
  const laterMeta = findLaterMeta(text, isWhole);
  return { state, why, meta, header: null, laterMeta, ...rest };
}

function findLaterMeta(text: string, isWhole: boolean): RolloutMeta | null {
  for (const { line } of linesWith(text, ['session_meta"'], isWhole)) {
    const record = parseObject(withoutInstructions(line));
    if (record !== null && isUsableMeta(record)) return asMeta(record);
  }
  return null;
}

function diagnose(
  text: string,
  first: ReturnType<typeof parseObject>,
): { state: HeadState; why: string } {
  if (text.startsWith('\ufeff'))
    return { state: 'byte-order-mark', why: 'it begins with a byte order mark' };
  if (first === null) return { state: 'not-json', why: 'its first line is not a JSON object' };
  if (first['type'] !== 'session_meta' || !isObject(first['payload']))
    return { state: 'not-meta', why: 'its first line does not describe a thread' };
  return { state: 'incomplete', why: whyUnusable(first) ?? 'its first line is incomplete' };
}

function markedMeta(text: string): RolloutMeta | null {
  if (!text.startsWith('\ufeff')) return null;
  const end = text.indexOf('\n');
  const record = parseObject(withoutInstructions(text.slice(1, end < 0 ? undefined : end)));
  return record === null ? null : asMeta(record);
}

function tailOf(
  text: string,
  isWholeFile: boolean,
  latestCwd: string | null,
  isUtf8: boolean,
): RolloutTail {
  const { ending, lastHasOrdinal } = endingOf(text);
  const settings = lastSettings(text);
  return { isWholeFile, ending, isUtf8, lastHasOrdinal, settings, latestCwd };
}

function endingOf(text: string): Pick<RolloutTail, 'ending' | 'lastHasOrdinal'> {
  const isEnded = text === '' || text.endsWith('\n');
  let end = isEnded ? text.length - 1 : text.length;
  let isCut = false;
  // A torn last line and empty ones are passed over, to the last line that says something.
  for (let tries = 0; end > 0 && tries < 4; tries += 1) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(start, end);
    const record = parseObject(withoutInstructions(line));
    if (record !== null && isRecord(record)) {
      const ending = isEnded ? 'whole' : isCut ? 'cut' : 'no-line-break';
      const hasOrdinal = typeof record['ordinal'] === 'number';
      const isOne = hasOrdinal || isSurelyRecord(record);
      return { ending, lastHasOrdinal: isOne ? hasOrdinal : 'lacks-or-is-none' };
    }
    if (line.trim() !== '') isCut = true;
    end = start - 1;
  }
  return { ending: isEnded ? 'whole' : 'cut', lastHasOrdinal: null };
}

const INSTRUCTIONS = '"base_instructions":{"text":';
const STRING_TOKEN = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const KNOWN_TEXTS = 12;
const knownInstructions: string[] = [];

/**
 * The line with its instructions emptied. Parsing the result fails exactly when parsing the line
 * does: what is cut is one sound string, and no sound line has the words before it elsewhere than
 * in front of a value. A property test holds this against JSON.parse.
 */
export function withoutInstructions(line: string): string {
  const key = line.indexOf(INSTRUCTIONS);
  if (key < 0) return line;
  const start = key + INSTRUCTIONS.length;
  let known = knownInstructions.find(
    // Slices share their text, and equality compares whole words: far faster than startsWith.
    text => line.slice(start, start + text.length) === text,
  );
  if (known === undefined) {
    STRING_TOKEN.lastIndex = start;
    known = STRING_TOKEN.exec(line)?.[0];
    if (known === undefined || hasHalfCharacter(known)) return line;
    knownInstructions.unshift(known);
    knownInstructions.length = Math.min(knownInstructions.length, KNOWN_TEXTS);
  }
  return `${line.slice(0, start)}""${line.slice(start + known.length)}`;
}

function utf8Of(text: string, bytes: Uint8Array): Pick<RolloutHead, 'isUtf8' | 'badBytes'> {
  if (isUtf8(text, bytes)) return { isUtf8: true, badBytes: null };
  let start = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    if (!isText(bytes.subarray(start, end))) break;
    start = end + 1;
  }
  const sound = bytes.subarray(0, start);
  const { header, userMessage, userItem } = readHead(sound);
  const badBytes =
    header === null
      ? 'in-description'
      : (userMessage ?? userItem) === null
        ? 'before-message'
        : 'behind';
  return { isUtf8: false, badBytes };
}

/** Only a replacement character in the text makes it worth asking again. */
function isUtf8(text: string, bytes: Uint8Array): boolean {
  return !text.includes('\ufffd') || isText(withoutCutCharacter(bytes));
}

function isText(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The part that was read may end in the middle of a character, which says nothing of the file. */
function withoutCutCharacter(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    const isInside = (byte & 0xc0) === 0x80;
    if (isInside) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}

/** The head of a rollout that could not be looked at. */
export const UNREAD_HEAD: RolloutHead = {
  state: 'unread',
  why: null,
  meta: null,
  header: null,
  laterMeta: null,
  firstUserMessage: null,
  userMessage: null,
  userItem: null,
  hasGoal: false,
  reachesFirstMessage: false,
  firstCwd: null,
  isUtf8: true,
  badBytes: null,
};
