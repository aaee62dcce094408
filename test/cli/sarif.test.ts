import { expect, test } from 'vitest';
import { reportSarif } from '../../src/cli/render/sarif.ts';
import type { Report } from '../../src/engine/model/report.ts';
import { home } from '../support/home.ts';
import { CHECKS, livedIn, reportOf } from './reports.ts';
import { typed } from './runCli.ts';
import { troublesOfSarif } from './sarif/validate.ts';

async function sample(): Promise<Report> {
  const report = await reportOf(livedIn(), [
    {
      check: 'thread-path-stale',
      thread: 't1',
      says: 'The file of [this](0) is elsewhere.',
    },
    { check: 'thread-untitled', thread: 't4', says: 'It has no title.', accepted: true },
    {
      check: 'database-damaged',
      subject: { kind: 'database', key: '/srv/data base/state_5.sqlite', path: null },
      says: 'SQLite cannot read it.',
    },
    {
      check: 'config-unreadable',
      severity: 'error',
      subject: { kind: 'config', key: 'config.toml', path: null },
      says: 'It is not TOML.',
      facts: { line: 10, column: 16 },
    },
    {
      check: 'list-crowded',
      subject: { kind: 'home', key: 'home', path: null },
      says: 'It is crowded.',
    },
  ]);
  return {
    ...report,
    snapshot: {
      ...report.snapshot,
      gaps: [
        { source: 'codexes', path: null, why: 'it did not answer in time', extent: 'all' },
        {
          source: 'rollouts-active',
          path: '/home/ada/.codex/sessions/2026/a b',
          why: 'this account may not read it',
          extent: 'part',
        },
      ],
    },
    checks: [
      { id: 'database-damaged', outcome: 'found', why: null },
      { id: 'thread-path-stale', outcome: 'found', why: null },
      { id: 'thread-untitled', outcome: 'unknown', why: 'could not look at it' },
      { id: 'thread-cwd-missing', outcome: 'crashed', why: 'x is not a function' },
    ],
  };
}

async function runOfSample() {
  const log = reportSarif(await sample(), CHECKS, '0.1.0', 1500);
  const [run] = log.runs;
  if (run === undefined) throw new Error('There is no run.');
  return run;
}

test('is valid by the official schema', async () => {
  expect(troublesOfSarif(reportSarif(await sample(), CHECKS, '0.1.0', 1500))).toEqual([]);
});

test('is valid when it was typed', async () => {
  const { out, code } = await typed(home().thread('t1', { row: false }), ['scan', '--sarif']);
  expect(code).toBe(1);
  expect(troublesOfSarif(JSON.parse(out))).toEqual([]);
});

test('the schema would tell', () => {
  expect(troublesOfSarif({ version: '2.1.0', runs: [{}] })).not.toEqual([]);
});

test('the checks are its rules', async () => {
  const { tool } = await runOfSample();
  expect(tool.driver.rules.map(({ id }) => id)).toEqual(CHECKS.map(({ id }) => id));
  expect(tool.driver.rules[1]).toMatchObject({
    name: 'ThreadPathStale',
    shortDescription: { text: 'Database points to where the conversation no longer is.' },
    defaultConfiguration: { level: 'error' },
  });
  expect(tool.driver.rules[1]?.help.markdown).toContain('**first**');
  expect(tool.driver.rules[1]?.help.text).not.toContain('**');
});

test('each finding is a result in a real file', async () => {
  const { results } = await runOfSample();
  const places = results.map(({ locations }) => locations[0]?.physicalLocation);
  expect(places).toMatchObject([
    { artifactLocation: { uriBaseId: 'CODEX_HOME' } },
    { artifactLocation: { uriBaseId: 'CODEX_HOME' } },
    { artifactLocation: { uri: 'file:///srv/data%20base/state_5.sqlite' } },
    {
      artifactLocation: { uri: 'config.toml', uriBaseId: 'CODEX_HOME' },
      region: { startLine: 10, startColumn: 16 },
    },
    { artifactLocation: { uri: 'file:///home/ada/.codex/' } },
  ]);
  expect(places[0]?.artifactLocation.uri).toMatch(/^sessions\/2026\/11\/21\/rollout-.*\.jsonl$/);
  expect(results.map(({ level }) => level)).toEqual(['error', 'note', 'error', 'error', 'note']);
});

test('a result is known again, and what was accepted is suppressed', async () => {
  const { results } = await runOfSample();
  expect(results[0]?.partialFingerprints).toEqual({
    'finding/v1': 'thread-path-stale:01a00000-0000-7000-8000-000000007431',
  });
  expect(results.map(result => 'suppressions' in result)).toEqual([
    false,
    true,
    false,
    false,
    false,
  ]);
});

test('a title cannot make a link', async () => {
  const { results } = await runOfSample();
  expect(results[0]?.message.text).toBe(String.raw`The file of \[this\](0) is elsewhere.`);
});

test('what was not seen is said as notifications', async () => {
  const { invocations } = await runOfSample();
  const [invocation] = invocations;
  expect(invocation?.executionSuccessful).toBe(false);
  expect(invocation?.toolExecutionNotifications.map(({ level }) => level)).toEqual([
    'warning',
    'warning',
    'warning',
    'error',
  ]);
  expect(invocation?.toolExecutionNotifications[1]).toMatchObject({
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'sessions/2026/a%20b', uriBaseId: 'CODEX_HOME' },
        },
      },
    ],
  });
});
