// What Codex does when it is asked is found by looking before and behind, and taken back as plain steps,
// also what nobody foresaw. The Codex here is one in memory that does what a test wants.

import { describe, expect, test } from 'vitest';
import type { AskStep, Call, KnownRow, MoveStep } from '../../src/engine/model/plan.ts';
import { AppServerRefusal, type AppServers, type Hands } from '../../src/engine/hands.ts';
import { apply } from '../../src/engine/repair/apply.ts';
import type { Site } from '../../src/engine/repair/site.ts';
import { handlerOf } from '../../src/engine/repair/steps/index.ts';
import { recover, takeBack } from '../../src/engine/repair/undo.ts';
import { stateOf, Vault } from '../../src/engine/repair/vault.ts';
import { home, HOME, idOf } from '../support/home.ts';
import { createMemoryHands } from '../support/memoryHands.ts';
import { sql, type MemoryFile } from '../support/memoryWorld.ts';
import { differences, pictureOf } from '../support/pictures.ts';
import { planOf } from './specimens.ts';

const STATE = `${HOME}/state_5.sqlite`;
const INDEX = `${HOME}/session_index.jsonl`;

test('a thread that Codex archives comes back with its time', async () => {
  const bench = createBench(({ move, sql: run }) => {
    move(idOf('one'), `${HOME}/archived_sessions`, 999);
    run(
      `UPDATE threads SET archived = 1, archived_at = 7, rollout_path = 'x' WHERE id = '${idOf('one')}'`,
    );
  });
  await expectUndoToBeExact(bench, [call('thread/archive', 'one')]);
});

test('so does a name, and the line that Codex has added for it', async () => {
  const bench = createBench(({ append, sql: run }) => {
    append(INDEX, '{"id":"…"}\n');
    run(`UPDATE threads SET name = 'A name' WHERE id = '${idOf('one')}'`);
  });
  await expectUndoToBeExact(bench, [call('thread/name/set', 'one')]);
});

test('and the file of names, where it was made for the first of them', async () => {
  const bench = createBench(({ append }) => append(INDEX, '{"id":"…"}\n'));
  bench.files.delete(INDEX);
  const { unplanned } = await expectUndoToBeExact(bench, [call('thread/name/set', 'one')]);
  expect(unplanned).toEqual([]);
});

test('and what nobody foresaw: rows and files of other threads', async () => {
  const bench = createBench(({ append, fileOf, sql: run }) => {
    append(fileOf(idOf('two')), '{"type":"event_msg"}\n');
    run(`UPDATE threads SET updated_at_ms = 5, cli_version = '' WHERE id = '${idOf('two')}'`);
    run(`DELETE FROM threads WHERE id = '${idOf('three')}'`);
  });
  const receipt = await expectUndoToBeExact(bench, [call('thread/list', 'one')]);
  const told = receipt.unplanned.join('\n');
  expect(told).toContain(`changed the row of '${idOf('two')}': cli_version, updated_at_ms`);
  expect(told).toContain(`took out the row of '${idOf('three')}'`);
  expect(told).toContain('wrote into');
});

