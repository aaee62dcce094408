import { expect, test } from 'vitest';
import { oncePerSnapshot } from '../../src/engine/checks/judging/oncePerSnapshot.ts';
import type { Snapshot } from '../../src/engine/model/snapshot.ts';
import { scanned } from '../support/expect.ts';
import { home } from '../support/home.ts';

test('what several checks ask of a snapshot is worked out once, and anew for another', async () => {
  const asked: Snapshot[] = [];
  const ids = oncePerSnapshot(snapshot => {
    asked.push(snapshot);
    return snapshot.threads.map(({ id }) => id);
  });
  const one = (await scanned(home().thread('t1'))).report.snapshot;
  const other = (await scanned(home().thread('t1').thread('t2'))).report.snapshot;
  expect([ids(one), ids(one), ids(other)].map(({ length }) => length)).toEqual([1, 1, 2]);
  expect(ids(one)).toBe(ids(one));
  expect(asked).toEqual([one, other]);
});
