// Dropping receipts: nothing that could be missed goes unasked, and a stop leaves each whole or gone.

import { describe, expect, test } from 'vitest';
import type { MoveStep, Plan } from '../../src/engine/model/plan.ts';
import { apply } from '../../src/engine/repair/apply.ts';
import { planPruning, prune } from '../../src/engine/repair/prune.ts';
import type { Site } from '../../src/engine/repair/site.ts';
import { takeBack } from '../../src/engine/repair/undo.ts';
import { stateOf, Vault } from '../../src/engine/repair/vault.ts';
import { HOME, idOf, NOW } from '../support/home.ts';
import { Stopped } from '../support/memoryHands.ts';
import { pictureOf } from '../support/pictures.ts';
import { createBench, fileOf, planOf, SPECIMENS, textOf, type Bench } from './specimens.ts';

const OURS = `${HOME}/session-health`;
const DAY = 24 * 60 * 60 * 1000;
const OLDER_THAN_90_DAYS = { before: NOW - 90 * DAY, keepBytes: null };

/** A home that was repaired several times, so many days ago. */
class Past {
  readonly bench: Bench = createBench();
  readonly site: Site;
  #now = NOW;

  constructor() {
    const world = { ...this.bench.built.world, now: () => this.#now };
    const vault = new Vault(world, this.bench.memory.hands, OURS);
    this.site = { ...this.bench.site, world, vault };
  }

  async repair(daysAgo: number, plan: Plan): Promise<string> {
    this.#now = NOW - daysAgo * DAY;
    const { id, failed } = await apply(this.site, plan, null, () => undefined);
    expect(failed).toEqual([]);
    this.#now = NOW;
    return id;
  }

  planOf(name: string): Plan {
    const step = SPECIMENS[name]?.(this.bench);
    if (step === undefined) throw new Error(`there is no ${name}`);
    return planOf([step]);
  }

  async undo(id: string) {
    const repair = (await this.site.vault.repairs()).find(one => one.id === id);
    if (repair === undefined) throw new Error(`there is no ${id}`);
    return takeBack(this.site, repair);
  }

  async ids(): Promise<readonly string[]> {
    return (await this.site.vault.repairs()).map(({ id }) => id);
  }

  get ourFiles(): readonly string[] {
    return [...this.bench.built.files.keys()].filter(file => file.startsWith(OURS));
  }
}

describe('what is dropped', () => {
  test('is what is old enough; what stays can be undone as before', async () => {
    const past = new Past();
    const old = await past.repair(200, past.planOf('rows: take out'));
    const before = pictureOf(past.bench.built.files);
    const young = await past.repair(10, past.planOf('move: into the vault'));
    past.bench.built.files.set(`${OURS}/providers.jsonl`, {
      bytes: new Uint8Array(9),
      modifiedMs: 1,
    });
    const plan = await planPruning(past.site, OLDER_THAN_90_DAYS);
    expect(plan.drops.map(({ receipt }) => receipt)).toEqual([old]);
    await prune(past.site, OLDER_THAN_90_DAYS, plan);
    expect(await past.ids()).toEqual([young]);
    expect(past.ourFiles.filter(file => file.includes(old))).toEqual([]);
    expect(past.ourFiles).toContain(`${OURS}/providers.jsonl`);
    expect((await past.undo(young)).left).toEqual([]);
    expect(pictureOf(past.bench.built.files)).toEqual(before);
  });

  test('is the oldest, until the rest has room', async () => {
    const past = new Past();
    const names = ['rows: take out', 'edit: append', 'move: into the vault'];
    const ids: string[] = [];
    for (const name of names) ids.push(await past.repair(3 - ids.length, past.planOf(name)));
    const sizes = await past.site.vault.sizes();
    const [, second = 0, third = 0] = ids.map(id => sizes.get(id));
    const dropsFor = async (keepBytes: number) =>
      (await planPruning(past.site, { before: null, keepBytes })).drops.map(one => one.receipt);
    expect(await dropsFor(second + third)).toEqual(ids.slice(0, 1));
    expect(await dropsFor(second + third - 1)).toEqual(ids.slice(0, 2));
    expect(await dropsFor(0)).toEqual(ids);
    expect(await dropsFor(1e9)).toEqual([]);
  });

  test('is told with what only the vault has', async () => {
    const past = new Past();
    const file = fileOf(past.bench, 'two');
    const one = fileOf(past.bench, 'one');
    const lastLine = textOf(past.bench, one).split('\n').at(-2) ?? '';
    await past.repair(204, past.planOf('move: into the vault'));
    await past.repair(203, past.planOf('rows: take out'));
    await past.repair(202, past.planOf('edit: cut off the end'));
    await past.repair(201, past.planOf('rows: change'));
    await past.repair(200, past.planOf('rows: add'));
    const { drops } = await planPruning(past.site, OLDER_THAN_90_DAYS);
    expect(drops.map(({ undoable }) => undoable)).toEqual([true, true, true, true, true]);
    expect(drops.map(({ onlyHere }) => onlyHere)).toEqual([
      [{ kind: 'file', file }],
      [{ kind: 'row', table: 'threads', key: idOf('three') }],
      [{ kind: 'bytes', file: one, bytes: lastLine.length + 1 }],
      [],
      [],
    ]);
  });

  test('is not said to be missed when it was put back', async () => {
    const past = new Past();
    for (const name of ['rows: take out', 'move: into the vault'])
      await past.undo(await past.repair(200, past.planOf(name)));
    const { drops } = await planPruning(past.site, OLDER_THAN_90_DAYS);
    expect(drops).toMatchObject([
      { undoable: false, onlyHere: [] },
      { undoable: false, onlyHere: [] },
    ]);
  });

  test('a file that could not be put back is named', async () => {
    const past = new Past();
    const file = fileOf(past.bench, 'two');
    const id = await past.repair(200, past.planOf('move: into the vault'));
    past.bench.built.files.set(file, { bytes: new Uint8Array([1]), modifiedMs: 5 });
    expect((await past.undo(id)).left).toHaveLength(1);
    const { drops } = await planPruning(past.site, OLDER_THAN_90_DAYS);
    expect(drops).toMatchObject([{ undoable: false, onlyHere: [{ kind: 'file', file }] }]);
  });
});

describe('what stays', () => {
  test('a repair that was stopped in the middle', async () => {
    const past = new Past();
    const id = await past.repair(200, past.planOf('rows: take out'));
    const repair = (await past.site.vault.repairs())[0];
    if (repair === undefined) throw new Error('gone');
    await past.site.vault.note(repair, { note: 'undoing', at: '' });
    expect(await planPruning(past.site, OLDER_THAN_90_DAYS)).toEqual({
      drops: [],
      kept: [{ receipt: id, why: expect.stringContaining('stopped in the middle') as string }],
    });
  });

  test('one whose files a newer one needs, and then what came in between', async () => {
    const past = new Past();
    const eldest = await past.repair(203, past.planOf('rows: add'));
    const old = await past.repair(202, past.planOf('move: into the vault'));
    const middle = await past.repair(201, past.planOf('rows: take out'));
    const undone = await past.repair(200, past.planOf('edit: append'));
    await past.undo(undone);
    const from = past.ourFiles.find(file => file.endsWith('two.jsonl')) ?? '';
    const { bytes = new Uint8Array(), modifiedMs = 0 } = past.bench.built.files.get(from) ?? {};
    const moved: MoveStep = {
      ...{ kind: 'move', from, to: { file: `${HOME}/found again.jsonl` } },
      ...{ bytes: bytes.length, modifiedMs },
    };
    const young = await past.repair(10, planOf([moved]));
    const { drops, kept } = await planPruning(past.site, OLDER_THAN_90_DAYS);
    expect(drops.map(({ receipt }) => receipt)).toEqual([eldest, undone]);
    expect(kept).toEqual([
      { receipt: old, why: expect.stringContaining(young) as string },
      { receipt: middle, why: expect.stringContaining(old) as string },
    ]);
    // One that was stopped stays, and needs it all the same.
    const stopped = (await past.site.vault.repairs()).at(-1);
    if (stopped === undefined) throw new Error('gone');
    await past.site.vault.note(stopped, { note: 'undoing', at: '' });
    const whole = await planPruning(past.site, { before: NOW, keepBytes: null });
    expect(whole.kept.map(({ receipt }) => receipt)).toEqual([old, middle, young]);
    await past.site.vault.note(stopped, { note: 'undone', at: '', left: [] });
    // When nothing is left that needs it, it can go.
    const all = await planPruning(past.site, { before: NOW, keepBytes: null });
    expect(all.drops).toHaveLength(5);
  });
});

test('what is no longer what was shown is not dropped', async () => {
  const past = new Past();
  const id = await past.repair(200, past.planOf('rows: take out'));
  const shown = await planPruning(past.site, OLDER_THAN_90_DAYS);
  await past.undo(id);
  await expect(prune(past.site, OLDER_THAN_90_DAYS, shown)).rejects.toThrow('has changed since');
  expect(await past.ids()).toEqual([id]);
});

test('a stop at any moment leaves each receipt whole or gone, and what is left goes later', async () => {
  const all = { before: NOW, keepBytes: null };
  let isThrough = false;
  for (let operations = 0; !isThrough; operations += 1)
    for (const isTorn of [false, true]) {
      const past = new Past();
      const before = pictureOf(past.bench.built.files);
      await past.repair(3, past.planOf('move: into the vault'));
      await past.repair(2, past.planOf('rows: take out'));
      const { memory, built } = past.bench;
      const whole = past.ourFiles;
      const shown = await planPruning(past.site, all);
      memory.stopAfter(operations, isTorn);
      isThrough = await prune(past.site, all, shown).then(
        () => true,
        error => {
          expect(error).toBeInstanceOf(Stopped);
          return false;
        },
      );
      memory.restart();
      for (const repair of (await past.site.vault.repairs()).toReversed()) {
        const files = (some: readonly string[]) => some.filter(file => file.includes(repair.id));
        expect(files(past.ourFiles)).toEqual(files(whole));
        expect(stateOf(repair)).toBe('applied');
        expect((await takeBack(past.site, repair)).left).toEqual([]);
      }
      if (operations === 0) expect(pictureOf(built.files)).toEqual(before);
      await past.site.vault.clearDropped();
      expect(past.ourFiles.filter(file => file.includes('/dropped/'))).toEqual([]);
    }
});
