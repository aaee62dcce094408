// Archiving, taking out of the archive, naming and forking: what is planned and what is refused. What the
// real Codex makes of it is held against it in test/codex/threadChanges.test.ts.

import { describe, expect, test } from 'vitest';
import { createEngine, createRepairs, type ThreadChange } from '../../src/engine/engine.ts';
import { AppServerRefusal, type AppServer, type AppServers } from '../../src/engine/hands.ts';
import { home, HOME, idOf, type HomeBuilder } from '../support/home.ts';
import { createMemoryHands } from '../support/memoryHands.ts';
import { sql } from '../support/memoryWorld.ts';
import { differences, pictureOf } from '../support/pictures.ts';

const CODEX = '/opt/codex/codex';
const STATE = `${HOME}/state_5.sqlite`;
const threads = () =>
  home()
    .thread('t1')
    .thread('t2')
    .thread('x', { archived: true })
    .file(CODEX, 'a program', 0)
    .codex('0.169.0', { path: CODEX, migrations: { 'state_5.sqlite': 62 } });

async function open(builder: HomeBuilder, act: Partial<AppServer> = {}) {
  const { world, files } = builder.build();
  const asked: string[] = [];
  const server: AppServer = {
    userAgent: 'codex',
    knows: () => Promise.resolve(true),
    call: method => Promise.resolve(void asked.push(method)),
    pages: () => Promise.resolve([]),
    end: () => Promise.resolve(),
    ...act,
  };
  const servers: AppServers = { start: () => Promise.resolve(server) };
  const { hands, operations } = createMemoryHands(files, servers);
  const repairs = createRepairs(world, hands);
  const engine = createEngine(world);
  const scan = () => engine.scan({ home: HOME, sqliteHome: null, codex: null, full: false });
  const report = await scan();
  const plan = (change: ThreadChange) => repairs.planChange(report, change);
  const apply = async (change: ThreadChange, signal?: AbortSignal) => {
    const { sha } = await plan(change);
    const stopped = signal === undefined ? {} : { signal };
    return repairs.applyChange(report, scan, { change, sha, vault: null, ...stopped });
  };
  return { repairs, scan, plan, apply, files, operations, asked };
}

test('a plan asks Codex once, for all threads, and needs every other one closed', async () => {
  const { plan, operations } = await open(threads());
  const { units, needs, refused } = await plan({
    kind: 'archive',
    threads: [idOf('t1'), idOf('t2'), idOf('t1')],
  });
  expect([needs, refused]).toEqual([['codex-started', 'codex-stopped'], []]);
  expect(units).toMatchObject([
    { findings: [idOf('t1'), idOf('t2')], says: 'Codex archives 2 threads.', loses: 'nothing' },
  ]);
  expect(units[0]?.steps).toMatchObject([
    {
      kind: 'ask',
      calls: [
        { method: 'thread/archive', params: { threadId: idOf('t1') } },
        { method: 'thread/archive', params: { threadId: idOf('t2') } },
      ],
    },
  ]);
  expect(operations).toEqual([]);
});

/** The first has an agent, which has one; that of a further one is archived already. */
const agents = (version: string) =>
  ['t1 t2', 't2 t3', 't3 x'].reduce(
    (builder, edge) =>
      builder.state(
        `INSERT INTO thread_spawn_edges VALUES (${edge
          .split(' ')
          .map(key => `'${idOf(key)}'`)
          .join()}, 'open')`,
      ),
    home()
      .thread('t1')
      .thread('t2')
      .thread('t3')
      .thread('x', { archived: true })
      .file(CODEX, 'a program', 0)
      .codex(version, { path: CODEX, migrations: { 'state_5.sqlite': 62 } }),
  );

describe('the threads of agents', () => {
  const archive = (...keys: readonly string[]): ThreadChange => ({
    kind: 'archive',
    threads: keys.map(idOf),
  });

  test('go along, behind those that were named', async () => {
    const { plan } = await open(agents('0.169.0'));
    const { units } = await plan(archive('t1', 't3'));
    expect(units).toMatchObject([
      {
        findings: [idOf('t1'), idOf('t3')],
        says: 'Codex archives 2 threads, and with that 1 thread of agents.',
        steps: [
          {
            calls: [
              { params: { threadId: idOf('t3') }, threads: [idOf('t3')] },
              { params: { threadId: idOf('t1') }, threads: ['t1', 't2', 't3'].map(idOf) },
            ],
          },
        ],
      },
    ]);
  });

  test('stay where the Codex here leaves them', async () => {
    const { plan } = await open(agents('0.121.0'));
    const { units } = await plan(archive('t1'));
    expect(units.map(({ says }) => says)).toEqual([`Codex archives the thread ${idOf('t1')}.`]);
  });

  test('are not taken along when something is wrong with one', async () => {
    const broken = agents('0.169.0').state(
      `UPDATE threads SET archived = 1 WHERE id = '${idOf('t2')}'`,
    );
    const { units, refused } = await (await open(broken)).plan(archive('t1', 't3'));
    expect(units.map(({ findings }) => findings)).toEqual([[idOf('t3')]]);
    expect(refused).toEqual([
      {
        finding: idOf('t1'),
        why: 'Codex takes a thread of its agents along: something is wrong with it, and Codex could make something else of it than you mean',
        next: `Repair it first: codex-health apply thread-archive-mismatch:${idOf('t2')}.`,
      },
    ]);
  });
});

