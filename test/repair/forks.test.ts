// A fork that Codex has made goes into the vault when it is undone, with all that belongs to it; and stays
// as a whole when somebody has used it since. The Codex here is one in memory.

import { describe, expect, test } from 'vitest';
import { createEngine, createRepairs, type ThreadChange } from '../../src/engine/engine.ts';
import type { AppServer } from '../../src/engine/hands.ts';
import { home, HOME, idOf } from '../support/home.ts';
import { createMemoryHands } from '../support/memoryHands.ts';
import { sql } from '../support/memoryWorld.ts';
import { differences, pictureOf } from '../support/pictures.ts';

const CODEX = '/opt/codex/codex';
const STATE = `${HOME}/state_5.sqlite`;
const HISTORY = `${HOME}/thread_history_1.sqlite`;
const FORK = '01a1fe00-0000-7000-8000-00000000f0f0';
const FILE = `${HOME}/sessions/2026/11/21/rollout-2026-11-21T11-31-00-${FORK}.jsonl`;
const CHANGE: ThreadChange = { kind: 'fork', thread: idOf('t1') };

async function prepare() {
  const { world, files } = home()
    .thread('t1')
    .thread('t2')
    .file(CODEX, 'a program', 0)
    .codex('0.169.0', { path: CODEX, migrations: { 'state_5.sqlite': 62 } })
    .build();
  const run = (file: string, statement: string) => {
    const database = new sql.Database(files.get(file)?.bytes);
    database.run(statement);
    files.set(file, { bytes: database.export(), modifiedMs: 99 });
    database.close();
  };
  const server: AppServer = {
    userAgent: 'codex',
    knows: () => Promise.resolve(true),
    call: () => {
      fork();
      meanwhile();
      return Promise.resolve({ thread: { id: FORK } });
    },
    pages: () => Promise.resolve([]),
    end: () => Promise.resolve(),
  };
  let meanwhile: () => void = () => undefined;
  const fork = () => {
    const parent = [...files].find(([file]) => file.endsWith(`${idOf('t1')}.jsonl`));
    const text = new TextDecoder().decode(parent?.[1].bytes).replaceAll(idOf('t1'), FORK);
    const named = text.replace(`"id":"${FORK}"`, `"id":"${FORK}","forked_from_id":"${idOf('t1')}"`);
    files.set(FILE, { bytes: new TextEncoder().encode(named), modifiedMs: 1234.5 });
    run(
      STATE,
      `CREATE TEMP TABLE made AS SELECT * FROM threads WHERE id = '${idOf('t1')}';
       UPDATE made SET id = '${FORK}', rollout_path = '${FILE}';
       INSERT INTO threads SELECT * FROM made`,
    );
    run(HISTORY, `INSERT INTO thread_history_projection_state VALUES ('${FORK}', 700, 6)`);
  };
  const memory = createMemoryHands(files, { start: () => Promise.resolve(server) });
  const repairs = createRepairs(world, memory.hands);
  const engine = createEngine(world);
  const scan = () => engine.scan({ home: HOME, sqliteHome: null, codex: null, full: false });
  const before = pictureOf(files);
  const report = await scan();
  const { sha } = await repairs.planChange(report, CHANGE);
  const apply = () => repairs.applyChange(report, scan, { change: CHANGE, sha, vault: null });
  const undo = async () => repairs.undo(await scan(), null, null);
  const history = async () => repairs.history(await scan(), null);
  const left = () =>
    differences(before, pictureOf(files)).filter(one => !/session-health/.test(one));
  const begin = (work: () => void) => {
    meanwhile = work;
  };
  return { files, memory, run, apply, undo, history, left, begin };
}

async function open() {
  const bench = await prepare();
  return { ...bench, done: await bench.apply() };
}

test('the receipt says which thread was made, and nothing of it is a surprise', async () => {
  const { done } = await open();
  expect(done).toMatchObject({ made: FORK, changed: [idOf('t1')], failed: [] });
  expect(done.receipt.unplanned).toEqual([]);
});

test('undone, nothing is left of it, and the vault has its file', async () => {
  const { undo, left, files } = await open();
  expect(left()).not.toEqual([]);
  expect(await undo()).toMatchObject({ undone: 1, left: [] });
  expect(left()).toEqual([]);
  expect([...files.keys()].filter(file => file.includes(`forked-0-`))).toHaveLength(1);
});

