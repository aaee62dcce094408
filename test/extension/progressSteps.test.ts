import { expect, test } from 'vitest';
import { inSteps } from '../../src/extension/progressSteps.ts';

test('how far it has come becomes by how much', () => {
  const told: unknown[] = [];
  const hear = inSteps({ report: step => void told.push(step) });
  hear({ message: 'waiting' });
  hear({ percentage: 30 });
  hear({ message: 'half', percentage: 50 });
  hear({ message: 'checking', percentage: 10 });
  hear({ percentage: 100 });
  expect(told).toEqual([
    { increment: 0, message: 'waiting' },
    // Said again: a report without a message would take it away.
    { increment: 30, message: 'waiting' },
    { increment: 20, message: 'half' },
    { increment: 0, message: 'checking' },
    { increment: 50, message: 'checking' },
  ]);
});

test('the beginning, which says nothing, leaves what stands there', () => {
  const told: unknown[] = [];
  const hear = inSteps({ report: step => void told.push(step) });
  hear({ percentage: 0 });
  hear({ percentage: 5 });
  expect(told).toEqual([{ increment: 5 }]);
});
