import { describe, expect, test } from 'vitest';
import check from '../../src/engine/checks/split-not-effective.ts';
import { splitTook } from '../../src/engine/hosts/splitTook.ts';
import type {
  FreshServer,
  HostKnowledge,
  HostSight,
  PlannedSplit,
} from '../../src/engine/model/host.ts';
import type { Home, Snapshot } from '../../src/engine/model/snapshot.ts';

const HOME = '/home/ada/.codex';
const GIVEN = '/home/ada/.codex-hosts/gpu-1';

const split: PlannedSplit = {
  home: HOME,
  hosts: [{ host: 'gpu-1', home: GIVEN }],
  receipt: 'a-repair',
  at: '2026-11-21T12:00:00Z',
};

/** Five minutes after it was made. */
const LATER = Date.parse('2026-11-21T12:05:00Z');

const sight = (more: Partial<HostSight> = {}): HostSight => ({
  alias: 'gpu',
  takenAtMs: LATER,
  by: 'shell',
  machine: { hostname: 'gpu-1', machine: null, system: 'linux', user: 'ada' },
  homes: [],
  servers: [],
  codexes: [],
  starts: [start('command'), start('login')],
  paths: {},
  holders: [],
  snapshot: null,
  gaps: [],
  ...more,
});

function start(how: 'command' | 'login', codexHome: string | null = GIVEN) {
  return { how, shell: '/bin/bash', home: '/home/ada', codexHome, sqliteHome: null };
}

function gap(what: string) {
  return { what, why: 'it did not answer within 10 seconds' };
}

function never(): never {
  throw new Error('it is there');
}

function server(codexHome: string | null, isOpaque = false) {
  return { pid: 7, program: 'codex', codexHome, sqliteHome: null, isOpaque };
}

describe('whether a split has taken', () => {
  const answerOf = (...sights: readonly HostSight[]) => splitTook(split, sights)[0]?.answer;

  test.each<[string, HostSight, 'yes' | 'no' | 'unknown']>([
    ['both ways of starting give the planned home', sight(), 'yes'],
    ['one of them does not', sight({ starts: [start('command'), start('login', HOME)] }), 'no'],
    ['one of them gives none', sight({ starts: [start('command', null)] }), 'no'],
    ['nobody said what is started there', sight({ starts: [] }), 'unknown'],
    ['nobody answered', sight({ by: 'nobody', starts: [start('login', HOME)] }), 'unknown'],
    ['a server goes on with the old home', sight({ servers: [server(HOME)] }), 'no'],
    ['and one that has it by default', sight({ servers: [server(null)] }), 'no'],
    ['a server has the new one', sight({ servers: [server(GIVEN)] }), 'yes'],
    ['a server has one of its own', sight({ servers: [server('/elsewhere')] }), 'yes'],
    ['a server cannot be looked into', sight({ servers: [server(null, true)] }), 'yes'],
  ])('%s', (_, seen, answer) => {
    expect(answerOf(seen)).toBe(answer);
  });

  const fresh = (how: 'command' | 'login', codexHome: string | null) => ({
    ...{ how, program: 'codex', codexHome },
    why: codexHome === null ? 'it ended without an answer' : null,
  });
  const BOTH = [fresh('command', GIVEN), fresh('login', GIVEN)];
  test.each<[string, readonly FreshServer[], HostSight, 'yes' | 'no' | 'unknown']>([
    ['both have said so themselves', BOTH, sight(), 'yes'],
    ['one has not answered', [fresh('command', GIVEN), fresh('login', null)], sight(), 'unknown'],
    ['one was not started', BOTH.slice(0, 1), sight(), 'unknown'],
    ['one says another home', [fresh('command', HOME), BOTH[1] ?? never()], sight(), 'no'],
    ['one goes on with the old home', BOTH, sight({ servers: [server(HOME)] }), 'no'],
    ['one cannot be looked into', BOTH, sight({ servers: [server(null, true)] }), 'unknown'],
    ['nobody saw which run', BOTH, sight({ gaps: [gap('running app servers')] }), 'unknown'],
    ['another thing was not seen', BOTH, sight({ gaps: [gap('Node programs')] }), 'yes'],
  ])('of fresh servers and those that run: %s', (_, said, seen, answer) => {
    expect(splitTook(split, [seen], new Map([['gpu-1', said]]))[0]).toMatchObject({
      ...{ answer, fresh: said },
    });
  });

  test('databases that would lie elsewhere are another home', () => {
    const apart = { ...start('login'), sqliteHome: '/scratch' };
    expect(answerOf(sight({ starts: [start('command'), apart] }))).toBe('no');
    const same = { ...start('login'), sqliteHome: GIVEN };
    expect(answerOf(sight({ starts: [start('command'), same] }))).toBe('yes');
  });

  test('the newest look counts, and only one at this host', () => {
    const earlier = sight({ takenAtMs: LATER - 1000, starts: [start('login', HOME)] });
    expect(answerOf(earlier, sight())).toBe('yes');
    expect(answerOf(sight(), earlier)).toBe('yes');
    const other = { hostname: 'gpu-2', machine: null, system: 'linux', user: 'ada' } as const;
    expect(answerOf(sight({ machine: other }))).toBe('unknown');
  });

  test('a look that was taken before the split says nothing of it', () => {
    const takenAtMs = Date.parse(split.at) - 1;
    expect(answerOf(sight({ takenAtMs, starts: [start('command', null)] }))).toBe('unknown');
    expect(answerOf(sight({ takenAtMs }))).toBe('unknown');
  });
});

