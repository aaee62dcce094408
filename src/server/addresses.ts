// The addresses of our documents, `codex-health://‹home key›/thread/‹id›` and such, and of what explains them.

import { DOCUMENT_SCHEME } from '../protocol/documents.ts';

export type Address =
  | { readonly kind: 'thread' | 'database'; readonly homeKey: string; readonly name: string }
  | {
      readonly kind: 'transcript';
      readonly homeKey: string;
      readonly name: string;
      /** Null for the newest one, whichever it is. */
      readonly part: number | null;
    }
  | { readonly kind: 'home'; readonly homeKey: string; readonly name: '' };

export function threadAddress(homeKey: string, id: string): string {
  return `${DOCUMENT_SCHEME}://${homeKey}/thread/${encode(id)}`;
}

/** Without a part, the newest one: where the thread goes on. */
export function transcriptAddress(homeKey: string, id: string, part: number | null): string {
  const end = part === null ? '' : `/${String(part)}`;
  return `${DOCUMENT_SCHEME}://${homeKey}/transcript/${encode(id)}${end}`;
}

export function databaseAddress(homeKey: string, key: string): string {
  return `${DOCUMENT_SCHEME}://${homeKey}/database/${encode(key)}`;
}

export function homeAddress(homeKey: string): string {
  return `${DOCUMENT_SCHEME}://${homeKey}/home`;
}

/** Null for an address that is not one of ours. */
export function parseAddress(uri: string): Address | null {
  const match = new RegExp(
    `^${DOCUMENT_SCHEME}://([^/]*)/(thread|transcript|database|home)(?:/(.*))?$`,
  ).exec(uri);
  const [, homeKey, kind, name] = match ?? [];
  if (homeKey === undefined) return null;
  if (kind === 'home') return { kind, homeKey, name: '' };
  if (kind === 'transcript' && name !== undefined) {
    const [, id = name, part] = /^(.+)\/(\d{1,9})$/.exec(name) ?? [];
    return { kind, homeKey, name: decode(id), part: part === undefined ? null : Number(part) };
  }
  if ((kind !== 'thread' && kind !== 'database') || name === undefined) return null;
  return { kind, homeKey, name: decode(name) };
}

/**
 * Slashes stay: editors write them back even where they were encoded. What VS Code encodes and a browser
 * does not is encoded as well; a bracket would also end a link in Markdown.
 */
function encode(name: string): string {
  return (
    name
      // Half of a letter has no address.
      .replaceAll(/\p{Cs}/gu, '\ufffd')
      .split('/')
      .map(encodeURIComponent)
      .join('/')
      .replaceAll(/[!'()*]/g, letter => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
  );
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    // A thread may be named by anything that a damaged home says.
    return name;
  }
}

const CHECKS =
  'https://github.com/codex-session-health/codex-session-health/blob/main/docs/checks.md';

/** Where a check is explained to people. */
export function pageOfCheck(id: string): string {
  return `${CHECKS}#${id}`;
}
