// The addresses of plans and of the history. That of a plan carries the whole wish, since the server keeps
// nothing between showing and doing; its last part is for people, whose editors show it as a title.

import { DOCUMENT_SCHEME } from '../../protocol/documents.ts';
import type { Wish } from '../../protocol/repairs.ts';
import { count } from '../../words/amounts.ts';
import { readWish } from './wishes.ts';

export type ChangeAddress =
  /** `wish` null: the address has been damaged. */
  | { readonly kind: 'plan'; readonly homeKey: string; readonly wish: Wish | null }
  | { readonly kind: 'history'; readonly homeKey: string };

export function planAddress(homeKey: string, wish: Wish): string {
  const carried = Buffer.from(JSON.stringify(wish)).toString('base64url');
  // Editors write a slash back even where it was encoded.
  const title = titleOf(wish).replaceAll(/[^\p{L}\p{N} ._-]+/gu, ' ');
  return `${DOCUMENT_SCHEME}://${homeKey}/plan/${carried}/${encodeURIComponent(title.trim())}`;
}

export function historyAddress(homeKey: string): string {
  return `${DOCUMENT_SCHEME}://${homeKey}/history`;
}

/** Null for the address of something else. */
export function parseChangeAddress(uri: string): ChangeAddress | null {
  const match = new RegExp(`^${DOCUMENT_SCHEME}://([^/]*)/(plan|history)(?:/([^/]*)|$)`).exec(uri);
  const [, homeKey, kind, carried = ''] = match ?? [];
  if (homeKey === undefined) return null;
  return kind === 'plan' ? { kind, homeKey, wish: unpack(carried) } : { kind: 'history', homeKey };
}

function unpack(carried: string): Wish | null {
  try {
    return readWish(JSON.parse(Buffer.from(carried, 'base64url').toString('utf8')));
  } catch {
    return null;
  }
}

export function titleOf(wish: Wish): string {
  switch (wish.kind) {
    case 'all':
      return 'Repair State';
    case 'findings':
      return wish.findings.length === 1
        ? `Repair ${wish.findings[0]?.split(':')[0] ?? ''}`
        : `Repair ${count(wish.findings.length, 'finding')}`;
    case 'move':
      return `Move threads to ${wish.to}`;
    case 'restore':
      return 'Give threads their providers back';
    case 'archive':
      return `Archive ${count(wish.threads.length, 'thread')}`;
    case 'unarchive':
      return `Unarchive ${count(wish.threads.length, 'thread')}`;
    case 'rename':
      return 'Rename a thread';
    case 'fork':
      return 'Fork a thread';
  }
}
