// Where a value stands in JSON text, so that it can be changed without touching anything else: not the
// order of the keys, not the spacing, not how a text is written.

import { toArray } from '../../model/bytes.ts';
import type { Bytes } from '../../model/plan.ts';

export interface Place {
  readonly start: number;
  readonly end: number;
}

/**
 * The places of the value that these keys lead to, more than one where a key stands there twice.
 * The text is one JSON object, and known to be sound.
 */
export function placesOf(json: Bytes, keys: readonly string[], from = 0): readonly Place[] {
  const [key, ...deeper] = keys;
  const found: Place[] = [];
  let at = skipSpace(json, from) + 1;
  while (json[(at = skipSpace(json, at))] === '"') {
    const keyEnd = stringEnd(json, at);
    const name = decode(json.slice(at, keyEnd));
    const start = skipSpace(json, skipSpace(json, keyEnd) + 1);
    const end = valueEnd(json, start);
    if (name === key && deeper.length === 0) found.push({ start, end });
    else if (name === key && json[start] === '{') found.push(...placesOf(json, deeper, start));
    at = skipSpace(json, end);
    if (json[at] === ',') at += 1;
  }
  return found;
}

/** The places of the values in a list; none when it is no list. */
export function elementsOf(json: Bytes, { start, end }: Place): readonly Place[] {
  const found: Place[] = [];
  if (json[start] !== '[') return found;
  let at = skipSpace(json, start + 1);
  while (at < end - 1) {
    const element = { start: at, end: valueEnd(json, at) };
    found.push(element);
    at = skipSpace(json, element.end);
    if (json[at] === ',') at = skipSpace(json, at + 1);
  }
  return found;
}

const BEYOND_ASCII = /[\x80-\xff]/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The value that a piece of JSON stands for. */
export function decode(json: Bytes): unknown {
  const text = BEYOND_ASCII.test(json) ? utf8.decode(toArray(json)) : json;
  return JSON.parse(text);
}

/** Null for what is no JSON object in sound UTF-8. */
export function decodeObject(json: Bytes): Readonly<Record<string, unknown>> | null {
  try {
    const value = decode(json);
    return typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown> | null)
      : null;
  } catch {
    return null;
  }
}

function skipSpace(json: Bytes, from: number): number {
  let at = from;
  while (' \t\r\n'.includes(json[at] ?? '!')) at += 1;
  return at;
}

function stringEnd(json: Bytes, start: number): number {
  // The instructions in a first line are twenty thousand characters long.
  for (let at = json.indexOf('"', start + 1); at >= 0; at = json.indexOf('"', at + 1))
    if (!isEscaped(json, at)) return at + 1;
  return json.length + 1;
}

function isEscaped(json: Bytes, at: number): boolean {
  let before = at;
  while (json[before - 1] === '\\') before -= 1;
  return (at - before) % 2 === 1;
}

function valueEnd(json: Bytes, start: number): number {
  if (json[start] === '"') return stringEnd(json, start);
  let depth = 0;
  for (let at = start; at < json.length; at += 1)
    switch (json.charAt(at)) {
      case '"':
        at = stringEnd(json, at) - 1;
        break;
      case '{':
      case '[':
        depth += 1;
        break;
      case '}':
      case ']':
        if (depth === 0) return at;
        depth -= 1;
        if (depth === 0) return at + 1;
        break;
      case ',':
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        if (depth === 0) return at;
    }
  return json.length;
}
