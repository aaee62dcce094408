import { describe, expect, test } from 'vitest';
import check from '../../src/engine/checks/split-not-effective.ts';
import { splitTook } from '../../src/engine/hosts/splitTook.ts';
import type { HostKnowledge, HostSight, PlannedSplit } from '../../src/engine/model/host.ts';
import type { Snapshot } from '../../src/engine/model/snapshot.ts';

const HOME = '/home/ada/.codex';
const GIVEN = '/home/ada/.codex-hosts/gpu-1';

const split: PlannedSplit = {
  home: HOME,
  hosts: [{ host: 'gpu-1', home: GIVEN }],
  receipt: 'a-repair',
  at: '2026-11-21T12:00:00Z',
};

const sight = (more: Partial<HostSight> = {}): HostSight => ({
  alias: 'gpu',
  takenAtMs: 1000,
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

  test('the newest look counts, and only one at this host', () => {
    const earlier = sight({ takenAtMs: 1, starts: [start('login', HOME)] });
    expect(answerOf(earlier, sight())).toBe('yes');
    expect(answerOf(sight(), earlier)).toBe('yes');
    const other = { hostname: 'gpu-2', machine: null, system: 'linux', user: 'ada' } as const;
    expect(answerOf(sight({ machine: other }))).toBe('unknown');
  });
});

describe('the finding', () => {
  const found = (hosts: Pick<HostKnowledge, 'splits' | 'sights'>) =>
    [...check.detect({ hosts } as unknown as Snapshot)].map(({ subject, facts }) => [
      subject.key,
      check.say(facts),
    ]);

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

  test('is none where the split has taken, where nobody knows, and where there is none', () => {
    expect(found({ splits: [split], sights: [sight()] })).toEqual([]);
    expect(found({ splits: [split], sights: [] })).toEqual([]);
    expect(found({ splits: [], sights: [sight({ starts: [] })] })).toEqual([]);
  });
});