describe('a database that Codex makes', () => {
  const GOALS = `${HOME}/goals_1.sqlite`;
  const made = (threads: readonly string[]): MemoryFile => {
    const database = new sql.Database();
    database.run('CREATE TABLE kept (thread_id)');
    for (const id of threads) database.run('INSERT INTO kept VALUES (?)', [id]);
    const bytes = database.export();
    database.close();
    return { bytes, modifiedMs: 5 };
  };
  const makes = (file: string, ...threads: readonly string[]): Act => {
    return ({ files }) => void files.set(file, made(threads));
  };

  test('goes into the vault', async () => {
    const bench = createBench(makes(GOALS));
    const { unplanned } = await expectUndoToBeExact(bench, [call('thread/resume', 'one')]);
    expect(unplanned).toEqual([`it made ${GOALS}`]);
    expect([...bench.files.keys()].some(file => file.endsWith('made-goals_1.sqlite'))).toBe(true);
  });

  test.each([
    ['goals of a thread', GOALS, [], ['one'], 'what somebody has entered since is in it'],
    ['a new thread', HISTORY, ['one'], ['one', 'new'], 'Codex has entered new threads in it since'],
    ['a thread that was in it', HISTORY, ['one'], ['one'], null],
    ['lines of a log', `${HOME}/logs_2.sqlite`, [], ['one'], null],
  ])('with %s in it now', async (_, file, before, now, why) => {
    const bench = createBench(makes(file, ...before));
    bench.files.delete(HISTORY);
    await apply(bench.site, planOf([ask([call('thread/resume', 'one')])]), null, () => undefined);
    bench.files.set(file, made(now));
    const [repair] = await bench.site.vault.repairs();
    if (repair === undefined) throw new Error('nothing was written down');
    const { left } = await takeBack(bench.site, repair);
    expect(left).toEqual(why === null ? [] : [{ what: file, why }]);
    expect(bench.files.has(file)).toBe(why !== null);
  });
});

const HISTORY = `${HOME}/thread_history_1.sqlite`;
/** As Codex fills the history of a thread that is resumed, and goes on with one that it knows. */
const fills: Act = ({ sql: run }) => {
  const id = idOf('unread');
  run(`INSERT INTO thread_history_projection_state VALUES ('${id}', 700, 6)`, HISTORY);
  run(
    `INSERT INTO thread_turns (thread_id, turn_id, rollout_ordinal, status) VALUES ('${id}', 't', 1, 'completed')`,
    HISTORY,
  );
};

test('a history that it has filled is emptied again', async () => {
  await expectUndoToBeExact(createBench(fills), [call('thread/resume', 'unread')]);
});

test('a history that was there is left as it is now', async () => {
  const state = 'thread_history_projection_state';
  const grows: Act = ({ sql: run }) =>
    run(
      `UPDATE ${state} SET next_rollout_byte_offset = 9 WHERE thread_id = '${idOf('one')}'`,
      HISTORY,
    );
  const bench = createBench(grows);
  await apply(
    bench.site,
    withFindings(planOf([ask([call('thread/resume', 'one')])])),
    null,
    () => undefined,
  );
  const after = pictureOf(bench.files);
  const [repair] = await bench.site.vault.repairs();
  if (repair === undefined) throw new Error('nothing was written down');
  expect((await takeBack(bench.site, repair)).left).toEqual([]);
  expect(differences(after, pictureOf(bench.files))).toEqual([]);
});

test('a history that somebody has removed since is not made again', async () => {
  const bench = createBench(fills);
  const plan = withFindings(planOf([ask([call('thread/resume', 'unread')])]));
  await apply(bench.site, plan, null, () => undefined);
  bench.files.delete(HISTORY);
  const [repair] = await bench.site.vault.repairs();
  if (repair === undefined) throw new Error('nothing was written down');
  expect((await takeBack(bench.site, repair)).left).toEqual([]);
  expect(bench.files.has(HISTORY)).toBe(false);
});

test('what an earlier version wrote down, which looked at less, is undone as well', async () => {
  const bench = createBench(({ sql: run }) =>
    run(`UPDATE threads SET archived = 1 WHERE id = '${idOf('one')}'`),
  );
  const before = pictureOf(bench.files);
  const plan = withFindings(planOf([ask([call('thread/archive', 'one')])]));
  await apply(bench.site, plan, null, () => undefined);
  for (const [name, { bytes, modifiedMs }] of bench.files) {
    if (!/(?:before-codex|codex-did)\.json$/.test(name)) continue;
    const known = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    for (const later of ['packed', 'unfinished', 'filled', 'histories', 'threads', 'made'])
      delete known[later];
    bench.files.set(name, { bytes: Buffer.from(JSON.stringify(known)), modifiedMs });
  }
  const [repair] = await bench.site.vault.repairs();
  if (repair === undefined) throw new Error('nothing was written down');
  expect((await takeBack(bench.site, repair)).left).toEqual([]);
  expect(differences(before, pictureOf(bench.files))).toEqual([]);
});

