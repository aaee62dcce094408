import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createUnhurried } from '../../src/extension/tree/unhurried.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function start() {
  const work = vi.fn<() => void>();
  const view = { isSeen: false };
  return { work, view, changes: createUnhurried(work, () => view.isSeen, 1000) };
}

test('what is seen is asked for at each change', () => {
  const { work, view, changes } = start();
  view.isSeen = true;
  for (let at = 0; at < 3; at += 1) changes.notice();
  expect(work).toHaveBeenCalledTimes(3);
});

test('what nobody sees is asked for at once, then now and then, and after the last change', () => {
  const { work, changes } = start();
  for (let at = 0; at < 25; at += 1) {
    changes.notice();
    vi.advanceTimersByTime(100);
  }
  expect(work).toHaveBeenCalledTimes(3);
  vi.advanceTimersByTime(5000);
  expect(work).toHaveBeenCalledTimes(4);
});

test('who looks again sees what has come meanwhile, and nothing is asked without a reason', () => {
  const { work, view, changes } = start();
  changes.notice();
  changes.notice();
  view.isSeen = true;
  changes.seen();
  expect(work).toHaveBeenCalledTimes(2);
  changes.seen();
  vi.advanceTimersByTime(5000);
  expect(work).toHaveBeenCalledTimes(2);
});

test('nothing is asked for a window that is closed', () => {
  const { work, changes } = start();
  changes.notice();
  changes.notice();
  changes.dispose();
  vi.advanceTimersByTime(5000);
  expect(work).toHaveBeenCalledTimes(1);
});
