// The laws for everything that writes, held for every kind of step at once. A stop is a power cut: it
// comes before an operation or in the middle of it, and nothing is done after it.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Hindered, type Hands } from '../../src/engine/hands.ts';
import type { Plan } from '../../src/engine/model/plan.ts';
import { apply } from '../../src/engine/repair/apply.ts';
import { planDatabases } from '../../src/engine/repair/ownDatabases/planDatabases.ts';
import { handlerOf } from '../../src/engine/repair/steps/index.ts';
import { recover, takeBack } from '../../src/engine/repair/undo.ts';
import { stateOf } from '../../src/engine/repair/vault.ts';
import { Stopped } from '../support/memoryHands.ts';
import { differences, pictureOf, type Picture } from '../support/pictures.ts';
import { HOME } from '../support/home.ts';
import '../support/seed.ts';
import {
  createBench,
  editOf,
  fileOf,
  mixedPlan,
  moveOf,
  planOf,
  SPECIMENS,
  textOf,
  type Bench,
} from './specimens.ts';

const kinds = Object.entries(SPECIMENS);

describe.each(kinds)('%s', (_, specimen) => {
  const planned = (bench: Bench) => planOf([specimen(bench)]);

  test('what is touched is what was said', async () => {
    const bench = createBench();
    const step = specimen(bench);
    const before = pictureOf(bench.built.files);
    const receipt = await applied(bench, planOf([step]));
    expect(receipt.failed).toEqual([]);
    const touched = handlerOf(step)
      .touches(step)
      .map(name => name.split(' › ')[0]);
    const changed = differences(before, pictureOf(bench.built.files));
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.filter(name => !touched.includes(name))).toEqual([]);
  });

  test('undo is exact', async () => {
    const bench = createBench();
    const before = pictureOf(bench.built.files);
    await applied(bench, planned(bench));
    const { left } = await undone(bench);
    expect(left).toEqual([]);
    expect(pictureOf(bench.built.files)).toEqual(before);
  });

  test('undo is right where nothing was done', async () => {
    const bench = createBench();
    const before = pictureOf(bench.built.files);
    const step = specimen(bench);
    const repair = await bench.site.vault.begin(planOf([step]));
    await bench.site.vault.note(repair, { note: 'begun', units: [0] });
    await recover(bench.site);
    expect(pictureOf(bench.built.files)).toEqual(before);
  });

  test('what is done already is done once', async () => {
    const bench = createBench();
    const step = specimen(bench);
    await applied(bench, planOf([step]));
    const after = pictureOf(bench.built.files);
    const again = await applied(bench, planOf([step]));
    expect(pictureOf(bench.built.files)).toEqual(after);
    expect(again.failed.length + again.applied).toBe(1);
  });

  test('stopped at any operation, it is before or after; stopped again while it is taken back, too', async () => {
    await expectStopsToBeHarmless(planned, everyPair);
  });
});

test('a plan of all kinds, stopped at any operation', async () => {
  const all = (bench: Bench) => planOf(...compatible(bench));
  await expectStopsToBeHarmless(all, sampledPairs);
});

test('units of several steps beside each other, stopped at any operation', async () => {
  const bench = createBench();
  const before = pictureOf(bench.built.files);
  const receipt = await applied(bench, mixedPlan(bench));
  expect(receipt.failed).toEqual([
    { what: 'finding-2', why: expect.stringContaining('archived') as string },
  ]);
  const three = fileOf(bench, 'three');
  expect(pictureOf(bench.built.files)[three]).toBe(before[three]);
  expect((await undone(bench)).left).toEqual([]);
  expect(pictureOf(bench.built.files)).toEqual(before);
  await expectStopsToBeHarmless(mixedPlan, sampledPairs);
});

test('a file that takes the place of one that goes into the vault, stopped at any operation', async () => {
  const planned = (bench: Bench) =>
    planOf([
      moveOf(bench, 'three', { vault: 'three.jsonl' }),
      moveOf(bench, 'one', { file: fileOf(bench, 'three') }),
    ]);
  await expectStopsToBeHarmless(planned, everyPair);
  const begun = createBench();
  const repair = await begun.site.vault.begin(planned(begun));
  await begun.site.vault.note(repair, { note: 'begun', units: [0] });
  expect((await recover(begun.site)).flatMap(({ left }) => left)).toEqual([]);
});