describe('is refused, in plain words:', () => {
  const why = async (change: ThreadChange, builder = threads()) => {
    const { units, refused } = await (await open(builder)).plan(change);
    expect(units).toEqual([]);
    return refused.map(one => one.why).join();
  };
  const rename = (name: string, key = 't1'): ThreadChange => ({
    kind: 'rename',
    thread: idOf(key),
    name,
  });

  test('what is so already', async () => {
    expect(await why({ kind: 'archive', threads: [idOf('x')] })).toBe('it is archived already');
    expect(await why({ kind: 'unarchive', threads: [idOf('t1')] })).toBe('it is not archived');
    const named = threads().thread('n', { row: { name: 'Old' } });
    expect(await why(rename(' Old ', 'n'), named)).toBe('it is called so already');
    const legacy = threads().thread('n', { mode: 'legacy' }).name('n', 'Old');
    expect(await why(rename('Old', 'n'), legacy)).toBe('it is called so already');
  });

  test('what Codex does not do in the archive', async () => {
    expect(await why(rename('New', 'x'))).toContain('does not name a thread that is archived');
    expect(await why({ kind: 'fork', thread: idOf('x') })).toContain('does not fork');
  });

  test('names that are none', async () => {
    expect(await why(rename(' \t '))).toContain('no empty name');
    expect(await why(rename('one\ntwo'))).toContain('a name is one line');
    expect(await why(rename('\u001b[2J'))).toContain('control characters');
    expect(await why(rename('x'.repeat(201)))).toContain('more than 200 characters');
  });

  test('threads that are not there, or with which something is wrong', async () => {
    expect(await why({ kind: 'fork', thread: 'nobody' })).toContain('no such thread');
    const broken = threads()
      .thread('b1', { row: { archived: 1 } })
      .thread('b2', { row: { rollout_path: '/old/rollout.jsonl' } })
      .thread('b3', { text: text => `x\n${text}` })
      .thread('b4', { file: false });
    const ids = ['b1', 'b2', 'b3', 'b4'].map(idOf);
    const { plan } = await open(broken);
    const { refused } = await plan({ kind: 'archive', threads: ids });
    expect(refused.map(({ finding }) => finding)).toEqual(ids);
    expect(new Set(refused.map(one => one.why))).toEqual(
      new Set([
        'something is wrong with it, and Codex could make something else of it than you mean',
      ]),
    );
    expect(refused[0]?.next).toBe(
      `Repair it first: codex-health apply thread-archive-mismatch:${idOf('b1')}.`,
    );
  });

  test('what only a Codex could do that is not there', async () => {
    expect(await why(rename('New'), home().thread('t1'))).toContain(
      'there is none on this machine',
    );
  });
});

test('a name that only the file of names has is given again', async () => {
  const { plan } = await open(threads().name('t1', 'Old'));
  const { units } = await plan({ kind: 'rename', thread: idOf('t1'), name: 'Old' });
  expect(units).toHaveLength(1);
});

test('one that is refused does not keep the others', async () => {
  const { plan } = await open(threads());
  const { units, refused } = await plan({ kind: 'archive', threads: [idOf('x'), idOf('t1')] });
  expect([units[0]?.findings, refused.map(({ finding }) => finding)]).toEqual([
    [idOf('t1')],
    [idOf('x')],
  ]);
});

test('a Codex that is too old for it says so in plain words', async () => {
  const { apply } = await open(threads(), {
    knows: () => Promise.resolve(false),
    call: () => Promise.reject(new AppServerRefusal(-32600, 'unknown variant `thread/name/set`')),
  });
  const { failed, changed } = await apply({ kind: 'rename', thread: idOf('t1'), name: 'New' });
  expect(changed).toEqual([]);
  expect(failed).toEqual([
    { what: idOf('t1'), why: 'this Codex is too old to do it when it is asked; a newer one can' },
  ]);
});

test('what Codex says is done is believed only when it is seen', async () => {
  const { apply } = await open(threads());
  const { failed, changed, made } = await apply({ kind: 'fork', thread: idOf('t1') });
  expect([changed, made]).toEqual([[], null]);
  expect(failed).toEqual([
    { what: idOf('t1'), why: 'Codex was asked, and it is not seen to be so afterwards' },
  ]);
});

test('stopped between two threads, the first one is as it was', async () => {
  const stop = new AbortController();
  const { world, files } = threads().build();
  const call: AppServer['call'] = (_, params) => {
    const { threadId } = params as { threadId: string };
    const database = new sql.Database(files.get(STATE)?.bytes);
    database.run(`UPDATE threads SET archived = 1 WHERE id = '${threadId}'`);
    files.set(STATE, { bytes: database.export(), modifiedMs: 99 });
    database.close();
    stop.abort();
    return Promise.resolve();
  };
  const server: AppServer = {
    ...{ userAgent: 'codex', call },
    knows: () => Promise.resolve(true),
    pages: () => Promise.resolve([]),
    end: () => Promise.resolve(),
  };
  const { hands } = createMemoryHands(files, { start: () => Promise.resolve(server) });
  const repairs = createRepairs(world, hands);
  const engine = createEngine(world);
  const scan = () => engine.scan({ home: HOME, sqliteHome: null, codex: null, full: false });
  const report = await scan();
  const before = pictureOf(files);
  const change: ThreadChange = { kind: 'archive', threads: [idOf('t1'), idOf('t2')] };
  const { sha } = await repairs.planChange(report, change);
  const consent = { change, sha, vault: null, signal: stop.signal };
  await expect(repairs.applyChange(report, scan, consent)).rejects.toThrow(
    'The repair was stopped, and everything is as it was before.',
  );
  expect(
    differences(before, pictureOf(files)).filter(name => !/session-health/.test(name)),
  ).toEqual([]);
});
