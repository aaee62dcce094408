// The table of causes: where several checks could speak about one cause, one of them does.

import { test } from 'vitest';
import { expectFindings } from '../support/expect.ts';
import { home, HOME, idOf } from '../support/home.ts';
import { rolloutPath } from '../support/rolloutPath.ts';

const FILE = 'sessions/2026/11/21/rollout-2026-11-21T11-00-00-t1.jsonl';
const bound = (path: string) => ({ rollout_path: `${HOME}/${path}` });

test("the row's path is gone, and the file is where it belongs", () =>
  expectFindings(
    home()
      .thread('t1', { row: bound('sessions/gone.jsonl') })
      .thread('t2'),
  ).toBe('error thread-path-stale t1'));

test('the file has changed sides: the path says it all', () =>
  expectFindings(
    home().thread('t1', { archived: true, row: { ...bound(rolloutPath('t1')), archived: 0 } }),
  ).toBe('error thread-path-stale t1'));

test('the file has another name, and the row still the old one', () =>
  expectFindings(
    home()
      .thread('t1', { at: rolloutPath('beef'), row: bound(rolloutPath('t1')) })
      .thread('t2'),
  ).toBe(`warning rollout-misnamed ${rolloutPath('beef')}`));

test('the file is in another folder, and has changed sides', () =>
  expectFindings(
    home().thread('t1', {
      at: rolloutPath('t1').replace('sessions/2026/11/21', 'archived_sessions/old'),
      row: { ...bound(rolloutPath('t1')), archived: 0 },
    }),
  ).toBe(`warning rollout-misnamed archived_sessions/old/${FILE.split('/').at(-1) ?? ''}`));

test('the file has another name, the row knows it, and it has changed sides', () =>
  expectFindings(
    home().thread('t1', { at: 'archived_sessions/rollout-foo.jsonl', row: { archived: 0 } }),
  ).toBe('warning rollout-misnamed archived_sessions/rollout-foo.jsonl'));

test('the header names another thread, and Codex has made up a row for that', () =>
  expectFindings(
    home()
      .thread('t1', { header: { id: idOf('dead') } })
      .thread('dead', { file: false, row: bound(rolloutPath('t1')) }),
  ).toBe(`error rollout-id-mismatch ${FILE}`));

test("name and header agree, and the row leads to another thread's file", () =>
  expectFindings(
    home()
      .thread('t1', { row: bound(rolloutPath('t2', { age: 61 })) })
      .thread('t2'),
  ).toBe('error thread-bound-to-other t1'));

test('the first line cannot be used: nothing else is said about the thread', () =>
  expectFindings(
    home()
      .thread('t1', {
        cwd: '/gone',
        prompt: null,
        provider: 'gone',
        row: { ...bound('sessions/gone.jsonl'), source: 'zzz', cwd: '/elsewhere', archived: 1 },
        text: text => `\ufeff${text.slice(0, -5)}`,
        projected: false,
      })
      .name('t1', 'Mine')
      .thread('t2'),
  ).toBe(`error rollout-header-bad ${FILE}`));

test('the backfill is not finished: no row is missed by itself', () =>
  expectFindings(
    home()
      .thread('t1', { row: false })
      .thread('t2', { row: false })
      .thread('t3')
      .state("UPDATE backfill_state SET status = 'pending'"),
  ).toBe('warning backfill-unfinished state_5.sqlite'));

test('the whole history database is gone: one finding', () =>
  expectFindings(home().thread('t1').thread('t2').noHistory()).toBe(
    'warning thread-history-missing thread_history_1.sqlite',
  ));

test('the state database is gone: no row is missed by itself', () =>
  expectFindings(home().thread('t1').thread('t2').noState()).toBe(
    'warning database-missing state_5.sqlite',
  ));

test('one older Codex is the only one here: what it cannot read, and no skew', () =>
  expectFindings(
    home()
      .codex('0.142.0', { migrations: { 'state_5.sqlite': 39 } })
      .thread('t1'),
  ).toBe(
    'warning migration-ahead state_5.sqlite',
    'warning rollout-unreadable-by-old-codex 0.142.0',
  ));

test('two Codexes: the skew, and not what the older one cannot read', () =>
  expectFindings(home().codex('0.142.0').codex('0.169.0').thread('t1')).toSay(
    'rollout-unreadable-by-old-codex',
  ));

test('a temporary directory that is gone', () =>
  expectFindings(home().thread('t1', { cwd: '/tmp/gone' })).toBe('note thread-temporary t1'));

test('config.toml cannot be parsed: nothing is said about providers', () =>
  expectFindings(home().config('a = [').thread('t1', { provider: 'gone' })).toBe(
    'error config-unreadable config.toml',
  ));

test('a provider that nobody defines hides threads as well', () =>
  expectFindings(home().thread('t1', { provider: 'gone' })).toBe('error provider-undefined gone'));

test('a thread that is kept under two providers is counted for neither', () =>
  expectFindings(home().thread('t1', { row: { model_provider: 'gone' } })).toBe(
    'warning thread-provider-mismatch t1',
  ));

test('row and file name different directories, and one of them is gone', () =>
  expectFindings(home().thread('t1', { row: { cwd: '/gone' } })).toBe(
    'warning thread-cwd-mismatch t1',
  ));

test('the beginning of a fork is gone, and so are its turns in the database', () =>
  expectFindings(
    home()
      .thread('t1', {
        header: { forked_from_id: idOf('t0'), forked_from_ordinal_exclusive: 5 },
        projected: false,
      })
      .thread('t2'),
  ).toBe('error thread-fork-parent-missing t1'));

test('a row that Codex cannot read is not judged in any other way', () =>
  expectFindings(
    home()
      .thread('t1', {
        row: {
          ...bound(rolloutPath('t2', { age: 61 })),
          ...{ history_mode: 'x', cwd: '/gone', model_provider: 'gone', source: 'zzz' },
          ...{ preview: '', title: '', archived: 1 },
        },
      })
      .thread('t2'),
  ).toBe('error row-undecodable t1'));
