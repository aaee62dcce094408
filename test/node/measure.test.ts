// Room on a real disk: what files take, what they hold, and what they would come to.

import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BESIDE } from '../../src/engine/hands.ts';
import { createFiles } from '../../src/node/files.ts';
import { createHands } from '../../src/node/hands.ts';
import { isOneFrame } from '../../src/node/zstdFrame.ts';

const files = createFiles();
const hands = createHands();

let folder: string;
const at = (name: string) => path.join(folder, name);

beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'measure-')));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

async function measured(root = folder) {
  const read = await files.measure(root);
  if (!read.ok) throw new Error(read.trouble.why);
  return new Map(read.value.entries.map(entry => [entry.path, entry]));
}

describe('measure', () => {
  test('a file with holes takes less than its length', async () => {
    fs.writeFileSync(at('sparse'), '');
    fs.truncateSync(at('sparse'), 64 * 1024 * 1024);
    const entry = (await measured()).get('sparse');
    expect(entry?.bytes).toBe(64 * 1024 * 1024);
    expect(entry?.allocated).toBeLessThan(1024 * 1024);
  });

  test('two names of one file have one identity, a link is itself, and nothing behind it is counted', async () => {
    fs.mkdirSync(at('below'));
    fs.writeFileSync(at('below/one'), 'x'.repeat(10_000));
    fs.linkSync(at('below/one'), at('two'));
    fs.mkdirSync(at('elsewhere'));
    fs.writeFileSync(at('elsewhere/large'), 'x');
    fs.symlinkSync(at('elsewhere'), at('below/link'));
    const entries = await measured();
    expect(entries.get('two')?.identity).toBe(entries.get('below/one')?.identity);
    expect(entries.get('below/link')?.kind).toBe('link');
    expect([...entries.keys()].sort()).toEqual(
      ['', 'below', 'below/link', 'below/one', 'elsewhere', 'elsewhere/large', 'two'].sort(),
    );
  });

  test('the path itself may be a link, and a file', async () => {
    fs.mkdirSync(at('real'));
    fs.writeFileSync(at('real/one'), 'abc');
    fs.symlinkSync(at('real'), at('link'));
    expect((await measured(at('link'))).get('one')).toMatchObject({
      bytes: 3,
      file: at('link/one'),
    });
    expect((await measured(at('real/one'))).get('')).toMatchObject({ bytes: 3, kind: 'file' });
  });

  test('what is not there is said', async () => {
    expect(await files.measure(at('nothing'))).toMatchObject({
      ok: false,
      trouble: { code: 'missing' },
    });
  });

  test('folders in folders without end are named and left', async () => {
    fs.mkdirSync(at('d/'.repeat(40)), { recursive: true });
    const read = await files.measure(folder);
    expect(read.ok && read.value.troubles.map(({ trouble }) => trouble.why)).toEqual([
      'it is nested too deeply',
    ]);
  });
});

/** More than one piece of reading, and not all alike. */
const TEXT = Array.from(
  { length: 60_000 },
  (_, index) => `{"line":${String(index * 7919)}}\n`,
).join('');
const SHA = crypto.createHash('sha256').update(TEXT).digest('hex');

describe('digest', () => {
  test('is the same of a plain file and of its compressed one', async () => {
    fs.writeFileSync(at('plain.jsonl'), TEXT);
    fs.writeFileSync(at('packed.jsonl.zst'), zlib.zstdCompressSync(TEXT));
    const expected = { ok: true, value: { bytes: TEXT.length, sha256: SHA } };
    expect(await files.digest(at('plain.jsonl'))).toEqual(expected);
    expect(await files.digest(at('packed.jsonl.zst'))).toEqual(expected);
  });

  // Node's own zstd ends behind the first, and would have half a conversation taken for all of it.
  test.each([
    ['small', TEXT],
    ['large', crypto.randomBytes(3_000_000).toString('base64')],
  ])('a %s compressed file of several frames is read to its end', async (_, text) => {
    const half = text.length / 2;
    const frames = [text.slice(0, half), text.slice(half)].map(part => zlib.zstdCompressSync(part));
    fs.writeFileSync(at('frames.jsonl.zst'), Buffer.concat(frames));
    const sha256 = crypto.createHash('sha256').update(text).digest('hex');
    const expected = { ok: true, value: { bytes: text.length, sha256 } };
    expect(await files.digest(at('frames.jsonl.zst'))).toEqual(expected);
    expect(isOneFrame(at('frames.jsonl.zst'))).toBe(false);
    let streamed = '';
    await files.stream(at('frames.jsonl.zst'), piece => {
      streamed += Buffer.from(piece).toString();
      return 'more';
    });
    expect(streamed).toBe(text);
  });

  // The fast way is kept for what Codex packs.
  test.each([
    ['of one frame', {}],
    ['with a checksum', { [zlib.constants.ZSTD_c_checksumFlag]: 1 }],
    ['of many blocks', { [zlib.constants.ZSTD_c_compressionLevel]: 1 }],
  ])('a compressed file %s is known for one', (_, params) => {
    for (const text of ['', 'x', 'x'.repeat(300), TEXT]) {
      fs.writeFileSync(at('one.jsonl.zst'), zlib.zstdCompressSync(text, { params }));
      expect(isOneFrame(at('one.jsonl.zst'))).toBe(true);
    }
  });

  test.each([1, 100, 5000])(
    'a compressed file that lacks its last %i bytes has none',
    async cut => {
      const packed = zlib.zstdCompressSync(TEXT);
      fs.writeFileSync(at('cut.jsonl.zst'), packed.subarray(0, packed.length - cut));
      const read = await files.digest(at('cut.jsonl.zst'));
      expect(read.ok && read.value.sha256 === SHA).toBe(false);
    },
  );

  test('what is not there is said', async () => {
    expect(await files.digest(at('nothing.zst'))).toMatchObject({ ok: false });
  });
});

