// What is said between us and the process that reads for us, and how: a length, a kind, and a value as Node packs
// it. Both sides are of one build.

import v8 from 'node:v8';
import type { Files } from '../../engine/world.ts';

/** What is done there; all else that `Files` can do asks no disk. */
export type FarMethod = Exclude<keyof Files, 'filesystem' | 'mayHang' | 'pause'>;

export interface FarQuestion {
  readonly method: FarMethod;
  /** Those that can be packed. */
  readonly args: readonly unknown[];
}

export type FarWord =
  | { readonly kind: 'came' | 'more' | 'stop' }
  | { readonly kind: 'question'; readonly value: FarQuestion }
  /** A part of a file that is handed over; it goes on, or not, when `more` or `stop` is said. */
  | { readonly kind: 'piece'; readonly value: Uint8Array }
  | { readonly kind: 'answer'; readonly value: unknown };

const KINDS: readonly FarWord['kind'][] = ['came', 'more', 'stop', 'question', 'piece', 'answer'];

/** The length of what follows, and its kind. */
export const HEAD_BYTES = 5;

export function packed(word: FarWord): readonly [head: Buffer, rest: Buffer] {
  const rest = 'value' in word ? v8.serialize(word.value) : Buffer.alloc(0);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(rest.length, 0);
  head.writeUInt8(KINDS.indexOf(word.kind), 4);
  return [head, rest];
}

export function bytesBehind(head: Buffer): number {
  return head.readUInt32LE(0);
}

export function unpacked(head: Buffer, rest: Buffer): FarWord {
  const kind = KINDS[head.readUInt8(4)];
  return {
    kind,
    ...(rest.length > 0 ? { value: v8.deserialize(rest) as unknown } : {}),
  } as FarWord;
}
