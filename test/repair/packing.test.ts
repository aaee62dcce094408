// What Codex compresses is held until it is proven, and comes back byte for byte. The Codex here is one
// in memory that compresses as a test wants, also badly.

import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import type { AskStep, Plan } from '../../src/engine/model/plan.ts';
import type { AppServers } from '../../src/engine/hands.ts';
import type { World } from '../../src/engine/world.ts';
import { apply } from '../../src/engine/repair/apply.ts';
import { planPruning } from '../../src/engine/repair/prune.ts';
import type { Site } from '../../src/engine/repair/site.ts';
import { recover, takeBack } from '../../src/engine/repair/undo.ts';
import { stateOf, Vault } from '../../src/engine/repair/vault.ts';
import { home, HOME, idOf } from '../support/home.ts';
import { createMemoryHands } from '../support/memoryHands.ts';
import type { MemoryFile } from '../support/memoryWorld.ts';
import { differences, pictureOf } from '../support/pictures.ts';
import { planOf } from './specimens.ts';

const LOCK = `${HOME}/.tmp/rollout-maintenance.lock`;
const HELD = '.codex-health-held';

test('is proven, let go of, and unpacked again', async () => {
  const bench = createBench(({ pack }) => {
    pack('one');
    pack('two');
  });
  const before = pictureOf(bench.files);
  const receipt = await bench.apply();
  expect([receipt.failed, receipt.unplanned, receipt.applied]).toEqual([[], [], 2]);
  const [one = '', two = '', three = ''] = bench.rollouts;
  expect(bench.names('sessions/')).toEqual([three, `${two}.zst`, `${one}.zst`]);
  expect(await bench.undo()).toEqual([]);
  expect(pictureOf(bench.files)).toEqual(before);
  expect(bench.names('packed-0-rollout-')).toHaveLength(2);
});

test('what Codex has made beside a file that it has left goes into the vault', async () => {
  const bench = createBench(({ files, rollouts: [one = ''] }) => {
    files.set(`${one}.zst`, { bytes: new Uint8Array([1]), modifiedMs: 7 });
  });
  const before = pictureOf(bench.files);
  expect((await bench.apply()).failed).toHaveLength(2);
  expect(differences(before, pictureOf(bench.files))).toEqual([]);
  expect(bench.names('packed-0-rollout-')).toHaveLength(1);
});

test('what was proven is written down, and is nothing that only the vault would have', async () => {
  const bench = createBench(({ pack }) => pack('one'));
  await bench.apply();
  expect(bench.names('/packed.jsonl')).toHaveLength(1);
  const { drops } = await planPruning(bench.site, { before: null, keepBytes: 0 });
  expect(drops.map(({ onlyHere }) => onlyHere)).toEqual([[]]);
});

test('Codex is waited for while it is at work, and what it has done meanwhile is let go of', async () => {
  const held: number[] = [];
  const looks: (() => void)[] = [];
  const bench = createBench(({ pack }) => {
    pack('one');
    looks.push(
      () => undefined,
      () => undefined,
      () => void pack('two'),
    );
  });
  bench.atEachLook(() => {
    held.push(bench.names(HELD).length);
    const act = looks.shift();
    act?.();
    return act !== undefined;
  });
  const { failed } = await bench.apply();
  expect(failed).toEqual([]);
  expect(held.slice(0, 4)).toEqual([1, 1, 1, 0]);
});

test('a Codex that does not come to an end is not waited for for ever', async () => {
  const bench = createBench(({ pack }) => pack('one'));
  bench.atEachLook(() => true);
  const before = pictureOf(bench.files);
  const { failed } = await bench.apply();
  expect(failed.map(({ why }) => why)).toEqual([
    'Codex has not come to an end with compressing',
    'Codex has not come to an end with compressing',
  ]);
  expect(pictureOf(bench.files)).toEqual(before);
});

test('what Codex has left is named, and not held any longer', async () => {
  const bench = createBench(({ pack }) => pack('one'));
  const { failed, findings } = await bench.apply();
  expect(failed).toEqual([{ what: 'two', why: 'Codex has left it as it is' }]);
  expect(findings).toEqual(['one']);
  expect(bench.names(HELD)).toEqual([]);
});

test.each([
  ['something else', zlib.zstdCompressSync('something else')],
  ['half of it', new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 1])],
])('a file of which Codex has made %s is put back', async (_, bytes) => {
  const bench = createBench(({ pack }) => {
    pack('one', bytes);
    pack('two');
  });
  const [one = ''] = bench.rollouts;
  const before = bench.files.get(one);
  const { failed, findings } = await bench.apply();
  expect(failed.map(({ what }) => what)).toEqual(['one']);
  expect(failed[0]?.why).toContain('put back as it was');
  expect(findings).toEqual(['two']);
  expect(bench.files.get(one)).toEqual(before);
  expect(bench.files.has(`${one}.zst`)).toBe(false);
});

