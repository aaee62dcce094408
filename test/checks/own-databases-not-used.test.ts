import { describe, expect, test } from 'vitest';
import { databasesTook } from '../../src/engine/hosts/databasesTook.ts';
import type { HostSight, OwnDatabases } from '../../src/engine/model/host.ts';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home, HOME, sightOf, type HomeBuilder } from '../support/home.ts';
import { LONG_AGO, recordedDatabase } from '../support/recordedDatabase.ts';

const CHECK = 'own-databases-not-used';
const DISK = '/scratch/ada/codex';

const own = (more: Partial<OwnDatabases> = {}): OwnDatabases => ({
  ...{ home: HOME, host: 'gpu-1', folder: DISK, isShared: true },
  ...{ receipt: 'a-repair', at: '2026-11-21T12:00:00Z' },
  ...more,
});

const start = (how: 'command' | 'login', sqliteHome: string | null = DISK, codexHome = HOME) => ({
  ...{ how, shell: '/bin/bash', home: '/home/ada', codexHome, sqliteHome },
});

const server = (sqliteHome: string | null, codexHome: string | null = HOME, isOpaque = false) => ({
  ...{ pid: 7, program: 'codex', codexHome, sqliteHome, isOpaque },
});

const sight = (more: Partial<HostSight> = {}) =>
  sightOf('gpu-1', { starts: [start('command'), start('login')], ...more });

describe('whether it is used', () => {
  test.each<[string, HostSight, 'yes' | 'no' | 'unknown']>([
    ['both ways of starting give it', sight(), 'yes'],
    ['one of them gives none', sight({ starts: [start('command'), start('login', null)] }), 'no'],
    ['one of them gives another', sight({ starts: [start('login', '/other')] }), 'no'],
    ['it belongs to another home', sight({ starts: [start('login', null, '/other')] }), 'yes'],
    ['nobody said what is started there', sight({ starts: [] }), 'unknown'],
    ['nobody answered', sight({ by: 'nobody' }), 'unknown'],
    ['a server goes on with the old ones', sight({ servers: [server(null)] }), 'no'],
    ['and one with the home by default', sight({ servers: [server(null, null)] }), 'no'],
    ['a server has them', sight({ servers: [server(DISK)] }), 'yes'],
    ['a server has another home', sight({ servers: [server(null, '/other')] }), 'yes'],
    ['a server cannot be looked into', sight({ servers: [server(null, null, true)] }), 'yes'],
    ['it was another host', sightOf('gpu-2', { starts: [start('login', null)] }), 'unknown'],
  ])('%s', (_, seen, answer) => {
    expect(databasesTook(own(), [seen]).answer).toBe(answer);
  });
});

const other = recordedDatabase('0.169.0', 'state_5.sqlite');
const known = (...databases: readonly OwnDatabases[]) =>
  home().thread('t1', { mode: 'legacy' }).kept('own-databases.json', { databases });
const told = (builder: HomeBuilder) =>
  builder.file(`${DISK}/state_5.sqlite`, other, LONG_AGO).environment('CODEX_SQLITE_HOME', DISK);
const here = (more: Partial<OwnDatabases> = {}) => own({ host: 'workbench', ...more });

describe('the finding', () => {
  test('names what is started on that host, and what still runs', async () => {
    const wrong = sight({ starts: [start('login', null)], servers: [server('/other')] });
    const builder = known(own()).sight('gpu-1', wrong);
    await expectOutcome(builder, CHECK).toBe('found');
    await expectFindings(builder).toSay(
      CHECK,
      `gpu-1 was given databases in ${DISK}, but a login shell (/bin/bash) gets those in the home and codex (process 7) still uses others.`,
    );
  });

  test('a Codex that is started from here', async () => {
    await expectFindings(known(here())).toSay(
      CHECK,
      `workbench was given databases in ${DISK}, but a Codex that is started from here does not know of it.`,
    );
    await expectFindings(known(here()).config('sqlite_home = "/elsewhere"')).toSay(
      CHECK,
      `workbench was given databases in ${DISK}, but config.toml says sqlite_home = /elsewhere.`,
    );
  });

  test('is none where they are used, where nobody knows, and for another home', async () => {
    await expectOutcome(told(known(here())), CHECK).toBe('ok');
    await expectOutcome(known(own()), CHECK).toBe('ok');
    await expectOutcome(known(own()).sight('gpu-1', sight()), CHECK).toBe('ok');
    await expectOutcome(known(here({ home: '/other' })), CHECK).toBe('ok');
  });
});

describe('what others say then', () => {
  test('those in the home are there for other hosts, unless nobody else has it', async () => {
    await expectOutcome(told(known(here())), 'database-two-homes').toBe('ok');
    await expectOutcome(told(known(own())), 'database-two-homes').toBe('found');
    await expectOutcome(told(known(here({ isShared: false }))), 'database-two-homes').toBe('found');
  });

  test('that there is none in the home is as it should be', async () => {
    const moved = here({ isShared: false });
    await expectOutcome(known(moved).noState(), 'database-missing').toBe('ok');
    await expectOutcome(known(here()).noState(), 'database-missing').toBe('found');
    const gone = known(moved).noState().environment('CODEX_SQLITE_HOME', DISK).folder(DISK);
    await expectOutcome(gone, 'database-missing').toBe('found');
  });
});

test('config.toml goes before the environment, as in Codex', async () => {
  const builder = told(home().thread('t1', { mode: 'legacy' })).config(
    'sqlite_home = "/elsewhere"',
  );
  await expectFindings(builder.file('/elsewhere/state_5.sqlite', other, LONG_AGO)).toSay(
    'database-two-homes',
    `Because of sqlite_home in config.toml, Codex uses /elsewhere/state_5.sqlite. Threads are also listed in ${HOME}/state_5.sqlite, which another Codex may use: each shows its own.`,
  );
});
