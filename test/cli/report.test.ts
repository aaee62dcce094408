import { describe, expect, test } from 'vitest';
import type { Gap } from '../../src/engine/model/gap.ts';
import type { Report } from '../../src/engine/model/report.ts';
import { createPage } from '../../src/cli/page.ts';
import { renderReport } from '../../src/cli/render/report.ts';
import { displayWidth } from '../../src/cli/text/width.ts';
import { home } from '../support/home.ts';
import { CHECKS, livedIn, reportOf, type FindingSpec } from './reports.ts';

const STALE: readonly FindingSpec[] = ['t1', 't2', 't3', 't4', 't5'].map(thread => ({
  check: 'thread-path-stale',
  thread,
  says: `The database names sessions/2025/01/01/rollout-2025-01-01T00-00-00-${thread}.jsonl, and the conversation is at archived_sessions/rollout-2025-01-01T00-00-00-${thread}.jsonl.`,
}));
const MISSING: readonly FindingSpec[] = ['t5', 't6'].map(thread => ({
  check: 'thread-cwd-missing',
  thread,
  says: 'Its working directory does not exist on this machine.',
}));
const UNTITLED: FindingSpec = {
  check: 'thread-untitled',
  thread: 't4',
  says: 'It has neither a name nor a first message.',
};
const DAMAGED: FindingSpec = {
  check: 'database-damaged',
  subject: { kind: 'database', key: 'state_5.sqlite', path: '/home/ada/.codex/state_5.sqlite' },
  says: 'SQLite cannot read it: page 7 points to itself.',
};

function rendered(report: Report, columns: number, isAll = false): string {
  return renderReport(report, {
    page: createPage(columns, false, '/home/ada'),
    checks: CHECKS,
    isAll,
    typed: command => `codex-health ${command}`,
  });
}

describe.each([48, 80, 120])('%i columns', columns => {
  test('everything is well', async () => {
    const report = await reportOf(livedIn(), []);
    await expect(rendered(report, columns)).toMatchFileSnapshot(
      `golden/healthy-${String(columns)}.golden.txt`,
    );
  });

  test('much is wrong', async () => {
    const report = await reportOf(livedIn(), [...STALE, ...MISSING, UNTITLED, DAMAGED]);
    await expect(rendered(report, columns)).toMatchFileSnapshot(
      `golden/findings-${String(columns)}.golden.txt`,
    );
  });

  test('much could not be looked at', async () => {
    const report = await withGaps();
    await expect(rendered(report, columns)).toMatchFileSnapshot(
      `golden/gaps-${String(columns)}.golden.txt`,
    );
  });

  test('no line is longer than the terminal', async () => {
    const report = await reportOf(livedIn(), [...STALE, ...MISSING, UNTITLED, DAMAGED]);
    const tooLong = rendered(report, columns)
      .split('\n')
      .filter(line => displayWidth(line) > columns);
    expect(tooLong).toEqual([]);
  });
});

async function withGaps(): Promise<Report> {
  const report = await reportOf(livedIn(), [], { verdict: 'incomplete' });
  const gaps: Gap[] = Array.from({ length: 40 }, (_, index) => ({
    source: 'rollouts-active',
    path: `/home/ada/.codex/sessions/2026/10/${String(index)}`,
    why: 'this account may not read it',
    extent: 'part',
  }));
  gaps.push({ source: 'codexes', path: null, why: 'it did not answer in time', extent: 'all' });
  return {
    ...report,
    snapshot: { ...report.snapshot, gaps },
    nothingLost: { answer: 'unknown', says: 'Five conversations can be read on this disk.' },
    checks: [
      ...report.checks.slice(0, 2).map(check => ({ ...check, outcome: 'unknown' as const })),
      { id: 'thread-cwd-missing', outcome: 'crashed', why: 'x is not a function' },
    ],
  };
}

test('a check that was asked for shows all that it found', async () => {
  const text = rendered(await reportOf(livedIn(), STALE), 80, true);
  expect(text.match(/The database names/g)).toHaveLength(5);
  expect(text).not.toContain('more:');
});

test('the rest of many findings is counted, and how to see them is said', async () => {
  const text = rendered(await reportOf(livedIn(), STALE), 80);
  expect(text.match(/The database names/g)).toHaveLength(3);
  expect(text).toContain('… and 2 more: codex-health scan --check thread-path-stale');
});

test('what was accepted is not shown, and counted in one line', async () => {
  const accepted = { ...UNTITLED, accepted: true as const };
  const text = rendered(await reportOf(livedIn(), [accepted]), 80);
  expect(text).toContain('nothing else is wrong.\n1 finding that you accepted is not counted.');
  expect(text).not.toContain('thread-untitled');
});

test('a title cannot speak to the terminal, nor turn the direction of writing', async () => {
  const builder = home().thread('t1', { prompt: 'a\u001b[31mred\u0007\u202etxt.exe\r\nnext' });
  const text = rendered(await reportOf(builder, STALE.slice(0, 1)), 80);

  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  expect(text).toContain('a\u241b[31mred\u2407\ufffdtxt.exe next');
});

test('colours are only where they are wanted', async () => {
  const report = await reportOf(livedIn(), STALE);
  const render = (hasColours: boolean) =>
    renderReport(report, {
      page: createPage(80, hasColours, '/home/ada'),
      checks: CHECKS,
      isAll: false,
      typed: command => command,
    });

  expect(render(true).replaceAll(/\u001b\[\d+m/g, '')).toBe(render(false));
  expect(render(false)).not.toContain('\u001b');
});
