// For the test of the runner: one test of two fails.

import { test } from '../harness.ts';

test('this one passes', () => Promise.resolve());

test('this one fails', () => Promise.reject(new Error('as it shall')));
