// What is kept about hosts: nothing before the person said yes, never in a home, and never over a file that
// is not ours.

import { describe, expect, test } from 'vitest';
import { createEngine, attribute } from '../../src/engine/engine.ts';
import type { World } from '../../src/engine/world.ts';
import { HOME, home, idOf, NOW, PROJECT, type HomeBuilder } from '../support/home.ts';
import { keptOn } from '../support/keptHosts.ts';

const REQUEST = { home: HOME, sqliteHome: null, codex: null, full: false };
const MINUTE = 60_000;

/** A home whose thread t1 is being written here, and a record of what is kept of it. */
function bench(builder: HomeBuilder = written()) {
  const built = builder.build();
  const writes: { readonly name: string; readonly text: string; readonly outsideOf: unknown }[] =
    [];
  let now = NOW;
  const world: World = {
    ...built.world,
    now: () => now,
    keep: {
      ...built.world.keep,
      write: (name, text, outsideOf) => {
        writes.push({ name, text, outsideOf });
        return built.world.keep.write(name, text, outsideOf);
      },
    },
  };
  const engine = createEngine(world);
  return {
    world,
    engine,
    writes,
    scan: () => engine.scan(REQUEST),
    after: (minutes: number) => {
      now += minutes * MINUTE;
    },
    seen: async () => (await engine.scan(REQUEST)).snapshot.hosts.observed,
  };
}

const written = () =>
  home()
    .thread('t1')
    .thread('t2')
    .holder({ writesThreads: [idOf('t1')] });
const HERE = { hostname: 'workbench', machine: '0123456789abcdef', system: 'linux', user: 'ada' };
const seenFrom = (firstMs: number, lastMs = firstMs) => [
  { machine: HERE, threads: { [idOf('t1')]: { firstMs, lastMs } } },
];

describe('what is seen', () => {
  test('is not kept until the person said yes', async () => {
    const { scan, writes, seen } = bench();
    await scan();
    expect(writes).toEqual([]);
    expect(await seen()).toEqual([]);
  });

  test('is kept from then on, outside of the home', async () => {
    const { engine, scan, writes, seen, after } = bench();
    await engine.hosts.remember(await scan(), true);
    await scan();
    expect(await seen()).toEqual(seenFrom(NOW));
    after(30);
    await scan();
    expect(await seen()).toEqual(seenFrom(NOW, NOW + 30 * MINUTE));
    for (const { name, outsideOf } of writes) {
      expect(name).toMatch(/^hosts\//);
      expect(outsideOf).toEqual([HOME, HOME]);
    }
  });

  test('is written down at most every ten minutes', async () => {
    const { engine, scan, writes, after } = bench();
    await engine.hosts.remember(await scan(), true);
    for (let minute = 0; minute < 25; minute += 1) {
      await scan();
      after(1);
    }
    expect(writes.filter(({ name }) => name.startsWith('hosts/seen/'))).toHaveLength(3);
  });

  test('is emptied when the person says no', async () => {
    const { engine, scan, writes, seen } = bench();
    const report = await scan();
    await engine.hosts.remember(report, true);
    await scan();
    await engine.hosts.remember(report, false);
    expect(JSON.parse(writes.at(-1)?.text ?? '')).toEqual({
      schemaVersion: 1,
      machine: HERE,
      threads: {},
    });
    expect(await seen()).toEqual([]);
    await engine.hosts.remember(report, true);
    const [fresh] = (await scan()).snapshot.hosts.observed;
    expect(fresh?.threads).toEqual({});
  });

  test.each(['ours', 'other-host'] as const)(
    'by a program that is %s is not noted',
    async apart => {
      const builder = home()
        .thread('t1')
        .holder({ writesThreads: [idOf('t1')], apart });
      const { engine, scan, seen } = bench(builder);
      await engine.hosts.remember(await scan(), true);
      await scan();
      expect(await seen()).toEqual([]);
    },
  );

  test('of other hosts is read, and not written', async () => {
    const { engine, scan, writes, seen } = bench(keptOn(written(), 'gpu-1', { t2: NOW }));
    await scan();
    expect(writes).toHaveLength(1);
    expect((await seen()).map(({ machine }) => machine.hostname).sort()).toEqual([
      'gpu-1',
      'workbench',
    ]);
    await engine.hosts.remember(await scan(), false);
    expect(writes.slice(1).map(({ text }) => text)).not.toContainEqual(
      expect.stringContaining('gpu-1'),
    );
  });

  test('is not written over what is not ours', async () => {
    const builder = keptOn(written(), 'workbench', {}, '0123456789abcdef');
    const { scan, writes, world } = bench(builder);
    const [name = ''] = (await names(world)).map(one => `hosts/seen/${one}`);
    await world.keep.write(name, 'a shopping list', []);
    writes.length = 0;
    const { snapshot } = await scan();
    expect(writes).toEqual([]);
    expect(snapshot.gaps).toEqual([
      { source: 'hosts', path: null, why: 'it is not what this program writes', extent: 'part' },
    ]);
  });
});

async function names({ keep }: World): Promise<readonly string[]> {
  const listed = await keep.list('hosts/seen');
  return listed.ok ? listed.value : [];
}

describe('what the person says', () => {
  test('of a thread or a project goes before all else, and can be taken back', async () => {
    const { engine, scan } = bench();
    const report = await scan();
    const hostOf = async (key: string) => attribute((await scan()).snapshot).get(idOf(key))?.host;
    await engine.hosts.pin(report, { project: PROJECT }, 'gpu-1');
    await engine.hosts.pin(report, { thread: idOf('t2') }, 'gpu-2');
    expect([await hostOf('t1'), await hostOf('t2')]).toEqual(['gpu-1', 'gpu-2']);
    await engine.hosts.pin(report, { thread: idOf('t2') }, null);
    expect([await hostOf('t1'), await hostOf('t2')]).toEqual(['gpu-1', 'gpu-1']);
    await engine.hosts.pin(report, { project: PROJECT }, null);
    expect([await hostOf('t1'), await hostOf('t2')]).toEqual(['workbench', 'workbench']);
  });

  test('is not written over what is not ours', async () => {
    const { engine, scan, world, writes } = bench();
    await world.keep.write('hosts/pins.json', '[]', []);
    writes.length = 0;
    const pinned = engine.hosts.pin(await scan(), { thread: idOf('t1') }, 'gpu-1');
    await expect(pinned).rejects.toMatchObject({ code: 'pins-unreadable' });
    expect(writes).toEqual([]);
  });

  test('and cannot be kept, is refused', async () => {
    const { world, scan } = bench();
    const trouble = { code: 'denied', why: 'the disk is full' } as const;
    const write = () => Promise.resolve({ ok: false, trouble } as const);
    const engine = createEngine({ ...world, keep: { ...world.keep, write } });
    const remembered = engine.hosts.remember(await scan(), true);
    await expect(remembered).rejects.toMatchObject({ code: 'hosts-not-kept' });
  });
});
