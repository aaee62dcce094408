import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asBytes, toArray } from '../../src/engine/model/bytes.ts';
import '../support/seed.ts';

/** Plain text with a few bytes of any kind, as a rollout may hold them in another encoding. */
const bytes = fc
  .tuple(fc.nat(20_000), fc.array(fc.tuple(fc.nat(20_000), fc.nat(255)), { maxLength: 4 }))
  .map(([length, places]) => {
    const array = new Uint8Array(length).fill(0x61);
    for (const [at, byte] of places) if (at < length) array[at] = byte;
    return array;
  });

test('each byte is one character, and comes back', () => {
  fc.assert(
    fc.property(bytes, array => {
      const text = asBytes(array);
      expect(text).toBe(Buffer.from(array).toString('latin1'));
      expect([...toArray(text)]).toEqual([...array]);
    }),
  );
});

test.each([
  ['a byte order mark', [0xef, 0xbb, 0xbf, 0x61]],
  ['sound UTF-8', [0xc3, 0xa4, 0x61]],
  ['bytes that are no UTF-8', [0xff, 0x80, 0x61]],
  ['a zero', [0x00, 0x61]],
])('%s keeps every byte', (_, array) => {
  expect([...toArray(asBytes(Uint8Array.from(array)))]).toEqual(array);
});
