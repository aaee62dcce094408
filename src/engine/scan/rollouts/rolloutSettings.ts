// What a rollout says of the provider and the directory that its thread has now: in lines of settings,
// and in those with which turns begin.
//
// They can be long, and from their first few words on they are the same text in all threads that were
// started alike. What such a text says is remembered, so that it is parsed once.

import type { RolloutTail } from '../../model/rollout.ts';
import { isObject, parseObject, textOf, type JsonObject } from './rolloutLine.ts';
import { lineAround, takeLast, type Span } from './rolloutText.ts';

export function lastSettings(text: string): RolloutTail['settings'] {
  return takeLast(text, 'thread_settings_applied"', settingsIn);
}

const TURN = 'turn_context"';

export function lastTurnCwd(text: string): string | null {
  return takeLast(text, TURN, turnIn)?.cwd ?? null;
}

/** Null where the line goes on behind this text. */
export function firstTurnCwd(text: string, isWhole: boolean): string | null {
  const at = text.indexOf(TURN);
  return at < 0 ? null : turnCwdAt(text, at, isWhole);
}

/** Of the first turn and of the last one, which is mostly the same. */
export function turnCwds(wholeText: string): { first: string | null; latest: string | null } {
  const at = wholeText.indexOf(TURN);
  if (at < 0) return { first: null, latest: null };
  const first = turnCwdAt(wholeText, at, true);
  const isOnlyOne = !wholeText.includes(TURN, at + TURN.length);
  return { first, latest: isOnlyOne ? first : lastTurnCwd(wholeText) };
}

function turnCwdAt(text: string, at: number, isWhole: boolean): string | null {
  const line = lineAround(text, at);
  if (line.end === text.length && !isWhole) return null;
  return turnIn(text, line)?.cwd ?? null;
}

const TEXT = String.raw`"[^"\\\u0000-\u001f]*"`;
/** What differs from thread to thread stands at the beginning of a line, when Codex has written it. */
const opening = (kind: string, ids: string) =>
  new RegExp(
    String.raw`\{"timestamp":${TEXT},(?:"ordinal":(?:0|[1-9]\d*),)?${kind}(?:"(?:${ids})":${TEXT},)*(?=")`,
    'y',
  );

const settingsIn = saidOnce(
  opening('"type":"event_msg","payload":\\{"type":"thread_settings_applied",', 'thread_id'),
  (record): RolloutTail['settings'] => {
    const payload = record?.['payload'];
    if (!isObject(payload) || payload['type'] !== 'thread_settings_applied') return null;
    const settings = isObject(payload['thread_settings']) ? payload['thread_settings'] : payload;
    return { provider: textOf(settings['model_provider_id']), cwd: textOf(settings['cwd']) };
  },
);

const turnIn = saidOnce(
  opening('"type":"turn_context","payload":\\{', 'turn_id|root_turn_id'),
  (record): { readonly cwd: string | null } | null => {
    const payload = record?.['payload'];
    if (record?.['type'] !== 'turn_context' || !isObject(payload)) return null;
    return { cwd: textOf(payload['cwd']) };
  },
);

const MOST_KNOWN = 64;

/**
 * Reads a line, or knows what it says by all that stands behind its opening. That is exact: of an opening
 * all is known but some sound strings and a number, which nobody asks for; what follows is the next name,
 * so the line is JSON exactly when another one that goes on in the same way is. A property test holds this
 * against JSON.parse.
 */
function saidOnce<T>(
  opening: RegExp,
  read: (record: JsonObject | null) => T,
): (text: string, line: Span) => T {
  const known = new Map<string, T>();
  return (text, { start, end }) => {
    // No string of it has a line break, so that it ends in the line in which it begins.
    opening.lastIndex = start;
    if (!opening.test(text)) return read(parseObject(text.slice(start, end)));
    const rest = text.slice(opening.lastIndex, end);
    let said = known.get(rest);
    if (said !== undefined) return said;
    said = read(parseObject(text.slice(start, end)));
    if (known.size === MOST_KNOWN) known.clear();
    // A slice would hold on to all that was read of its rollout.
    known.set(JSON.parse(JSON.stringify(rest)) as string, said);
    return said;
  };
}
