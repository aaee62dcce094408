// Whose thread it is: what weighs more, what is a conflict, and what nobody can tell.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attribute } from '../../src/engine/hosts/attribution.ts';
import type {
  Attribution,
  HostKnowledge,
  HostSight,
  MachineIdentity,
  ObservedHost,
} from '../../src/engine/model/host.ts';
import type { Holder, Snapshot } from '../../src/engine/model/snapshot.ts';
import { scanned } from '../support/expect.ts';
import { home, idOf, PROJECT, sightOf } from '../support/home.ts';
import '../support/seed.ts';

const HERE = 'workbench';
/** RUNS=… makes longer runs. */
const RUNS = Number(process.env['RUNS'] ?? 1000);
const { report } = await scanned(
  home()
    .thread('t1')
    .thread('t2', { header: { forked_from_id: idOf('t1') } })
    .thread('t3', { header: { forked_from_id: idOf('t2') } })
    .thread('t4', { header: { forked_from_id: idOf('t5') } })
    .thread('t5', { header: { forked_from_id: idOf('t4') } }),
);
const snapshot = report.snapshot;

type Changes = Partial<HostKnowledge> & Partial<Pick<Snapshot, 'holders' | 'desktop' | 'paths'>>;

function attributionOf(key: string, changes: Changes): Attribution {
  const { holders = [], desktop = null, paths = snapshot.paths, ...hosts } = changes;
  const of = { ...snapshot, holders, desktop, paths, hosts: { ...snapshot.hosts, ...hosts } };
  const attribution = attribute(of).get(idOf(key));
  if (attribution === undefined) throw new Error(`there is no thread ${key}`);
  return attribution;
}

/** As `seen gpu-1`, with the kinds of evidence in their order. */
function inShort({ confidence, host, evidence }: Attribution): string {
  const kinds = evidence.map(one => `${one.kind} ${one.host}`);
  return [`${confidence}${host === null ? '' : ` ${host}`}`, ...kinds].join(', ');
}

const machine = (hostname: string, id: string | null = hostname): MachineIdentity => ({
  hostname,
  machine: id,
  system: 'linux',
  user: 'ada',
});
const observedOn = (host: string, atMs = 1000, id: string | null = host): ObservedHost => ({
  machine: machine(host, id),
  threads: { [idOf('t1')]: { firstMs: atMs, lastMs: atMs } },
});
const loggedOn = (host: string, firstMs = 1000) => ({
  thread: idOf('t1'),
  host,
  firstMs,
  lastMs: firstMs,
});
const writer = (more: Partial<Holder> = {}): Holder => ({
  pid: 7,
  program: 'codex',
  files: [],
  deletedFiles: [],
  writesThreads: [idOf('t1')],
  terminal: null,
  ...more,
});
const sight = (host: string, more: Partial<HostSight> = {}) =>
  sightOf(host, { machine: machine(host), ...more });
const pinned = (host: string) => ({ threads: { [idOf('t1')]: host }, projects: {} });
const projectOn = (hostId: string): Snapshot['desktop'] => ({
  file: 'x',
  state: 'read',
  hosts: [hostId],
  projects: [{ hostId, path: `${PROJECT}/` }],
  threads: [],
});
/** In a project whose folder is another one than its own. */
const shownOn = (name: string, projects: Snapshot['desktop'] = null): Snapshot['desktop'] => ({
  ...{ file: 'x', state: 'read', hosts: [], projects: projects?.projects ?? [] },
  threads: [{ hostId: `remote-ssh-discovered:${name}`, thread: idOf('t1') }],
});

