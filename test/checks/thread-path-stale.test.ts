import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home, HOME, idOf } from '../support/home.ts';
import { rolloutPath } from '../support/rolloutPath.ts';

const gone = { rollout_path: `${HOME}/sessions/2025/01/01/${rolloutPath('t1').slice(20)}` };

test('a row whose file has moved', () =>
  expectFindings(home().thread('t1', { row: gone }).thread('t2')).toBe(
    'error thread-path-stale t1',
  ));

test('a file that was moved into the archive by hand', () =>
  expectFindings(
    home()
      .thread('t1', {
        archived: true,
        row: { rollout_path: `${HOME}/${rolloutPath('t1')}`, archived: 0 },
      })
      .thread('t2'),
  ).toBe('error thread-path-stale t1'));

test('a home that came from another place', () =>
  expectFindings(
    home()
      .thread('t1', { row: { rollout_path: `/old/${rolloutPath('t1')}` } })
      .thread('t2'),
  ).toBe('error thread-path-stale t1'));

test('not, when plain and compressed are all that differs', () =>
  expectFindings(
    home().thread('t1', { row: { rollout_path: `${HOME}/${rolloutPath('t1')}.zst` } }),
  ).toBe());

test('not, when the very same file is at that place by another way', () =>
  expectFindings(
    home()
      .thread('t1', { row: { rollout_path: `/mnt/home/${rolloutPath('t1')}` } })
      .elsewhere(`/mnt/home/${rolloutPath('t1')}`, rolloutPath('t1'), 'name'),
  ).toBe());

test('is said in one sentence', () =>
  expectFindings(home().thread('t1', { row: gone })).toSay(
    'thread-path-stale',
    'The database looks for this conversation at sessions/2025/01/01/rollout-2026-11-21T11-00-00-t1.jsonl, where nothing is, and it lies at sessions/2026/11/21/rollout-2026-11-21T11-00-00-t1.jsonl: Codex cannot open it, and nothing of it is lost.',
  ));

test('nobody is accused when nobody answers', () =>
  expectOutcome(
    home()
      .thread('t1', { row: { rollout_path: `/far/${rolloutPath('t1')}` } })
      .silence(`/far/${rolloutPath('t1')}`),
    'thread-path-stale',
  ).toBe('unknown'));

test('the newest part of a thread that goes on in new files is its place', () =>
  expectFindings(
    home()
      .thread('t1', { row: { rollout_path: `${HOME}/${part('s1')}` }, projected: false })
      .thread('s1', { at: part('s1'), row: false, header: headerOf('s1') }),
  ).toBe());

function part(segment: string): string {
  return rolloutPath('t1', { age: 61 }).replace('.jsonl', `_${idOf(segment)}.jsonl`);
}

function headerOf(segment: string) {
  return {
    id: idOf('t1'),
    session_id: idOf('t1'),
    history_base: { thread_id: idOf('t1') },
    segment,
  };
}
