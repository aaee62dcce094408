// What a person decided is kept in their state directory, and nowhere else.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createKeep, isInside } from '../../src/node/keep.ts';

let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'keep-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function keepIn(state = path.join(folder, 'state')) {
  return createKeep(state);
}

test('what was written is read again, and is for its owner alone', async () => {
  const keep = keepIn();
  expect(await keep.read('accepted/x.json')).toEqual({ ok: true, value: null });
  expect(await keep.write('accepted/x.json', 'one', [])).toMatchObject({ ok: true });
  expect(await keep.write('accepted/x.json', 'two', [])).toMatchObject({ ok: true });
  expect(await keep.read('accepted/x.json')).toEqual({ ok: true, value: 'two' });
  const kept = path.join(folder, 'state/accepted');
  expect(fs.readdirSync(kept)).toEqual(['x.json']);
  expect(fs.statSync(path.join(kept, 'x.json')).mode & 0o077).toBe(0);
});

test('nothing is written into a Codex home, not even behind a link', async () => {
  const home = path.join(folder, 'home');
  fs.mkdirSync(home);
  fs.symlinkSync(home, path.join(folder, 'link'));
  const keep = keepIn(path.join(folder, 'link/state'));
  const written = await keep.write('accepted/x.json', 'one', [home]);
  expect(written).toMatchObject({ ok: false });
  expect(fs.readdirSync(home)).toEqual([]);
});

test('what cannot be written is said, and leaves no trace', async () => {
  fs.writeFileSync(path.join(folder, 'state'), 'a file');
  const written = await keepIn().write('accepted/x.json', 'one', []);
  expect(written).toMatchObject({ ok: false });
  expect(fs.readdirSync(folder)).toEqual(['state']);
});

test('a folder that only begins alike is another one', () => {
  expect(isInside('/a/home/x', '/a/home')).toBe(true);
  expect(isInside('/a/home', '/a/home')).toBe(true);
  expect(isInside('/a/home-2', '/a/home')).toBe(false);
  expect(isInside('/a/..x', '/a/b')).toBe(false);
  expect(isInside('/a/b/..x', '/a/b')).toBe(true);
});
