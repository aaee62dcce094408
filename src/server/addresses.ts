// The addresses of our documents, `codex-health://‹home key›/thread/‹id›` and such, and of what explains them.

import { DOCUMENT_SCHEME } from '../protocol/documents.ts';
import { harmless } from '../words/harmless.ts';

export type Address =
  | { readonly kind: 'thread' | 'database'; readonly homeKey: string; readonly name: string }
  | {
      /** Of a thread by its id, or of one file alone by its path in the home. */
      readonly kind: 'transcript' | 'file';
      readonly homeKey: string;
      readonly name: string;
      /** Null for the newest one, whichever it is. */
      readonly part: number | null;
    }
  | { readonly kind: 'home'; readonly homeKey: string; readonly name: '' };

/** What the addresses of a thread are made of. */
export interface Titled {
  readonly id: string;
  readonly title: string;
}

/**
 * The id alone decides which record it is. The title stands behind it for people, since editors show the
 * last part of an address on the tab; one that has changed since leads to the same record.
 */
export function threadAddress(homeKey: string, { id, title }: Titled): string {
  return join(homeKey, 'thread', segment(id), tabTitle(title, 'record'));
}

/** Without a part, the newest one: where the thread goes on. */
export function transcriptAddress(
  homeKey: string,
  { id, title }: Titled,
  part: number | null,
): string {
  const number = part === null ? null : String(part);
  return join(homeKey, 'transcript', segment(id), number, tabTitle(title, transcriptOf(part)));
}

/** The transcript of one file alone. */
export function fileAddress(homeKey: string, path: string, part: number | null): string {
  return join(homeKey, 'file', encode(`${path} (${transcriptOf(part)})`));
}

export function databaseAddress(homeKey: string, key: string): string {
  return join(homeKey, 'database', encode(key));
}

export function homeAddress(homeKey: string): string {
  return join(homeKey, 'home');
}

function join(homeKey: string, ...parts: readonly (string | null)[]): string {
  return `${DOCUMENT_SCHEME}://${[homeKey, ...parts].filter(part => part !== null).join('/')}`;
}

function transcriptOf(part: number | null): string {
  return part === null ? 'transcript' : `transcript, part ${String(part)}`;
}

const LONGEST_TITLE = 60;

/**
 * What a page is, in brackets behind its title: it tells the tabs of a thread apart, and no title is taken
 * for the name of a file, by which editors choose a language, as `Fix main.py` would be.
 */
function tabTitle(title: string, what: string): string | null {
  const name = harmless(title, LONGEST_TITLE).replaceAll('/', '\u2215').replaceAll('\\', '\u2216');
  return name === '' ? null : encode(`${name} (${what})`);
}

/** Null for an address that is not one of ours. */
export function parseAddress(uri: string): Address | null {
  const match = new RegExp(
    `^${DOCUMENT_SCHEME}://([^/]*)/(thread|transcript|file|database|home)(?:/(.*))?$`,
  ).exec(uri);
  const [, homeKey, kind, rest] = match ?? [];
  if (homeKey === undefined) return null;
  if (kind === 'home') return { kind, homeKey, name: '' };
  if (rest === undefined) return null;
  const [id = '', number = ''] = rest.split('/');
  switch (kind) {
    case 'thread':
      return { kind, homeKey, name: nameIn(id) };
    case 'transcript':
      return { kind, homeKey, name: nameIn(id), part: numberIn(number) };
    case 'database':
      return { kind, homeKey, name: decode(rest) };
    case 'file': {
      const [, path, part] = /^(.+) \(transcript(?:, part (\d+))?\)$/.exec(decode(rest)) ?? [];
      return path === undefined ? null : { kind, homeKey, name: path, part: numberIn(part ?? '') };
    }
    default:
      return null;
  }
}

/** Whether two addresses lead to one page, under whatever titles. */
export function isSamePage(one: string, other: string): boolean {
  const [first, second] = [parseAddress(one), parseAddress(other)];
  return first !== null && JSON.stringify(first) === JSON.stringify(second);
}

function numberIn(part: string): number | null {
  return /^\d{1,9}$/.test(part) ? Number(part) : null;
}

/** One part of an address, whatever is in the name: encoded twice, since editors undo it once. */
function segment(name: string): string {
  return encode(name.replaceAll('%', '%25').replaceAll('/', '%2F'));
}

function nameIn(part: string): string {
  return decode(part).replaceAll('%2F', '/').replaceAll('%25', '%');
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
