// What the beginning and the end of a rollout say. Pure: bytes in, facts out.
//
// Real first lines carry 20 KB of instructions for the model, and parsing them is most of the
// cost of a scan. They are the same text in most threads, so a text that was found to be sound
// JSON once is recognised and cut out before the rest is parsed.

import type { HeadState, RolloutHead, RolloutMeta, RolloutTail } from '../model/rollout.ts';

/** How much of a message is kept. */
const MESSAGE_CHARACTERS = 240;

const lenient = new TextDecoder('utf-8', { ignoreBOM: true });
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads the beginning of a rollout. `isWhole`: there is nothing behind these bytes. */
export function readHead(bytes: Uint8Array, isWhole: boolean): RolloutHead {
  if (bytes.length === 0) return broken('empty', 'the file has no bytes', null);
  const text = lenient.decode(bytes);
  if (text.startsWith('\ufeff')) {
    const after = readHead(bytes.subarray(3), isWhole);
    return { ...after, state: 'byte-order-mark', why: 'it begins with a byte order mark' };
  }

  const firstEnd = text.indexOf('\n');
  if (firstEnd < 0 && !isWhole)
    return broken('unread', 'its first line is longer than the part that was read', null);
  const first = firstEnd < 0 ? text : text.slice(0, firstEnd);
  const message = findUserMessage(text, isWhole);
  const parsed = parseFirstLine(first);
  if (parsed.state === 'sound' && first.includes('\ufffd') && !isUtf8(bytes, firstEnd))
    return { ...message, ...broken('not-json', 'its first line is not valid UTF-8', parsed.meta) };
  if (parsed.state === 'sound') return { state: 'sound', why: null, meta: parsed.meta, ...message };
  return { state: parsed.state, why: parsed.why, meta: parsed.meta ?? findMeta(text), ...message };
}

interface FirstLine {
  readonly state: HeadState;
  readonly why: string | null;
  readonly meta: RolloutMeta | null;
}

function parseFirstLine(line: string): FirstLine {
  const record = parseObject(withoutInstructions(line));
  if (record === null)
    return { state: 'not-json', why: 'its first line is not a JSON object', meta: null };
  const meta = asMeta(record);
  if (meta === null)
    return { state: 'not-meta', why: 'its first line does not describe a thread', meta: null };
  const missing = requiredFields(record).filter(([, value]) => typeof value !== 'string');
  if (missing.length > 0) {
    const names = missing.map(([name]) => name).join(', ');
    return { state: 'incomplete', why: `its first line lacks: ${names}`, meta };
  }
  return { state: 'sound', why: null, meta };
}

/** Codex refuses a description that lacks one of these. */
function requiredFields(record: JsonObject): readonly (readonly [string, unknown])[] {
  const payload = record['payload'] as JsonObject;
  return ['id', 'timestamp', 'cwd', 'originator', 'cli_version'].map(
    name => [name, payload[name]] as const,
  );
}

/** The description of a thread when it stands behind something that should not be there. */
function findMeta(text: string): RolloutMeta | null {
  const at = text.indexOf('"session_meta"');
  if (at < 0) return null;
  const start = text.lastIndexOf('\n', at) + 1;
  const end = text.indexOf('\n', at);
  const record = parseObject(withoutInstructions(text.slice(start, end < 0 ? undefined : end)));
  return record === null ? null : asMeta(record);
}

function asMeta(record: JsonObject): RolloutMeta | null {
  const payload = record['payload'];
  if (record['type'] !== 'session_meta' || !isObject(payload)) return null;
  const git = isObject(payload['git']) ? payload['git'] : {};
  const source = payload['source'];
  return {
    id: textOf(payload['id']),
    timestamp: textOf(payload['timestamp']),
    cwd: textOf(payload['cwd']),
    originator: textOf(payload['originator']),
    cliVersion: textOf(payload['cli_version']),
    source: isObject(source) ? JSON.stringify(source) : textOf(source),
    provider: textOf(payload['model_provider']),
    historyMode: textOf(payload['history_mode']),
    forkedFrom: textOf(payload['forked_from_id']),
    gitBranch: textOf(git['branch']),
    gitCommit: textOf(git['commit_hash']),
    gitOrigin: textOf(git['repository_url']),
  };
}

/** Finds the first message of the person among whole lines. */
function findUserMessage(
  text: string,
  isWhole: boolean,
): Pick<RolloutHead, 'firstUserMessage' | 'reachesFirstMessage'> {
  for (const line of linesWith(text, /"(?:user_message|UserMessage)"/g, isWhole)) {
    const message = userMessageOf(parseObject(line));
    if (message !== null) return { firstUserMessage: shorten(message), reachesFirstMessage: true };
  }
  return { firstUserMessage: null, reachesFirstMessage: isWhole };
}

