import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home } from '../support/home.ts';
import { packedRollout } from '../support/packedRollout.ts';
import { rolloutPath } from '../support/rolloutPath.ts';

const FILE = 'sessions/2026/11/21/rollout-2026-11-21T11-00-00-t1.jsonl';

test('plain and compressed side by side', () =>
  expectFindings(
    home()
      .thread('t1')
      .file(`${rolloutPath('t1')}.zst`, packedRollout('t1'))
      .thread('t2'),
  ).toBe(`note rollout-twin ${FILE}.zst`));

test('archiving has left the compressed one behind', () =>
  expectFindings(
    home()
      .thread('t1', { archived: true })
      .file(`${rolloutPath('t1')}.zst`, packedRollout('t1')),
  ).toBe(`note rollout-twin ${FILE}.zst`));

test('nothing, when there is only one of them', () =>
  expectFindings(
    home()
      .thread('t1', { file: false })
      .file(`${rolloutPath('t1')}.zst`, packedRollout('t1'))
      .thread('t2'),
  ).toBe());

test('not, when the plain one is damaged: then the twin is what is left', () =>
  expectFindings(
    home()
      .thread('t1', { text: text => `\ufeff${text}` })
      .file(`${rolloutPath('t1')}.zst`, packedRollout('t1')),
  ).toBe(`error rollout-header-bad ${FILE}`));

test('says which one counts', () =>
  expectFindings(
    home()
      .thread('t1')
      .file(`${rolloutPath('t1')}.zst`, packedRollout('t1')),
  ).toSay(
    'rollout-twin',
    `It is the compressed twin of ${FILE}, which is the one that Codex uses: nothing is wrong, and space is taken up.`,
  ));

test('says that the thread is on both sides', () =>
  expectFindings(
    home()
      .thread('t1', { archived: true })
      .file(`${rolloutPath('t1')}.zst`, packedRollout('t1')),
  ).toSay(
    'rollout-twin',
    'It is the compressed twin of archived_sessions/rollout-2026-11-21T11-00-00-t1.jsonl, which lies on the other side of the archive: the thread is shown both as active and as archived.',
  ));

test('nothing is said to be right when a folder cannot be read', () =>
  expectOutcome(
    home().thread('t1').file('archived_sessions/x', '').trouble('archived_sessions'),
    'rollout-twin',
  ).toBe('unknown'));
