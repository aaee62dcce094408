import { expect, test } from 'vitest';
import { createEngine, createRepairs } from '../../src/engine/engine.ts';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { expectRepairs } from '../support/expectRepairs.ts';
import { HOME, home, idOf, type HomeBuilder } from '../support/home.ts';
import { createMemoryHands } from '../support/memoryHands.ts';

test('the file of names has one, the database has none', () =>
  expectFindings(home().thread('t1').name('t1', 'My Name').thread('t2')).toBe(
    'warning thread-name-lost t1',
  ));

test('an empty name is none', () =>
  expectFindings(
    home()
      .thread('t1', { row: { name: ' ' } })
      .name('t1', 'My Name'),
  ).toBe('warning thread-name-lost t1'));

test('nothing, when the database has a name', () =>
  expectFindings(
    home()
      .thread('t1', { row: { name: 'Another' } })
      .name('t1', 'My Name'),
  ).toBe());

test('nothing, when nobody ever gave it one', () =>
  expectFindings(home().thread('t1').name('t2', 'My Name')).toBe());

test('nothing in a thread with legacy history: Codex falls back to the file', () =>
  expectFindings(home().thread('t1', { mode: 'legacy' }).name('t1', 'My Name')).toBe());

test('is said in one sentence', () =>
  expectFindings(home().thread('t1').name('t1', 'Old').name('t1', 'My Name')).toSay(
    'thread-name-lost',
    'Its name "My Name" is still in session_index.jsonl, and the database has lost it: lists show the first message instead.',
  ));

test('nothing is said to be right when the names cannot be read', () =>
  expectOutcome(home().thread('t1').trouble('session_index.jsonl'), 'thread-name-lost').toBe(
    'unknown',
  ));

test('of an archived thread the name is put into the database, which needs no Codex', async () => {
  const archived = home().thread('t1', { archived: true }).name('t1', 'My Name');
  expect(await expectRepairs(archived)).toEqual([`thread-name-lost:${idOf('t1')}`]);
});

test('one that only the database counts as archived is named by Codex, and archived after that', async () => {
  const flagged = home()
    .thread('t1', { row: { archived: 1 } })
    .name('t1', 'My Name');
  expect(await callsFor(flagged, 't1')).toEqual(['thread/name/set', 'thread/archive']);
});

test('a thread that is archived in the same repair is named before', async () => {
  const temporary = home()
    .thread('t1', { cwd: '/tmp/tmp.Xy12', row: { cwd: '/tmp/tmp.Xy12' } })
    .name('t1', 'My Name');
  expect(await callsFor(temporary, 't1')).toEqual(['thread/name/set', 'thread/archive']);
});

/** What Codex is asked when everything is repaired that is found about a thread. */
async function callsFor(builder: HomeBuilder, key: string): Promise<readonly string[]> {
  const codex = { migrations: { 'state_5.sqlite': 62 } };
  const { world, files } = builder.codex('0.169.0', codex).build();
  const request = { home: HOME, sqliteHome: null, codex: null, full: false };
  const report = await createEngine(world).scan(request);
  const findings = report.findings
    .filter(({ threads }) => threads.includes(idOf(key)))
    .map(({ id }) => id);
  const repairs = createRepairs(world, createMemoryHands(files).hands);
  const { units } = await repairs.plan(report, { findings, cure: null });
  const steps = units.flatMap(unit => unit.steps);
  return steps.flatMap(step => (step.kind === 'ask' ? step.calls.map(({ method }) => method) : []));
}
