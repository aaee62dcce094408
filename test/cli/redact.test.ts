// What the redactor keeps, so that a report still helps; that it lets no secret through is a
// property, in bundle.test.ts.

import { expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import type { Finding } from '../../src/engine/model/finding.ts';
import { home, idOf } from '../support/home.ts';
import { reportOf } from './reports.ts';

async function redacted(facts: Finding['facts'], why = '') {
  const builder = home()
    .thread('t1', { prompt: 'Fix the login' })
    .thread('t2', { provider: 'acme', cwd: '/home/ada/work/two' });
  const report = await reportOf(builder, [
    {
      check: 'thread-row-missing',
      thread: 't1',
      severity: 'warning',
      says: 'original words',
      facts,
    },
  ]);
  const { snapshot } = report;
  const gaps = [{ source: 'config' as const, path: '/home/ada/x y', why, extent: 'all' as const }];
  return createEngine(builder.build().world).redact({ ...report, snapshot: { ...snapshot, gaps } });
}

/** Texts are numbered in the order in which they are met; which number one has tells nothing. */
function unnumbered(text: string): string {
  return text.replaceAll(/«(name|text|title) \d+»/g, '«$1»');
}

test.each([
  ['0.169.0', '0.169.0'],
  ['state_5.sqlite', 'state_5.sqlite'],
  ['paginated', 'paginated'],
  ['2026-11-21T12:00:00.000Z', '2026-11-21T12:00:00.000Z'],
  ['openai', 'openai'],
  ['acme', '«provider 2»'],
  ['Fix the login', '«title»'],
  ['workbench', '«host 1»'],
  [idOf('t1'), '«thread 1»'],
  ['/home/ada/work/two', '«project 2»'],
  ['/home/ada/work/two/src', '~/«name»/«name»/«name»'],
  ['/home/ada/.codex/config.toml', '«home»/config.toml'],
  ['/usr/local/bin/codex', '/usr/local/bin/codex'],
  [String.raw`C:\Users\ada`, String.raw`«name»\«name»\«name»`],
  [
    `archived_sessions/rollout-2026-11-21T10-52-43-${idOf('t2')}.jsonl.zst`,
    'archived_sessions/rollout-2026-11-21T10-52-43-«thread 2».jsonl.zst',
  ],
  ['sk-proj-abcdefghijklmnop', '«text»'],
  ['{"subagent":{"depth":1,"acme":"x"}}', '{"subagent":{"«text»":1,"«provider 2»":"«text»"}}'],
])('the fact %s becomes %s', async (given, expected) => {
  const { findings } = await redacted({ fact: given });
  expect(unnumbered(String(findings[0]?.facts['fact']))).toBe(expected);
});

test('numbers, answers and the names of facts are kept', async () => {
  const { findings } = await redacted({ count: 7, isArchived: true, parts: { first: 1, acme: 2 } });
  expect(findings[0]?.facts).toEqual({
    count: 7,
    isArchived: true,
    parts: { first: 1, '«provider 2»': 2 },
  });
});

test('a sentence is made again from what is left of its facts', async () => {
  const { findings } = await redacted({ file: `sessions/rollout-${idOf('t1')}.jsonl` });
  expect(findings[0]?.says).toMatch(/ is on disk \(sessions\/«name \d+»\)/);
});

test.each([
  ['this account may not read it', 'this account may not read it'],
  [
    "EACCES: permission denied, open '/home/ada/secret place/x'",
    "EACCES: permission denied, open '~/«name» …'",
  ],
  ['unexpected token "hunter2" at line 10', 'unexpected token "…" at line 10'],
  [`thread ${idOf('t1')} of acme`, 'thread «thread 1» of «provider 2»'],
  ['秘密 file ☃', '… file …'],
  [
    'its provider (acme) is gone, and acme too',
    'its provider («provider 2») is gone, and «provider 2» too',
  ],
])('the reason %j becomes %j', async (given, expected) => {
  const { snapshot } = await redacted({}, given);
  expect(unnumbered(snapshot.gaps[0]?.why ?? '')).toBe(expected);
});

test('a report stays a report', async () => {
  const report = await redacted({});
  expect(report.verdict).toBe('findings');
  expect(report.nothingLost.answer).toBe('yes');
  expect(report.snapshot.threads).toHaveLength(2);
  expect(report.snapshot.threads[0]).toMatchObject({ id: '«thread 1»', title: '«title 1»' });
});
