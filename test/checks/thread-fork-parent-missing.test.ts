import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home, HOME, idOf } from '../support/home.ts';
import { rolloutPath } from '../support/rolloutPath.ts';

/** What Codex writes into the first line of a fork; a part of a thread is a fork of nobody. */
const forkOf = (thread: string, part = thread) => ({
  header: {
    forked_from_id: idOf(thread),
    forked_from_ordinal_exclusive: 5,
    history_base: { thread_id: idOf(part), end_ordinal_exclusive: 5, end_byte_offset: 99 },
  },
});

test('the thread from which it was forked has no file', () =>
  expectFindings(home().thread('t1', { file: false }).thread('t2', forkOf('t1'))).toBe(
    'warning thread-file-missing t1',
    'error thread-fork-parent-missing t2',
  ));

test('nobody knows the thread from which it was forked', () =>
  expectFindings(home().thread('t2', forkOf('t1'))).toBe('error thread-fork-parent-missing t2'));

test('a fork of such a fork suffers, and is not named by itself', () =>
  expectFindings(home().thread('t2', forkOf('t1')).thread('t3', forkOf('t2'))).toSay(
    'thread-fork-parent-missing',
    `It was forked from the conversation ${idOf('t1')}, whose file is nowhere in this home: Codex cannot open it without that beginning. 1 further fork suffers as well.`,
  ));

test('the earlier part of the thread itself is gone', () =>
  expectFindings(
    home().thread('t1', {
      at: part('t1', 's1'),
      header: { history_base: { thread_id: idOf('t1') } },
    }),
  ).toBe('error thread-fork-parent-missing t1'));

test('the earliest of several parts is gone', () =>
  expectFindings(
    home()
      .thread('t1', {
        at: part('t1', 's2'),
        header: { history_base: { thread_id: idOf('s1') } },
      })
      .thread('s1', {
        at: part('t1', 's1'),
        row: false,
        header: { id: idOf('t1'), history_base: { thread_id: idOf('t1') } },
      }),
  ).toBe('error thread-fork-parent-missing t1'));

test('nothing, when the parent is there', () =>
  expectFindings(home().thread('t1').thread('t2', forkOf('t1'))).toBe());

test('nothing, when it is archived', () =>
  expectFindings(home().thread('t1', { archived: true }).thread('t2', forkOf('t1'))).toBe());

test('nothing, when the part of the parent is there', () =>
  expectFindings(
    home()
      .thread('t1', { row: { rollout_path: `${HOME}/${part('t1', 's1')}` } })
      .thread('s1', {
        at: part('t1', 's1'),
        row: false,
        header: { id: idOf('t1'), history_base: { thread_id: idOf('t1') } },
      })
      .thread('t2', forkOf('t1', 's1')),
  ).toBe());

test('a parent under another name is there: that is another finding', () =>
  expectFindings(
    home()
      .thread('t1', { at: 'sessions/2026/11/21/rollout-kept.jsonl' })
      .thread('t2', forkOf('t1')),
  ).toBe('warning rollout-misnamed sessions/2026/11/21/rollout-kept.jsonl'));

test('nothing, when the fork holds a copy of what came before', () =>
  expectFindings(
    home()
      .thread('t1', { mode: 'legacy', header: { forked_from_id: idOf('gone') } })
      // What Codex migrates to paginated history keeps its copy.
      .thread('t2', { header: { forked_from_id: idOf('gone') } }),
  ).toBe());

test('is said in one sentence', () =>
  expectFindings(home().thread('t2', forkOf('t1'))).toSay(
    'thread-fork-parent-missing',
    `It was forked from the conversation ${idOf('t1')}, whose file is nowhere in this home: Codex cannot open it without that beginning.`,
  ));

test.each(['sessions/2026/11/20', 'archived_sessions'])(
  'nobody is accused when %s cannot be read',
  folder =>
    expectOutcome(
      home().thread('t2', forkOf('t1')).file(`${folder}/x`, '').trouble(folder),
      'thread-fork-parent-missing',
    ).toBe('unknown'),
);

function part(thread: string, segment: string): string {
  return rolloutPath(thread).replace('.jsonl', `_${idOf(segment)}.jsonl`);
}
