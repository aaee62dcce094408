// The addresses of plans, of the history, and of each repair in it. That of a plan carries the whole wish,
// since the server keeps nothing between showing and doing, and a window that is loaded anew asks another
// server. It is carried before the path, which editors show: the path is for people.

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { DOCUMENT_SCHEME } from '../../protocol/documents.ts';
import type { Wish } from '../../protocol/repairs.ts';
import { count } from '../../words/amounts.ts';
import { readWish } from './wishes.ts';

export type ChangeAddress =
  /** `wish` null: the address has been damaged. */
  | { readonly kind: 'plan'; readonly homeKey: string; readonly wish: Wish | null }
  | { readonly kind: 'history'; readonly homeKey: string }
  | { readonly kind: 'repair'; readonly homeKey: string; readonly receipt: string };

export function planAddress(homeKey: string, wish: Wish): string {
  // No dot: what follows one is a kind of file to editors. No slash: they write it back where it was encoded.
  const title = titleOf(wish).replaceAll(/[^\p{L}\p{N} _-]+/gu, ' ');
  return `${DOCUMENT_SCHEME}://${homeKey}.${pack(wish)}/plan/${encodeURIComponent(title.trim())}`;
}

export function historyAddress(homeKey: string): string {
  return `${DOCUMENT_SCHEME}://${homeKey}/history`;
}

/** The page of one repair. */
export function repairAddress(homeKey: string, receipt: string): string {
  return `${historyAddress(homeKey)}/${encodeURIComponent(receipt)}`;
}

/** Null for the address of something else. */
export function parseChangeAddress(uri: string): ChangeAddress | null {
  const match = new RegExp(
    `^${DOCUMENT_SCHEME}://([^/.]*)(?:\\.([^/]*))?/(plan|history)(?:/([^/]*)|$)`,
  ).exec(uri);
  const [, homeKey, carried = '', kind, name = ''] = match ?? [];
  if (homeKey === undefined) return null;
  if (kind === 'plan') return { kind, homeKey, wish: unpack(carried) };
  return name === ''
    ? { kind: 'history', homeKey }
    : { kind: 'repair', homeKey, receipt: decode(name) };
}

/** Letters in which editors leave this part of an address as it is: they write it in small ones. */
function pack(wish: Wish): string {
  return deflateRawSync(JSON.stringify(wish)).toString('hex');
}

/** More than anybody has findings; an address can be typed by hand, and unpack to anything. */
const MOST_BYTES = 16 * 1024 * 1024;

function unpack(carried: string): Wish | null {
  try {
    const json = inflateRawSync(Buffer.from(carried, 'hex'), { maxOutputLength: MOST_BYTES });
    return readWish(JSON.parse(json.toString('utf8')));
  } catch {
    return null;
  }
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

export function titleOf(wish: Wish): string {
  switch (wish.kind) {
    case 'all':
      return 'Repair State';
    case 'findings':
      return titleOfFindings(wish.findings);
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
    case 'split':
      return 'A Codex home for each host';
    case 'databases':
      return 'Databases on a disk of this host';
  }
}

function titleOfFindings(findings: readonly string[]): string {
  const [check = '', ...others] = new Set(findings.map(id => id.split(':')[0] ?? ''));
  const number = count(findings.length, 'finding');
  if (others.length > 0) return `Repair ${number}`;
  return findings.length === 1 ? `Repair ${check}` : `Repair ${number} of ${check}`;
}
