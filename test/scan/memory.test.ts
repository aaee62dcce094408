// What an earlier scan learnt makes the next one faster, and never changes what it says.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { packRecords, unpackRecords } from '../../src/engine/scan/columns.ts';
import type { Report } from '../../src/engine/model/report.ts';
import type { World } from '../../src/engine/world.ts';
import { HOME, home, NOW } from '../support/home.ts';

const OLD = NOW - 3_600_000;

/** A world that counts how often files and databases are opened. */
function counting(world: World): { world: World; opened: () => number } {
  let opened = 0;
  const { ends, whole } = world.files;
  const files: World['files'] = {
    ...world.files,
    ends: (...asked) => ((opened += 1), ends(...asked)),
    whole: (...asked) => ((opened += 1), whole(...asked)),
  };
  const databases: World['databases'] = {
    open: (...asked) => ((opened += 1), world.databases.open(...asked)),
  };
  return { world: { ...world, files, databases }, opened: () => opened };
}

async function scan(world: World) {
  const request = { home: HOME, sqliteHome: null, codex: null, full: false };
  return createEngine(world).scan(request);
}

describe('a second scan', () => {
  const sick = () =>
    home()
      .thread('t1')
      .thread('t2', { row: false })
      .thread('t3', { header: { cwd: undefined } });

  test('says the same', async () => {
    const { world } = sick().build();
    const first = await scan(world);
    expect(await scan(world)).toEqual(first);
  });

  test('opens only what has something strange about it', async () => {
    const { world, opened } = counting(sick().build().world);
    await scan(world);
    const before = opened();
    await scan(world);
    // Config, installation id, names, the desktop's state, and the one strange rollout.
    expect(opened() - before).toBeLessThan(before);
  });

  test.each([
    ['size', (file: Uint8Array) => ({ bytes: file.slice(0, -40), modifiedMs: OLD })],
    ['time', (file: Uint8Array) => ({ bytes: otherCwd(file), modifiedMs: OLD + 1 })],
  ])('reads a rollout again whose %s is another', async (_, change) => {
    const built = home().thread('t1').build();
    const [path, file] = [...built.files].find(([name]) => name.endsWith('.jsonl')) ?? [];
    if (path === undefined || file === undefined) throw new Error('there is no rollout');
    built.files.set(path, { ...file, modifiedMs: OLD });
    const first = await scan(built.world);
    built.files.set(path, change(file.bytes));
    const again = await scan(built.world);
    expect(saidBy(again)).not.toEqual(saidBy(first));
  });

  test.each([
    ['gone', ['t1', 't2', 't3', 't4'], ['t1', 't3', 't4'], 0],
    ['come', ['t2', 't4'], ['t1', 't2', 't3', 't4', 't5'], 3],
    ['come and gone', ['t1', 't2', 't3'], ['t4', 't3', 't1'], 1],
  ])('knows the rollouts again when others have %s', async (_, before, after, news) => {
    const { world } = rolloutsOf(before);
    await scan(world);
    const now = counting({ ...rolloutsOf(after).world, memory: world.memory });
    const fresh = counting(rolloutsOf(after).world);
    expect(saidBy(await scan(now.world))).toEqual(saidBy(await scan(fresh.world)));
    expect(fresh.opened() - now.opened()).toBe(after.length - news);
  });

  test('reads a database again whose log has grown', async () => {
    const built = home().thread('t1').build();
    await scan(built.world);
    const { world, opened } = counting(built.world);
    await scan(world);
    const quiet = opened();
    built.files.set(`${HOME}/state_5.sqlite-wal`, { bytes: new Uint8Array(32), modifiedMs: OLD });
    await scan(world);
    expect(opened() - quiet).toBeGreaterThan(quiet);
  });

  test('reads no other database again than the one that has changed', async () => {
    const built = home().thread('t1', { mode: 'paginated' }).build();
    const first = await scan(built.world);
    const opened: string[] = [];
    const databases: World['databases'] = {
      open: (file, most) => (opened.push(file), built.world.databases.open(file, most)),
    };
    const history = `${HOME}/thread_history_1.sqlite`;
    built.files.set(`${history}-wal`, { bytes: new Uint8Array(32), modifiedMs: OLD });
    const again = await scan({ ...built.world, databases });
    expect(opened).toEqual([history]);
    expect(again.snapshot.state?.rows).toEqual(first.snapshot.state?.rows);
  });

  test('passes over a memory that is damaged', async () => {
    const { world } = sick().build();
    const first = await scan(world);
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.nat(), async (junk, at) => {
        const recall: World['memory']['recall'] = async key => {
          const text = (await world.memory.recall(key)) ?? '';
          return text.slice(0, at % (text.length + 1)) + junk;
        };
        const forgetful = { ...world, memory: { recall, remember: () => Promise.resolve() } };
        expect(await scan(forgetful)).toEqual(first);
      }),
      { numRuns: 40 },
    );
  });
});

test('records come back from their columns as they were', () => {
  const plain = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null));
  const record = fc.record({
    one: plain,
    two: fc.constantFrom('a', 'b'),
    inner: fc.option(fc.record({ three: plain, deep: fc.option(fc.record({ four: plain })) })),
  });
  fc.assert(
    fc.property(fc.array(record), records => {
      const text = JSON.stringify(packRecords(records));
      const back: unknown = unpackRecords(JSON.parse(text));
      expect(back).toEqual(JSON.parse(JSON.stringify(records)));
    }),
  );
});

test('directories of forty projects are written down once, however often they alternate', () => {
  const records = Array.from({ length: 1000 }, (_, index) => ({
    id: `thread-${String(index)}`,
    cwd: `/work/project-${String((index * 7) % 40)}/`,
  }));
  const text = JSON.stringify(packRecords(records));
  expect(text.split('/work/project-11/')).toHaveLength(2);
  expect(unpackRecords(JSON.parse(text))).toEqual(records);
});

/** A home without a database, whose rollouts would all have to be opened. */
function rolloutsOf(threads: readonly string[]) {
  const made = home();
  for (const thread of threads) made.thread(thread, { row: false });
  return made.build();
}

/** What was read, without what the file system says anyway. */
function saidBy({ snapshot }: Report) {
  return snapshot.rollouts.map(({ head, tail }) => [head, tail]);
}

/** The same number of bytes, and another directory. */
function otherCwd(file: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(file).replaceAll('work/one', 'work/two');
  return new TextEncoder().encode(text);
}