test('what Codex refuses is a failure of that finding alone', async () => {
  const bench = createBench(({ method }) => {
    if (method === 'thread/archive') throw new AppServerRefusal(-32600, 'no rollout found');
  });
  const plan = planOf([ask([call('thread/archive', 'one'), call('thread/name/set', 'two')])]);
  const receipt = await apply(bench.site, withFindings(plan), null, () => undefined);
  expect(receipt.failed).toEqual([
    { what: 'finding of one', why: 'Codex refuses: no rollout found' },
  ]);
  expect(receipt.findings).toEqual(['finding of two']);
});

test('when Codex does not start nothing is done', async () => {
  const bench = createBench(() => undefined, new Error('Codex did not start: it is drifted'));
  const before = pictureOf(bench.files);
  const plan = withFindings(planOf([ask([call('thread/archive', 'one')])]));
  const receipt = await apply(bench.site, plan, null, () => undefined);
  expect(receipt.failed.map(({ why }) => why)).toEqual(['Codex did not start: it is drifted']);
  expect(differences(before, pictureOf(bench.files))).toEqual([]);
});

test.each([STATE, `${HOME}/sessions`])(
  'while %s cannot be looked at Codex is not asked: what it did could not be told',
  async place => {
    const asked: string[] = [];
    const bench = createBench(({ method }) => void asked.push(method), null, place);
    const plan = withFindings(planOf([ask([call('thread/archive', 'one')])]));
    const receipt = await apply(bench.site, plan, null, () => undefined);
    expect(receipt.failed).toEqual([
      { what: 'finding of one', why: expect.stringContaining('cannot be read') as string },
    ]);
    expect(asked).toEqual([]);
  },
);

test('what prepared for it is taken back then', async () => {
  const bench = createBench(() => undefined, new Error('Codex did not start'));
  const before = pictureOf(bench.files);
  const file = [...bench.files.keys()].find(name => name.endsWith(`${idOf('one')}.jsonl`)) ?? '';
  const { bytes = new Uint8Array(), modifiedMs = 0 } = bench.files.get(file) ?? {};
  const moved = {
    kind: 'move' as const,
    from: file,
    to: { vault: 'one' },
    bytes: bytes.length,
    modifiedMs,
  };
  const plan = planOf([moved], [ask([call('thread/list', 'one')])]);
  const units = plan.units.map(unit => ({ ...unit, findings: ['finding of one'] }));
  const receipt = await apply(bench.site, { ...plan, units }, null, () => undefined);
  expect(receipt.applied).toBe(0);
  expect(differences(before, pictureOf(bench.files))).toEqual([]);
});

test('what was foreseen of other threads is no surprise, and all else is', async () => {
  const bench = createBench(({ sql: run }) => {
    run(`UPDATE threads SET archived = 1, archived_at = 7 WHERE id = '${idOf('two')}'`);
    run(`DELETE FROM threads WHERE id = '${idOf('three')}'`);
  });
  const foreseen: Call = {
    ...call('thread/list', 'one'),
    corrects: [
      { thread: idOf('two'), does: 'changes', columns: ['archived', 'archived_at'] },
      { thread: idOf('three'), does: 'changes', columns: ['cwd'] },
    ],
  };
  expect(handlerOf(ask([foreseen])).touches(ask([foreseen]))).toEqual(
    ['one', 'two', 'three'].map(key => `${STATE} › threads › '${idOf(key)}'`),
  );
  const { unplanned } = await expectUndoToBeExact(bench, [foreseen]);
  expect(unplanned).toEqual([`it took out the row of '${idOf('three')}'`]);
});

test('a column that was not foreseen is a surprise', async () => {
  const bench = createBench(({ sql: run }) =>
    run(`UPDATE threads SET archived = 1, cwd = '/else' WHERE id = '${idOf('two')}'`),
  );
  const corrects = [{ thread: idOf('two'), does: 'changes', columns: ['archived'] }] as const;
  const { unplanned } = await expectUndoToBeExact(bench, [
    { ...call('thread/list', 'one'), corrects },
  ]);
  expect(unplanned).toEqual([`it changed the row of '${idOf('two')}': cwd, archived`]);
});

