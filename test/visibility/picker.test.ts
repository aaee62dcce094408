// The list of `codex resume`, in the thread's own folder. Each case was seen in the real program.

import { describe, expect, test } from 'vitest';
import { home, HOME, idOf, PROJECT, type ThreadSpec } from '../support/home.ts';
import { whyNot } from '../support/visible.ts';

const DAY = 'sessions/2026/11/21';

/** Null when it is listed. */
function listed(spec: ThreadSpec, version = '0.169.0'): Promise<string | null> {
  return whyNot(
    home()
      .codex(version)
      .thread('t1', { mode: 'legacy', ...spec }),
    'picker',
  );
}

test('a sound thread is listed, an archived one is not', async () => {
  for (const version of ['0.142.0', '0.150.0', '0.160.0', '0.169.0'])
    expect(await listed({}, version)).toBeNull();
  expect(await listed({ archived: true })).toBe('it is archived');
});

describe('folders', () => {
  test('must be there, and written as one is told where one is', async () => {
    expect(await listed({ cwd: '/gone' })).toBe(
      'its folder (/gone) is not there, and the list is that of the current folder',
    );
    for (const cwd of ['rel/dir', `${PROJECT}/`, `${PROJECT}/../one`])
      expect(await listed({ cwd })).toMatch(/no folder is called so$/);
  });

  test('are those of the files in 0.142', async () => {
    const row = { cwd: '/home/ada/.codex' };
    expect(await listed({ row }, '0.142.0')).toBe(`its file says that it works in ${PROJECT}`);
    expect(await listed({ row })).toBeNull();
  });
});

test('rows decide, files in 0.142', async () => {
  expect(await listed({ row: false })).toBe('the state database has no row of it');
  expect(await listed({ row: { preview: '' } }, '0.160.0')).toBe('its row has no preview');
  expect(await listed({ row: false }, '0.142.0')).toBeNull();
});

test('what came in by a custom door is not listed', async () => {
  expect(await listed({ source: 'cli' })).toBeNull();
  for (const version of ['0.142.0', '0.169.0'])
    expect(await listed({ source: { custom: 'atlas' } }, version)).toBe(
      'it was started by {"custom":"atlas"}',
    );
});

test('every provider is listed since 0.169', async () => {
  expect(await listed({ provider: 'openai' })).toBeNull();
  expect(await listed({ provider: 'openai' }, '0.160.0')).toMatch(
    /^its row names another provider/,
  );
  expect(await listed({ provider: 'openai' }, '0.142.0')).toMatch(
    /^its file names another provider/,
  );
});

test("another thread's file is listed once", async () => {
  const row = { rollout_path: `${HOME}/${DAY}/rollout-2026-11-21T11-00-00-${idOf('t1')}.jsonl` };
  const ghost = (version: string, age: number) =>
    home().codex(version).thread('t1').thread('g', { age, file: false, row });
  expect(await whyNot(ghost('0.169.0', 5), 'picker', 'g')).toMatch(/one of another thread$/);
  expect(await whyNot(ghost('0.160.0', 90), 'picker', 'g')).toBe('a newer row names the same file');
  expect(await whyNot(ghost('0.160.0', 5), 'picker')).toBe('a newer row names the same file');
});

test('the list is made of the files when a row cannot be read', async () => {
  const bad = home()
    .thread('t1')
    .thread('b', { row: { tokens_used: 'abc' } });
  expect(await whyNot(bad, 'picker')).toBeNull();
  const hidden = home()
    .thread('t1', { row: { preview: '' } })
    .thread('b', { row: { tokens_used: 'abc' } });
  expect(await whyNot(hidden, 'picker')).toBe('a row of the state database cannot be read');
});

test('the program does not start with a config.toml that Codex refuses', async () => {
  for (const toml of ['foo = [', 'profile = "x"', 'model_provider = "nowhere"'])
    expect(await whyNot(home().config(toml).thread('t1'), 'picker')).toBe(
      'codex resume does not start with this config.toml',
    );
});
