// What Codex will correct by itself is in the plan: in one sentence for whoever reads it, row by row for
// whoever asks, and without what the plan itself puts right before.

import { expect, test } from 'vitest';
import { createEngine, createRepairs, handlerOf } from '../../src/engine/engine.ts';
import type { Call, Correction, Unit } from '../../src/engine/model/plan.ts';
import { mergeAsking } from '../../src/engine/repair/askOnce.ts';
import { sayForeseen } from '../../src/engine/repair/beyondPlan.ts';
import { home, HOME, idOf, type HomeBuilder } from '../support/home.ts';
import { createMemoryHands } from '../support/memoryHands.ts';

const CODEX = { migrations: { 'state_5.sqlite': 62 } };
/** One thread without a row; another one's flag says that it is archived, and its file that it is not. */
const HOME_OF_TWO = () =>
  home()
    .thread('t1', { row: false })
    .thread('t2', { row: { archived: 1, archived_at: 1_795_000_000 } })
    .codex('0.169.0', CODEX);

test('a flag that a list will bend', async () => {
  const { says, corrects, touches } = await planned(HOME_OF_TWO(), [
    `thread-row-missing:${idOf('t1')}`,
  ]);
  expect(corrects).toEqual([
    { thread: idOf('t1'), does: 'enters', columns: [] },
    { thread: idOf('t2'), does: 'changes', columns: ['archived', 'archived_at'] },
  ]);
  expect(says).toContain(
    'Codex will by itself also correct 1 entry by its file; undo takes that back too.',
  );
  expect(touches).toContain(`${HOME}/state_5.sqlite › threads › '${idOf('t2')}'`);
});

test('is none where the plan has the thread archived before', async () => {
  const { says, corrects } = await planned(HOME_OF_TWO(), 'all');
  expect(corrects).toEqual([{ thread: idOf('t1'), does: 'enters', columns: [] }]);
  expect(says).not.toContain('by itself');
});

test('nor where the plan has changed its row before', async () => {
  const { corrects } = await planned(
    home()
      .thread('t1', { row: false })
      .thread('t2', { row: { rollout_path: `${HOME}/sessions/2025/01/01/gone.jsonl` } })
      .codex('0.142.0', { migrations: { 'state_5.sqlite': 62 } }),
    'all',
  );
  expect(corrects.filter(({ thread }) => thread === idOf('t2'))).toEqual([]);
});

test.each([
  ['0.169.0', [['t3'], ['t5', 't6'], ['t1', 't2', 't3']], ' with 2 threads of its agents'],
  ['0.121.0', [['t1'], ['t3'], ['t5']], 'Codex archives a thread (3 times).'],
])('what Codex %s archives with a thread, and after what', async (version, threads, says) => {
  const asked = await planned(homeOfAgents(version), [
    ...['t1', 't3', 't5'].map(id => `thread-temporary:${idOf(id)}`),
  ]);
  expect(asked.threads).toEqual(threads.map(ids => ids.map(idOf)));
  expect(asked.says).toContain(says);
  for (const id of threads.flat())
    expect(asked.touches).toContain(`${HOME}/state_5.sqlite › threads › '${idOf(id)}'`);
});

/** The first has an agent, which has one, which had one; two lead round in a circle. */
function homeOfAgents(version: string): HomeBuilder {
  const edges = ['t1 t2', 't2 t3', 't3 t4', 't5 t6', 't6 t5'].map(edge => edge.split(' '));
  return ['t1', 't3', 't5']
    .reduce((builder, key) => builder.thread(key, { cwd: '/tmp/a' }), home())
    .thread('t2')
    .thread('t4', { archived: true })
    .thread('t6')
    .state(
      ...edges.map(
        ids =>
          `INSERT INTO thread_spawn_edges VALUES (${ids.map(id => `'${idOf(id)}'`).join()}, 'open')`,
      ),
    )
    .codex(version, CODEX);
}

test('of ten thousand rows it is one sentence', () => {
  const corrects = Array.from({ length: 10_000 }, (_, at): Correction => ({
    thread: `thread ${String(at)}`,
    does: at % 2 === 0 ? 'enters' : 'changes',
    columns: [],
  }));
  const call = { method: 'thread/list', params: {}, says: '', findings: [], threads: [] };
  expect(sayForeseen({ state: '', calls: [{ ...call, corrects }] })).toBe(
    'Codex will by itself also enter 5000 conversations, and correct 5000 entries by their files; undo takes that back too.',
  );
});

async function planned(builder: HomeBuilder, findings: 'all' | readonly string[]) {
  const { world, files } = builder.build();
  const report = await createEngine(world).scan({
    ...{ home: HOME, sqliteHome: null, codex: null, full: false },
  });
  const repairs = createRepairs(world, createMemoryHands(files).hands);
  const { units } = await repairs.plan(report, { findings, cure: null });
  const asking = units.at(-1);
  const [step] = asking?.steps ?? [];
  if (step?.kind !== 'ask') throw new Error('Codex is not asked');
  return {
    says: asking?.says ?? '',
    corrects: step.calls.flatMap(({ corrects = [] }) => corrects),
    threads: step.calls.map(({ threads }) => threads),
    touches: handlerOf(step).touches(step),
  };
}

test('of a call that two repairs wish for it is what both foresee', () => {
  const enters: Correction = { thread: 't1', does: 'enters', columns: [] };
  const changes: Correction = { thread: 't2', does: 'changes', columns: ['cwd'] };
  const [asked] = mergeAsking([
    asking('one', { corrects: [enters], makes: [`${HOME}/goals_1.sqlite`] }),
    asking('two', { corrects: [enters, changes] }),
  ]);
  const [step] = asked?.steps ?? [];
  expect(step?.kind === 'ask' ? step.calls : []).toMatchObject([
    {
      findings: ['one', 'two'],
      corrects: [enters, changes],
      makes: [`${HOME}/goals_1.sqlite`],
    },
  ]);
});

function asking(finding: string, foreseen: Partial<Call>): Unit {
  const call: Call = {
    ...{ method: 'thread/list', params: {}, says: 'lists', threads: [] },
    findings: [finding],
    ...foreseen,
  };
  const places = { codex: 'codex', home: HOME, sqliteHome: HOME, state: `${HOME}/state_5.sqlite` };
  return {
    ...{ cure: { id: '', title: '' }, says: '', loses: 'nothing', needs: [] },
    findings: [finding],
    steps: [{ kind: 'ask', ...places, calls: [call] }],
  };
}