describe('a database that is made anew', () => {
  const one = { id: `'${idOf('one')}'` };
  const PINNED: KnownRow = {
    table: 'threads',
    key: one,
    values: { title: "'Mine'" },
    makes: false,
  };
  const section = { id: "'s1'" };
  const SECTION: KnownRow = {
    ...{ table: 'thread_sections', key: section, values: { name: "'A section'" }, makes: true },
  };
  const placed = (id: string): KnownRow => ({ ...PINNED, values: { thread_section_id: id } });

  test('gets what only the old one knew', async () => {
    const bench = createBench(makesDatabase);
    const { receipt } = await rebuild(bench, [SECTION, PINNED, placed("'s1'")]);
    expect(receipt.failed).toEqual([]);
    expect(bench.cell(`SELECT title || thread_section_id FROM threads WHERE id = ${one.id}`)).toBe(
      'Mines1',
    );
  });

  test('takes nothing that would make lists unreadable, and says what it did not take', async () => {
    const bench = createBench(makesDatabase);
    const rows: KnownRow[] = [
      placed("'no such section'"),
      { ...PINNED, key: { id: "'nobody'" } },
      { ...PINNED, values: { title: "'Mine'", no_column: '1' } },
      { ...SECTION, table: 'no_table' },
    ];
    const { receipt } = await rebuild(bench, rows);
    expect(receipt.failed.map(({ why }) => why)).toEqual([
      "of what Codex does not make by itself 4 of 4 entries could not be put back: there is no entry 'no such section' in thread_sections",
    ]);
    expect(bench.cell(`SELECT title FROM threads WHERE id = ${one.id}`)).toBe('Mine');
    expect(bench.cell(`SELECT count(*) FROM threads WHERE id = 'nobody'`)).toBe(0);
  });

  test('goes away as a whole when that is undone', async () => {
    const bench = createBench(makesDatabase);
    const before = pictureOf(bench.files);
    const { repair } = await rebuild(bench, [SECTION, PINNED]);
    expect((await takeBack(bench.site, repair)).left).toEqual([]);
    expect(differences(before, pictureOf(bench.files))).toEqual([]);
  });

  test('stays when Codex has entered new threads in it, and no log of the old one comes beside it', async () => {
    const bench = createBench(makesDatabase);
    const log = { bytes: new Uint8Array([1, 2, 3]), modifiedMs: 5 };
    bench.files.set(`${STATE}-wal`, log);
    const { repair } = await rebuild(bench, [PINNED], ['', '-wal']);
    // Codex has worked on, and has ended: nothing is beside its database.
    bench.run(`UPDATE threads SET id = 'new' WHERE id = '${idOf('two')}'`);
    const after = pictureOf(bench.files);
    const { left } = await takeBack(bench.site, repair);
    expect(left).toContainEqual({ what: STATE, why: 'Codex has entered new threads in it since' });
    expect(differences(after, pictureOf(bench.files))).toEqual([]);
  });

  test('is not asked for while the old one could not be put away', async () => {
    const asked: string[] = [];
    const bench = createBench(({ method }) => void asked.push(method));
    const before = pictureOf(bench.files);
    const move = bench.site.hands.move;
    const hands: Hands = {
      ...bench.site.hands,
      move: (from, to) =>
        from === STATE ? Promise.reject(new Error('it may not be moved')) : move(from, to),
    };
    const { receipt } = await rebuild({ ...bench, site: { ...bench.site, hands } }, [PINNED]);
    expect(receipt.failed).toEqual([{ what: 'damage', why: 'it may not be moved' }]);
    expect([receipt.applied, asked]).toEqual([0, []]);
    expect(differences(before, pictureOf(bench.files))).toEqual([]);
  });

  test('and wherever it is stopped', async () => {
    const whole = createBench(makesDatabase);
    await rebuild(whole, [SECTION, PINNED]);
    const count = whole.memory.operations.length;
    for (let operations = 0; operations < count; operations += 1) {
      const bench = createBench(makesDatabase);
      const before = pictureOf(bench.files);
      bench.memory.stopAfter(operations, false);
      await expect(rebuild(bench, [SECTION, PINNED])).rejects.toThrow(/stopped before/);
      bench.memory.restart();
      await recover(bench.site);
      expect(differences(before, pictureOf(bench.files))).toEqual([]);
    }
  });
});

