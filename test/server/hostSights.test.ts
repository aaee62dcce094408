import { expect, test } from 'vitest';
import type { HostList } from '../../src/engine/engine.ts';
import type { HostSight } from '../../src/engine/model/host.ts';
import type { Report } from '../../src/engine/model/report.ts';
import { createHostSights } from '../../src/server/hostSights.ts';
import { sightOf } from '../support/home.ts';

const REPORT = {} as Report;

const sight = (alias: string, takenAtMs = 1) => sightOf(alias, { takenAtMs });

/** Hosts that answer when a test says so. */
function scene(known: readonly HostSight[] = []) {
  const begun: {
    readonly aliases: readonly string[];
    answer(alias: string, atMs?: number): void;
  }[] = [];
  const changes: string[] = [];
  const list: Pick<HostList, 'known' | 'look'> = {
    known: aliases => Promise.resolve(known.filter(({ alias }) => aliases.includes(alias))),
    look: ({ aliases, seen = () => undefined }) => {
      const waiting = new Set(aliases);
      return new Promise(resolve => {
        begun.push({
          aliases,
          answer: (alias, atMs) => {
            seen(sight(alias, atMs));
            waiting.delete(alias);
            if (waiting.size === 0) resolve([]);
          },
        });
      });
    },
  };
  const sights = createHostSights(list, () => changes.push(told()));
  const told = () => {
    const now = sights.now().map(({ alias, takenAtMs }) => `${alias} ${String(takenAtMs)}`);
    return [...now, ...[...sights.looking()].map(alias => `${alias}…`)].join(', ');
  };
  return { sights, begun, changes };
}

test('what is known from earlier is there before anybody is connected to', async () => {
  const { sights, begun, changes } = scene([sight('a'), sight('b'), sight('c')]);
  await sights.choose(['b', 'a']);
  expect(changes).toEqual(['b 1, a 1']);
  expect(begun).toEqual([]);
});

test('each host is told of as soon as it has been seen', async () => {
  const { sights, begun, changes } = scene([sight('a')]);
  await sights.choose(['a', 'b']);
  const looked = sights.look(REPORT);
  begun[0]?.answer('b', 2);
  begun[0]?.answer('a', 3);
  await looked;
  expect(changes).toEqual(['a 1', 'a 1, a…, b…', 'a 1, b 2, a…', 'a 3, b 2']);
});

test('a look that is given up for another one tells nothing any more', async () => {
  const { sights, begun } = scene();
  await sights.choose(['a']);
  void sights.look(REPORT);
  const second = sights.look(REPORT);
  begun[0]?.answer('a', 2);
  expect(sights.now()).toEqual([]);
  begun[1]?.answer('a', 3);
  await second;
  expect(sights.now()).toEqual([sight('a', 3)]);
});

test('hosts that are no longer meant are not told of', async () => {
  const { sights, begun } = scene([sight('b')]);
  await sights.choose(['a']);
  void sights.look(REPORT);
  await sights.choose(['b']);
  begun[0]?.answer('a', 2);
  expect(sights.now()).toEqual([sight('b')]);
  expect(sights.looking()).toEqual(new Set());
});

test('without other hosts it is looked all the same, since a split may have given this one a home', async () => {
  const { sights, begun, changes } = scene();
  await sights.choose([]);
  void sights.look(REPORT);
  expect(begun.map(({ aliases }) => aliases)).toEqual([[]]);
  expect(changes).toEqual([]);
});
