import fc from 'fast-check';

const SURROGATES = 0xd800;
const MANY = 0x800;

/**
 * Any character that there is, as one of the units of a string. The library has such a unit, too; but
 * then each process makes a list of all million characters first, for a second.
 */
export const anyCharacter = fc
  .integer({ min: 0, max: 0x10ffff - MANY })
  .map(place => String.fromCodePoint(place < SURROGATES ? place : place + MANY));
