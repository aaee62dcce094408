// Where the database of Codex's log is: Codex from 0.169 on heeds `log_dir` of config.toml, older ones do not, and
// what lies in either place is looked at. What was seen of the real programs is in test/codex/logDir.test.ts.

import { describe, expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { logOf } from '../support/codexLog.ts';
import { HOME, home, idOf, NOW, sightOf, type HomeBuilder } from '../support/home.ts';
import { recordedDatabase } from '../support/recordedDatabase.ts';

const REQUEST = { home: HOME, sqliteHome: null, codex: null, full: false };
const LOGS = '/var/ada/logs';
const LONG_AGO = NOW - 3_600_000;

/** With a provider that the threads have, so that nothing else is to be found. */
const logDir = (place: string) =>
  `model_provider = "mock"\nlog_dir = "${place}"\n[model_providers.mock]\nname = "Mock"\n`;

const scan = async (builder: HomeBuilder) => createEngine(builder.build().world).scan(REQUEST);

describe('what config.toml names', () => {
  test.each([
    ['log_dir = "/var/ada/logs/"', [HOME, LOGS]],
    ['log_dir = "log"', [HOME, `${HOME}/log`]],
    ['log_dir = "../x/./y"', [HOME, '/home/ada/x/y']],
    ['log_dir = "~"', [HOME, '/home/ada']],
    ['log_dir = "~/logs"', [HOME, '/home/ada/logs']],
    ['log_dir = "~x"', [HOME, `${HOME}/~x`]],
    ['log_dir = "$HOME/logs"', [HOME, `${HOME}/$HOME/logs`]],
    ['log_dir = ""', [HOME, null]],
    ['log_dir = ""\nsqlite_home = "/var/ada"', ['/var/ada', HOME]],
    ['log_dir = "db"\nsqlite_home = "db/"', [`${HOME}/db`, null]],
    ['sqlite_home = "~/db"', ['/home/ada/db', null]],
    ['sqlite_home = ""', [HOME, null]],
  ])('%s', async (toml, expected) => {
    const { snapshot } = await scan(home().config(toml).environment('CODEX_SQLITE_HOME', ''));
    expect([snapshot.home.sqliteHome, snapshot.home.logDir]).toEqual(expected);
  });
});

/** A log in each of the two places, neither of which can be read. */
const twice = () =>
  home()
    .thread('t1')
    .noHistory()
    .config(logDir(LOGS))
    .folder(LOGS)
    .file('logs_2.sqlite', 'no database', LONG_AGO)
    .file(`${LOGS}/logs_2.sqlite`, 'no database', LONG_AGO)
    .file(`${LOGS}/state_5.sqlite`, 'somebody else’s', LONG_AGO)
    .file(`${LOGS}/codex-tui.log`, 'lines', LONG_AGO);

describe('a log is judged where Codex keeps it', () => {
  test.each([
    ['0.169.0', [`${LOGS}/logs_2.sqlite`]],
    ['0.160.0', ['logs_2.sqlite']],
    ['0.128.0', ['logs_2.sqlite']],
    ['0.165.0', [`${LOGS}/logs_2.sqlite`, 'logs_2.sqlite']],
    [null, [`${LOGS}/logs_2.sqlite`, 'logs_2.sqlite']],
  ])('by Codex %s', async (version, expected) => {
    const builder = version === null ? twice() : twice().codex(version);
    const { snapshot, findings } = await scan(builder);
    const damaged = findings.filter(({ check }) => check === 'database-damaged');
    expect(damaged.map(({ subject }) => subject.key).sort()).toEqual(expected);
    expect(snapshot.databases.map(({ key }) => key).sort()).toEqual([
      `${LOGS}/logs_2.sqlite`,
      'logs_2.sqlite',
      'state_5.sqlite',
    ]);
  });

  test('in both places where programs of both kinds are here', async () => {
    const { findings } = await scan(twice().codex('0.169.0').codex('0.160.0'));
    expect(findings.filter(({ check }) => check === 'database-damaged')).toHaveLength(2);
  });

  test('what an older one does not open keeps it from nothing', async () => {
    const unfinished = recordedDatabase(
      '0.169.0',
      'logs_2.sqlite',
      'UPDATE _sqlx_migrations SET success = 0',
    );
    const apart = home()
      .thread('t1')
      .config(logDir(LOGS))
      .folder(LOGS)
      .file(`${LOGS}/logs_2.sqlite`, unfinished, LONG_AGO);
    const { findings, visibility } = await scan(apart.codex('0.160.0'));
    expect(findings.map(({ check }) => check)).not.toContain('migration-partial');
    expect(visibility[idOf('t1')]?.databaseList.shown).toBe(true);
  });
});

describe('as evidence for hosts', () => {
  const noted = (host: string, key: string) =>
    logOf([{ host, thread: idOf(key), atMs: NOW - 3_600_000 }]);

  test('both are read', async () => {
    const builder = home()
      .thread('t1')
      .thread('t2')
      .config(logDir('~/logs'))
      .folder('/home/ada/logs')
      .file('logs_2.sqlite', noted('gpu-1', 't1'), NOW - 3_600_000)
      .file('/home/ada/logs/logs_2.sqlite', noted('gpu-2', 't2'), NOW - 3_600_000);
    const { world } = builder.build();
    const sights = [sightOf('gpu-1'), sightOf('gpu-2')];
    const { snapshot } = await createEngine(world).scan({ ...REQUEST, hosts: sights });
    expect(snapshot.hosts.logged.map(({ thread, host }) => [thread, host]).sort()).toEqual([
      [idOf('t1'), 'gpu-1'],
      [idOf('t2'), 'gpu-2'],
    ]);
  });
});

test('a folder that does not answer is a gap, and the rest is seen', async () => {
  const { snapshot } = await scan(twice().silence(LOGS));
  const gap = { source: 'other-databases', path: LOGS, extent: 'part' };
  expect(snapshot.gaps).toContainEqual(expect.objectContaining(gap));
  expect(snapshot.databases.map(({ key }) => key)).toEqual(['logs_2.sqlite', 'state_5.sqlite']);
});

test('one that cannot be listed is a gap too, and one that is not there is none', async () => {
  const denied = await scan(twice().trouble(LOGS));
  expect(denied.snapshot.gaps).toContainEqual(
    expect.objectContaining({ path: LOGS, extent: 'part' }),
  );
  const gone = await scan(home().thread('t1').config(logDir('/nowhere')));
  expect([gone.snapshot.gaps, gone.findings.map(({ check }) => check)]).toEqual([[], []]);
});