describe('a home that nothing says is shared', () => {
  test.each<[string, Changes, string]>([
    ['is that of its machine', {}, `inferred ${HERE}`],
    ['by whomever it is written', { holders: [writer()] }, `inferred ${HERE}`],
    [
      'also when another host was looked at, which has a home of its own',
      { sights: [sight('a', { sharing: { answer: 'no', because: [] } })] },
      `inferred ${HERE}`,
    ],
    [
      'also when a host does not answer',
      { sights: [sight('a', { by: 'nobody', machine: null })] },
      `inferred ${HERE}`,
    ],
    [
      'also when this machine had another name',
      { observed: [observedOn('old', 1, snapshot.hosts.here.machine)] },
      `inferred ${HERE}`,
    ],
    ['but for what the person says', { pins: pinned('a') }, 'told a, pin a'],
  ])('%s', (_, changes, expected) => expect(inShort(attributionOf('t1', changes))).toBe(expected));
});

describe('a home that is shared', () => {
  const a = sight('a');
  test.each<[string, Changes, string]>([
    ['nothing is known of the thread', { sights: [a] }, 'unknown'],
    ['it is written here', { sights: [a], holders: [writer()] }, `seen ${HERE}, writing ${HERE}`],
    ['it is written there', { sights: [sight('a', { holders: [writer()] })] }, 'seen a, writing a'],
    [
      'by what is our own, nothing follows',
      { sights: [a], holders: [writer({ apart: 'ours' })] },
      'unknown',
    ],
    [
      'nor by what runs under another host name',
      { sights: [sight('a', { holders: [writer({ apart: 'other-host' })] })] },
      'unknown',
    ],
    ['it was seen there', { observed: [observedOn('a')] }, 'seen a, observed a'],
    ['the log names the host', { sights: [a], logged: [loggedOn('a')] }, 'inferred a, log a'],
    [
      'what was seen goes before the log',
      { observed: [observedOn('a')], logged: [loggedOn('b')], sights: [sight('b')] },
      'seen a, observed a, log b',
    ],
    [
      'what the person said goes before all',
      { observed: [observedOn('a')], pins: pinned('b') },
      'told b, pin b, observed a',
    ],
    [
      'a thread that is pinned before its project',
      {
        sights: [a],
        pins: { ...pinned('z'), projects: { [PROJECT]: 'b' } },
      },
      'told z, pin z, pin b',
    ],
    [
      'the nearest of several folders',
      {
        sights: [a],
        pins: { threads: {}, projects: { '/home/ada': 'b', '/home/ada/work': 'c' } },
      },
      'told c, pin c',
    ],
    [
      'seen on two: the earliest first',
      { observed: [observedOn('a', 2000), observedOn('b', 1000)] },
      'conflict, observed b, observed a',
    ],
    [
      'seen there and written here',
      { observed: [observedOn('a')], holders: [writer()] },
      `conflict, observed a, writing ${HERE}`,
    ],
    [
      'the log names two',
      { sights: [a, sight('b')], logged: [loggedOn('a', 2000), loggedOn('b', 1000)] },
      'conflict, log b, log a',
    ],
    [
      'the desktop app has its project there',
      { sights: [a], desktop: projectOn('remote-ssh-discovered:a') },
      'inferred a, desktop a',
    ],
    [
      'the desktop app shows it there',
      { sights: [a], desktop: shownOn('a') },
      'inferred a, desktop a',
    ],
    [
      'the desktop app shows it on the one, and has its project on the other',
      {
        sights: [a, sight('b')],
        desktop: shownOn('b', projectOn('remote-ssh-discovered:a')),
      },
      'unknown, desktop a, desktop b',
    ],
    [
      'the desktop app shows it there, and the log names another',
      { sights: [a, sight('b')], desktop: shownOn('b'), logged: [loggedOn('a')] },
      'inferred a, log a, desktop b',
    ],
    [
      'the desktop app shows it on a host of another home',
      {
        sights: [a, sight('b', { sharing: { answer: 'no', because: [] } })],
        desktop: shownOn('b'),
      },
      'unknown',
    ],
    [
      'an id of the desktop app that names nobody',
      { sights: [a], desktop: projectOn('remote-ssh-codex-managed:a') },
      'unknown',
    ],
    [
      'the desktop app knows of a host with another home',
      {
        sights: [a, sight('b', { sharing: { answer: 'no', because: [] } })],
        desktop: projectOn('remote-ssh-discovered:b'),
      },
      'unknown',
    ],
    [
      'only one has the folder',
      { sights: [sight('a', { paths: { [PROJECT]: 'folder' } })], paths: { [PROJECT]: 'missing' } },
      'inferred a, folder a',
    ],
    [
      'only one has the folder, of those that use the home',
      {
        sights: [
          sight('a', { paths: { [PROJECT]: 'missing' } }),
          sight('b', { sharing: { answer: 'no', because: [] } }),
        ],
      },
      `inferred ${HERE}, folder ${HERE}`,
    ],
    [
      'only this one has the folder',
      { sights: [sight('a', { paths: { [PROJECT]: 'missing' } })] },
      `inferred ${HERE}, folder ${HERE}`,
    ],
    ['both have it', { sights: [sight('a', { paths: { [PROJECT]: 'folder' } })] }, 'unknown'],
    ['one was not asked', { sights: [a] }, 'unknown'],
    [
      'one of which the log knows could not be asked',
      {
        sights: [sight('a', { paths: { [PROJECT]: 'missing' } })],
        observed: [{ ...observedOn('b'), threads: { [idOf('t2')]: { firstMs: 1, lastMs: 1 } } }],
      },
      'unknown',
    ],
    [
      'two machines of one name',
      { observed: [observedOn('a', 1, 'x'), observedOn('a', 2, 'y')] },
      'unknown, observed a, observed a',
    ],
    [
      'another machine of our own name',
      { observed: [observedOn(HERE, 1, 'x')] },
      `unknown, observed ${HERE}`,
    ],
    [
      'a name that may be an earlier one of ours',
      { sights: [a], observed: [observedOn('old', 1, snapshot.hosts.here.machine)] },
      'unknown, observed old',
    ],
    [
      'a name that only a log on our own disk knows',
      { sights: [a], logged: [loggedOn('old')] },
      'unknown, log old',
    ],
  ])('%s', (_, changes, expected) => expect(inShort(attributionOf('t1', changes))).toBe(expected));

  test('forks go with the thread that they came from, and say so', () => {
    const changes = { observed: [observedOn('a')] };
    for (const key of ['t2', 't3'])
      expect(attributionOf(key, changes)).toEqual({
        confidence: 'inferred',
        host: 'a',
        evidence: [
          {
            kind: 'parent',
            host: 'a',
            says: 'It came from a thread of a, and nothing else is known of it.',
            atMs: null,
          },
        ],
      });
    // Each says that it came from the other.
    for (const key of ['t4', 't5']) expect(inShort(attributionOf(key, changes))).toBe('unknown');
    expect(inShort(attributionOf('t2', { observed: [observedOn('a'), observedOn('b')] }))).toBe(
      'unknown',
    );
  });

  test('a fork whose folder is known to be elsewhere does not go with it', () => {
    const changes = {
      observed: [observedOn('a')],
      sights: [
        sight('a', { paths: { [PROJECT]: 'missing' } }),
        sight('z', { machine: null, by: 'nobody' }),
      ],
    };
    expect(inShort(attributionOf('t2', changes))).toBe('unknown');
  });

  test('evidence says what was seen, and why nothing follows from it', () => {
    const twins = { observed: [observedOn('a', 1, 'x'), observedOn('a', 2, 'y')] };
    expect(attributionOf('t1', twins).evidence[0]).toEqual({
      kind: 'observed',
      host: 'a',
      says: 'It was seen being written on a. Several machines are called a, and nobody can tell which of them it was.',
      atMs: 1,
    });
  });
});

