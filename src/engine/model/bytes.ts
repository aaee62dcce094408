// Bytes as text, one character for each: what a plan and a journal can hold, and a person can read.

import type { Bytes } from './plan.ts';

const PIECE = 8192;

export function asBytes(array: Uint8Array): Bytes {
  let text = '';
  for (let at = 0; at < array.length; at += PIECE)
    text += String.fromCharCode(...array.subarray(at, at + PIECE));
  return text;
}

export function toArray(bytes: Bytes): Uint8Array {
  const array = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += 1) array[at] = bytes.charCodeAt(at);
  return array;
}

export function bytesOfText(text: string): Bytes {
  return asBytes(new TextEncoder().encode(text));
}

/** Pieces one after the other; they come to this length. */
export function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
