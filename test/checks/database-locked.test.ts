import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { HOME, home } from '../support/home.ts';
import { LONG_AGO, recordedDatabase } from '../support/recordedDatabase.ts';

const CHECK = 'database-locked';
const FOUND = 'warning database-locked state_5.sqlite';
const legacy = () => home().thread('t1', { mode: 'legacy' });
const MAIN = `${HOME}/state_5.sqlite`;
/** Every byte on which SQLite locks a main file. */
const WHOLE = { file: MAIN, first: 0x4000_0000, last: 0x4000_01ff };

test('a program keeps others from writing', async () => {
  await expectFindings(legacy().lock()).toBe(FOUND);
  await expectFindings(legacy().lock({ terminal: 'pts/3' })).toSay(
    CHECK,
    'The state database is kept locked by sqlitebrowser (process 815 in pts/3): nobody else can write to it until it lets go.',
  );
});

test('a program keeps others from using it at all', () =>
  expectFindings(legacy().lock(WHOLE)).toSay(
    CHECK,
    'The state database is kept locked by sqlitebrowser (process 815): nobody else can use it until it lets go.',
  ));

test('several programs are one finding, and one program with several locks is named once', () =>
  expectFindings(
    legacy()
      .lock({ pid: 816, program: 'python3', ...WHOLE, isExclusive: false })
      .lock({ file: MAIN, first: 0x4000_0001, last: 0x4000_0001 })
      .lock({ file: MAIN, first: 0x4000_0000, last: 0x4000_0000, isExclusive: false }),
  ).toSay(
    CHECK,
    'The state database is kept locked by sqlitebrowser (process 815) and python3 (process 816): nobody else can write to it until they let go.',
  ));

test('each database is a finding of its own', () =>
  expectFindings(
    legacy()
      .file('goals_1.sqlite', recordedDatabase('0.169.0', 'goals_1.sqlite'), LONG_AGO)
      .lock()
      .lock({ file: `${HOME}/goals_1.sqlite-shm` }),
  ).toBe(FOUND, 'warning database-locked goals_1.sqlite'));

test('a Codex may be at something that takes long; beside another program it is as with any', async () => {
  const byCodex = () => legacy().lock({ program: 'codex', pid: 4711 });
  await expectFindings(byCodex()).toBe('note database-locked state_5.sqlite');
  await expectFindings(byCodex().lock(WHOLE)).toBe(FOUND);
});

test('nothing, when a lock bars nobody', async () => {
  await expectFindings(legacy()).toBe();
  // As each Codex has them that has the database open.
  const open = legacy()
    .lock({ first: 128, last: 128, isExclusive: false })
    .lock({ file: MAIN, first: 0x4000_0002, last: 0x4000_01ff, isExclusive: false });
  await expectFindings(open).toBe();
  await expectOutcome(open, CHECK).toBe('ok');
});

test('nothing, when it is on a database that no Codex of today uses', async () => {
  await expectFindings(legacy().lock({ file: `${HOME}/mine.sqlite-shm` })).toBe();
  await expectFindings(
    legacy()
      .file('state_4.sqlite', recordedDatabase('0.169.0', 'state_5.sqlite'), LONG_AGO)
      .lock({ file: `${HOME}/state_4.sqlite-shm` }),
  ).toBe();
});

test('nobody can tell where the system does not', () =>
  expectOutcome(legacy().noLocksTold(), CHECK).toBe('unknown'));

test('where other machines may hold locks, what is seen is found, and nothing is not called healthy', async () => {
  const nfs = { type: 'nfs4', isNetwork: true, mountPoint: '/home', options: 'rw' };
  await expectOutcome(legacy().filesystem(nfs), CHECK).toBe('unknown');
  await expectOutcome(legacy().filesystem(nfs).lock(), CHECK).toBe('found');
});
