// The list from the state database, and the newest fifty of it.

import { describe, expect, test } from 'vitest';
import { home, HOME, idOf, type ThreadSpec } from '../support/home.ts';
import { shownOf, whoShows, whyNot } from '../support/visible.ts';

async function listed(row: ThreadSpec['row'], version = '0.169.0'): Promise<string | null> {
  return whyNot(
    home()
      .codex(version)
      .thread('t1', row === undefined ? {} : { row }),
    'databaseList',
  );
}

test('a thread without a row is not in it', async () => {
  expect(await listed(false)).toBe('the state database has no row of it');
});

test('flag, preview, source and provider of the row decide', async () => {
  expect(await listed({ archived: 1 })).toBe('its row says that it is archived');
  expect(await listed({ archived: 2 })).toBe(
    'its row says neither that it is archived nor that it is not',
  );
  expect(await listed({ preview: '' })).toBe('its row has no preview');
  expect(await listed({ title: '', first_user_message: '' })).toBeNull();
  expect(await listed({ source: 'exec' })).toMatch(/^its row says that exec started it/);
  expect(await listed({ source: '{"custom":"atlas"}' })).toBeNull();
  expect(await listed({ source: '{"custom": "atlas"}' })).toMatch(/started it/);
  expect(await listed({ source: '' })).toMatch(/^its row says that nobody started it/);
  expect(await listed({ model_provider: 'openai' })).toBe(
    'its row names another provider (openai) than config.toml (mock)',
  );
});

test('attached threads are left out since 0.169', async () => {
  const row = { attached_thread_parent_id: idOf('t2') };
  expect(await listed(row)).toBe('it is attached to another thread');
  expect(await listed(row, '0.160.0')).toBeNull();
});

describe('the path of a row', () => {
  const file = `sessions/2026/11/21/rollout-2026-11-21T11-00-00-${idOf('t1')}.jsonl`;

  test.each([`${HOME}/${file}.zst`, `${HOME}/sessions/../${file}`, `${HOME}//${file}`])(
    'may be %s',
    async rollout_path => expect(await listed({ rollout_path })).toBeNull(),
  );

  test.each(['', `${HOME}/${file}/`, HOME, `${HOME}/sessions/nowhere.jsonl`])(
    'may not be "%s"',
    async rollout_path =>
      expect(await listed({ rollout_path })).toMatch(/a file that is not there/),
  );

  test('may be the file of another thread', async () => {
    const ghost = home()
      .thread('t1')
      .thread('g', { file: false, row: { rollout_path: `${HOME}/${file}` } });
    expect(await whoShows(ghost, 'g')).toBe('databaseList newest50');
  });

  test('means another file every time when it is relative', async () => {
    expect(await whoShows(home().thread('t1', { row: { rollout_path: file } }))).toBe(
      'scanList databaseList? newest50? resume?',
    );
  });
});

describe('a row that cannot be read', () => {
  const bad = (column: string, value: string | number, version = '0.169.0') =>
    home()
      .codex(version)
      .thread('t1', { mode: 'legacy' })
      .thread('bad', { mode: 'legacy' })
      .state(
        'PRAGMA foreign_keys = OFF',
        `UPDATE threads SET ${column} = ${String(value)} WHERE id = '${idOf('bad')}'`,
      );

  test('fails the list for all others', async () => {
    expect(await whoShows(bad('tokens_used', "'abc'"))).toBe('scanList resume');
    expect(await whyNot(bad('tokens_used', "'abc'"), 'databaseList')).toBe(
      'a row of the state database cannot be read (its tokens_used is not a whole number), and the list fails',
    );
    expect(await whyNot(bad('id', "'x'", '0.142.0'), 'databaseList')).toMatch(
      /the list comes out empty$/,
    );
    expect(await whyNot(bad('tokens_used', "'abc'"), 'resume', 'bad')).toMatch(
      /^Codex cannot read its row/,
    );
  });

  test.each([
    ['created_at_ms', 9e15],
    ['created_at_ms', 1795238195579.5],
    ['archived_at', "'abc'"],
    ['updated_at_ms', 9e18],
    ['title', "x'ff'"],
    ['git_sha', "x'ff'"],
  ])('because of its %s (%s)', async (column, value) => {
    expect(await whoShows(bad(column, value, '0.142.0'))).toBe('scanList resume');
  });

  test.each([
    ['created_at_ms', -1],
    ['updated_at', "'abc'"],
    ['project_id', "'nope'"],
    ['memory_mode', "'zzz'"],
    ['id', `'{${idOf('bad')}}'`],
  ])('is not one because of its %s (%s)', async (column, value) => {
    expect(await whoShows(bad(column, value))).toMatch(/databaseList/);
  });

  test.each([
    ['history_mode', "'zzz'"],
    ['thread_section_id', "'nope'"],
    ['section_position', "'abc'"],
    ['name', "x'ff'"],
  ])('because of its %s is one since 0.160 only', async (column, value) => {
    expect(await whoShows(bad(column, value, '0.160.0'))).toBe('scanList resume');
    const older = home().codex('0.142.0').thread('t1', { mode: 'legacy' }).thread('bad');
    older.state(
      'PRAGMA foreign_keys = OFF',
      `UPDATE threads SET ${column} = ${value} WHERE id = '${idOf('bad')}'`,
    );
    expect(await whoShows(older)).toMatch(/databaseList/);
  });

  test('is harmless while another filter leaves it out', async () => {
    const hidden = bad('tokens_used', "'abc'").state(
      `UPDATE threads SET preview = '' WHERE id = '${idOf('bad')}'`,
    );
    expect(await whoShows(hidden)).toMatch(/databaseList/);
  });
});

describe('the newest fifty', () => {
  const many = (version: string, gone: number, badAt: number | null = null) => {
    const made = home().codex(version);
    for (let index = 0; index < 80; index += 1)
      made.thread(`t${String(index)}`, {
        mode: 'legacy',
        ...(index < gone ? { file: false as const } : {}),
        ...(index === badAt ? { row: { tokens_used: 'abc' } } : {}),
      });
    return made;
  };
  const newest = (builder: ReturnType<typeof many>) =>
    shownOf(builder, 'newest50', ['t0', 't49', 't50', 't59', 't60']);

  test('are fifty that have a file', async () => {
    expect(await newest(many('0.169.0', 0))).toEqual(['t0', 't49']);
    expect(await newest(many('0.169.0', 10))).toEqual(['t49', 't50', 't59']);
    expect(await whyNot(many('0.169.0', 0), 'newest50', 't60')).toBe('fifty threads are newer');
  });

  test('fail with a bad row among the rows fetched for them', async () => {
    expect(await newest(many('0.169.0', 0, 50))).toEqual([]);
    expect(await newest(many('0.169.0', 0, 51))).toEqual(['t0', 't49']);
    expect(await newest(many('0.160.0', 10, 60))).toEqual([]);
    expect(await newest(many('0.160.0', 10, 61))).toEqual(['t49', 't50', 't59']);
  });

  test('keep what 0.142 had before it met the bad row', async () => {
    expect(await newest(many('0.142.0', 10, 60))).toEqual(['t49']);
  });
});

test('a row in another spelling of the id is one of that thread', async () => {
  const upper = home().thread('t1').state(`UPDATE threads SET id = upper(id)`);
  expect(await whoShows(upper)).toBe('scanList databaseList newest50 resume');
});
