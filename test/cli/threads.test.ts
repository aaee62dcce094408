import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/engine/model/report.ts';
import { createPage } from '../../src/cli/page.ts';
import { renderThreads } from '../../src/cli/render/threads.ts';
import { threadTree } from '../../src/cli/render/threadTree.ts';
import { displayWidth } from '../../src/cli/text/width.ts';
import { home, idOf, PROJECT } from '../support/home.ts';
import { CHECKS, livedIn, reportOf, visibleBut } from './reports.ts';
import { typed } from './runCli.ts';

async function sample(): Promise<Report> {
  const report = await reportOf(livedIn(), [
    { check: 'thread-path-stale', thread: 't2', says: 'The file is elsewhere.' },
  ]);
  const other = 'its row names another provider (openai) than config.toml (mock)';
  const visibility = {
    [idOf('t1')]: visibleBut(),
    [idOf('t2')]: visibleBut({ vscode: other, resumePicker: other }),
    [idOf('t3')]: visibleBut({ vscode: 'it is not among the 50 newest' }),
    [idOf('t4')]: visibleBut({ vscode: 'it is archived', resumePicker: 'it is archived' }),
    [idOf('t5')]: visibleBut({ vscode: 'sub-agents are listed by nobody' }),
    [idOf('t6')]: visibleBut({ resumePicker: 'the picker leaves out runs of `codex exec`' }),
  };
  return { ...report, visibility };
}

function rendered(report: Report, columns: number, isAll: boolean, project: string | null = null) {
  return renderThreads(report, threadTree(report, { isAll, project }), {
    page: createPage(columns, false, '/home/ada'),
    checks: CHECKS,
    isAll,
    typed: command => `codex-health ${command}`,
  });
}

describe.each([48, 80, 120])('%i columns', columns => {
  test('the tree', async () => {
    await expect(rendered(await sample(), columns, false)).toMatchFileSnapshot(
      `golden/threads-${String(columns)}.golden.txt`,
    );
  });

  test('no line is longer than the terminal', async () => {
    const lines = rendered(await sample(), columns, true).split('\n');
    expect(lines.filter(line => displayWidth(line) > columns)).toEqual([]);
  });
});

test('an archived thread is shown when all are asked for', async () => {
  expect(rendered(await sample(), 80, false)).not.toContain('(archived)');
  expect(rendered(await sample(), 80, true)).toContain('(no title) (archived)');
});

test('only the newest of many, and every one in trouble', async () => {
  const builder = home();
  for (let index = 0; index < 30; index += 1)
    builder.thread(`t${String(index)}`, {
      age: 60 * (index + 1),
      prompt: `prompt ${String(index)}.`,
    });
  const report = await reportOf(builder, [
    { check: 'thread-path-stale', thread: 't29', says: 'The file is elsewhere.' },
  ]);
  const text = rendered(report, 80, false);
  expect(text.match(/prompt \d+\./g)).toHaveLength(11);
  expect(text).toContain('prompt 29.');
  expect(text).toContain('… and 19 more');
  expect(rendered(report, 80, false, PROJECT).match(/prompt \d+\./g)).toHaveLength(30);
});

test('one project', async () => {
  const { out, code } = await typed(livedIn(), ['threads', '--project', '/srv/jobs/']);
  expect(code).toBe(0);
  expect(out).toContain('Run the nightly job');
  expect(out).not.toContain('login');
});

test('a project that has no thread', async () => {
  const { out, code } = await typed(livedIn(), ['threads', '--project', '/srv/nothing']);
  expect(code).toBe(0);
  expect(out).toContain('No thread works in /srv/nothing.');
});

test('a home without threads', async () => {
  const { out, code } = await typed(home(), ['threads']);
  expect([code, out]).toEqual([0, 'There are no threads in ~/.codex.\n']);
});

test('the JSON has every word of the contract, for every thread', async () => {
  const { out } = await typed(livedIn(), ['threads', '--json']);
  const { schemaVersion, threads } = JSON.parse(out) as {
    readonly schemaVersion: number;
    readonly threads: readonly Readonly<Record<string, unknown>>[];
  };
  expect(schemaVersion).toBe(1);
  expect(threads).toHaveLength(6);
  const words =
    'id title project cwd host archived provider source historyMode createdAt updatedAt rollout row shownBy surfaces resumable findings';
  for (const thread of threads) expect(Object.keys(thread)).toEqual(words.split(' '));
  const [first] = threads.filter(({ id }) => id === 't1');
  expect(first).toMatchObject({
    title: 'Fix the login test that fails on Mondays',
    project: PROJECT,
    archived: false,
    provider: 'mock',
    row: true,
    rollout: { compressed: false },
    host: { name: 'workbench' },
    createdAt: '2026-11-21T11:30:00.000Z',
  });
});
