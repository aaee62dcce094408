import { test } from 'vitest';
import { expectFindings } from '../support/expect.ts';
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

test('of databases that lie elsewhere', () =>
  expectFindings(legacy().holder({ deletedFiles: ['/scratch/ada/state_5.sqlite-wal'] })).toBe(
    'warning wal-held-by-stale-process /scratch/ada/state_5.sqlite',
  ));

test('nothing, when a program holds what is there', () =>
  expectFindings(legacy().holder({ files: [`${HOME}/state_5.sqlite-wal`] })).toBe());

test('nothing, when what was removed is no database', () =>
  expectFindings(legacy().holder({ deletedFiles: [`${HOME}/sessions/x.jsonl`] })).toBe());

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
