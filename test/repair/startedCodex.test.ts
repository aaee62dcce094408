// Codex is started for a repair only where its start changes nothing that nobody asked for.

import { expect, test } from 'vitest';
import { createEngine, createRepairs } from '../../src/engine/engine.ts';
import { home, HOME, NOW, type HomeBuilder } from '../support/home.ts';
import { createMemoryHands } from '../support/memoryHands.ts';

const withoutRow = (mode: 'legacy' | 'paginated' = 'legacy') =>
  home().thread('t1', { row: false, mode }).thread('t2', { mode });
const unfinished = () =>
  withoutRow().state(
    `UPDATE backfill_state SET status = 'pending', updated_at = ${String(NOW / 1000 - 86_400)}`,
  );
const UP_TO_DATE = { migrations: { 'state_5.sqlite': 62 } };
const NEWER = { migrations: { 'state_5.sqlite': 63 } };
const MARK = '.personality_migration';

test('one that knows the updates of the database', async () => {
  expect(await objections(withoutRow().codex('0.169.0', UP_TO_DATE))).toEqual([]);
  expect(await objections(unfinished().codex('0.169.0', UP_TO_DATE))).toEqual([]);
});

test.each([
  ['to enter one conversation', () => withoutRow()],
  ['to finish its index', unfinished],
])('none that would bring the database up to date: %s', async (_, built) => {
  expect(await objections(built().codex('0.170.0', NEWER))).toEqual([
    expect.stringContaining('each one here would change its databases by being started'),
  ]);
});

test('none that would choose a personality, as releases before 0.150 do once', async () => {
  const built = (version: string) => withoutRow().without(MARK).codex(version, UP_TO_DATE);
  expect(await objections(built('0.142.0'))).toEqual([
    expect.stringContaining('would write a personality into config.toml'),
  ]);
  expect(await objections(built('0.150.0'))).toEqual([]);
});

test('but where it finds no conversation that it knows how to read, it chooses none', async () => {
  const built = withoutRow('paginated').without(MARK).codex('0.142.0', UP_TO_DATE);
  expect(await objections(built)).toEqual([]);
});

test.each([
  ['personality = "friendly"', []],
  ['profile = "mine"\n[profiles.mine]\npersonality = "friendly"', []],
  ['[profiles.mine]\npersonality = "friendly"', [expect.stringContaining('a personality')]],
])('what config.toml has of one: %s', async (toml, expected) => {
  const built = withoutRow().without(MARK).config(toml).codex('0.142.0', UP_TO_DATE);
  expect(await objections(built)).toEqual(expected);
});

/** Why nothing is planned for what was found. */
async function objections(builder: HomeBuilder): Promise<readonly string[]> {
  const { world, files } = builder.build();
  const request = { home: HOME, sqliteHome: null, codex: null, full: false };
  const repairs = createRepairs(world, createMemoryHands(files).hands);
  const report = await createEngine(world).scan(request);
  const { units, refused } = await repairs.plan(report, { findings: 'all', cure: null });
  expect(units.length + refused.length).toBe(1);
  return refused.map(({ why }) => why);
}
