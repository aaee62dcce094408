import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home, HOME, idOf } from '../support/home.ts';
import { rolloutPath } from '../support/rolloutPath.ts';

const other = { rollout_path: `${HOME}/${rolloutPath('t2', { age: 61 })}` };

test("a row that leads to another thread's file, and its own is there", () =>
  expectFindings(home().thread('t1', { row: other }).thread('t2')).toBe(
    'error thread-bound-to-other t1',
  ));

test('a row that leads to another thread, and its own file is gone', () =>
  expectFindings(home().thread('t1', { file: false, row: other }).thread('t2')).toBe(
    'error thread-bound-to-other t1',
  ));

test('a ghost beside the thread to which the file belongs', () =>
  expectFindings(home().thread('g', { file: false, row: other, age: 10 }).thread('t2')).toBe(
    'error thread-bound-to-other g',
  ));

test('the other file may be damaged: its name still says whose it is', () =>
  expectFindings(
    home()
      .thread('t1', { row: other })
      .thread('t2', { text: () => '' }),
  ).toBe(
    'error rollout-header-bad sessions/2026/11/21/rollout-2026-11-21T10-59-00-t2.jsonl',
    'error thread-bound-to-other t1',
  ));

test('nothing, when each row leads to its own file', () =>
  expectFindings(home().thread('t1').thread('t2')).toBe());

test('says where its own file is', () =>
  expectFindings(home().thread('t1', { row: other }).thread('t2')).toSay(
    'thread-bound-to-other',
    'The database leads to the file of another conversation (sessions/2026/11/21/rollout-2026-11-21T10-59-00-t2.jsonl), and this one lies at sessions/2026/11/21/rollout-2026-11-21T11-00-00-t1.jsonl: Codex refuses to open it, and nothing of it is lost.',
  ));

test('says that it has none', () =>
  expectFindings(home().thread('t1', { file: false, row: other }).thread('t2')).toSay(
    'thread-bound-to-other',
    'This entry of the database leads to the file of another conversation (sessions/2026/11/21/rollout-2026-11-21T10-59-00-t2.jsonl), and no file of its own was found: it shows that conversation a second time and cannot be opened.',
  ));

test('nobody is accused when the file that cannot be read has the right name', () =>
  expectFindings(
    home()
      .thread('t1')
      .trouble(rolloutPath('t1'))
      .thread('c', {
        at: `sessions/2025/01/02/rollout-2025-01-02T11-00-00-${idOf('t1')}.jsonl`,
        row: false,
        header: { id: idOf('t1') },
      }),
  ).toBe());

test('nobody is accused when the file cannot be read', () =>
  expectOutcome(home().thread('t1').trouble(rolloutPath('t1')), 'thread-bound-to-other').toBe(
    'unknown',
  ));
