import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home, HOME, idOf } from '../support/home.ts';
import { rolloutPath } from '../support/rolloutPath.ts';

const foo = 'sessions/2026/11/21/rollout-foo.jsonl';
const canonical = { rollout_path: `${HOME}/${rolloutPath('t1')}` };

test('a name without time and id', () =>
  expectFindings(home().thread('t1', { at: foo, row: canonical }).thread('t2')).toBe(
    `warning rollout-misnamed ${foo}`,
  ));

test('the id of another thread', () =>
  expectFindings(home().thread('t1', { at: rolloutPath('beef'), row: canonical })).toBe(
    `warning rollout-misnamed ${rolloutPath('beef')}`,
  ));

test.each(['sessions/2025/01/02', 'sessions', 'archived_sessions/2026'])('in %s', folder => {
  const name = rolloutPath('t1').split('/').at(-1) ?? '';
  return expectFindings(home().thread('t1', { at: `${folder}/${name}`, row: canonical })).toBe(
    `warning rollout-misnamed ${folder}/rollout-2026-11-21T11-00-00-t1.jsonl`,
  );
});

test('also when the row knows where it is', () =>
  expectFindings(home().thread('t1', { at: foo })).toBe(`warning rollout-misnamed ${foo}`));

test('also without a row', () =>
  expectFindings(home().thread('t1', { at: foo, row: false }).thread('t2')).toBe(
    `warning rollout-misnamed ${foo}`,
  ));

test('what else is wrong in the file is put right at its new place', () =>
  expectFindings(
    home()
      .folder('/home/ada/work/two')
      .thread('t1', { at: foo, header: { cwd: '/home/ada/work/two', model_provider: 'other' } }),
  ).toBe(
    'warning thread-cwd-mismatch t1',
    'warning thread-provider-mismatch t1',
    `warning rollout-misnamed ${foo}`,
  ));

test('two files that say they are one thread are another matter', () =>
  expectFindings(
    home()
      .thread('t1', { at: foo })
      .thread('c', { at: foo.replace('foo', 'bar'), row: false, header: { id: idOf('t1') } }),
  ).toBe('warning thread-file-duplicate t1'));

test('nothing in the folder of its date, and nothing flat in the archive', () =>
  expectFindings(home().thread('t1').thread('t2', { archived: true })).toBe());

test('says that it is the name', () =>
  expectFindings(home().thread('t1', { at: foo, row: canonical })).toSay(
    'rollout-misnamed',
    `The file ${foo} holds the conversation t1 under a name by which Codex does not find it: it cannot be opened, and nothing of it is lost.`,
  ));

test('says that it is the folder', () =>
  expectFindings(
    home().thread('t1', {
      at: rolloutPath('t1').replace('2026/11/21', '2025/01/02'),
      row: canonical,
    }),
  ).toSay(
    'rollout-misnamed',
    'The file sessions/2025/01/02/rollout-2026-11-21T11-00-00-t1.jsonl lies in a folder in which Codex does not look for it: it cannot be opened, and nothing of it is lost.',
  ));

test('nobody is accused when the file cannot be read', () =>
  expectOutcome(home().thread('t1', { at: foo }).trouble(foo), 'rollout-misnamed').toBe('unknown'));