test('what Codex compresses besides is said, and unpacked as well', async () => {
  const bench = createBench(({ pack }) => {
    for (const key of ['one', 'two', 'three']) pack(key);
  });
  const before = pictureOf(bench.files);
  const { unplanned } = await bench.apply();
  expect(unplanned).toEqual([`it compressed ${bench.rollouts[2] ?? ''}`]);
  expect(await bench.undo()).toEqual([]);
  expect(pictureOf(bench.files)).toEqual(before);
});

test('also such a one is left where it holds something else by now', async () => {
  const bench = createBench(({ pack }) => {
    for (const key of ['one', 'two', 'three']) pack(key);
  });
  const three = bench.rollouts[2] ?? '';
  const { length } = bench.files.get(three)?.bytes ?? [];
  await bench.apply();
  const other = zlib.zstdCompressSync('x'.repeat(length));
  bench.files.set(`${three}.zst`, { bytes: other, modifiedMs: 9 });
  expect(await bench.undo()).toEqual([{ what: `${three}.zst`, why: 'it has been written since' }]);
  expect(bench.files.get(`${three}.zst`)?.bytes).toEqual(other);
});

test('Ctrl-C while Codex is at work: all of it is taken back, also what was proven already', async () => {
  const control = new AbortController();
  const bench = createBench(({ pack }) => pack('one'));
  bench.atEachLook(() => {
    control.abort();
    return true;
  });
  const before = pictureOf(bench.files);
  await expect(bench.apply(control.signal)).rejects.toThrow(
    'The repair was stopped, and everything is as it was before.',
  );
  expect(differences(before, pictureOf(bench.files))).toEqual([]);
  expect(bench.names('/packed.jsonl')).toHaveLength(1);
  expect((await bench.site.vault.repairs()).map(stateOf)).toEqual(['undone']);
});

test('a Codex that dies over it is taken back', async () => {
  const bench = createBench(({ pack }) => {
    pack('one');
    throw new Error('Codex has gone');
  });
  const before = pictureOf(bench.files);
  const { failed } = await bench.apply();
  expect(failed.map(({ why }) => why)).toEqual(['Codex has gone', 'Codex has gone']);
  expect(pictureOf(bench.files)).toEqual(before);
});

test('a Codex that does not know how is not asked', async () => {
  const bench = createBench(({ pack }) => pack('one'), false);
  const before = pictureOf(bench.files);
  const { failed } = await bench.apply();
  expect(failed[0]?.why).toContain('does not compress conversations');
  expect(pictureOf(bench.files)).toEqual(before);
});

test.each([
  ['has other bytes', (file: string) => ({ file, bytes: new TextEncoder().encode('short') })],
  ['has a twin', (file: string) => ({ file: `${file}.zst`, bytes: new Uint8Array(3) })],
])('nothing is done where a file of the plan %s by now', async (_, changed) => {
  const bench = createBench(({ pack }) => pack('one'));
  const { file, bytes } = changed(bench.rollouts[0] ?? '');
  bench.files.set(file, { bytes, modifiedMs: 5 });
  const before = pictureOf(bench.files);
  const { failed, applied } = await bench.apply();
  expect([failed.length, applied]).toEqual([2, 0]);
  expect(pictureOf(bench.files)).toEqual(before);
});

test('one that Codex has unpacked since, and written on, stays as it is', async () => {
  const bench = createBench(({ pack }) => {
    pack('one');
    pack('two');
  });
  await bench.apply();
  const [one = ''] = bench.rollouts;
  const longer = { bytes: new TextEncoder().encode('all of it, and more'), modifiedMs: 9 };
  bench.files.delete(`${one}.zst`);
  bench.files.set(one, longer);
  expect(await bench.undo()).toEqual([]);
  expect(bench.files.get(one)).toEqual(longer);
});

test('one that holds something else by now, or lies elsewhere, is left and named', async () => {
  const bench = createBench(({ pack }) => {
    pack('one');
    pack('two');
  });
  await bench.apply();
  const [one = '', two = ''] = bench.rollouts.map(file => `${file}.zst`);
  bench.files.set(one, { bytes: zlib.zstdCompressSync('other'), modifiedMs: 9 });
  const archived = bench.files.get(two);
  bench.files.delete(two);
  if (archived !== undefined) bench.files.set(`${HOME}/archived_sessions/two.zst`, archived);
  const left = await bench.undo();
  expect(left.map(({ why }) => why.slice(0, 24))).toEqual([
    'it has been written since'.slice(0, 24),
    'it lies elsewhere by now, and stays'.slice(0, 24),
  ]);
  expect(bench.files.has(one)).toBe(true);
});

const act: Act = ({ pack, files, rollouts }) => {
  pack('one');
  // It was killed over the second one.
  files.set(`${rollouts[1]?.replace(/[^/]*$/, '') ?? ''}rollout-compress-x7.tmp`, {
    bytes: new Uint8Array([1]),
    modifiedMs: 3,
  });
};

