// What the start of Codex makes of a home, and whether it starts at all.

import { describe, expect, test } from 'vitest';
import { home, HOME, idOf, NOW } from '../support/home.ts';
import { ALL, whoShows, whyNot } from '../support/visible.ts';

describe('records of migrations', () => {
  const records = (sql: string, version = '0.169.0') =>
    home().codex(version).thread('t1', { mode: 'legacy' }).state(sql);
  const whyNoStart = (sql: string) => whyNot(records(sql), 'scanList');

  test('that are gone stop the start', async () => {
    expect(await whyNoStart('DELETE FROM _sqlx_migrations WHERE version > 61')).toBe(
      'Codex does not start: state_5.sqlite lacks records of migrations that ran, the first of them 62',
    );
    expect(await whyNoStart('DELETE FROM _sqlx_migrations WHERE version = 15')).toMatch(
      /of them 15$/,
    );
    expect(await whyNoStart('DELETE FROM _sqlx_migrations')).toMatch(/lost its records/);
    expect(await whyNoStart('DROP TABLE _sqlx_migrations')).toMatch(/lost its records/);
  });

  test('that can run again do not', async () => {
    expect(await whoShows(records('DELETE FROM _sqlx_migrations WHERE version = 57'))).toBe(ALL);
  });

  test('that are wrong stop it', async () => {
    expect(await whyNoStart('UPDATE _sqlx_migrations SET success = 0 WHERE version = 62')).toMatch(
      /record of migration 62 that is not finished$/,
    );
    const wrong = 'UPDATE _sqlx_migrations SET checksum = zeroblob(48) WHERE version = 10';
    expect(await whyNoStart(wrong)).toMatch(/migration 10 that this Codex did not write$/);
    expect(await whoShows(records(wrong))).toBe('nobody');
  });

  test('of later releases do not matter', async () => {
    const wrong = 'UPDATE _sqlx_migrations SET checksum = zeroblob(48) WHERE version = 60';
    expect(await whoShows(records(wrong, '0.160.0'))).toMatch(/scanList/);
    expect(await whoShows(records(wrong, '0.169.0'))).toBe('nobody');
  });

  test('of another database that is opened at the start stop it too', async () => {
    const log = (version: string) =>
      home()
        .codex(version)
        .thread('t1')
        .file('logs_2.sqlite', 'x', NOW - 3_600_000);
    // A damaged one is made anew.
    expect(await whoShows(log('0.160.0'))).toBe(ALL);
  });
});

test('without its table of threads Codex does not start', async () => {
  const dropped = home().thread('t1').state('DROP TABLE threads');
  expect(await whyNot(dropped, 'resume')).toMatch(/^Codex does not start: .* no table of threads$/);
});

test('with a time that is no number Codex does not start', async () => {
  const text = home().thread('t1', { row: { updated_at_ms: 'abc' } });
  expect(await whoShows(text)).toBe('nobody');
});

describe('a database that is gone or damaged is made of the files', () => {
  const lost = (builder = home()) => builder.noState();

  test('with all that they say', async () => {
    expect(await whoShows(lost().thread('t1'))).toBe(ALL);
    expect(
      await whoShows(
        lost()
          .thread('t1')
          .file('state_5.sqlite', 'garbage', NOW - 3_600_000),
      ),
    ).toBe(ALL);
    expect(await whoShows(lost().thread('t1', { archived: true }))).toBe('scanList databaseList');
  });

  test('but with nothing that only rows said', async () => {
    expect(await whoShows(lost().thread('t1', { file: false }).thread('t2'), 't2')).toBe(ALL);
    expect(await whoShows(lost().thread('t1', { source: 'exec' }))).toBe('resume');
    expect(await whoShows(lost().thread('t1', { prompt: null }))).toBe('resume');
  });

  test('from all folders and names, other than the list from files', async () => {
    const at = 'sessions/deep/rollout-x.jsonl';
    expect(await whoShows(lost().thread('t1', { mode: 'legacy', at }))).toBe(
      'databaseList newest50 resume',
    );
    const text = (whole: string) => `\ufeff${whole}`;
    expect(await whoShows(lost().thread('t1', { text }))).toBe('databaseList newest50');
  });

  test('with the provider of the newest settings since 0.150', async () => {
    const moved = (version: string) =>
      lost()
        .codex(version)
        .thread('t1', {
          mode: 'legacy',
          text: whole => whole.replaceAll('_id":"mock"', '_id":"openai"'),
        });
    expect(await whoShows(moved('0.142.0'))).toBe(ALL);
    expect(await whoShows(moved('0.160.0'))).toBe('scanList resume');
    expect(await whoShows(moved('0.169.0'))).toBe('scanList');
  });
});