const host = fc.constantFrom(HERE, 'a', 'b', 'c');
const id = fc.constantFrom('a', 'b', 'c', null);
const thread = fc.constantFrom('t1', 't2', 't3', 't4').map(idOf);
const atMs = fc.integer({ min: 1, max: 5 });
const anyMachine = fc
  .record({ hostname: host, machine: id })
  .map(one => machine(one.hostname, one.machine));
const state = fc.constantFrom('folder', 'missing', 'unknown') as fc.Arbitrary<'folder'>;
const anySight = fc
  .record({
    hostname: host,
    machine: fc.option(anyMachine),
    answer: fc.constantFrom('yes', 'no', 'unknown') as fc.Arbitrary<'yes'>,
    paths: fc.dictionary(fc.constant(PROJECT), state),
    holders: fc.array(
      thread.map(one => writer({ writesThreads: [one] })),
      { maxLength: 1 },
    ),
  })
  .map(({ hostname, answer, ...more }) =>
    sightOf(hostname, { ...more, sharing: { answer, because: [] } }),
  );
const desktopId = host.map(name => `remote-ssh-discovered:${name}`);
const anyKnowledge = fc.record({
  sights: fc.array(anySight, { maxLength: 4 }),
  observed: fc.array(
    fc.record({
      machine: anyMachine,
      threads: fc.dictionary(
        thread,
        atMs.map(at => ({ firstMs: at, lastMs: at })),
      ),
    }),
    { maxLength: 4 },
  ),
  logged: fc.array(fc.record({ thread, host, firstMs: atMs, lastMs: atMs }), { maxLength: 5 }),
  pins: fc.record({
    threads: fc.dictionary(thread, host, { maxKeys: 2 }),
    projects: fc.dictionary(fc.constant(PROJECT), host),
  }),
  holders: fc.array(
    thread.map(one => writer({ writesThreads: [one] })),
    { maxLength: 2 },
  ),
  paths: fc.dictionary(fc.constant(PROJECT), state),
  desktop: fc.option(
    fc.record({
      file: fc.constant('x'),
      state: fc.constant('read' as const),
      hosts: fc.constant([]),
      projects: fc.array(fc.record({ hostId: desktopId, path: fc.constant(PROJECT) }), {
        maxLength: 2,
      }),
      threads: fc.array(fc.record({ hostId: desktopId, thread }), { maxLength: 3 }),
    }),
  ),
});