test('what the beginning of a file would come to', async () => {
  fs.writeFileSync(at('plain.jsonl'), TEXT);
  const read = await files.packedSize(at('plain.jsonl'), 10_000);
  const params = { [zlib.constants.ZSTD_c_compressionLevel]: 3 };
  const packedBytes = zlib.zstdCompressSync(TEXT.slice(0, 10_000), { params }).length;
  expect(read).toEqual({ ok: true, value: { bytes: 10_000, packedBytes } });
  expect(fs.readdirSync(folder)).toEqual(['plain.jsonl']);
});

describe('unpack', () => {
  const TIME = 1_780_000_000_123.456;
  const expected = { bytes: TEXT.length, sha256: SHA, modifiedMs: TIME };

  beforeEach(() => {
    fs.writeFileSync(at('a.jsonl.zst'), zlib.zstdCompressSync(TEXT));
    fs.chmodSync(at('a.jsonl.zst'), 0o440);
  });

  test('every byte, with the time and the rights', async () => {
    await hands.unpack(at('a.jsonl.zst'), at('a.jsonl'), expected);
    expect(fs.readFileSync(at('a.jsonl'), 'utf8')).toBe(TEXT);
    const { mtimeNs } = fs.statSync(at('a.jsonl'), { bigint: true });
    expect(mtimeNs / 1000n).toBe(1_780_000_000_123_456n);
    expect(fs.statSync(at('a.jsonl')).mode & 0o777).toBe(0o440);
    expect(fs.readdirSync(folder).sort()).toEqual(['a.jsonl', 'a.jsonl.zst']);
  });

  test.each([
    ['more bytes', { ...expected, bytes: TEXT.length + 1 }],
    ['other bytes', { ...expected, sha256: SHA.replace(/^./, 'x') }],
  ])('nothing is made where %s were expected', async (_, other) => {
    await expect(hands.unpack(at('a.jsonl.zst'), at('a.jsonl'), other)).rejects.toThrow(
      'does not hold what was expected',
    );
    expect(fs.readdirSync(folder)).toEqual(['a.jsonl.zst']);
  });

  test('nothing is replaced', async () => {
    fs.writeFileSync(at('a.jsonl'), 'mine');
    await expect(hands.unpack(at('a.jsonl.zst'), at('a.jsonl'), expected)).rejects.toThrow(
      'there is already something',
    );
    expect(fs.readFileSync(at('a.jsonl'), 'utf8')).toBe('mine');
  });

  test('one that a stop has left beside is written over', async () => {
    fs.writeFileSync(at(`a.jsonl${BESIDE}`), 'half of something longer'.repeat(100_000));
    await hands.unpack(at('a.jsonl.zst'), at('a.jsonl'), { ...expected, sha256: null });
    expect(fs.readFileSync(at('a.jsonl'), 'utf8')).toBe(TEXT);
  });
});

test('a second name is of the same file, and replaces nothing', async () => {
  fs.writeFileSync(at('one'), 'mine');
  await hands.link(at('one'), at('two'));
  expect(fs.statSync(at('two')).ino).toBe(fs.statSync(at('one')).ino);
  await expect(hands.link(at('one'), at('two'))).rejects.toThrow(/EEXIST/);
});