/** Codex finds no database and makes one with the threads in it, as they were in the old one. */
const makesDatabase: Act = ({ files }) => {
  const old = [...files].find(([name]) => name.endsWith('/old.sqlite'));
  if (old !== undefined && !files.has(STATE)) files.set(STATE, { ...old[1], modifiedMs: 99 });
};

async function rebuild(
  bench: Pick<ReturnType<typeof createBench>, 'files' | 'site'>,
  rows: readonly KnownRow[],
  parts: readonly string[] = [''],
) {
  const aside = parts.map((part): MoveStep => {
    const { bytes = new Uint8Array(), modifiedMs = 0 } = bench.files.get(STATE + part) ?? {};
    const to = { vault: `old.sqlite${part}` };
    return { kind: 'move', from: STATE + part, to, bytes: bytes.length, modifiedMs };
  });
  const asking = {
    ...ask([call('thread/list', 'one')]),
    replay: { finding: 'damage', says: '', rows },
  };
  const plan = planOf(aside, [asking]);
  const units = plan.units.map(unit => ({ ...unit, findings: ['damage'] }));
  const receipt = await apply(bench.site, { ...plan, units }, null, () => undefined);
  const repair = (await bench.site.vault.repairs()).at(-1);
  if (repair === undefined) throw new Error('nothing was written down');
  return { receipt, repair };
}

test('a stop at any moment: a history is as it was', async () => {
  const plan = withFindings(planOf([ask([call('thread/resume', 'unread')])]));
  const whole = createBench(fills);
  await apply(whole.site, plan, null, () => undefined);
  for (let operations = 0; operations < whole.memory.operations.length; operations += 1) {
    const bench = createBench(fills);
    const before = pictureOf(bench.files);
    bench.memory.stopAfter(operations, false);
    await expect(apply(bench.site, plan, null, () => undefined)).rejects.toThrow(/stopped before/);
    bench.memory.restart();
    await recover(bench.site);
    expect(differences(before, pictureOf(bench.files))).toEqual([]);
  }
});

test('a stop at any moment: what it was asked for is taken back, and work done since is not', async () => {
  const acts: Act = ({ move, append, sql: run }) => {
    move(idOf('one'), `${HOME}/archived_sessions`, 999);
    append(INDEX, '{"id":"…"}\n');
    run(`UPDATE threads SET archived = 1, rollout_path = 'x' WHERE id = '${idOf('one')}'`);
  };
  const plan = withFindings(planOf([ask([call('thread/archive', 'one')])]));
  const whole = createBench(acts);
  await apply(whole.site, plan, null, () => undefined);
  const count = whole.memory.operations.length;
  expect(count).toBeGreaterThan(4);
  for (let operations = 0; operations < count; operations += 1) {
    const bench = createBench(acts);
    const before = pictureOf(bench.files);
    bench.memory.stopAfter(operations, false);
    await expect(apply(bench.site, plan, null, () => undefined)).rejects.toThrow(/stopped before/);
    bench.memory.restart();
    // Somebody goes on with another thread before the next repair looks.
    const other = [...bench.files.keys()].find(name => name.includes(idOf('two'))) ?? '';
    bench.files.set(other, { bytes: new Uint8Array([1]), modifiedMs: 77 });
    await recover(bench.site);
    expect(differences(before, pictureOf(bench.files))).toEqual([other]);
    const states = (await bench.site.vault.repairs()).map(stateOf);
    expect(states).not.toContain('interrupted');
  }
});

