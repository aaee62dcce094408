import type { ThreadId } from './words.ts';

const ID =
  /^(?:urn:uuid:|\{)?([0-9a-f]{8})(-?)([0-9a-f]{4})\2([0-9a-f]{4})\2([0-9a-f]{4})\2([0-9a-f]{12})\}?$/i;

const USUAL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Nearly all ids are spelt so, and there are tens of thousands of them in a scan. */
export function isUsuallySpelt(text: string): boolean {
  return USUAL.test(text);
}

/** The usual spelling of an id, of the several that Codex reads; null when it is no id. */
export function canonicalId(text: string): ThreadId | null {
  if (isUsuallySpelt(text)) return text;
  const match = ID.exec(text);
  if (match === null) return null;
  const [, first, , ...others] = match;
  return [first, ...others].join('-').toLowerCase();
}
