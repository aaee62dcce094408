import { expect, test, vi } from 'vitest';
import type { Report } from '../../src/engine/model/report.ts';
import { createStopped } from '../../src/server/changes/stopped.ts';

function start() {
  const ends: ((answer: Promise<string | null>) => void)[] = [];
  const look = vi.fn(() => new Promise<string | null>(resolve => void ends.push(resolve)));
  const changed = vi.fn<() => void>();
  const end = async (answer: Promise<string | null>) => {
    ends.at(-1)?.(answer);
    await new Promise(setImmediate);
  };
  return { look, changed, end, stopped: createStopped(look, changed) };
}

const [one, two] = [{} as Report, {} as Report];

test('nobody waits for the answer, and who has asked is told when it is another one', async () => {
  const { stopped, changed, end } = start();
  expect(stopped(one, null)).toBeNull();
  await end(Promise.resolve('r1'));
  expect(changed).toHaveBeenCalledTimes(1);
  expect(stopped(one, null)).toBe('r1');
  expect(stopped(two, null)).toBe('r1');
  await end(Promise.resolve('r1'));
  expect(changed).toHaveBeenCalledTimes(1);
});

test('it is looked at once for each report and place of the backups, never twice at a time', async () => {
  const { stopped, look, end } = start();
  for (const report of [one, two, one]) stopped(report, null);
  expect(look).toHaveBeenCalledTimes(1);
  await end(Promise.resolve(null));
  stopped(one, null);
  expect(look).toHaveBeenCalledTimes(1);
  stopped(one, '/elsewhere');
  expect(look).toHaveBeenCalledTimes(2);
  await end(Promise.resolve(null));
  stopped(two, '/elsewhere');
  expect(look).toHaveBeenCalledTimes(3);
});

test('a place that cannot be read says nothing', async () => {
  const { stopped, changed, end } = start();
  stopped(one, null);
  await end(Promise.reject(new Error('it does not answer')));
  expect(stopped(two, null)).toBeNull();
  expect(changed).not.toHaveBeenCalled();
});