describe('the finding', () => {
  const found = (hosts: Partial<HostKnowledge>, more: Partial<Home> = {}) => {
    const home = { path: HOME, sqliteHome: HOME, sqliteHomeFrom: 'home', system: 'linux', ...more };
    const snapshot = { home, hosts: { own: null, ...hosts } } as unknown as Snapshot;
    return [...check.detect(snapshot)].map(({ subject, facts }) => [subject.key, check.say(facts)]);
  };

  test('names the host, what is started there, and what still runs', () => {
    const starts = [start('command', null), start('login', HOME)];
    const sights = [sight({ starts, servers: [server(HOME)] })];
    expect(found({ splits: [split], sights })).toEqual([
      [
        'gpu-1',
        `gpu-1 was given the home ${GIVEN}, but a command over ssh (/bin/bash) gets the default, a login shell (/bin/bash) gets ${HOME} and codex (process 7) still runs with the old one.`,
      ],
    ]);
  });

  test('is of this machine too', () => {
    const own = sight({
      starts: [start('command'), { ...start('login'), sqliteHome: '/scratch' }],
    });
    expect(found({ splits: [split], sights: [], own })).toEqual([
      [
        'gpu-1',
        `gpu-1 was given the home ${GIVEN}, but a login shell (/bin/bash) gets ${GIVEN} with databases in /scratch.`,
      ],
    ]);
  });

  test('names databases that config.toml has put outside a home since', () => {
    const apart = { path: GIVEN, sqliteHome: '/srv/db', sqliteHomeFrom: 'config' } as const;
    const hosts = { splits: [split], sights: [sight()] };
    expect(found(hosts, apart)).toEqual([
      [
        'gpu-1',
        `gpu-1 was given the home ${GIVEN}, but config.toml has the databases in /srv/db, outside that home.`,
      ],
    ]);
    expect(found(hosts, { ...apart, sqliteHome: `${GIVEN}/db` })).toEqual([]);
    expect(found(hosts, { ...apart, sqliteHomeFrom: 'option' })).toEqual([]);
    expect(found(hosts, { ...apart, path: HOME })).toEqual([]);
  });

  test('is none where the split has taken, where nobody knows, and where there is none', () => {
    expect(found({ splits: [split], sights: [sight()] })).toEqual([]);
    expect(found({ splits: [split], sights: [] })).toEqual([]);
    expect(found({ splits: [], sights: [sight({ starts: [] })] })).toEqual([]);
  });

  test('is none by what was seen before the split was made', () => {
    const before = Date.parse(split.at) - 1;
    const old = sight({ takenAtMs: before, starts: [start('login', HOME)] });
    expect(found({ splits: [split], sights: [old] })).toEqual([]);
    expect(found({ splits: [split], sights: [{ ...old, takenAtMs: before + 1 }] })).toHaveLength(1);
  });
});
