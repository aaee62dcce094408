// The addresses of our documents: `codex-health://‹home key›/thread/‹id›`.

import { DOCUMENT_SCHEME } from '../protocol/documents.ts';

export type Address =
  | { readonly kind: 'thread' | 'database'; readonly homeKey: string; readonly name: string }
  | { readonly kind: 'home'; readonly homeKey: string; readonly name: '' };

export function threadAddress(homeKey: string, id: string): string {
  return `${DOCUMENT_SCHEME}://${homeKey}/thread/${encode(id)}`;
}

export function databaseAddress(homeKey: string, key: string): string {
  return `${DOCUMENT_SCHEME}://${homeKey}/database/${encode(key)}`;
}

export function homeAddress(homeKey: string): string {
  return `${DOCUMENT_SCHEME}://${homeKey}/home`;
}

/** Null for an address that is not one of ours. */
export function parseAddress(uri: string): Address | null {
  const match = new RegExp(`^${DOCUMENT_SCHEME}://([^/]*)/(thread|database|home)(?:/(.*))?$`).exec(
    uri,
  );
  const [, homeKey, kind, name] = match ?? [];
  if (homeKey === undefined) return null;
  if (kind === 'home') return { kind, homeKey, name: '' };
  if ((kind !== 'thread' && kind !== 'database') || name === undefined) return null;
  return { kind, homeKey, name: decode(name) };
}

/** Slashes stay: editors write them back even where they were encoded. */
function encode(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/');
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    // A thread may be named by anything that a damaged home says.
    return name;
  }
}
