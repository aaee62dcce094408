import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRetries, type Retries } from '../../src/server/retries.ts';

const MINUTES = 60_000;
let triedAt: number[] = [];
let fails = true;
let retries: Retries;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  [triedAt, fails] = [[], true];
  retries = createRetries(() => {
    triedAt.push(Math.round(performance.now()));
    void attempt();
  });
});

afterEach(() => vi.useRealTimers());

function attempt(): Promise<string> {
  const made = fails ? Promise.reject(new Error('not now')) : Promise.resolve('done');
  return retries.heed(made).catch((error: unknown) => String(error));
}

test('how an attempt ends is handed on', async () => {
  expect(await attempt()).toBe('Error: not now');
  fails = false;
  expect(await attempt()).toBe('done');
});

test('pauses grow as long as it fails, up to a few minutes', async () => {
  await attempt();
  await vi.advanceTimersByTimeAsync(60 * MINUTES);
  const pauses = triedAt.map((at, index) => at - (triedAt[index - 1] ?? 0));
  expect(pauses.length).toBeGreaterThan(10);
  expect(pauses[0]).toBeLessThan(5000);
  expect(pauses).toEqual(pauses.toSorted((one, other) => one - other));
  expect(Math.max(...pauses)).toBe(5 * MINUTES);
});

test('what succeeds is not tried again, and the next failure is answered soon', async () => {
  await attempt();
  await vi.advanceTimersByTimeAsync(30 * MINUTES);
  fails = false;
  await attempt();
  const before = triedAt.length;
  await vi.advanceTimersByTimeAsync(30 * MINUTES);
  expect(triedAt).toHaveLength(before);
  fails = true;
  await attempt();
  await vi.advanceTimersByTimeAsync(5000);
  expect(triedAt).toHaveLength(before + 1);
});

test('whoever asks meanwhile does not make it be tried more often', async () => {
  for (let asked = 0; asked < 20; asked += 1) await attempt();
  await vi.advanceTimersByTimeAsync(3000);
  expect(triedAt).toHaveLength(1);
});

test('nothing is tried after the end', async () => {
  await attempt();
  retries.close();
  await attempt();
  await vi.advanceTimersByTimeAsync(60 * MINUTES);
  expect(triedAt).toEqual([]);
});
