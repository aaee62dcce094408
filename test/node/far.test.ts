// What a process apart reads is what would be read here; and it is told apart whether it is slow or hangs.

import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Files } from '../../src/engine/world.ts';
import { createFarDisk, SILENT, type FarDisk } from '../../src/node/far/farDisk.ts';
import { createFarFiles, filesOn } from '../../src/node/far/farFiles.ts';
import { startReader } from '../../src/node/far/reader.ts';
import { createFiles } from '../../src/node/files.ts';
import type { HelperProgram } from '../../src/node/helperProcess.ts';

const READER = path.join(import.meta.dirname, '../../src/node/far/readerProcess.ts');
const near = createFiles();

let folder: string;
let disk: FarDisk | undefined;
let readers: Set<number>;
let started: number;

beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'far-')));
});
afterEach(() => {
  vi.useRealTimers();
  disk?.end();
  fs.rmSync(folder, { recursive: true });
});

function start(program: HelperProgram = READER, silentMs = 10_000): Files {
  readers = new Set();
  started = 0;
  disk = createFarDisk(() => {
    started += 1;
    return startReader(program, silentMs, readers);
  });
  return filesOn(disk, near);
}

describe('what is read apart', () => {
  test('is what would be read here, whatever is asked and whatever is there', async () => {
    const at = (name: string) => path.join(folder, name);
    fs.mkdirSync(at('a/b'), { recursive: true });
    // More than is read at once, and more than a pipe holds.
    fs.writeFileSync(at('a/long'), crypto.randomBytes(3_000_001));
    fs.writeFileSync(at('a/b/empty'), '');
    fs.writeFileSync(at('a/packed.zst'), zlib.zstdCompressSync(Buffer.alloc(200_000, 'words ')));
    fs.symlinkSync('long', at('a/link'));
    const far = start();
    for (const file of ['a', 'a/long', 'a/b/empty', 'a/packed.zst', 'a/link', 'gone'].map(at)) {
      const [here, there] = await Promise.all([near, far].map(files => everything(files, file)));
      expect(there, file).toEqual(here);
    }
  });

  test('is handed over as far as it is wanted, and then the next is asked', async () => {
    const file = path.join(folder, 'long');
    fs.writeFileSync(file, Buffer.alloc(5_000_000, 'x'));
    const far = start();
    const visits: number[] = [];
    const read = await far.stream(file, piece => (visits.push(piece.length) < 2 ? 'more' : 'stop'));
    expect([read.ok, visits.length]).toEqual([true, 2]);
    expect(await far.stat(file)).toEqual(await near.stat(file));
    const failed = await far.stream(file, () => {
      throw new Error('no room');
    });
    expect(failed).toEqual({ ok: false, trouble: { code: 'broken', why: 'no room' } });
    expect(await far.stat(file)).toEqual(await near.stat(file));
  });

  test('is asked for in turn, however many ask at once', async () => {
    const files = Array.from({ length: 50 }, (_, at) => path.join(folder, String(at)));
    for (const file of files) fs.writeFileSync(file, file.repeat(2000));
    const far = start();
    const read = await Promise.all(files.map(file => far.whole(file, 1_000_000)));
    const texts = read.map(one => (one.ok ? Buffer.from(one.value).toString() : ''));
    expect(texts).toEqual(files.map(file => file.repeat(2000)));
    expect(started).toBe(1);
  });
});

/** All that can be asked of a path; bytes as their length and digest. */
async function everything(files: Files, file: string): Promise<unknown> {
  const pieces: Uint8Array[] = [];
  const streamed = await files.stream(file, piece => {
    pieces.push(piece.slice());
    return 'more';
  });
  const answers = [
    [streamed, Buffer.concat(pieces)],
    await files.stat(file),
    await files.list(file),
    await files.tree(file),
    await files.ends(file, 1000, 100),
    await files.range(file, 500, 2_000_000),
    await files.whole(file, 10_000_000),
    await files.whole(file, 1000),
    await files.digest(file),
    await files.measure(file),
    await files.packedSize(file, 100_000),
    await files.realPath(file),
    await files.readLink(file),
  ];
  const bytesAsDigest = (_: string, value: unknown) =>
    value instanceof Uint8Array || (value as { type?: string } | null)?.type === 'Buffer'
      ? digest(value as Uint8Array)
      : value;
  return JSON.parse(JSON.stringify(answers, bytesAsDigest)) as unknown;
}

