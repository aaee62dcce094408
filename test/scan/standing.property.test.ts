// A scan that stands says what a scan says that looks at everything, whatever has happened in between.
// SEED=… repeats a run, RUNS=… makes a longer one.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import type { Report } from '../../src/engine/model/report.ts';
import { changes, ChangingHome, type Change } from '../support/changingHome.ts';
import '../support/seed.ts';

const RUNS = Number(process.env['RUNS'] ?? 12);

/** They predict in different ways who can see a thread. */
const VERSIONS = ['0.142.0', '0.155.0', '0.160.0', '0.169.0'];

/** What chance finds too seldom. */
const EXAMPLES: [readonly Change[], string][] = [
  [
    [
      { kind: 'what stands behind a long text', which: 0 },
      { kind: 'what stands behind a long text', which: 14 },
    ],
    '0.169.0',
  ],
  [
    [
      { kind: 'all writers gone', which: 0 },
      { kind: 'a database damaged', which: 0 },
    ],
    '0.169.0',
  ],
  [
    [
      { kind: 'columns that rows lack', which: 0 },
      { kind: 'a turn', which: 0 },
      { kind: 'a turn', which: 3 },
    ],
    '0.169.0',
  ],
  [
    [
      { kind: 'a new thread', which: 1 },
      { kind: 'a new thread', which: 1 },
      { kind: 'a folder in the place of another', which: 5 },
      { kind: 'a folder moved', which: 1 },
      { kind: 'a folder in the place of a file', which: 3 },
    ],
    '0.169.0',
  ],
  [
    [
      { kind: 'many rows', which: 11 },
      { kind: 'rows removed', which: 2 },
      { kind: 'many rows', which: 5 },
    ],
    '0.169.0',
  ],
  [
    [
      { kind: 'a text', which: 5 },
      { kind: 'a text', which: 6 },
      { kind: 'no text', which: 0 },
    ],
    '0.169.0',
  ],
  [
    [
      { kind: 'a section', which: 0 },
      { kind: 'a section that is gone', which: 0 },
    ],
    '0.169.0',
  ],
  [
    [
      { kind: 'a row that names another file', which: 4 },
      { kind: 'a checkpoint', which: 1 },
      { kind: 'a turn', which: 2 },
      { kind: 'a file emptied', which: 2 },
      { kind: 'a row alone', which: 2 },
      { kind: 'a file archived', which: 4 },
    ],
    '0.169.0',
  ],
  // Of rows that name one file the one that was changed last is shown.
  [
    [
      { kind: 'a row that names another file', which: 4 },
      { kind: 'a row that is the newest now', which: 4 },
      { kind: 'a row that is the newest now', which: 8 },
      { kind: 'a row that is the newest now', which: 4 },
    ],
    '0.160.0',
  ],
];

test('after each of many changes it says what a new scan says', async () => {
  await fc.assert(
    fc.asyncProperty(changes, fc.constantFrom(...VERSIONS), async (sequence, version) => {
      const home = new ChangingHome();
      try {
        const world = home.world(version);
        const request = { home: home.folder, sqliteHome: null, codex: null, full: false };
        const standing = createEngine(world).stand(request, () => undefined);
        expect(saidBy(await standing.look())).toEqual(
          saidBy(await createEngine(world).scan(request)),
        );
        for (const change of sequence) {
          home.change(change);
          const look = saidBy(await standing.look());
          expect(look).toEqual(saidBy(await createEngine(world).scan(request)));
        }
      } finally {
        home.remove();
      }
    }),
    { numRuns: EXAMPLES.length + RUNS, examples: EXAMPLES },
  );
}, 240_000);

/** All of it, but for the moment; who sees a thread included. */
function saidBy({ snapshot, ...report }: Report) {
  return { ...report, snapshot: { ...snapshot, takenAtMs: 0 } };
}
