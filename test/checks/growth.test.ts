// What checks have found stands while files grow and times pass, for all checks that do not say that they
// heed it: none of them may so much as look at a size or a moment.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differByGrowthAlone, GROWTH } from '../../src/engine/checks/growth.ts';
import { checks } from '../../src/engine/checks/index.ts';
import { runChecks } from '../../src/engine/checks/runChecks.ts';
import type { Codex, Snapshot } from '../../src/engine/model/snapshot.ts';
import { answerNothingLost } from '../../src/engine/nothingLost.ts';
import { foresee, predictSight } from '../../src/engine/visibility.ts';
import { takeSnapshot } from '../../src/engine/scan/takeSnapshot.ts';
import { damagedHome, soundHome } from '../support/damagedHome.ts';
import { home, HOME, idOf } from '../support/home.ts';
import { rolloutPath } from '../support/rolloutPath.ts';

const REQUEST = { home: HOME, sqliteHome: null, codex: null, full: false };
const heedless = checks.filter(check => check.heedsGrowth !== true);

test('whoever does not heed growth does not look at it', async () => {
  await fc.assert(
    fc.asyncProperty(damagedHome, fc.boolean(), async ({ world }, full) => {
      const snapshot = await takeSnapshot(world, { ...REQUEST, full });
      const status = snapshot.state?.backfill?.status ?? 'complete';
      fc.pre(status === 'complete');
      const still = withoutGrowth(snapshot);
      expect(runChecks(heedless, still)).toEqual(runChecks(heedless, snapshot));
      expect(answerNothingLost(still)).toEqual(answerNothingLost(snapshot));
    }),
    { numRuns: 100 },
  );
}, 120_000);

test('nor at what has grown in a home that was copied', async () => {
  const at = rolloutPath('t1');
  const { world } = home()
    .thread('t1', { row: { rollout_path: `/original/${at}` } })
    .elsewhere(`/original/${at}`, at)
    .build();
  const snapshot = await takeSnapshot(world, REQUEST);
  expect(snapshot.strays).toHaveLength(1);
  expect(runChecks(heedless, withoutGrowth(snapshot))).toEqual(runChecks(heedless, snapshot));
});

/** One of each way in which a Codex behaves, and one between two of them. */
const VERSIONS = ['0.142.0', '0.150.0', '0.155.0', '0.160.0', '0.169.0'];

test('who can see a thread is told without a look at growth, or it is said that it is not', async () => {
  await fc.assert(
    fc.asyncProperty(damagedHome, fc.constantFrom(...VERSIONS), async ({ world }, version) => {
      const snapshot = withCodex(await takeSnapshot(world, REQUEST), version);
      fc.pre((snapshot.state?.backfill?.status ?? 'complete') === 'complete');
      const sight = predictSight(snapshot);
      fc.pre(!sight.heedsGrowth);
      expect(predictSight(withoutGrowth(snapshot))).toEqual(sight);
    }),
    { numRuns: 100 },
  );
}, 120_000);

test.each([
  ['0.142.0', false],
  ['0.160.0', true],
  ['0.169.0', false],
])('of two rows that name one file, %s goes by the time: %s', async (version, heedsGrowth) => {
  const file = `sessions/2026/11/21/rollout-2026-11-21T11-00-00-${idOf('t1')}.jsonl`;
  const { world } = home()
    .thread('t1')
    .thread('g', { age: 90, file: false, row: { rollout_path: `${HOME}/${file}` } })
    .build();
  const snapshot = withCodex(await takeSnapshot(world, REQUEST), version);
  expect(predictSight(snapshot).heedsGrowth).toBe(heedsGrowth);
});

test('what was foreseen stands while a home grows, unless it goes by what grows', async () => {
  const snapshot = await takeSnapshot(soundHome('among others'), REQUEST);
  const first = foresee(snapshot, null);
  // Nobody has asked yet: there is nothing that could stand.
  expect(foresee(snapshot, first).known).toBeNull();
  const sight = first.sight();
  expect(foresee(snapshot, first).sight()).toBe(sight);
  const heeding = { sight: () => sight, known: { ...sight, heedsGrowth: true } };
  expect(foresee(snapshot, heeding).known).toBeNull();
});

function withCodex(snapshot: Snapshot, version: string): Snapshot {
  const codex: Codex = {
    path: '/opt/codex',
    foundBy: 'path',
    version,
    migrations: null,
    firstChecksum: null,
  };
  return { ...snapshot, codexes: [codex] };
}

test.each([
  ['a home that is the same', (): object => ({}), true],
  ['a later moment', () => ({ takenAtMs: 1 }), true],
  ['another name', () => ({ names: { other: 'name' } }), false],
  ['another config', ({ config }: Snapshot) => ({ config: { ...config, state: 'absent' } }), false],
  ['a file less', ({ rollouts }: Snapshot) => ({ rollouts: rollouts.slice(1) }), false],
  [
    'longer files',
    ({ rollouts }: Snapshot) => ({ rollouts: rollouts.map(one => ({ ...one, bytes: 9e9 })) }),
    true,
  ],
  [
    'files that end in another way',
    ({ rollouts }: Snapshot) => ({
      rollouts: rollouts.map(one => ({ ...one, tail: { ...one.tail, ending: 'cut' } })),
    }),
    false,
  ],
  [
    'a backfill that is under way',
    ({ state }: Snapshot) => ({
      state: { ...state, backfill: { status: 'running', watermark: null, updatedAtMs: 1 } },
    }),
    false,
  ],
])('%s', async (_, change, isGrowth) => {
  const snapshot = await takeSnapshot(soundHome('among others'), REQUEST);
  const changed = { ...snapshot, ...change(snapshot) } as Snapshot;
  expect(differByGrowthAlone(snapshot, changed)).toBe(isGrowth);
});

/** The same snapshot, in which to look at a size or a moment fails. */
function withoutGrowth(snapshot: Snapshot): Snapshot {
  const made = new Map<object, object>();
  const copy = (value: unknown, at: keyof typeof GROWTH | null): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const known = made.get(value);
    if (known !== undefined) return known;
    const fresh: object = Array.isArray(value) ? [] : {};
    made.set(value, fresh);
    for (const [name, inner] of Object.entries(value)) {
      const isGrowth = at !== null && (GROWTH[at] as readonly string[]).includes(name);
      const property = isGrowth
        ? {
            get: () => {
              throw new Error(`${name} of a ${at} was looked at`);
            },
          }
        : { value: copy(inner, kindOf(inner, name)) };
      Object.defineProperty(fresh, name, {
        ...property,
        enumerable: !isGrowth,
        configurable: true,
      });
    }
    return fresh;
  };
  return copy(snapshot, 'snapshot') as Snapshot;
}

function kindOf(value: unknown, name: string): keyof typeof GROWTH | null {
  if (typeof value !== 'object' || value === null) return null;
  if ('walBytes' in value) return 'database';
  if ('rolloutPath' in value) return 'row';
  if ('tail' in value && 'head' in value) return 'rollout';
  if ('project' in value && 'own' in value) return 'thread';
  return name === 'header' && 'pageBytes' in value ? 'header' : null;
}