describe('going through the files', () => {
  const status = (value: string, minutesAgo = 0) =>
    home()
      .thread('t1', { row: { rollout_path: `${HOME}/sessions/x.jsonl`, source: 'exec' } })
      .thread('gone', { file: false })
      .state(
        `UPDATE backfill_state SET status = '${value}', last_watermark = NULL, updated_at = ${String(NOW / 1000 - minutesAgo * 60)}`,
      );

  test('again brings rows up to date', async () => {
    expect(await whoShows(status('pending'))).toBe(ALL);
    expect(await whoShows(status('running', 16))).toBe(ALL);
    expect(await whyNot(status('pending'), 'databaseList', 'gone')).toMatch(
      /a file that is not there/,
    );
  });

  test('stops the start while another Codex is at it', async () => {
    expect(await whyNot(status('running', 2), 'scanList')).toMatch(
      /^Codex does not start: another/,
    );
    expect(await whoShows(status('running', 14.8))).toMatch(/^scanList\? /);
  });

  test('has three states', async () => {
    expect(await whyNot(status('Complete'), 'scanList')).toMatch(
      /^Codex does not start: its database/,
    );
  });

  test('goes on behind the file where it stopped', async () => {
    const stopped = (at: string) =>
      status('pending').state(`UPDATE backfill_state SET last_watermark = '${at}'`);
    expect(await whoShows(stopped('sessions/2026/11/20/x'))).toBe(ALL);
    expect(await whoShows(stopped('sessions/2026/11/22/x'))).toBe('scanList');
  });

  test('is over once it is complete', async () => {
    expect(await whoShows(status('complete'))).toBe('scanList');
  });

  test('keeps a preview that the file does not have', async () => {
    const kept = home()
      .thread('t1', { text: text => text.replaceAll(/.*UserMessage.*\n/g, '') })
      .state("UPDATE backfill_state SET status = 'pending', last_watermark = NULL");
    expect(await whoShows(kept)).toBe('databaseList newest50 resume');
  });
});

describe('the release', () => {
  test('is the newest on the machine', async () => {
    const row = { attached_thread_parent_id: idOf('t2') };
    const both = home().codex('0.160.0').codex('0.169.0').thread('t1', { row });
    expect(await whyNot(both, 'databaseList')).toMatch(/^it is attached/);
    expect(await whyNot(home().codex('0.160.9').thread('t1', { row }), 'databaseList')).toBeNull();
    expect(await whyNot(home().codex('1.2.0').thread('t1', { row }), 'databaseList')).toMatch(
      /attached/,
    );
  });

  test('between two that were measured is as both where they agree', async () => {
    const between = home()
      .codex('0.165.0')
      .thread('t1')
      .thread('a', { row: { attached_thread_parent_id: idOf('t1') } });
    expect(await whoShows(between)).toBe(ALL);
    expect(await whoShows(between, 'a')).toBe('scanList databaseList? newest50? resume');
  });

  test('is not guessed at when it is older than those that were measured', async () => {
    expect(await whyNot(home().codex('0.128.0').thread('t1'), 'scanList')).toBe(
      'what Codex 0.128.0 answers was not measured',
    );
  });
});

test('a home that cannot be looked at', async () => {
  const denied = home().thread('t1').trouble('state_5.sqlite');
  expect(await whoShows(denied)).toBe('scanList? databaseList? newest50? resume?');
});
