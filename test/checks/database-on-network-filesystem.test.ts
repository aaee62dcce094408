import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home } from '../support/home.ts';
import { homeWith, LONG_AGO, recordedDatabase } from '../support/recordedDatabase.ts';

const CHECK = 'database-on-network-filesystem';
const FOUND = 'warning database-on-network-filesystem state_5.sqlite';

const on = (type: string, isNetwork: boolean, options = 'rw,relatime') => ({
  type,
  isNetwork,
  mountPoint: '/home',
  options,
});
const nfs = (options?: string) => on('nfs4', true, options);

/** In the mode that Codex chooses: an image that went through memory is in the other one. */
const inLogMode = () => {
  const bytes = recordedDatabase('0.169.0', 'state_5.sqlite', 'DELETE FROM threads');
  bytes.set([2, 2], 18);
  return bytes;
};
const legacy = () => home().thread('t1', { mode: 'legacy' });
const asCodexMakesIt = () => home().file('state_5.sqlite', inLogMode(), LONG_AGO);

test('databases on NFS', () => expectFindings(asCodexMakesIt().filesystem(nfs())).toBe(FOUND));

test('several databases are one finding', () =>
  expectFindings(
    asCodexMakesIt()
      .file('goals_1.sqlite', recordedDatabase('0.169.0', 'goals_1.sqlite'), LONG_AGO)
      .filesystem(nfs()),
  ).toBe(FOUND));

test('in the mode that needs no shared memory it is a note', () =>
  expectFindings(legacy().filesystem(nfs('rw,local_lock=none'))).toBe(
    'note database-on-network-filesystem state_5.sqlite',
  ));

test('in that mode, and the mount has no locks', async () => {
  await expectFindings(legacy().filesystem(nfs('rw,nolock'))).toBe(FOUND);
  await expectFindings(legacy().filesystem(nfs('rw,local_lock=all'))).toBe(FOUND);
});

test('nothing on a local disk', async () => {
  await expectFindings(asCodexMakesIt().filesystem(on('ext4', false))).toBe();
  await expectFindings(asCodexMakesIt()).toBe();
});

test('the databases cannot be read, and are on the network all the same', () =>
  expectOutcome(homeWith('state_5.sqlite', new Uint8Array(5000)).filesystem(nfs()), CHECK).toBe(
    'found',
  ));

test('nobody is accused when the folder of the databases cannot be read', () =>
  expectOutcome(
    legacy()
      .environment('CODEX_SQLITE_HOME', '/scratch/ada')
      .folder('/scratch/ada')
      .trouble('/scratch/ada')
      .filesystem(on('ext4', false)),
    CHECK,
  ).toBe('unknown'));

test('says type, place, mode and locks', async () => {
  await expectFindings(asCodexMakesIt().filesystem(nfs('rw,nolock,local_lock=all'))).toSay(
    CHECK,
    'A database is on a network file system (nfs4, at /home), in write-ahead-log mode, which does not work across machines. The mount has no locks between machines (nolock,local_lock=all).',
  );
  await expectFindings(
    legacy()
      .file('goals_1.sqlite', recordedDatabase('0.169.0', 'goals_1.sqlite'), LONG_AGO)
      .filesystem(on('cifs', true)),
  ).toSay(
    CHECK,
    '2 databases are on a network file system (cifs, at /home), in a mode that works there as far as its locks do.',
  );
});
