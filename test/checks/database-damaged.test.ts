import { describe, expect, test } from 'vitest';
import { expectFindings, expectOutcome, scanned } from '../support/expect.ts';
import { home } from '../support/home.ts';
import { homeWith, LONG_AGO, recordedDatabase } from '../support/recordedDatabase.ts';

const CHECK = 'database-damaged';
const FOUND = 'error database-damaged state_5.sqlite';

/** How the machine answers when it is asked to read a folder as a file. */
const FOLDER = ['not-a-file', 'there is a folder in its place'] as const;

const whole = recordedDatabase('0.169.0', 'state_5.sqlite');
const halved = whole.slice(0, Math.floor(whole.length / 8192) * 4096);
const noise = new Uint8Array(8192).map((_, index) => (index * 193 + 7) % 251);
/** Pages behind the first one are noise: it opens, and is torn inside. */
const torn = whole.map((byte, index) => (index < 8192 || index > 40_000 ? byte : 0xa5));
const overwritten = whole.map((byte, index) => (index < 100 ? 0xa5 : byte));

const state = (bytes: Uint8Array) =>
  home().thread('t1', { mode: 'legacy' }).file('state_5.sqlite', bytes, LONG_AGO);

describe('found', () => {
  test('noise', () => expectFindings(state(noise)).toBe(FOUND));

  test('a header that was overwritten', () => expectFindings(state(overwritten)).toBe(FOUND));

  test('cut off', () => expectFindings(state(halved)).toBe(FOUND));

  test('torn inside', () => expectFindings(state(torn)).toBe(FOUND));

  test('a folder in its place', () =>
    expectFindings(
      home()
        .thread('t1', { mode: 'legacy' })
        .trouble('state_5.sqlite', ...FOLDER),
    ).toBe(FOUND));

  test('each database is one finding', () =>
    expectFindings(state(noise).file('goals_1.sqlite', noise, LONG_AGO)).toBe(
      FOUND,
      'error database-damaged goals_1.sqlite',
    ));

  test('in a folder that is called like the home with more behind it', () =>
    expectFindings(
      home()
        .noState()
        .environment('CODEX_SQLITE_HOME', '/home/ada/.codex-databases')
        .file('/home/ada/.codex-databases/state_5.sqlite', noise, LONG_AGO),
    ).toBe('error database-damaged /home/ada/.codex-databases/state_5.sqlite'));

  test('that of logs is only a warning', () =>
    expectFindings(homeWith('logs_2.sqlite', noise)).toBe(
      'warning database-damaged logs_2.sqlite',
    ));
});

describe('not found', () => {
  test('all is well', () => expectFindings(home().thread('t1')).toBe());

  test('one that is empty is missing', () =>
    expectFindings(state(new Uint8Array())).toBe('warning database-missing state_5.sqlite'));

  test('one that is empty beside it is made anew, and nothing is amiss', () =>
    expectFindings(homeWith('logs_2.sqlite', new Uint8Array())).toBe());

  test('what an update has left of an older generation', () =>
    expectFindings(homeWith('state_4.sqlite', noise)).toBe());

  test('one that lets nobody look', () =>
    expectFindings(homeWith('goals_1.sqlite', noise).trouble('goals_1.sqlite')).toBe());

  test('a count of pages that an old SQLite has not kept', () => {
    const stale = recordedDatabase('0.169.0', 'logs_2.sqlite');
    stale.set([0, 1, 0, 0], 28);
    stale.set([0, 0, 0, 9], 92);
    return expectFindings(homeWith('logs_2.sqlite', stale)).toBe();
  });
});

test('nobody is accused when the database cannot be read', () =>
  expectOutcome(state(noise).trouble('state_5.sqlite'), CHECK).toBe('unknown'));

test('of the threads in a damaged database nothing is said', () =>
  expectOutcome(state(noise), 'thread-row-missing').toBe('unknown'));

describe('says', () => {
  test('what the Codexes here make of it, and which names can be put back', () =>
    expectFindings(
      state(noise)
        .thread('t2', { mode: 'legacy' })
        .name('t1', 'Mine')
        .codex('0.169.0')
        .codex('0.133.0'),
    ).toSay(
      CHECK,
      'The state database cannot be read: it does not begin like a SQLite database. Codex 0.133.0 does not start with it and Codex 0.169.0 moves it aside at the next start and makes a new one. 1 name that you gave can be put back after that.',
    ));

  test('how much is cut off', () =>
    expectFindings(state(halved)).toSay(
      CHECK,
      `The state database cannot be read: it should have ${String(whole.length)} bytes and has ${String(halved.length)}. Codex from 0.142 on moves it aside at the next start and makes a new one.`,
    ));

  test('what SQLite finds', () =>
    expectFindings(state(torn)).toSay(
      CHECK,
      'The state database cannot be read: it is torn inside (Tree 3 page 3: btreeInitPage() returns error code 11). Codex from 0.142 on moves it aside at the next start and makes a new one.',
    ));

  test('that nobody makes a history database anew', () =>
    expectFindings(homeWith('thread_history_1.sqlite', noise).codex('0.169.0')).toSay(
      CHECK,
      'The history database cannot be read: it does not begin like a SQLite database. Codex 0.169.0 starts, but cannot open a thread whose history is paginated.',
    ));

  test('that a folder stops it', () =>
    expectFindings(
      home()
        .thread('t1', { mode: 'legacy' })
        .trouble('state_5.sqlite', ...FOLDER)
        .codex('0.169.0'),
    ).toSay(
      CHECK,
      'The state database cannot be read: there is a folder in its place. Codex 0.169.0 does not start with it.',
    ));
});

describe('offers', () => {
  const offered = async (name: string) => {
    const { report } = await scanned(homeWith(name, noise).codex('0.169.0'));
    const found = report.findings.filter(({ check }) => check === CHECK);
    return found.flatMap(({ cures }) =>
      cures.map(
        ({ id, loses, automatic }) => `${id}, loses ${loses}${automatic ? ', for all' : ''}`,
      ),
    );
  };

  test.each([
    ['thread_history_1.sqlite', 'fill-again, loses nothing, for all'],
    ['logs_2.sqlite', 'put-logs-away, loses nothing, for all'],
    ['goals_1.sqlite', 'put-away, loses readable data'],
    ['memories_1.sqlite', 'put-away, loses readable data'],
    ['queue_1.sqlite', 'put-away, loses readable data'],
  ])('for %s: %s', async (name, cure) => {
    expect(await offered(name)).toEqual([cure]);
  });

  test('nothing of which nobody knows what is in it', async () => {
    expect(await offered('novel_1.sqlite')).toEqual([]);
  });

  test('nothing for a folder in the place of a database', async () => {
    const { report } = await scanned(
      home()
        .thread('t1')
        .trouble('goals_1.sqlite', ...FOLDER),
    );
    expect(report.findings.flatMap(({ cures }) => cures)).toEqual([]);
  });
});
