// What a rollout says of the provider and the directory that its thread has now: in lines of settings,
// and in those with which turns begin.
//
// They can be long, and from their first few words on they are the same text in all threads that were
// started alike. What such a text says is remembered, so that it is parsed once.

import type { RolloutTail } from '../../model/rollout.ts';
import { isObject, parseObject, textOf, type JsonObject } from './rolloutLine.ts';
import { takeLast } from './rolloutText.ts';

export function lastSettings(text: string): RolloutTail['settings'] {
  return takeLast(text, 'thread_settings_applied"', settingsIn);
}

export function lastTurnCwd(text: string): string | null {
  return takeLast(text, 'turn_context"', turnIn)?.cwd ?? null;
}

export function firstTurnCwd(text: string, isWhole: boolean): string | null {
  const at = text.indexOf('turn_context"');
  const end = at < 0 ? -1 : text.indexOf('\n', at);
  if (at < 0 || (end < 0 && !isWhole)) return null;
  return lastTurnCwd(text.slice(text.lastIndexOf('\n', at) + 1, end < 0 ? undefined : end));
}

const TEXT = String.raw`"[^"\\\u0000-\u001f]*"`;
/** What differs from thread to thread stands at the beginning of a line, when Codex has written it. */
const opening = (kind: string, ids: string) =>
  new RegExp(
    String.raw`^\{"timestamp":${TEXT},(?:"ordinal":(?:0|[1-9]\d*),)?${kind}(?:"(?:${ids})":${TEXT},)*(?=")`,
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
function saidOnce<T>(opening: RegExp, read: (record: JsonObject | null) => T): (line: string) => T {
  const known = new Map<string, T>();
  return line => {
    const start = opening.exec(line)?.[0].length;
    if (start === undefined) return read(parseObject(line));
    const rest = line.slice(start);
    let said = known.get(rest);
    if (said !== undefined) return said;
    said = read(parseObject(line));
    if (known.size === MOST_KNOWN) known.clear();
    // A slice would hold on to all that was read of its rollout.
    known.set(JSON.parse(JSON.stringify(rest)) as string, said);
    return said;
  };
}
