import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createGathering, type Gathering } from '../../src/server/gathering.ts';

let done: number[] = [];
let takesMs = 0;
let tells = true;
let gathering: Gathering;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  [done, takesMs, tells] = [[], 0, true];
  gathering = createGathering(async () => {
    done.push(Math.round(performance.now()));
    if (takesMs > 0) await new Promise(resolve => setTimeout(resolve, takesMs));
    return tells;
  });
});

afterEach(() => vi.useRealTimers());

/** Something changes each hundred milliseconds for so long, and somebody looks or does not. */
async function burst(milliseconds: number, isSeen: boolean): Promise<void> {
  for (let at = 0; at < milliseconds; at += 100) {
    gathering.notice();
    if (isSeen) gathering.seen();
    await vi.advanceTimersByTimeAsync(100);
  }
}

test('the first change is answered soon', async () => {
  gathering.notice();
  await vi.advanceTimersByTimeAsync(300);
  expect(done).toHaveLength(1);
});

test('a burst is answered a few times in a second, and its last change always', async () => {
  await burst(3000, true);
  expect(done.length).toBeGreaterThan(3);
  expect(done.length).toBeLessThan(8);
  const before = done.length;
  gathering.notice();
  await vi.advanceTimersByTimeAsync(2000);
  expect(done.length).toBe(before + 1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(done.length).toBe(before + 1);
});

test('a change that comes while the work is done is answered after it', async () => {
  takesMs = 400;
  gathering.notice();
  await vi.advanceTimersByTimeAsync(300);
  gathering.notice();
  gathering.seen();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(done).toHaveLength(2);
});

test('work that takes long is done seldom', async () => {
  takesMs = 1000;
  await burst(20_000, true);
  expect(done.length).toBeLessThan(6);
});

test('while nobody looks, little is done; and who looks does not wait', async () => {
  await burst(30_000, false);
  expect(done.length).toBeLessThan(6);
  const before = done.length;
  gathering.notice();
  gathering.seen();
  await vi.advanceTimersByTimeAsync(700);
  expect(done.length).toBe(before + 1);
});

test('who has not been told of anything may be looking still', async () => {
  tells = false;
  gathering.notice();
  await vi.advanceTimersByTimeAsync(20_000);
  gathering.notice();
  await vi.advanceTimersByTimeAsync(300);
  expect(done).toHaveLength(2);
});

test('nothing is done after the end', async () => {
  gathering.notice();
  gathering.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(done).toEqual([]);
});
