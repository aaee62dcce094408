// What an editor says that somebody wants to be changed, made sure of: any editor may send anything, and
// an address of a document can be typed by hand.

import { Refusal } from '../../engine/refusal.ts';
import type { SplitHost, Wish } from '../../protocol/repairs.ts';

/** Null for what is no wish. */
export function readWish(given: unknown): Wish | null {
  const { kind, findings, threads, thread, name, from, to, cure, ...more } = asObject(given);
  switch (kind) {
    case 'all':
      return { kind };
    case 'findings':
      return isTexts(findings) && isTextOrNull(cure) && isTextOrNull(to)
        ? { kind, findings, cure: cure ?? null, to: to ?? null }
        : null;
    case 'move':
      return isTextOrNull(from) && isText(to) && isTextsOrNull(threads)
        ? { kind, from: from ?? null, to, threads: threads ?? null }
        : null;
    case 'restore':
      return isTextsOrNull(threads) ? { kind, threads: threads ?? null } : null;
    case 'archive':
    case 'unarchive':
      return isTexts(threads) ? { kind, threads } : null;
    case 'rename':
      return isText(thread) && typeof name === 'string' ? { kind, thread, name } : null;
    case 'fork':
      return isText(thread) ? { kind, thread } : null;
    case 'split':
      return readSplit(more);
    case 'databases':
      return readDatabases(more);
    default:
      return null;
  }
}

function readSplit(given: Given): Wish | null {
  const { hosts, shells, shared, closed = [] } = given;
  return isSplit(hosts) &&
    isTexts(shells) &&
    (shared === 'link' || shared === 'copy') &&
    (isNone(closed) || isTexts(closed))
    ? { kind: 'split', hosts, shells, shared, closed }
    : null;
}

function readDatabases({ folder, old, shells }: Given): Wish | null {
  const isRead = isText(folder) && (old === 'stay' || old === 'go') && isTexts(shells);
  return isRead ? { kind: 'databases', folder, old, shells } : null;
}

export function demandWish(given: unknown): Wish {
  const wish = readWish(given);
  if (wish === null) throw nonsense('What is wished is not understood.');
  return wish;
}

export function demandText(given: unknown, what: string): string {
  if (!isText(given)) throw nonsense(`${what} is missing.`);
  return given;
}

export function demandTexts(given: unknown, what: string): readonly string[] {
  if (!isTexts(given)) throw nonsense(`${what} are missing.`);
  return given;
}

export function nonsense(sentence: string): Refusal {
  return new Refusal(
    'not-understood',
    sentence,
    'Nothing was changed. The editor and the server may be of different versions.',
  );
}

interface Given {
  readonly [name: string]: unknown;
}

export function asObject(given: unknown): Given {
  return typeof given === 'object' && given !== null ? { ...given } : {};
}

function isText(given: unknown): given is string {
  return typeof given === 'string' && given !== '';
}

function isTextOrNull(given: unknown): given is string | null | undefined {
  return given == null || isText(given);
}

function isTexts(given: unknown): given is readonly string[] {
  return Array.isArray(given) && given.length > 0 && given.every(isText);
}

/** The name of a host becomes that of a folder. */
function isSplit(given: unknown): given is readonly SplitHost[] {
  const isHost = (one: unknown) => {
    const { host, threads } = asObject(one);
    return isText(host) && !/^\.|\//.test(host) && (isNone(threads) || isTexts(threads));
  };
  return Array.isArray(given) && given.length > 0 && given.every(isHost);
}

function isNone(given: unknown): given is readonly [] {
  return Array.isArray(given) && given.length === 0;
}

function isTextsOrNull(given: unknown): given is readonly string[] | null | undefined {
  return given == null || isTexts(given);
}
