// Bytes as text, one character for each: what a plan and a journal can hold, and a person can read.

import type { Bytes } from './plan.ts';

const PIECE = 8192;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

export function asBytes(array: Uint8Array): Bytes {
  const ascii = asciiOf(array);
  if (ascii !== null) return ascii;
  let text = '';
  for (let at = 0; at < array.length; at += PIECE) {
    const piece = array.subarray(at, at + PIECE);
    text += asciiOf(piece) ?? Reflect.apply(String.fromCharCode, null, piece);
  }
  return text;
}

/**
 * Most of what is written is plain ASCII, for which the decoder is many times faster. No sound UTF-8 has
 * as many characters as bytes unless it is that. Null for all other bytes.
 */
function asciiOf(piece: Uint8Array): Bytes | null {
  try {
    const text = decoder.decode(piece);
    return text.length === piece.length ? text : null;
  } catch {
    return null;
  }
}

export function toArray(bytes: Bytes): Uint8Array {
  // All but ASCII would take more bytes than characters.
  const ascii = encoder.encode(bytes);
  if (ascii.length === bytes.length) return ascii;
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
