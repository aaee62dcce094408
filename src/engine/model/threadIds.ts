import type { ThreadId } from './words.ts';

const ID =
  /^(?:urn:uuid:|\{)?([0-9a-f]{8})(-?)([0-9a-f]{4})\2([0-9a-f]{4})\2([0-9a-f]{4})\2([0-9a-f]{12})\}?$/i;

/** The usual spelling of an id, of the several that Codex reads; null when it is no id. */
export function canonicalId(text: string): ThreadId | null {
  const match = ID.exec(text);
  if (match === null) return null;
  const [, first, , ...others] = match;
  return [first, ...others].join('-').toLowerCase();
}