/** As two repairs of one file come together: one puts it where it belongs, the other goes on there. */
const movedAndEdited = (bench: Bench) =>
  planOf(
    [moveOf(bench, 'one', { file: MOVED })],
    [{ ...editOf(bench, 'one', '"mock"', '"something longer"   '), file: MOVED }],
  );

const MOVED = `${HOME}/sessions/1999/12/31/one.jsonl`;

test('a file that is moved and then changed at its new place, stopped at any operation', async () => {
  const bench = createBench();
  const before = pictureOf(bench.built.files);
  const receipt = await applied(bench, movedAndEdited(bench));
  expect(receipt).toMatchObject({ findings: ['finding-0', 'finding-1'], failed: [] });
  expect(textOf(bench, MOVED)).toContain('something longer');
  expect((await undone(bench)).left).toEqual([]);
  expect(pictureOf(bench.built.files)).toEqual(before);
  await expectStopsToBeHarmless(movedAndEdited, everyPair);
});

test('exactly between a move and the change at the new place nothing is left in between', async () => {
  const whole = createBench();
  const before = pictureOf(whole.built.files);
  await applied(whole, movedAndEdited(whole));
  const moved = whole.memory.operations.findIndex(line => line.startsWith('move'));
  const bench = await stopped(movedAndEdited, moved + 1, false);
  expect(differences(pictureOf(bench.built.files), before)).toHaveLength(2);
  expect((await recover(bench.site)).flatMap(({ left }) => left)).toEqual([]);
  expect(pictureOf(bench.built.files)).toEqual(before);
});

test('where a move cannot be made, the change at the new place is not made either', async () => {
  const bench = createBench();
  const plan = movedAndEdited(bench);
  const bytes = new TextEncoder().encode('what somebody else has put here');
  bench.built.files.set(MOVED, { bytes, modifiedMs: 1000 });
  const before = pictureOf(bench.built.files);
  const receipt = await applied(bench, plan);
  expect(receipt.findings).toEqual([]);
  expect(receipt.failed.map(({ what }) => what)).toEqual(['finding-0', 'finding-1']);
  expect(pictureOf(bench.built.files)).toEqual(before);
});

test('databases that are copied elsewhere and then put away, stopped at any operation', async () => {
  const planned = ({ built: { files } }: Bench) => {
    const facts = (file: string) => {
      const { bytes, modifiedMs } = files.get(file) ?? { bytes: '', modifiedMs: 0 };
      return { file, bytes: bytes.length, modifiedMs };
    };
    const databases = ['state_5.sqlite', 'thread_history_1.sqlite'].map(name => {
      const file = `${HOME}/${name}`;
      const beside = [facts(`${file}-wal`)].filter(({ file: log }) => files.has(log));
      return { ...facts(file), name, beside };
    });
    const startUp = [{ shell: 'zsh', file: '/home/ada/.zshenv', was: null }] as const;
    const found = { host: 'workbench', home: HOME, databases, leftOut: [], log: null, startUp };
    const wish = { folder: '/scratch/ada', old: 'go', startUp: [] } as const;
    return planDatabases(wish, found, () => 'a-plan');
  };
  const bench = createBench();
  const before = pictureOf(bench.built.files);
  expect((await applied(bench, planned(bench))).failed).toEqual([]);
  expect(bench.built.files.has(`${HOME}/state_5.sqlite`)).toBe(false);
  expect(bench.built.files.has(`${HOME}/thread_history_1.sqlite-wal`)).toBe(false);
  expect((await undone(bench)).left).toEqual([]);
  expect(pictureOf(bench.built.files)).toEqual(before);
  await expectStopsToBeHarmless(planned, sampledPairs);
});