test('stopped at any operation, and stopped again while it is taken back, it is as before', async () => {
  const whole = createBench(act);
  await whole.apply();
  const count = whole.memory.operations.length;
  expect(count).toBeGreaterThan(8);
  for (let first = 0; first < count; first += 1)
    for (const isTorn of [false, true])
      for (let second = 0; ; second += 1) {
        const bench = createBench(act);
        const before = pictureOf(bench.files);
        bench.memory.stopAfter(first, isTorn);
        await expect(bench.apply()).rejects.toThrow(/stopped before/);
        bench.memory.restart();
        bench.memory.stopAfter(second, isTorn);
        const isStopped = await recover(bench.site).then(
          () => false,
          () => true,
        );
        bench.memory.restart();
        await recover(bench.site);
        expect([first, second, differences(before, pictureOf(bench.files))]).toEqual([
          first,
          second,
          [],
        ]);
        expect((await bench.site.vault.repairs()).map(stateOf)).not.toContain('interrupted');
        if (!isStopped) break;
      }
});

test('stopped at any operation while it is undone, it is undone by the next', async () => {
  const both: Act = ({ pack }) => {
    pack('one');
    pack('two');
  };
  for (let stop = 0; ; stop += 1) {
    const bench = createBench(both);
    const before = pictureOf(bench.files);
    await bench.apply();
    bench.memory.stopAfter(stop, true);
    const isStopped = await bench.undo().then(
      () => false,
      () => true,
    );
    bench.memory.restart();
    await bench.undo();
    expect([stop, differences(before, pictureOf(bench.files))]).toEqual([stop, []]);
    if (!isStopped) return;
  }
});

interface Doing {
  readonly files: Map<string, MemoryFile>;
  readonly rollouts: readonly string[];
  /** Compresses as Codex does it, or into these bytes. */
  pack(key: string, bytes?: Uint8Array): void;
}
type Act = (doing: Doing) => void;

function createBench(acts: Act, knows = true) {
  const { files, world } = home().thread('one').thread('two').thread('three').build();
  const rollouts = ['one', 'two', 'three'].map(
    key => [...files.keys()].find(file => file.endsWith(`${idOf(key)}.jsonl`)) ?? '',
  );
  const doing: Doing = {
    files,
    rollouts,
    pack: (key, bytes) => {
      const file = rollouts[['one', 'two', 'three'].indexOf(key)] ?? '';
      const plain = files.get(file);
      if (plain === undefined) throw new Error(`there is no ${file}`);
      files.set(`${file}.zst`, { ...plain, bytes: bytes ?? zlib.zstdCompressSync(plain.bytes) });
      files.delete(file);
    },
  };
  const memory = createMemoryHands(
    files,
    codexThat(() => acts(doing), knows),
  );
  let isAtWork = () => false;
  const watched: World = {
    ...world,
    processes: {
      ...world.processes,
      holders: () => {
        const holder = { ...HOLDER, files: isAtWork() ? [LOCK] : [] };
        return Promise.resolve({ ok: true, value: { holders: [holder], unreadable: [] } });
      },
    },
  };
  const vault = new Vault(watched, memory.hands, `${HOME}/session-health`);
  const places = { path: HOME, sqliteHome: HOME };
  const site: Site = { world: watched, hands: memory.hands, home: places, vault };
  const plan = planFor(files, rollouts.slice(0, 2));
  return {
    files,
    memory,
    site,
    rollouts,
    names: (part: string) => [...files.keys()].filter(file => file.includes(part)).sort(),
    atEachLook: (look: () => boolean) => (isAtWork = look),
    apply: (signal: AbortSignal | null = null) => apply(site, plan, signal, () => undefined),
    undo: async () => {
      const repair = (await vault.repairs()).at(-1);
      if (repair === undefined) throw new Error('nothing was written down');
      return (await takeBack(site, repair)).left;
    },
  };
}

const HOLDER = {
  ...{ pid: 1, program: 'codex', terminal: null, deletedFiles: [], writesThreads: [] },
};

function planFor(files: ReadonlyMap<string, MemoryFile>, taken: readonly string[]): Plan {
  const findings = ['one', 'two'];
  const packs = taken.map((file, index) => {
    const { bytes = new Uint8Array(), modifiedMs = 0 } = files.get(file) ?? {};
    return { finding: findings[index] ?? '', file, bytes: bytes.length, modifiedMs };
  });
  const step: AskStep = {
    kind: 'ask',
    codex: `${HOME}/config.toml`,
    home: HOME,
    sqliteHome: HOME,
    state: `${HOME}/state_5.sqlite`,
    calls: [
      {
        method: 'rollout/compress',
        params: {},
        says: 'compresses',
        findings,
        threads: findings.map(idOf),
        packs,
      },
    ],
  };
  const plan = planOf([step]);
  return { ...plan, units: plan.units.map(unit => ({ ...unit, findings })) };
}

function codexThat(acts: () => void, knows: boolean): AppServers {
  return {
    start: () =>
      Promise.resolve({
        userAgent: 'codex',
        knows: () => Promise.resolve(knows),
        call: async () => acts(),
        pages: () => Promise.resolve([]),
        end: () => Promise.resolve(),
      }),
  };
}
