import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home, HOME, idOf, NOW } from '../support/home.ts';
import { rolloutPath } from '../support/rolloutPath.ts';

const FILE = 'sessions/2026/11/21/rollout-2026-11-21T11-00-00-t1.jsonl';
const dead = { id: idOf('dead'), session_id: idOf('dead') };

test('the first line names another thread than file and row', () =>
  expectFindings(home().thread('t1', { header: dead }).thread('t2')).toBe(
    `error rollout-id-mismatch ${FILE}`,
  ));

test('also after Codex has made up a row for it', () =>
  expectFindings(
    home()
      .thread('t1', { header: dead })
      .thread('dead', { file: false, row: { rollout_path: `${HOME}/${rolloutPath('t1')}` } }),
  ).toBe(`error rollout-id-mismatch ${FILE}`));

test('also without any row, when the time agrees with the name', () => {
  const made = NOW - 60 * 60_000;
  const id = `${made
    .toString(16)
    .padStart(12, '0')
    .replace(/^(.{8})/, '$1-')}-7000-8000-000000000001`;
  const at = rolloutPath('t1').replace(idOf('t1'), id);
  return expectFindings(home().thread('t1', { at, row: false }).thread('t2')).toBe(
    `error rollout-id-mismatch ${at.replace(idOf('t1'), 't1')}`,
  );
});

test('not, when it is the name that is wrong', () =>
  expectFindings(home().thread('t1', { at: rolloutPath('beef') })).toBe(
    `warning rollout-misnamed ${rolloutPath('beef')}`,
  ));

test('nothing, when all agree', () => expectFindings(home().thread('t1')).toBe());

test('is said in one sentence', () =>
  expectFindings(home().thread('t1', { header: dead })).toSay(
    'rollout-id-mismatch',
    `The file ${FILE} is named after the thread t1, and its first line names ${idOf('dead')}: Codex refuses to open the conversation, and nothing of it is lost.`,
  ));

test('nobody is accused when the file cannot be read', () =>
  expectOutcome(home().thread('t1').trouble(rolloutPath('t1')), 'rollout-id-mismatch').toBe(
    'unknown',
  ));
