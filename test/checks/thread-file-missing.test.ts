import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home } from '../support/home.ts';
import { packedRollout } from '../support/packedRollout.ts';
import { rolloutPath } from '../support/rolloutPath.ts';

test('a row whose file is nowhere', () =>
  expectFindings(home().thread('t1', { file: false }).thread('t2')).toBe(
    'warning thread-file-missing t1',
  ));

test('also when the row looks for it in another place altogether', () =>
  expectFindings(
    home()
      .thread('t1', { file: false, row: { rollout_path: '/old/home/sessions/x.jsonl' } })
      .thread('t2'),
  ).toBe('warning thread-file-missing t1'));

test('not, when the file lies where the row says, outside the home', () =>
  expectFindings(
    home()
      .thread('t1', { file: false, row: { rollout_path: '/other/sessions/x.jsonl' } })
      .file('/other/sessions/x.jsonl', '{}\n')
      .thread('t2'),
  ).toBe());

test('not, when nobody says what is at that place', () =>
  expectOutcome(
    home()
      .thread('t1', { file: false, row: { rollout_path: '/gone/mount/x.jsonl' } })
      .silence('/gone/mount/x.jsonl'),
    'thread-file-missing',
  ).toBe('unknown'));

test('not, when the compressed file is there', () =>
  expectFindings(
    home()
      .thread('t1', { file: false })
      .file(`${rolloutPath('t1')}.zst`, packedRollout('t1')),
  ).toBe());

test('is said in one sentence', () =>
  expectFindings(home().thread('t1', { file: false })).toSay(
    'thread-file-missing',
    'The database has an entry for this conversation, and its file (sessions/2026/11/21/rollout-2026-11-21T11-00-00-t1.jsonl) is nowhere in this home: what was said in it is not on this disk.',
  ));

test.each(['sessions', 'archived_sessions', 'sessions/2026/11/20'])(
  'nobody is accused when %s cannot be read',
  folder =>
    expectOutcome(
      home().thread('t1', { file: false }).file(`${folder}/x`, '').trouble(folder),
      'thread-file-missing',
    ).toBe('unknown'),
);