interface Doing {
  readonly method: string;
  readonly files: Map<string, MemoryFile>;
  fileOf(id: string): string;
  move(id: string, folder: string, modifiedMs: number): void;
  append(file: string, text: string): void;
  sql(statement: string, database?: string): void;
}
type Act = (doing: Doing) => void;

function createBench(act: Act, startFailure: Error | null = null, unreadable = 'nothing') {
  const built = home()
    .trouble(unreadable)
    .thread('one')
    .thread('two')
    .thread('three')
    .thread('unread', { projected: false })
    .name('two', 'Old')
    .build();
  const { files } = built;
  const memory = createMemoryHands(files, codexThat(act, files, startFailure));
  const vault = new Vault(built.world, memory.hands, `${HOME}/session-health`);
  const places = { path: HOME, sqliteHome: HOME };
  const site: Site = { world: built.world, hands: memory.hands, home: places, vault };
  const cell = (question: string) => {
    const database = new sql.Database(files.get(STATE)?.bytes);
    const [answer] = database.exec(question);
    database.close();
    return answer?.values[0]?.[0];
  };
  const run = (statement: string) => {
    const database = new sql.Database(files.get(STATE)?.bytes);
    database.run(statement);
    files.set(STATE, { bytes: database.export(), modifiedMs: 9999 });
    database.close();
  };
  return { files, memory, site, cell, run };
}

function codexThat(act: Act, files: Map<string, MemoryFile>, failure: Error | null): AppServers {
  const fileOf = (id: string) => [...files.keys()].find(file => file.endsWith(`${id}.jsonl`)) ?? '';
  const answer = (method: string) => {
    act({
      method,
      files,
      fileOf,
      move: (id, folder, modifiedMs) => {
        const from = fileOf(id);
        const { bytes = new Uint8Array() } = files.get(from) ?? {};
        files.delete(from);
        files.set(`${folder}/${from.slice(from.lastIndexOf('/') + 1)}`, { bytes, modifiedMs });
      },
      append: (file, text) => {
        const { bytes = new Uint8Array() } = files.get(file) ?? {};
        files.set(file, { bytes: Buffer.concat([bytes, Buffer.from(text)]), modifiedMs: 1234 });
      },
      sql: (statement, file = STATE) => {
        const database = new sql.Database(files.get(file)?.bytes);
        database.run(statement);
        files.set(file, { bytes: database.export(), modifiedMs: 99 });
        database.close();
      },
    });
  };
  return {
    start: () =>
      failure !== null
        ? Promise.reject(failure)
        : Promise.resolve({
            userAgent: 'codex',
            knows: () => Promise.resolve(true),
            call: async method => answer(method),
            pages: async method => {
              answer(method);
              return [];
            },
            end: () => Promise.resolve(),
          }),
  };
}

function call(method: string, key: string): Call {
  return {
    method,
    params: { threadId: idOf(key) },
    says: 'does something',
    findings: [`finding of ${key}`],
    threads: [idOf(key)],
  };
}

function ask(calls: readonly Call[]): AskStep {
  return {
    kind: 'ask',
    codex: `${HOME}/config.toml`,
    home: HOME,
    sqliteHome: HOME,
    state: STATE,
    calls,
  };
}

function withFindings(plan: ReturnType<typeof planOf>) {
  const units = plan.units.map(unit => ({
    ...unit,
    findings: unit.steps.flatMap(step =>
      step.kind === 'ask' ? step.calls.flatMap(({ findings }) => findings) : [],
    ),
  }));
  return { ...plan, units };
}

async function expectUndoToBeExact(bench: ReturnType<typeof createBench>, calls: readonly Call[]) {
  const before = pictureOf(bench.files);
  const plan = withFindings(planOf([ask(calls)]));
  const receipt = await apply(bench.site, plan, null, () => undefined);
  expect(differences(before, pictureOf(bench.files)).length).toBeGreaterThan(0);
  const repair = (await bench.site.vault.repairs()).at(-1);
  if (repair === undefined) throw new Error('nothing was written down');
  expect((await takeBack(bench.site, repair)).left).toEqual([]);
  expect(differences(before, pictureOf(bench.files))).toEqual([]);
  return receipt;
}