function all(changes: Changes): readonly Attribution[] {
  return ['t1', 't2', 't3', 't4', 't5'].map(key => attributionOf(key, changes));
}

test('the order in which things were noted does not matter', () => {
  fc.assert(
    fc.property(anyKnowledge, knowledge => {
      const turned = {
        ...knowledge,
        sights: [...knowledge.sights].reverse(),
        observed: [...knowledge.observed].reverse(),
        logged: [...knowledge.logged].reverse(),
        holders: [...knowledge.holders].reverse(),
        desktop: knowledge.desktop && {
          ...knowledge.desktop,
          projects: [...knowledge.desktop.projects].reverse(),
          threads: [...knowledge.desktop.threads].reverse(),
        },
      };
      expect(all(turned)).toEqual(all(knowledge));
    }),
    { numRuns: RUNS },
  );
});

test('a host that does not answer makes nobody say more than before', () => {
  fc.assert(
    fc.property(anyKnowledge, knowledge => {
      const silent = sightOf('z', {
        machine: null,
        by: 'nobody',
        sharing: { answer: 'unknown', because: [] },
      });
      const before = all(knowledge);
      const after = all({ ...knowledge, sights: [...knowledge.sights, silent] });
      for (const [at, { host }] of after.entries())
        if (host !== null) expect(host).toBe(before[at]?.host);
    }),
    { numRuns: RUNS },
  );
});

test('what is concluded has evidence that names it, or the home is nobody else’s', () => {
  fc.assert(
    fc.property(anyKnowledge, knowledge => {
      for (const { host, evidence } of all(knowledge))
        if (host !== null && host !== HERE) expect(evidence.map(one => one.host)).toContain(host);
    }),
    { numRuns: RUNS },
  );
});