function digest(bytes: Uint8Array | { readonly data: readonly number[] }): string {
  const all = bytes instanceof Uint8Array ? bytes : Uint8Array.from(bytes.data);
  return `${String(all.length)} ${crypto.createHash('sha256').update(all).digest('hex')}`;
}

describe('who answers', () => {
  /** Stands in for the program that reads: says that something has come so often, and then answers, or never. */
  const saysThatItComes = (times: number, isAnswering: boolean) => ({
    source: `const say = (kind, value) => {
      const head = Buffer.alloc(5);
      head.writeUInt32LE(value.length, 0);
      head.writeUInt8(kind, 4);
      process.stdout.write(Buffer.concat([head, value]));
    };
    const none = Buffer.alloc(0);
    const packed = require('node:v8').serialize({ ok: true, value: 'slow' });
    process.stdin.once('data', async () => {
      for (let times = 0; times < ${String(times)}; times += 1) {
        await new Promise(resolve => setTimeout(resolve, 100));
        say(0, none);
      }
      if (${String(isAnswering)}) say(5, packed);
    });
    say(0, none);`,
  });

  test('slowly is waited for, however long it takes altogether', async () => {
    const far = start(saysThatItComes(30, true), 1500);
    const startedAt = performance.now();
    expect(await far.stat(folder)).toEqual({ ok: true, value: 'slow' });
    expect(performance.now() - startedAt).toBeGreaterThan(2000);
  });

  test('no more is left behind, and for a while not asked again', async () => {
    const far = start(saysThatItComes(1, false), 1000);
    const stat = Promise.resolve(far.stat(folder));
    const asked = [stat, far.tree(folder), far.whole(folder, 1)];
    const [pid = 0] = await vi.waitUntil(() => (readers.size > 0 ? [...readers] : null));
    const silent = { ok: false, trouble: SILENT };
    expect(await Promise.all(asked)).toEqual([silent, silent, silent]);
    expect(await far.stream(folder, () => 'more')).toEqual(silent);
    expect(await far.realPath(folder)).toBe(folder);
    expect(started).toBe(1);
    await vi.waitUntil(() => readers.size === 0);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  test('no more is not asked again as long as what was left behind hangs', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    let hangs = true;
    let times = 0;
    const hanging = createFarDisk(() => ({
      ask: () => Promise.resolve((times += 1) === 1 ? null : { value: times }),
      isRunning: () => hangs,
      end: () => undefined,
    }));
    const question = { method: 'stat', args: [folder] } as const;
    expect(await hanging.ask(question)).toBe(null);
    vi.advanceTimersByTime(3_600_000);
    expect([await hanging.ask(question), times]).toEqual([null, 1]);
    hangs = false;
    expect(await hanging.ask(question)).toEqual({ value: 2 });
    hanging.end();
  });

  test('has ended, which is no silence that anybody waits for', async () => {
    const far = start({ source: 'process.exit(1)' });
    expect(await far.stat(folder)).toEqual({ ok: false, trouble: SILENT });
  });
});

test('files on a local disk are read by no process apart', async () => {
  const files = createFarFiles({ source: 'process.exit(1)' });
  expect(await files.mayHang(folder)).toBe(false);
  fs.writeFileSync(path.join(folder, 'file'), 'text');
  const read = await files.whole(path.join(folder, 'file'), 10);
  expect(read.ok && Buffer.from(read.value).toString()).toBe('text');
  expect(files.isFar(folder)).toBe(false);
});