test('undoing tells how far it has come', async () => {
  const bench = createBench();
  await applied(bench, mixedPlan(bench));
  const [repair] = await bench.site.vault.repairs();
  if (repair === undefined) throw new Error('nothing was written down');
  const told: unknown[] = [];
  await takeBack(bench.site, repair, (...progress) => void told.push(progress));
  expect(told).toEqual([[4, 4, 'undoing']]);
});

test('files that are written beside each other, and all left in the middle', async () => {
  const inPlace = (bench: Bench) =>
    planOf(...['one', 'two', 'three'].map(key => [editOf(bench, key, '"mock"', '"MOCK"')]));
  const whole = createBench();
  const before = pictureOf(whole.built.files);
  await applied(whole, inPlace(whole));
  const first = whole.memory.operations.findIndex(line => line.startsWith('write'));
  const bench = await stopped(inPlace, first, true);
  expect(differences(pictureOf(bench.built.files), before)).toHaveLength(3);
  await recover(bench.site);
  expect(pictureOf(bench.built.files)).toEqual(before);
});

test.each(['a full disk', 'Ctrl-C'])(
  '%s: what is under way comes to its end before all of it is taken back',
  async reason => {
    const { built, memory, site } = createBench();
    const files = Array.from({ length: 40 }, (_, at) => `${HOME}/${String(at)}.jsonl`);
    const bytes = new TextEncoder().encode('mock');
    for (const file of files) built.files.set(file, { bytes, modifiedMs: 1000 });
    const before = pictureOf(built.files);
    const control = new AbortController();
    let begun = 0;
    const write: Hands['write'] = async (file, writing) => {
      begun += 1;
      if (begun === 1 && reason === 'Ctrl-C') control.abort();
      if (begun === 1 && reason !== 'Ctrl-C')
        throw new Hindered('full', file, new Error('no room'));
      for (let turn = 0; turn < 500; turn += 1) await Promise.resolve();
      await memory.hands.write(file, writing);
    };
    const splices = [{ at: 0, before: 'mock', after: 'MOCK' }];
    const edits = files.map(file => [
      { kind: 'edit', file, bytes: 4, modifiedMs: 1000, splices } as const,
    ]);
    const hindered = { ...site, hands: { ...memory.hands, write } };
    const applying = apply(hindered, planOf(...edits), control.signal, () => undefined);
    await expect(applying).rejects.toThrow('everything is as it was before');
    expect(memory.operations.some(line => line.startsWith('write'))).toBe(true);
    expect(pictureOf(built.files)).toEqual(before);
  },
);

/** Steps about one file each: the first of each kind that does not meet another one's file. */
function compatible(bench: Bench) {
  const names = [
    'rows: change',
    'rows: take out',
    'rows: add',
    'edit: longer',
    'move: into the vault',
    'create',
  ];
  return names.map(name => [SPECIMENS[name]?.(bench)].filter(step => step !== undefined));
}

async function applied({ site }: Bench, plan: Plan) {
  return apply(site, plan, null, () => undefined);
}

async function undone({ site }: Bench) {
  const repair = (await site.vault.repairs()).at(-1);
  if (repair === undefined) throw new Error('nothing was written down');
  return takeBack(site, repair);
}

type Pairs = (first: number, rest: (second: number) => Promise<boolean>) => Promise<void>;

/** Second stops, one after the other, until one comes after the end. */
const everyPair: Pairs = async (_, rest) => {
  for (let second = 0; await rest(second); second += 1);
};

const sampledPairs: Pairs = async (_, rest) => {
  await fc.assert(
    fc.asyncProperty(fc.nat(60), async second => void (await rest(second))),
    { numRuns: 8 },
  );
};

async function expectStopsToBeHarmless(planned: (bench: Bench) => Plan, pairs: Pairs) {
  const whole = createBench();
  const before = pictureOf(whole.built.files);
  await applied(whole, planned(whole));
  const after = pictureOf(whole.built.files);
  const count = whole.memory.operations.length;
  expect(count).toBeGreaterThan(3);
  for (const isTorn of [false, true])
    for (let first = 0; first < count; first += 1) {
      const bench = await stopped(planned, first, isTorn);
      await recover(bench.site);
      await expectEither(bench, before, after);
      await pairs(first, async second => {
        const again = await stopped(planned, first, isTorn);
        again.memory.stopAfter(second, isTorn);
        const isStopped = await stops(recover(again.site));
        again.memory.restart();
        await recover(again.site);
        await expectEither(again, before, after);
        return isStopped;
      });
    }
}

