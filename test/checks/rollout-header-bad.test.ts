import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home } from '../support/home.ts';
import { rolloutPath } from '../support/rolloutPath.ts';

const FILE = 'sessions/2026/11/21/rollout-2026-11-21T11-00-00-t1.jsonl';

test.each<[string, (text: string) => string]>([
  ['a byte order mark', text => `\ufeff${text}`],
  ['a line that is not JSON', text => `not json at all\n${text}`],
  ['no first line', text => text.slice(text.indexOf('\n') + 1)],
  ['no bytes', () => ''],
  ['half a first line', text => text.slice(40)],
])('a file with %s', (_, text) =>
  expectFindings(home().thread('t1', { text }).thread('t2')).toBe(
    `error rollout-header-bad ${FILE}`,
  ),
);

test.each(['cwd', 'id', 'timestamp', 'originator', 'cli_version'])(
  'a first line without %s',
  field =>
    expectFindings(home().thread('t1', { header: { [field]: undefined } })).toBe(
      `error rollout-header-bad ${FILE}`,
    ),
);

test('a first line that newer Codexes refuse', () =>
  expectFindings(home().thread('t1', { mode: 'legacy', header: { history_mode: 'other' } })).toBe(
    `error rollout-header-bad ${FILE}`,
  ));

test('whatever else is wrong with the thread, this is the cause', () =>
  expectFindings(
    home().thread('t1', {
      cwd: '/gone',
      row: { archived: 1, preview: '' },
      text: text => `x\n${text}`,
    }),
  ).toBe(`error rollout-header-bad ${FILE}`));

test('also when the file has a wrong name besides', () =>
  expectFindings(
    home().thread('t1', {
      at: 'sessions/2026/11/21/rollout-foo.jsonl',
      text: text => `\ufeff${text}`,
    }),
  ).toBe('error rollout-header-bad sessions/2026/11/21/rollout-foo.jsonl'));

test.each<[string, (text: string) => string]>([
  ['line ends of Windows', text => text.replaceAll('\n', '\r\n')],
  ['empty lines', text => text.replaceAll('\n', '\n\n')],
  ['no last line break', text => text.trimEnd()],
  ['an empty first line', text => `\n${text}`],
])('nothing for %s', (_, text) => expectFindings(home().thread('t1', { text })).toBe());

test('says what is wrong, and that nothing is lost', () =>
  expectFindings(home().thread('t1', { text: text => `\ufeff${text}` })).toSay(
    'rollout-header-bad',
    `The file of this conversation (${FILE}) does not begin as it should: it begins with a byte order mark. Codex cannot resume it, and what was said is still there.`,
  ));

test('says that an empty file has nothing', () =>
  expectFindings(home().thread('t1', { text: () => '' })).toSay(
    'rollout-header-bad',
    `The file of this conversation (${FILE}) is empty: what was said in it is not there.`,
  ));

test('nobody is accused when the file cannot be read', () =>
  expectOutcome(home().thread('t1').trouble(rolloutPath('t1')), 'rollout-header-bad').toBe(
    'unknown',
  ));
