// The real file system, with what real homes do to a reader: links, pipes, giants, vanishing files.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Gap } from '../../src/engine/model/gap.ts';
import { readRollouts } from '../../src/engine/scan/rollouts/rollouts.ts';
import { createFiles } from '../../src/node/files.ts';
import { createMemoryWorld } from '../support/memoryWorld.ts';

const ID = '01a00000-0000-7000-8000-000000000001';
const NAME = `rollout-2026-11-21T08-00-00-${ID}.jsonl`;
const META = {
  id: ID,
  timestamp: '2026-11-21T08:00:00.000Z',
  cwd: '/home/ada',
  originator: 'test',
  cli_version: '0.169.0',
  source: 'vscode',
  model_provider: 'mock',
};
const HEADER = `${JSON.stringify({ timestamp: META.timestamp, type: 'session_meta', payload: META })}\n`;
const MESSAGE = `${JSON.stringify({ timestamp: META.timestamp, type: 'event_msg', payload: { type: 'user_message', message: 'hello' } })}\n`;

let home: string;
let day: string;

beforeEach(() => {
  home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'files-')));
  day = path.join(home, 'sessions/2026/11/21');
  fs.mkdirSync(day, { recursive: true });
});

afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

async function read(full = false) {
  const gaps: Gap[] = [];
  const nowhere = createMemoryWorld({
    files: new Map(),
    folders: new Set(),
    troubles: new Map(),
    codexes: [],
    holders: [],
    filesystem: null,
    environment: {},
    nowMs: Date.now(),
    silent: new Set(),
  });
  const rollouts = await readRollouts(
    { ...nowhere, files: createFiles() },
    { homeKey: 'test', home, places: ['sessions', 'archived_sessions'], full, progress: () => {} },
    gaps,
  );
  return { rollouts, gaps };
}

test('the folder of sessions may be a link to another disk', async () => {
  fs.writeFileSync(path.join(day, NAME), HEADER + MESSAGE);
  fs.renameSync(path.join(home, 'sessions'), path.join(home, 'elsewhere'));
  fs.symlinkSync(path.join(home, 'elsewhere'), path.join(home, 'sessions'));
  const { rollouts, gaps } = await read();
  expect(rollouts).toMatchObject([{ head: { state: 'sound', firstUserMessage: 'hello' } }]);
  expect(gaps).toEqual([]);
});

test('links that lead in a circle and pipes hold nobody up', async () => {
  fs.symlinkSync(path.join(home, 'sessions'), path.join(day, 'circle'));
  execFileSync('mkfifo', [path.join(day, NAME)]);
  const { rollouts } = await read();
  expect(rollouts).toEqual([]);
});

test('a first line of a hundred megabytes is not read to its end', async () => {
  const handle = fs.openSync(path.join(day, NAME), 'w');
  const piece = 'x'.repeat(1024 * 1024);
  fs.writeSync(handle, HEADER.slice(0, -4));
  for (let written = 0; written < 100; written += 1) fs.writeSync(handle, piece);
  fs.closeSync(handle);
  const before = process.memoryUsage().rss;
  const { rollouts } = await read();
  expect(rollouts).toMatchObject([{ head: { state: 'unread' } }]);
  expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1024 * 1024);
});

test('a line of a hundred megabytes in the middle costs no memory, also when all is read', async () => {
  const handle = fs.openSync(path.join(day, NAME), 'w');
  const piece = 'x'.repeat(1024 * 1024);
  fs.writeSync(handle, `${HEADER}${MESSAGE}{"a":"`);
  for (let written = 0; written < 100; written += 1) fs.writeSync(handle, piece);
  fs.writeSync(handle, `"}\n${MESSAGE}no json\n`);
  fs.closeSync(handle);
  const before = process.memoryUsage().rss;
  const { rollouts } = await read(true);
  expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1024 * 1024);
  expect(rollouts[0]?.body).toMatchObject({ lines: 5, badLines: [{ line: 5 }] });
});

test('a compressed rollout of many megabytes is unpacked as far as its head', async () => {
  const long = MESSAGE.repeat(120_000);
  const packed = zlib.zstdCompressSync(Buffer.from(HEADER + long));
  fs.writeFileSync(path.join(day, `${NAME}.zst`), packed);
  const { rollouts } = await read();
  expect(rollouts).toMatchObject([
    { compressed: true, head: { state: 'sound' }, tail: { isWholeFile: false } },
  ]);
});

test('lines that are longer than what is read at once are read as they are', async () => {
  const payload = {
    type: 'user_message',
    message: 'A long line, of which no part is like another: ',
  };
  const lines = Array.from({ length: 40 }, (_, line) => {
    payload.message += String(line).repeat(3000);
    return `${JSON.stringify({ timestamp: META.timestamp, type: 'event_msg', payload })}\n`;
  });
  fs.writeFileSync(path.join(day, NAME), HEADER + lines.join(''));
  const { rollouts } = await read(true);
  expect(rollouts.map(({ body }) => [body?.lines, body?.badLines])).toEqual([[41, []]]);
});

// As when `sessions` leads to a disk that is not mounted: its conversations are not gone.
test('a tree whose root leads nowhere could not be looked at, and is not missing', async () => {
  const link = path.join(day, 'elsewhere');
  fs.symlinkSync(path.join(day, 'not-mounted'), link);
  const files = createFiles();
  expect(await files.tree(link)).toMatchObject({
    ok: false,
    trouble: { code: 'broken', why: expect.stringContaining('not-mounted') as string },
  });
  expect(await files.tree(path.join(day, 'nothing'))).toMatchObject({
    trouble: { code: 'missing' },
  });
});

test('two who read at once each have the bytes of their own file', async () => {
  const files = createFiles();
  const paths = ['one', 'other'].map(name => path.join(day, name));
  for (const file of paths) fs.writeFileSync(file, path.basename(file).repeat(100));
  const read = await Promise.all(paths.map(async file => files.ends(file, 64, 16)));
  const heads = read.map(ends => (ends.ok ? Buffer.from(ends.value.head).toString() : ''));
  expect(heads.map(head => head.slice(0, 6))).toEqual(['oneone', 'othero']);
});

test('a rollout that grows while it is read is read as far as it was', async () => {
  const file = path.join(day, NAME);
  fs.writeFileSync(file, HEADER + MESSAGE);
  const files = createFiles();
  const ends = await files.ends(file, 64, 16);
  fs.appendFileSync(file, MESSAGE);
  expect(ends.ok && ends.value.state.bytes).toBe(HEADER.length + MESSAGE.length);
  expect(ends.ok && ends.value.tailOffset).toBe(HEADER.length + MESSAGE.length - 16);
});