async function stopped(planned: (bench: Bench) => Plan, operations: number, isTorn: boolean) {
  const bench = createBench();
  const plan = planned(bench);
  bench.memory.stopAfter(operations, isTorn);
  expect(await stops(applied(bench, plan))).toBe(true);
  bench.memory.restart();
  return bench;
}

async function stops(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return false;
  } catch (error) {
    if (String(error).includes('stopped before') || error instanceof Stopped) return true;
    throw error;
  }
}

async function expectEither(bench: Bench, before: Picture, after: Picture) {
  const states = (await bench.site.vault.repairs()).map(stateOf);
  expect(states).not.toContain('interrupted');
  const now = pictureOf(bench.built.files);
  const wanted = states.at(-1) === 'applied' ? after : before;
  expect(differences(now, wanted)).toEqual([]);
  expect(Object.keys(now).filter(file => file.endsWith('.codex-health-new'))).toEqual([]);
}

test('many rows go in one transaction, and one that is stale leaves the others be', async () => {
  const bench = createBench();
  const specimen = SPECIMENS['rows: change'];
  const step = specimen?.(bench);
  const other = SPECIMENS['rows: take out']?.(bench);
  const added = SPECIMENS['rows: add']?.(bench);
  if (step?.kind !== 'rows' || other === undefined || added === undefined) throw new Error('gone');
  const changes = step.changes.map(change => ({ ...change, before: { model_provider: "'x'" } }));
  const receipt = await applied(bench, planOf([other], [{ ...step, changes }], [added]));
  expect(receipt.findings).toEqual(['finding-0', 'finding-2']);
  expect(receipt.failed).toEqual([
    { what: 'finding-1', why: expect.stringContaining('has changed since') as string },
  ]);
  const written = bench.memory.operations.filter(line => line.startsWith('transact'));
  expect(written).toHaveLength(2);
});

test('one that cannot even be held against its row leaves the others be', async () => {
  const bench = createBench();
  const step = SPECIMENS['rows: change']?.(bench);
  const other = SPECIMENS['rows: take out']?.(bench);
  if (step?.kind !== 'rows' || other === undefined) throw new Error('gone');
  const changes = step.changes.map(change => ({ ...change, before: { cwd: 'no value' } }));
  const receipt = await applied(bench, planOf([{ ...step, changes }], [other]));
  expect(receipt.findings).toEqual(['finding-1']);
  expect(receipt.failed).toEqual([
    { what: 'finding-0', why: expect.stringContaining('this is no value') as string },
  ]);
});

test('a database that somebody has removed since is named, and not made again', async () => {
  const bench = createBench();
  const before = SPECIMENS['rows: take out']?.(bench);
  const added = SPECIMENS['rows: add']?.(bench);
  if (before?.kind !== 'rows' || added === undefined) throw new Error('gone');
  await applied(bench, planOf([before], [added]));
  bench.built.files.delete(before.database);
  const { left } = await undone(bench);
  expect(left).toEqual([{ what: before.database, why: 'it is not there any more' }]);
  expect(bench.built.files.has(before.database)).toBe(false);
});

test('a row that does not take what is written is put back, and the others are written', async () => {
  const bench = createBench();
  const step = SPECIMENS['rows: change']?.(bench);
  const added = SPECIMENS['rows: add']?.(bench);
  if (step?.kind !== 'rows' || added === undefined) throw new Error('gone');
  const [change] = step.changes;
  if (change === undefined) throw new Error('gone');
  const before = pictureOf(bench.built.files);
  const impossible = { ...change, after: { model_provider: "'kept'", archived: 'NULL' } };
  const receipt = await applied(bench, planOf([{ ...step, changes: [impossible] }], [added]));
  expect(receipt.findings).toEqual(['finding-1']);
  await undone(bench);
  expect(pictureOf(bench.built.files)).toEqual(before);
});