test('a thread that somebody has begun meanwhile is nothing of ours, also when it is a fork', async () => {
  const { apply, undo, left, files, run, begin } = await prepare();
  const own = FORK.replace('f0f0', 'aaaa');
  const file = FILE.replace(FORK, own);
  begin(() => {
    const text = new TextDecoder().decode(files.get(FILE)?.bytes).replaceAll(FORK, own);
    files.set(file, { bytes: new TextEncoder().encode(text), modifiedMs: 1235.5 });
    run(
      STATE,
      `CREATE TEMP TABLE made AS SELECT * FROM threads WHERE id = '${FORK}';
       UPDATE made SET id = '${own}', rollout_path = '${file}';
       INSERT INTO threads SELECT * FROM made`,
    );
  });
  const { receipt } = await apply();
  expect(receipt.unplanned).toEqual([]);
  expect(await undo()).toMatchObject({ undone: 1, left: [] });
  expect(left()).toEqual([file, STATE]);
});

test('one that Codex has made and died before it could say so stays, and is named', async () => {
  const { apply, left, begin } = await prepare();
  begin(() => {
    throw new Error('Codex has died');
  });
  const { failed, changed } = await apply();
  expect(changed).toEqual([]);
  expect(failed).toEqual([{ what: idOf('t1'), why: expect.stringContaining(FILE) as unknown }]);
  expect(left()).toContain(FILE);
});

describe('stays as a whole when', () => {
  type Bench = Awaited<ReturnType<typeof open>>;
  const uses: readonly (readonly [string, (bench: Bench) => void, string])[] = [
    [
      'somebody has gone on with it',
      ({ files }) => files.set(FILE, { bytes: new Uint8Array(9), modifiedMs: 1234.5 }),
      'somebody has gone on with it since',
    ],
    [
      'its file was written again',
      ({ files }) => {
        const { bytes = new Uint8Array() } = files.get(FILE) ?? {};
        files.set(FILE, { bytes, modifiedMs: 99_999 });
      },
      'somebody has gone on with it since',
    ],
    [
      'Codex has changed its entry',
      ({ run }) => run(STATE, `UPDATE threads SET archived = 1 WHERE id = '${FORK}'`),
      'Codex has changed its entry since',
    ],
    [
      'it was archived',
      ({ files, run }) => {
        const { bytes = new Uint8Array() } = files.get(FILE) ?? {};
        files.delete(FILE);
        const archived = FILE.replace(/sessions.*\//, 'archived_sessions/');
        files.set(archived, { bytes, modifiedMs: 1234.5 });
        run(STATE, `UPDATE threads SET rollout_path = '${archived}' WHERE id = '${FORK}'`);
      },
      'it has been archived or moved since',
    ],
    [
      'it was forked itself',
      ({ files }) => {
        const id = '01a1fe00-0001-7000-8000-000000000001';
        const base = JSON.stringify({ history_base: { thread_id: FORK } });
        const bytes = new TextEncoder().encode(`${base}\n`);
        files.set(FILE.replace(FORK, id), { bytes, modifiedMs: 5 });
      },
      'it has been forked since, as 01a1fe00-0001-7000-8000-000000000001',
    ],
  ];

  test.each(uses)('%s', async (_, use, why) => {
    const bench = await open();
    use(bench);
    const used = bench.left();
    const { left } = await bench.undo();
    expect(left).toEqual([{ what: `the fork ${FORK}`, why }]);
    expect(bench.left()).toEqual(used);
  });
});

test('a stop at any moment while it is put away: the next undo goes on', async () => {
  for (let operations = 0; operations < 100; operations += 1) {
    const { memory, undo, left } = await open();
    memory.stopAfter(operations, operations % 2 === 0);
    const stopped = await undo().then(
      () => null,
      (error: unknown) => error,
    );
    memory.restart();
    if (stopped === null) {
      expect(operations).toBeGreaterThan(3);
      return;
    }
    expect(String(stopped)).toContain('stopped before');
    expect(await undo()).toMatchObject({ left: [] });
    expect(left()).toEqual([]);
  }
  throw new Error('it never came to its end');
});

test('a stop at any moment while it is made: it is not there, or all of it is', async () => {
  const ends = new Set<string>();
  for (let operations = 0; operations < 100; operations += 1) {
    const { memory, apply, history, left } = await prepare();
    memory.stopAfter(operations, operations % 2 === 0);
    const isDone = await apply().then(
      () => true,
      () => false,
    );
    memory.restart();
    expect((await history()).interrupted).toBeNull();
    // Its file, its row and its history.
    ends.add(left().length === 0 ? 'nothing' : `${String(left().length)} places`);
    if (!isDone) continue;
    expect([...ends].sort()).toEqual(['3 places', 'nothing']);
    return;
  }
  throw new Error('it never came to its end');
});
