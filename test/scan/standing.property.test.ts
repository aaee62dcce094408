// A scan that stands says what a scan says that looks at everything, whatever has happened in between.
// SEED=… repeats a run, RUNS=… makes a longer one.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import type { Report } from '../../src/engine/model/report.ts';
import { changes, ChangingHome } from '../support/changingHome.ts';
import '../support/seed.ts';

const RUNS = Number(process.env['RUNS'] ?? 25);

test('after each of many changes it says what a new scan says', async () => {
  await fc.assert(
    fc.asyncProperty(changes, async sequence => {
      const home = new ChangingHome();
      try {
        const world = home.world();
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
    { numRuns: RUNS },
  );
}, 240_000);

/** All of it, but for the moment; who sees a thread included. */
function saidBy({ snapshot, ...report }: Report) {
  return { ...report, snapshot: { ...snapshot, takenAtMs: 0 } };
}
