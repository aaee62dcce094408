// Answers among noise: found whole, however they are cut, and never believed by halves.

import { expect, test } from 'vitest';
import { Marks } from '../../src/node/hosts/marks.ts';

const MARK = '@0123456789abcdef';

interface Heard {
  readonly records: (readonly [string, readonly (string | null)[]])[];
  readonly frames: string[];
  readonly failures: string[];
}

function hear(pieces: readonly Buffer[]): Heard {
  const heard: Heard = { records: [], frames: [], failures: [] };
  const marks = new Marks(MARK, {
    record: (name, values) => heard.records.push([name, values]),
    frame: bytes => heard.frames.push(bytes.toString()),
    fail: why => heard.failures.push(why),
  });
  for (const piece of pieces) marks.push(piece);
  return heard;
}

const SAID = Buffer.from(
  `Welcome to ${MARK.slice(0, 5)}\nno end${MARK} one =a - ~c3a9200a .\n` +
    `${MARK} torn =half of it, said the banner\n` +
    `\n${MARK} frame =${String(MARK.length + 3)} .\n${MARK} x\n` +
    `bye\n${MARK} two .\n`,
);
const HEARD: Heard = {
  records: [
    ['one', ['a', null, 'é \n']],
    ['two', []],
  ],
  frames: [`${MARK} x\n`],
  failures: [],
};

test('records and frames are found among noise', () => {
  expect(hear([SAID])).toEqual(HEARD);
});

test.each([1, 2, 3, 7, 16, 17, 18, 40])('also when they come in pieces of %i', size => {
  const count = Math.ceil(SAID.length / size);
  const pieces = Array.from({ length: count }, (_, at) =>
    SAID.subarray(at * size, (at + 1) * size),
  );
  expect(hear(pieces)).toEqual(HEARD);
});

test('noise has an end, and so has a line', () => {
  const noise = Array.from({ length: 100 }, () => Buffer.alloc(1 << 16, 'y\n'));
  expect(hear([...noise, SAID])).toEqual({
    records: [],
    frames: [],
    failures: ['it prints without end'],
  });
  const line = [Buffer.from(`${MARK} x =`), Buffer.alloc(1 << 17, 'y')];
  expect(hear(line).failures).toEqual(['it printed a line without end']);
});

test.each(['-1', '1e99', 'x', '999999999999'])('a frame of %s bytes is not waited for', bytes => {
  expect(hear([Buffer.from(`${MARK} frame =${bytes} .\n`)]).failures).toEqual([
    'it answered more than can be read',
  ]);
});
