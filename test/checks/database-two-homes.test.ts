import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { HOME, home } from '../support/home.ts';
import { LONG_AGO, recordedDatabase } from '../support/recordedDatabase.ts';

const CHECK = 'database-two-homes';
const other = recordedDatabase('0.169.0', 'state_5.sqlite');
const empty = recordedDatabase('0.169.0', 'state_5.sqlite', 'DELETE FROM threads');

const legacy = () => home().thread('t1', { mode: 'legacy' });
const inFolder = (bytes: Uint8Array) => legacy().file('sqlite/state_5.sqlite', bytes, LONG_AGO);

test('one in the home, one in its folder sqlite', () =>
  expectFindings(inFolder(other)).toBe('warning database-two-homes state_5.sqlite'));

test('one in the home, and another one is in use', () =>
  expectOutcome(
    legacy()
      .file('/scratch/ada/state_5.sqlite', other, LONG_AGO)
      .environment('CODEX_SQLITE_HOME', '/scratch/ada'),
    CHECK,
  ).toBe('found'));

test('nothing, when there is one', () => expectFindings(legacy()).toBe());

test('nothing, when the other one lists no threads', () => expectFindings(inFolder(empty)).toBe());

test('nothing, when the one in use lists no threads', () =>
  expectOutcome(inFolder(other).state('DELETE FROM threads'), CHECK).toBe('ok'));

test('nothing, when the other one is damaged', () =>
  expectFindings(inFolder(new Uint8Array(8192))).toBe());

test('nobody is accused when the database cannot be read', () =>
  expectOutcome(inFolder(other).trouble('state_5.sqlite'), CHECK).toBe('unknown'));

test('says which one is used, and why', async () => {
  await expectFindings(inFolder(other)).toSay(
    CHECK,
    `Codex uses ${HOME}/state_5.sqlite. Threads are also listed in ${HOME}/sqlite/state_5.sqlite, which another Codex may use: each shows its own.`,
  );
  await expectFindings(
    legacy()
      .file('/scratch/ada/state_5.sqlite', other, LONG_AGO)
      .environment('CODEX_SQLITE_HOME', '/scratch/ada'),
  ).toSay(
    CHECK,
    `Because of CODEX_SQLITE_HOME, a Codex that is started from here uses /scratch/ada/state_5.sqlite. Threads are also listed in ${HOME}/state_5.sqlite, which another Codex may use: each shows its own.`,
  );
});