function userMessageOf(record: JsonObject | null): string | null {
  const payload = record?.['payload'];
  if (record?.['type'] !== 'event_msg' || !isObject(payload)) return null;
  if (payload['type'] === 'user_message') return textOf(payload['message']);
  const item = payload['item'];
  if (payload['type'] !== 'item_completed' || !isObject(item) || item['type'] !== 'UserMessage')
    return null;
  const content = Array.isArray(item['content']) ? (item['content'] as unknown[]) : [];
  const texts = content.map(part => (isObject(part) ? textOf(part['text']) : null));
  return texts.filter(part => part !== null).join('\n');
}

/** Reads the end of a rollout. `isWholeFile`: these bytes are all of it. */
export function readTail(bytes: Uint8Array, isWholeFile: boolean): RolloutTail {
  const text = lenient.decode(bytes);
  // A tail begins in the middle of a line, which says nothing.
  const lines = isWholeFile ? text : text.slice(text.indexOf('\n') + 1);
  return {
    isWholeFile,
    ending: endingOf(lines),
    settings: lastSettings(lines),
    latestCwd: lastTurnCwd(lines),
  };
}

function endingOf(text: string): RolloutTail['ending'] {
  if (text === '' || text.endsWith('\n')) return 'whole';
  const last = text.slice(text.lastIndexOf('\n') + 1);
  return parseObject(withoutInstructions(last)) === null ? 'cut' : 'no-line-break';
}

function lastSettings(text: string): RolloutTail['settings'] {
  for (const line of linesWithBackwards(text, '"thread_settings_applied"')) {
    const payload = parseObject(line)?.['payload'];
    if (!isObject(payload) || payload['type'] !== 'thread_settings_applied') continue;
    const settings = isObject(payload['thread_settings']) ? payload['thread_settings'] : payload;
    return { provider: textOf(settings['model_provider_id']), cwd: textOf(settings['cwd']) };
  }
  return null;
}

function lastTurnCwd(text: string): string | null {
  for (const line of linesWithBackwards(text, '"turn_context"')) {
    const record = parseObject(line);
    const payload = record?.['payload'];
    if (record?.['type'] === 'turn_context' && isObject(payload)) return textOf(payload['cwd']);
  }
  return null;
}

/** Whole lines that hold a match; the last one is whole only when nothing follows these bytes. */
function* linesWith(text: string, pattern: RegExp, isWhole: boolean): Generator<string> {
  for (const match of text.matchAll(pattern)) {
    const end = text.indexOf('\n', match.index);
    if (end < 0 && !isWhole) return;
    yield text.slice(text.lastIndexOf('\n', match.index) + 1, end < 0 ? undefined : end);
  }
}

function* linesWithBackwards(text: string, word: string): Generator<string> {
  let before = text.length;
  for (;;) {
    const at = before <= 0 ? -1 : text.lastIndexOf(word, before - 1);
    if (at < 0) return;
    const end = text.indexOf('\n', at);
    const start = text.lastIndexOf('\n', at) + 1;
    yield text.slice(start, end < 0 ? undefined : end);
    before = start;
  }
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
  let known = knownInstructions.find(text => line.startsWith(text, start));
  if (known === undefined) {
    STRING_TOKEN.lastIndex = start;
    known = STRING_TOKEN.exec(line)?.[0];
    if (known === undefined) return line;
    knownInstructions.unshift(known);
    knownInstructions.length = Math.min(knownInstructions.length, KNOWN_TEXTS);
  }
  return `${line.slice(0, start)}""${line.slice(start + known.length)}`;
}

interface JsonObject {
  readonly [key: string]: unknown;
}

function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function shorten(text: string): string {
  return text.length > MESSAGE_CHARACTERS ? `${text.slice(0, MESSAGE_CHARACTERS)}…` : text;
}

function isUtf8(bytes: Uint8Array, characters: number): boolean {
  const end = characters < 0 ? bytes.length : bytes.indexOf(0x0a);
  try {
    strict.decode(bytes.subarray(0, end));
    return true;
  } catch {
    return false;
  }
}

function broken(state: HeadState, why: string, meta: RolloutMeta | null): RolloutHead {
  return { state, why, meta, firstUserMessage: null, reachesFirstMessage: state === 'empty' };
}
