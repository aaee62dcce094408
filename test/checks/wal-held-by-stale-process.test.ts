import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { HOME, home } from '../support/home.ts';

const CHECK = 'wal-held-by-stale-process';
const legacy = () => home().thread('t1', { mode: 'legacy' });

test('a write-ahead log that was removed', () =>
  expectFindings(legacy().holder({ deletedFiles: [`${HOME}/state_5.sqlite-wal`] })).toBe(
    'warning wal-held-by-stale-process state_5.sqlite',
  ));

test('one finding for each database, whoever holds how many of its files', () =>
  expectFindings(
    legacy()
      .holder({ deletedFiles: [`${HOME}/state_5.sqlite`, `${HOME}/state_5.sqlite-shm`] })
      .holder({
        pid: 4712,
        deletedFiles: [`${HOME}/state_5.sqlite-wal`, `${HOME}/logs_2.sqlite-wal`],
      }),
  ).toBe(
    'warning wal-held-by-stale-process state_5.sqlite',
    'warning wal-held-by-stale-process logs_2.sqlite',
  ));

const ASIDE = `${HOME}/db-backups/sqlite-1795324820-0`;

test('a database that was moved aside under a Codex', async () => {
  const aside = { files: [`${ASIDE}/state_5.sqlite`, `${ASIDE}/state_5.sqlite-wal`] };
  await expectFindings(legacy().holder(aside)).toBe(
    'warning wal-held-by-stale-process state_5.sqlite',
  );
  await expectFindings(legacy().holder(aside)).toSay(
    CHECK,
    'codex (process 4711) has state_5.sqlite and state_5.sqlite-wal open, which were moved aside: what is written there is seen by no other program.',
  );
  // Two rebuilds, and two that ran before them.
  const older = { pid: 4712, files: [`${HOME}/db-backups/sqlite-1-0/state_5.sqlite`] };
  await expectFindings(legacy().holder(aside).holder(older)).toSay(
    CHECK,
    '2 programs (processes 4711 and 4712) have state_5.sqlite and state_5.sqlite-wal open, which were moved aside: what is written there is seen by no other program.',
  );
});

test('nothing, when something else looks at a backup', () =>
  expectFindings(
    legacy().holder({ program: 'sqlitebrowser', files: [`${ASIDE}/state_5.sqlite`] }),
  ).toBe());

test('of databases that lie elsewhere', () =>
  expectFindings(legacy().holder({ deletedFiles: ['/scratch/ada/state_5.sqlite-wal'] })).toBe(
    'warning wal-held-by-stale-process /scratch/ada/state_5.sqlite',
  ));

test('nothing, when a program holds what is there', () =>
  expectFindings(legacy().holder({ files: [`${HOME}/state_5.sqlite-wal`] })).toBe());

test('nothing, when what was removed is no database', () =>
  expectFindings(legacy().holder({ deletedFiles: [`${HOME}/sessions/x.jsonl`] })).toBe());

test('where programs on other machines may hold something, nothing is not called healthy', async () => {
  const nfs = { type: 'nfs4', isNetwork: true, mountPoint: '/home', options: 'rw' };
  await expectOutcome(legacy().filesystem(nfs), CHECK).toBe('unknown');
  const removed = { deletedFiles: [`${HOME}/state_5.sqlite-wal`] };
  await expectOutcome(legacy().filesystem(nfs).holder(removed), CHECK).toBe('found');
  await expectOutcome(legacy(), CHECK).toBe('ok');
});

test('says who holds what', async () => {
  await expectFindings(
    legacy().holder({
      deletedFiles: [`${HOME}/state_5.sqlite-wal`, `${HOME}/state_5.sqlite-shm`],
    }),
  ).toSay(
    CHECK,
    'codex (process 4711) has state_5.sqlite-shm and state_5.sqlite-wal open, which were removed or replaced: what is written there is lost when it ends.',
  );
  await expectFindings(
    legacy().holder({ terminal: 'pts/3', deletedFiles: [`${HOME}/state_5.sqlite-wal`] }),
  ).toSay(
    CHECK,
    'codex (process 4711 in pts/3) has state_5.sqlite-wal open, which was removed or replaced: what is written there is lost when it ends.',
  );
  await expectFindings(
    legacy()
      .holder({ deletedFiles: [`${HOME}/state_5.sqlite`] })
      .holder({ pid: 4712, deletedFiles: [`${HOME}/state_5.sqlite-wal`] }),
  ).toSay(
    CHECK,
    '2 programs (processes 4711 and 4712) have state_5.sqlite and state_5.sqlite-wal open, which were removed or replaced: what is written there is lost when it ends.',
  );
});
