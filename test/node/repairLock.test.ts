// The lock that keeps two repairs apart, between real processes.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHands } from '../../src/node/hands.ts';

const hands = createHands();
let folder: string;
let file: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lock-'));
  file = path.join(folder, 'lock.sqlite');
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Another process that tries to take it, says whether it has it, and keeps it. */
async function other() {
  const source = path.join(import.meta.dirname, '../../src/node/hands.ts');
  const script = `
    const { createHands } = await import(${JSON.stringify(source)});
    const lock = await createHands().lock(${JSON.stringify(file)});
    console.log(lock === null ? 'refused' : 'taken');
    setTimeout(() => lock, 60_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const kill = async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { said: String(said).trim(), kill };
}

test('the lock keeps another process out until it is released', async () => {
  const lock = await hands.lock(file);
  const refused = await other();
  await refused.kill();
  await lock?.release();
  const taking = await other();
  await taking.kill();
  expect([refused.said, taking.said]).toEqual(['refused', 'taken']);
});

test('the lock ends with the process that has it, however it ends', async () => {
  const { said, kill } = await other();
  expect([said, await hands.lock(file)]).toEqual(['taken', null]);
  await kill();
  const lock = await hands.lock(file);
  expect(lock).not.toBe(null);
  await lock?.release();
});
