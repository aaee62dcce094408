// What `scan` says to programs: exit codes, the JSON of the contract, the streams.

import { describe, expect, test } from 'vitest';
import { home } from '../support/home.ts';
import { livedIn } from './reports.ts';
import { typed } from './runCli.ts';

const UNLISTED = home().thread('t1', { row: false }).thread('t2');

describe('it ends with', () => {
  test('0 when nothing is wrong', async () => {
    const args = ['scan', '--check', 'thread-row-missing'];
    expect((await typed(home().thread('t1'), args)).code).toBe(0);
  });

  test('1 when something is', async () => {
    expect((await typed(UNLISTED, ['scan'])).code).toBe(1);
  });

  test('2 when it was not understood', async () => {
    expect((await typed(UNLISTED, ['scan', '--jsn'])).code).toBe(2);
  });

  test('3 when there is no home, and says what to do', async () => {
    const { code, out, err } = await typed(home(), ['scan', '--home', '/nowhere']);
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain('There is no Codex home at /nowhere');
    expect(err).toContain('--home DIR');
  });

  test('3 with the same in JSON, when JSON was asked for', async () => {
    const { code, out } = await typed(home(), ['scan', '--json', '--home', '/nowhere']);
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({ schemaVersion: 1, refused: { code: 'no-home' } });
  });

  test('4 when the fault is ours, and never a finding', async () => {
    const { code, err } = await typed(
      home()
        .thread('t1', { row: { created_at: 1 } })
        .environment('CODEX_SQLITE_HOME', '/x'),
      ['scan'],
    );
    expect(code).not.toBe(4);
    expect(err).toBe('');
  });
});

test('the first words answer whether everything is still there', async () => {
  const { out } = await typed(livedIn(), ['scan']);
  const json = (await typed(livedIn(), ['scan', '--json'])).out;
  const { nothingLost } = JSON.parse(json) as { readonly nothingLost: { readonly says: string } };
  expect(out.replaceAll('\n', ' ').startsWith(`${nothingLost.says}  Home `)).toBe(true);
});

test('without a command it scans', async () => {
  const [bare, named] = [await typed(UNLISTED, []), await typed(UNLISTED, ['scan'])];
  expect(bare).toEqual(named);
});

test('the JSON has every word of the contract', async () => {
  const { out } = await typed(UNLISTED, ['scan', '--json']);
  const report = JSON.parse(out) as Readonly<Record<string, unknown>>;
  const words =
    'schemaVersion tool takenAt home codex counts verdict nothingLost findings checks gaps timingsMs interrupted';
  expect(Object.keys(report)).toEqual(words.split(' '));
  expect(report).toMatchObject({
    schemaVersion: 1,
    tool: { name: 'codex-session-health', version: '0.1.0' },
    takenAt: '2026-11-21T12:00:00.000Z',
    home: {
      path: '/home/ada/.codex',
      sqliteHome: '/home/ada/.codex',
      hostname: 'workbench',
      installationId: '11111111-2222-4333-8444-555555555555',
    },
    codex: [],
    counts: { threads: 2, active: 2, archived: 0, rows: 1, rollouts: 2, projects: 1 },
    verdict: 'findings',
    nothingLost: { answer: 'yes' },
    timingsMs: { total: 0 },
  });
});

test('a finding in JSON', async () => {
  const { out } = await typed(UNLISTED, ['scan', '--json', '--check', 'thread-row-missing']);
  const { findings, checks } = JSON.parse(out) as Readonly<Record<string, readonly object[]>>;
  expect(checks).toEqual([{ id: 'thread-row-missing', outcome: 'found', why: null }]);
  expect(findings).toMatchObject([
    {
      id: 'thread-row-missing:t1',
      check: 'thread-row-missing',
      severity: 'warning',
      subject: { kind: 'thread', key: 't1' },
      threads: ['t1'],
      accepted: false,
    },
  ]);
  const words = 'id check severity subject says facts threads cures accepted';
  expect(Object.keys(findings?.[0] ?? {})).toEqual(words.split(' '));
});

describe('checks that were asked for', () => {
  const ids = ['thread-row-missing'];
  test.each([
    [['--check', 'thread-row-missing']],
    [['--check=thread-row-missing,thread-row-missing']],
    [['--check', 'thread-row-missing', 'thread-row-missing']],
  ])('%j', async args => {
    const { out } = await typed(UNLISTED, ['scan', ...args, '--json']);
    const { checks } = JSON.parse(out) as { readonly checks: readonly { readonly id: string }[] };
    expect(checks.map(({ id }) => id)).toEqual(ids);
  });

  test('one that does not exist gets a hint', async () => {
    const { code, err } = await typed(UNLISTED, ['scan', '--check', 'thread-row-mising']);
    expect(code).toBe(2);
    expect(err).toContain('Did you mean thread-row-missing?');
  });
});

test('two forms at once are refused', async () => {
  const { code, err } = await typed(UNLISTED, ['scan', '--json', '--sarif']);
  expect(code).toBe(2);
  expect(err).toContain('Choose one of --json and --sarif.');
});
