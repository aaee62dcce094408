import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home, HOME, idOf } from '../support/home.ts';
import { rolloutPath } from '../support/rolloutPath.ts';

test('the history database does not know the thread', () =>
  expectFindings(home().thread('t1', { projected: false }).thread('t2')).toBe(
    'warning thread-history-missing t1',
  ));

test('it knows some and not others: one finding for each of those', () =>
  expectFindings(
    home().thread('t1', { projected: false }).thread('t2', { projected: false }).thread('t3'),
  ).toBe('warning thread-history-missing t1', 'warning thread-history-missing t2'));

test('there is no history database: one finding about it', () =>
  expectFindings(
    home().thread('t1').thread('t2').thread('t3', { mode: 'legacy' }).noHistory(),
  ).toBe('warning thread-history-missing thread_history_1.sqlite'));

test('it was made anew, and is empty: one finding about it', () =>
  expectFindings(home().thread('t1', { projected: false }).thread('t2', { projected: false })).toBe(
    'warning thread-history-missing thread_history_1.sqlite',
  ));

test('not for threads with legacy history', () =>
  expectFindings(home().thread('t1', { mode: 'legacy' }).noHistory()).toBe());

test('not for a thread in which nobody has said anything', () =>
  expectFindings(
    home()
      .thread('t1', { prompt: null, row: { name: 'Mine' }, projected: false })
      .thread('t2'),
  ).toBe());

test('of a thread that goes on in a new file, the new part has to be known', () => {
  const at = rolloutPath('t1').replace('.jsonl', `_${idOf('s1')}.jsonl`);
  const header = { id: idOf('t1'), history_base: { thread_id: idOf('t1') } };
  return expectFindings(
    home()
      .thread('t1', { row: { rollout_path: `${HOME}/${at}` } })
      .thread('s1', { at, header, row: false, projected: false })
      .thread('t2'),
  ).toBe('warning thread-history-missing t1');
});

test('says that it opens empty', () =>
  expectFindings(home().thread('t1', { projected: false }).thread('t2')).toSay(
    'thread-history-missing',
    'Its turns are in its file and not in the database from which they are shown: it opens empty until it is resumed.',
  ));

test('says it of all', () =>
  expectFindings(home().thread('t1').thread('t2').noHistory()).toSay(
    'thread-history-missing',
    'The database from which turns are shown is gone: 2 conversations open empty until resumed, and the files have everything.',
  ));

test('says it of one', () =>
  expectFindings(home().thread('t1').noHistory()).toSay(
    'thread-history-missing',
    'The database from which turns are shown is gone: 1 conversation opens empty until resumed, and the files have everything.',
  ));

test('says that it is empty', () =>
  expectFindings(
    home().thread('t1', { projected: false }).thread('t2', { projected: false }),
  ).toSay(
    'thread-history-missing',
    'The database from which turns are shown is empty: 2 conversations open empty until resumed, and the files have everything.',
  ));

test('nobody is accused when it cannot be read', () =>
  expectOutcome(
    home().thread('t1').trouble('thread_history_1.sqlite'),
    'thread-history-missing',
  ).toBe('unknown'));
