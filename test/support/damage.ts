// What happens to files: generators of damage to bytes.

import fc from 'fast-check';
import { anyCharacter } from './anyCharacter.ts';

export type Damage = (bytes: Uint8Array) => Uint8Array;

/** A place in a file of any length. */
const place = fc.double({ min: 0, max: 1, noNaN: true });
const junk = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 30 }),
  fc.string({ minLength: 1, maxLength: 30, unit: anyCharacter }).map(text => encode(text)),
);

/** The rest is gone. */
const cut = place.map(
  (at): Damage =>
    bytes =>
      bytes.slice(0, indexIn(bytes, at)),
);

const flip = fc
  .array(fc.tuple(place, fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 8 })
  .map((flips): Damage => bytes => {
    const copy = bytes.slice();
    for (const [at, mask] of flips)
      if (copy.length > 0) copy[indexIn(copy, at)] = (copy[indexIn(copy, at)] ?? 0) ^ mask;
    return copy;
  });

/** What a disk that lost power leaves behind. */
const zeros = fc.tuple(place, place).map(([from, to]): Damage => bytes => {
  const [start, end] = [indexIn(bytes, Math.min(from, to)), indexIn(bytes, Math.max(from, to))];
  return bytes.slice().fill(0, start, end + 1);
});

const insertion = fc.tuple(place, junk).map(
  ([at, more]): Damage =>
    bytes =>
      spliced(bytes, indexIn(bytes, at), 0, more),
);

const emptied = fc.constant<Damage>(() => new Uint8Array());

/** Damage that asks for nothing of the file. */
export const anyDamage: fc.Arbitrary<Damage> = fc.oneof(cut, flip, zeros, insertion, emptied);

const junkFirst = junk.map(
  (more): Damage =>
    bytes =>
      joined([more, encode('\n'), bytes]),
);

const duplicated = fc.tuple(place, place).map(
  ([from, to]): Damage =>
    bytes =>
      editLines(bytes, lines => {
        const line = lines[Math.floor(from * (lines.length - 1))] ?? '';
        return lines.toSpliced(Math.floor(to * lines.length), 0, line);
      }),
);

const lineLost = place.map(
  (at): Damage =>
    bytes =>
      editLines(bytes, lines => lines.toSpliced(Math.floor(at * lines.length), 1)),
);

const otherLineEnds = fc.constantFrom('\r\n', '\r', '', '\n\n').map(
  (end): Damage =>
    bytes =>
      editLines(bytes, lines => [lines.join(end)]),
);

/** Damage of a file of lines. */
export const lineDamage: fc.Arbitrary<Damage> = fc.oneof(
  anyDamage,
  junkFirst,
  duplicated,
  lineLost,
  otherLineEnds,
);

function editLines(bytes: Uint8Array, edit: (lines: string[]) => string[]): Uint8Array {
  return encode(edit(new TextDecoder().decode(bytes).split('\n')).join('\n'));
}

function spliced(bytes: Uint8Array, at: number, count: number, more: Uint8Array): Uint8Array {
  return joined([bytes.slice(0, at), more, bytes.slice(at + count)]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function indexIn(bytes: Uint8Array, at: number): number {
  return Math.min(bytes.length - 1, Math.floor(at * bytes.length));
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
