import { describe, expect, test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { cured } from '../support/expectRepairs.ts';
import { recordedDatabase } from '../support/recordedDatabase.ts';
import { home, idOf, NOW, type HomeBuilder, type ThreadSpec } from '../support/home.ts';
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

describe('a first line that is gone, of a conversation in which a fork begins', () => {
  const base = {
    ...{ forked_from_id: idOf('t1'), forked_from_ordinal_exclusive: 3 },
    history_base: { thread_id: idOf('t1'), end_ordinal_exclusive: 3, end_byte_offset: 800 },
  };
  const beheaded = (spec: ThreadSpec, forked: ThreadSpec = { header: base }) =>
    home()
      .thread('t1', { ...spec, text: text => text.slice(text.indexOf('\n') + 1) })
      .thread('t2', forked)
      .thread('t3');
  const complete = (builder: HomeBuilder) =>
    cured(builder, 'rollout-header-bad', 'complete-first-line');

  test('is written where Codex has noted how long the file was, and as long', async () => {
    const length = 3000;
    const noted = recordedDatabase(
      '0.169.0',
      'thread_history_1.sqlite',
      'DELETE FROM thread_history_projection_state',
      ...['t1', 't2', 't3'].map(
        key =>
          `INSERT INTO thread_history_projection_state VALUES ('${idOf(key)}', ${String(length)}, 6)`,
      ),
    );
    const done = await complete(beheaded({}).file('thread_history_1.sqlite', noted, NOW - 60_000));
    expect(Object.values(done?.changed ?? {}).map(text => text.length)).toEqual([length]);
  });

  test('or where no fork begins in it', async () => {
    expect((await complete(beheaded({ projected: false }, {})))?.refused).toEqual([]);
  });

  test('nor where Codex has noted places that could not be read', async () => {
    const unread = beheaded({}, {}).file('thread_history_1.sqlite', 'no database');
    expect(await complete(unread)).toBeNull();
    expect(await complete(beheaded({ mode: 'legacy' }, {}))).not.toBeNull();
  });

  test('and is not guessed otherwise: the fork would silently begin at another place', async () => {
    expect(await complete(beheaded({ projected: false }))).toBeNull();
  });
});
