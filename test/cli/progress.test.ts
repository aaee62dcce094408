import { expect, test } from 'vitest';
import { createProgress } from '../../src/cli/progress.ts';

function watched(columns = 80) {
  let time = 0;
  let shown = '';
  const progress = createProgress({
    columns,
    now: () => time,
    write: text => void (shown += text),
  });
  return { progress, shown: () => shown, wait: (ms: number) => void (time += ms) };
}

const ERASED = '\r\u001b[2K';

test('what is quick shows nothing', () => {
  const { progress, shown, wait } = watched();
  progress.tell(1, 100, 'rollouts');
  wait(900);
  progress.tell(99, 100, 'rollouts');
  progress.end();
  expect(shown()).toBe('');
});

test('what is long is shown now and then, and taken away at the end', () => {
  const { progress, shown, wait } = watched();
  wait(1000);
  progress.tell(1200, 20_000, 'rollouts');
  wait(20);
  progress.tell(1300, 20_000, 'rollouts');
  wait(100);
  progress.tell(2000, 20_000, 'rollouts');
  progress.end();
  expect(shown()).toBe(
    `${ERASED}Looking … 1,200 of 20,000 conversations${ERASED}Looking … 2,000 of 20,000 conversations${ERASED}`,
  );
});

test('the line is never longer than the terminal', () => {
  const { progress, shown, wait } = watched(20);
  wait(1000);
  progress.tell(1200, 20_000, 'rollouts');
  expect(shown()).toBe(`${ERASED}Looking … 1,200 of…`);
});

test('what is put back is called so', () => {
  const { progress, shown, wait } = watched();
  wait(1000);
  progress.tell(256, 10_000, 'undoing');
  expect(shown()).toBe(`${ERASED}Putting back … 256 of 10,000 repairs`);
});
