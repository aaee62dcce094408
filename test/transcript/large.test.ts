// Transcripts of rollouts that fit into no memory: what counts is how much of them is read.

import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { createEngine, type Engine } from '../../src/engine/engine.ts';
import type { Report } from '../../src/engine/model/report.ts';
import type { Transcript } from '../../src/engine/model/transcript.ts';
import type { World } from '../../src/engine/world.ts';
import { home, HOME, idOf } from '../support/home.ts';

const KIB = 1024;
const MIB = KIB * KIB;
const AT = `sessions/2026/11/21/rollout-2026-11-21T10-00-00-${idOf('one')}.jsonl`;

interface Counted {
  readonly world: World;
  /** How many bytes of rollouts were read since the last call. */
  readSince(): number;
}

/** A world whose only rollout has bytes that are made when they are read. */
function endless(bytes: number, at: (offset: number, length: number) => Uint8Array): Counted {
  const { world } = home().thread('one', { at: AT }).build();
  const file = `${HOME}/${AT}`;
  let read = 0;
  const files: World['files'] = {
    ...world.files,
    stat: async path => {
      const state = await world.files.stat(path);
      return path === file && state.ok ? { ok: true, value: { ...state.value, bytes } } : state;
    },
    range: (path, offset, length) => {
      if (path !== file) return world.files.range(path, offset, length);
      const value = at(offset, Math.max(0, Math.min(length, bytes - offset)));
      read += value.length;
      return Promise.resolve({ ok: true, value });
    },
  };
  return {
    world: { ...world, files },
    readSince: () => {
      const before = read;
      read = 0;
      return before;
    },
  };
}

async function open(world: World): Promise<{
  readonly report: Report;
  readonly read: (part: number | null) => Promise<Transcript | null>;
  readonly engine: Engine;
}> {
  const engine = createEngine(world);
  const report = await engine.scan({ home: HOME, sqliteHome: null, codex: null, full: false });
  return { report, engine, read: part => engine.transcript(report, idOf('one'), part) };
}

/** Lines of a thousand bytes, numbered. */
function numbered(offset: number, length: number): Uint8Array {
  const first = Math.floor(offset / 1000);
  const lines = Array.from({ length: Math.ceil(length / 1000) + 1 }, (_, index) => {
    const message = `message ${String(first + index)} `.padEnd(900, 'x');
    const event = { type: 'event_msg', payload: { type: 'agent_message', message } };
    return `${JSON.stringify(event).padEnd(999)}\n`;
  });
  return new TextEncoder()
    .encode(lines.join(''))
    .subarray(offset - first * 1000)
    .slice(0, length);
}

const numberOf = (text: string) => Number(/^message (\d+)/.exec(text)?.[1]);
const numbersIn = (transcript: Transcript | null) =>
  (transcript?.entries ?? []).map(({ text }) => numberOf(text));

test('of a gigabyte only the part that is opened is read', async () => {
  const { world, readSince } = endless(1e9, numbered);
  const { read } = await open(world);
  readSince();
  const newest = await read(null);
  expect(readSince()).toBeLessThan(MIB);
  expect(newest?.part).toBe(newest?.parts);
  expect(numbersIn(newest).at(-1)).toBe(999_999);
  const middle = await read(Math.floor((newest?.parts ?? 0) / 2));
  expect(readSince()).toBeLessThan(MIB);
  expect(numbersIn(middle)).toHaveLength(262);
});

test('every line is in one part', async () => {
  const { read } = await open(endless(2_500_000, numbered).world);
  const { parts = 0 } = (await read(null)) ?? {};
  const seen: number[] = [];
  for (let part = 1; part <= parts; part += 1) seen.push(...numbersIn(await read(part)));
  expect(parts).toBe(9);
  expect(seen).toEqual(Array.from({ length: 2500 }, (_, index) => index));
});

test.each([256 * KIB - 1, 256 * KIB, 256 * KIB + 1])(
  'a line that ends at byte %i, near the border, is in one part',
  async end => {
    const line = (text: string, bytes: number) => {
      const event = { type: 'event_msg', payload: { type: 'agent_message', message: text } };
      return `${JSON.stringify(event).padEnd(bytes - 1)}\n`;
    };
    const text = line('first', end) + line('second', 300 * KIB) + line('third', 200);
    const { read } = await open(
      home()
        .thread('one', { at: AT, text: () => text })
        .build().world,
    );
    const parts = [await read(1), await read(2)].map(part => part?.entries.map(one => one.text));
    expect(parts.flat()).toEqual(['first', 'second', 'third']);
  },
);

test('a line of a hundred megabytes is named, and what stands around it is read', async () => {
  const before = numbered(0, 1000);
  const bytes = 100 * MIB + 2000;
  const { world, readSince } = endless(bytes, (offset, length) => {
    const piece = new Uint8Array(length).fill(0x78);
    for (let at = 0; at < length; at += 1) {
      const place = offset + at;
      if (place < 1000) piece[at] = before[place] ?? 0;
      else if (place === bytes - 1001) piece[at] = 0x0a;
      else if (place >= bytes - 1000) piece[at] = numbered(0, 1000)[place - bytes + 1000] ?? 0;
      // The byte of `before` is cheap; only the last thousand are made one by one.
    }
    return piece;
  });
  const { read } = await open(world);
  readSince();
  const first = await read(1);
  expect(readSince()).toBeLessThan(9 * MIB);
  expect(first?.entries.map(({ kind }) => kind)).toEqual(['model', 'unreadable']);
  expect(first?.entries[1]).toMatchObject({
    about: 'A line of more than 8 MiB, which is not taken apart, at byte 1000',
  });
  expect((await read(2))?.entries).toEqual([]);
  expect(readSince()).toBeLessThan(MIB);
  expect((await read(null))?.entries.map(({ kind }) => kind)).toEqual(['model']);
});

test('a compressed rollout has the same parts as a plain one', async () => {
  const plain = numbered(0, 1_000_000);
  const packed = home()
    .thread('one', { file: false })
    .file(`${AT}.zst`, zlib.zstdCompressSync(plain));
  const [one, other] = [
    await open(
      home()
        .thread('one', { at: AT, text: () => new TextDecoder().decode(plain) })
        .build().world,
    ),
    await open(packed.build().world),
  ];
  for (const part of [1, 2, 3])
    expect((await other.read(part))?.entries).toEqual((await one.read(part))?.entries);
  expect(numbersIn(await other.read(null)).at(-1)).toBe(999);
});

test('a part keeps its number and its text while the rollout grows', async () => {
  const { read } = await open(endless(2_000_000, numbered).world);
  const grown = await open(endless(9_000_000, numbered).world);
  expect((await grown.read(3))?.entries).toEqual((await read(3))?.entries);
});
