// Whether a split has taken, asked on every host of it: what is started where, what follows from the answers,
// and that this machine is looked at with the others. Real servers on real hosts: test/hosts.

import { describe, expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import type { PlannedSplit, SeenStart } from '../../src/engine/model/host.ts';
import { rememberSplit } from '../../src/engine/repair/split/splitsMade.ts';
import type { FreshStart, Hosts, Probe } from '../../src/engine/world.ts';
import { home, HOME } from '../support/home.ts';
import { reachedHosts, type Reached } from '../support/reachedHosts.ts';

const homeOf = (host: string) => `/home/ada/.codex-hosts/${host}`;
const splitFor = (...hosts: readonly string[]): PlannedSplit => ({
  home: HOME,
  hosts: hosts.map(host => ({ host, home: homeOf(host) })),
  receipt: 'a-repair',
  at: '2026-11-21T12:00:00Z',
});

function starts(host: string, login: string | null = homeOf(host)): readonly SeenStart[] {
  const of = (how: 'command' | 'login', codexHome: string | null) => ({
    ...{ how, shell: '/bin/bash', home: '/home/ada', codexHome, sqliteHome: null },
  });
  return [of('command', homeOf(host)), of('login', login)];
}

const CODEXES = [
  { path: '/opt/old/codex', version: '0.99.0' },
  { path: '/opt/new/codex', version: '0.169.0' },
  { path: '/opt/broken/codex', version: null },
];

async function opened(
  reached: Readonly<Record<string, Reached>>,
  here: Partial<Probe> = {},
  split: PlannedSplit | null = null,
) {
  const started: (FreshStart & { readonly alias: string | null })[] = [];
  const all = reachedHosts(reached, here);
  const hosts: Hosts = {
    ...all,
    startFresh: (alias, ways) => {
      started.push(...ways.map(way => ({ alias, ...way })));
      return all.startFresh(alias, ways);
    },
  };
  const world = { ...home().thread('one').build().world, hosts };
  if (split !== null) await rememberSplit(world, split);
  const engine = createEngine(world);
  const scan = () => engine.scan({ home: HOME, sqliteHome: null, codex: null, full: false });
  const answersFor = async (asked: PlannedSplit, aliases: readonly string[]) =>
    (await engine.hosts.confirmSplit(asked, { aliases, report: await scan() })).map(
      ({ host, answer }) => [host, answer],
    );
  return { world, engine, scan, started, answersFor };
}

describe('asked on every host', () => {
  test('one is started in each way that has the planned home, the newest where none is named', async () => {
    const { started, answersFor } = await opened(
      {
        one: { hostname: 'gpu-1', starts: starts('gpu-1'), codexes: CODEXES },
        two: { hostname: 'gpu-2', starts: starts('gpu-2', HOME), codexes: CODEXES },
      },
      { starts: starts('workbench') },
    );
    const split = splitFor('workbench', 'gpu-1', 'gpu-2', 'attic');
    expect(await answersFor(split, ['one', 'two', 'attic'])).toEqual([
      ['workbench', 'yes'],
      ['gpu-1', 'yes'],
      ['gpu-2', 'no'],
      ['attic', 'unknown'],
    ]);
    expect(started.map(({ alias, how, home, program }) => [alias, how, home, program])).toEqual([
      [null, 'command', homeOf('workbench'), null],
      [null, 'login', homeOf('workbench'), null],
      ['one', 'command', homeOf('gpu-1'), '/opt/new/codex'],
      ['one', 'login', homeOf('gpu-1'), '/opt/new/codex'],
      ['two', 'command', homeOf('gpu-2'), '/opt/new/codex'],
    ]);
  });

  test.each([
    ['another home than planned', HOME, 'no'],
    ['nothing', null, 'unknown'],
  ] as const)('a server that says %s', async (_, serverSays, answer) => {
    const { answersFor } = await opened({ 'gpu-1': { starts: starts('gpu-1'), serverSays } });
    expect(await answersFor(splitFor('gpu-1'), ['gpu-1'])).toEqual([['gpu-1', answer]]);
  });

  test('where it is not seen what would be started, nothing is, and nobody knows', async () => {
    const { started, answersFor } = await opened({ 'gpu-1': { starts: [] } });
    expect(await answersFor(splitFor('gpu-1'), ['gpu-1'])).toEqual([['gpu-1', 'unknown']]);
    expect(started).toEqual([]);
  });

  test('what an earlier look has seen says nothing of a host that is silent now', async () => {
    const reached: Record<string, Reached> = { 'gpu-1': { starts: starts('gpu-1', HOME) } };
    const { world, engine, scan } = await opened(reached);
    await engine.hosts.look({ aliases: ['gpu-1'], report: await scan() });
    delete reached['gpu-1'];
    const [took] = await createEngine({ ...world, now: () => world.now() + 1 }).hosts.confirmSplit(
      splitFor('gpu-1'),
      { aliases: ['gpu-1'], report: await scan() },
    );
    expect(took).toMatchObject({ answer: 'unknown', wrong: [], fresh: [] });
  });
});

describe('this machine', () => {
  const looked = async (split: PlannedSplit | null) => {
    const { engine, scan } = await opened({}, { starts: starts('workbench', HOME) }, split);
    const before = await scan();
    await engine.hosts.look({ aliases: [], report: before });
    return [before, await scan()].map(({ snapshot, findings }) => ({
      isSeen: snapshot.hosts.own !== null,
      says: findings.filter(({ check }) => check === 'split-not-effective').map(f => f.says),
    }));
  };
  const UNSEEN = { isSeen: false, says: [] };

  test('is looked at with the others where a split gives it a home, and not by a scan', async () => {
    const says = [expect.stringContaining(`(/bin/bash) gets ${HOME}.`)];
    expect(await looked(splitFor('workbench', 'gpu-1'))).toEqual([UNSEEN, { isSeen: true, says }]);
  });

  test('is left alone where no split does', async () => {
    expect(await looked(splitFor('gpu-1'))).toEqual([UNSEEN, UNSEEN]);
    expect(await looked(null)).toEqual([UNSEEN, UNSEEN]);
  });
});
