import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home, HOME, idOf } from '../support/home.ts';
import { rolloutPath } from '../support/rolloutPath.ts';

/** A file of another name that says it is t1. */
const copy = { row: false, header: { id: idOf('t1'), session_id: idOf('t1') } } as const;
/** Holds all that t1 holds, and goes on where `more` says so. */
const same = {
  ...copy,
  age: 60,
  prompt: 'please do t1',
  text: (text: string) => text.replaceAll(idOf('c'), idOf('t1')),
} as const;
const goneOn = { type: 'event_msg', payload: { type: 'agent_message', message: 'And more.' } };
const older = `sessions/2025/01/02/rollout-2025-01-02T11-00-00-${idOf('t1')}.jsonl`;

test('a copy under an older date', () =>
  expectFindings(
    home()
      .thread('t1')
      .thread('c', { ...copy, at: older }),
  ).toBe('warning thread-file-duplicate t1'));

test('a copy that a cloud folder made', () =>
  expectFindings(
    home()
      .thread('t1')
      .thread('c', { ...copy, at: rolloutPath('t1').replace('.jsonl', ' 2.jsonl') }),
  ).toBe('warning thread-file-duplicate t1'));

test('a copy in the archive', () =>
  expectFindings(
    home()
      .thread('t1')
      .thread('c', { ...copy, at: rolloutPath('t1', { archived: true }) }),
  ).toBe('warning thread-file-duplicate t1'));

test('a copy that was named after a thread that is none', () =>
  expectFindings(home().thread('t1').thread('c', copy)).toBe('warning thread-file-duplicate t1'));

test('a row that is bound to the copy changes nothing', () =>
  expectFindings(
    home()
      .thread('t1', { row: { rollout_path: `/home/ada/.codex/${older}` } })
      .thread('c', { ...copy, at: older }),
  ).toBe('warning thread-file-duplicate t1'));

// Each of these homes is also repaired: the thread is then where Codex looks for it, and nothing else is found.
test.each([
  ['that a cloud folder made', rolloutPath('t1').replace('.jsonl', ' 2.jsonl')],
  ['in the archive', rolloutPath('t1', { archived: true })],
  ['under an older date', older],
])('a copy %s, and that goes on', (_, at) =>
  expectFindings(
    home()
      .thread('t1')
      .thread('c', { ...same, at, more: [goneOn] }),
  ).toBe('warning thread-file-duplicate t1'),
);

test('a copy that goes on, to which the row is bound', () =>
  expectFindings(
    home()
      .thread('t1', { row: { rollout_path: `${HOME}/${older}` } })
      .thread('c', { ...same, at: older, more: [goneOn] }),
  ).toBe('warning thread-file-duplicate t1'));

test('a copy that has less, to which the row is bound', () =>
  expectFindings(
    home()
      .thread('t1', { more: [goneOn], row: { rollout_path: `${HOME}/${older}` } })
      .thread('c', { ...same, at: older }),
  ).toBe('warning thread-file-duplicate t1'));

test('two files of one thread, neither under its name', () =>
  expectFindings(
    home()
      .thread('t1', { at: rolloutPath('t1').replace('.jsonl', ' 2.jsonl') })
      .thread('c', {
        ...same,
        at: rolloutPath('t1').replace('.jsonl', ' 3.jsonl'),
        more: [goneOn],
      }),
  ).toBe('warning thread-file-duplicate t1'));

test('not the parts in which a thread goes on', () =>
  expectFindings(
    home()
      .thread('t1', { row: { rollout_path: `/home/ada/.codex/${part('s1')}` }, projected: false })
      .thread('s1', {
        ...copy,
        at: part('s1'),
        header: { ...copy.header, history_base: { thread_id: idOf('t1') } },
      }),
  ).toBe());

test('but two files of one part', () =>
  expectFindings(
    home()
      .thread('t1')
      .thread('s1', { ...copy, at: part('s1') })
      .thread('c', { ...copy, at: part('s1').replace('sessions/2026/11/21', 'archived_sessions') }),
  ).toBe('warning thread-file-duplicate t1'));

test('is said in one sentence', () =>
  expectFindings(
    home()
      .thread('t1')
      .thread('c', { ...copy, at: older }),
  ).toSay(
    'thread-file-duplicate',
    '2 files hold this one conversation (sessions/2025/01/02/rollout-2025-01-02T11-00-00-t1.jsonl and sessions/2026/11/21/rollout-2026-11-21T11-00-00-t1.jsonl): lists show it more than once, and deleting one entry deletes them all.',
  ));

test('nothing is said to be right when a folder cannot be read', () =>
  expectOutcome(
    home().thread('t1').file('archived_sessions/x', '').trouble('archived_sessions'),
    'thread-file-duplicate',
  ).toBe('unknown'));

function part(segment: string): string {
  return rolloutPath('t1').replace('.jsonl', `_${idOf(segment)}.jsonl`);
}
