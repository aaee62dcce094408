// What an editor says that somebody wants to be changed, made sure of: any editor may send anything, and
// an address of a document can be typed by hand.

import { Refusal } from '../../engine/refusal.ts';
import type { Wish } from '../../protocol/repairs.ts';

/** Null for what is no wish. */
export function readWish(given: unknown): Wish | null {
  const { kind, findings, threads, thread, name, from, to, cure } = asObject(given);
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
    default:
      return null;
  }
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

export function asObject(given: unknown): { readonly [name: string]: unknown } {
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

function isTextsOrNull(given: unknown): given is readonly string[] | null | undefined {
  return given == null || isTexts(given);
}
