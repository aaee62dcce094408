// A shared home, split for hosts that are known by evidence: what is planned, what stays and why, and what is
// refused. The Codex here is one in memory that makes an index of what it finds; the real one is asked in
// test/codex/split.test.ts, and the shells in splitShells.test.ts.

import { describe, expect, test } from 'vitest';
import { createEngine, createRepairs, handlerOf, type SplitWish } from '../../src/engine/engine.ts';
import type { HostSight } from '../../src/engine/model/host.ts';
import { readSplitNotes, readSplits } from '../../src/engine/scan/splitNotes.ts';
import { home, HOME, idOf, NOW, type HomeBuilder } from '../support/home.ts';
import { askMemory, codexInMemory, EMPTY, goals } from '../support/codexInMemory.ts';
import { createMemoryHands } from '../support/memoryHands.ts';
import type { MemoryFile } from '../support/memoryWorld.ts';
import { differences, pictureOf } from '../support/pictures.ts';

const CODEX = '/opt/codex/codex';
const HOSTS = '/home/ada/.codex-hosts';
const BASHRC = '/home/ada/.bashrc';

/** Of this machine, of another one, and of nobody. */
const shared = () =>
  home()
    .thread('here1', { row: { name: 'Mine', is_pinned: 1 } })
    .thread('here2', { archived: true })
    .thread('there', { mode: 'legacy', row: { thread_section_id: 's', section_position: 7 } })
    .thread('nobody')
    .name('here1', 'Mine')
    .name('nobody', 'Whose')
    .name('here1', 'Mine again')
    .state(
      EMPTY,
      "INSERT INTO thread_sections (id, name) VALUES ('s', 'A section')",
      `INSERT INTO thread_read_receipts (thread_id, revision) VALUES ('${idOf('here1')}', 1)`,
      `INSERT INTO thread_read_receipts (thread_id, revision) VALUES ('${idOf('nobody')}', 1)`,
    )
    .file('auth.json', 'a key of nobody')
    .file('prompts/mine.md', 'Do it.')
    .file('plugins/cache/one/SKILL.md', 'Do it as well.')
    .file(BASHRC, 'alias l=ls\n', NOW - 1000)
    .file(CODEX, 'a program', 0)
    .codex('0.169.0', { path: CODEX, migrations: { 'state_5.sqlite': 62, 'goals_1.sqlite': 1 } });

const wishOf = (of: Record<string, string>, more: Partial<SplitWish> = {}): SplitWish => ({
  hosts: [
    { host: 'workbench', home: `${HOSTS}/workbench` },
    { host: 'gpu-2', home: `${HOSTS}/gpu-2` },
  ],
  of: new Map(Object.entries(of).map(([key, host]) => [idOf(key), host])),
  shared: 'link',
  startUp: [
    { shell: 'bash', file: BASHRC },
    { shell: 'zsh', file: '/home/ada/.zshenv' },
  ],
  ...more,
});

const KNOWN = { here1: 'workbench', here2: 'workbench', there: 'gpu-2' };

const sight = (more: Partial<HostSight> = {}): HostSight => ({
  alias: 'gpu',
  takenAtMs: NOW - 1000,
  by: 'shell',
  machine: { hostname: 'gpu-2', machine: null, system: 'linux', user: 'ada' },
  homes: [{ path: HOME, installationId: null, filesystem: null, mounted: null, files: {} }],
  servers: [],
  codexes: [],
  starts: [],
  paths: {},
  holders: [],
  snapshot: null,
  gaps: [],
  ...more,
});

async function open(builder: HomeBuilder) {
  const { world, files, keyOf } = builder.build();
  const memory = createMemoryHands(files, codexInMemory(files));
  const repairs = createRepairs(world, memory.hands);
  const engine = createEngine(world);
  const scan = () => engine.scan({ home: HOME, sqliteHome: null, codex: null, full: false });
  const report = await scan();
  const apply = async (wish: SplitWish, sights: readonly HostSight[] = [sight()]) => {
    const { sha } = await repairs.planSplit(report, wish);
    return repairs.applySplit(report, scan, { wish, sights, sha, vault: null });
  };
  return { world, files, keyOf, memory, repairs, scan, report, apply };
}

const textOf = (files: ReadonlyMap<string, MemoryFile>, file: string) =>
  new TextDecoder().decode(files.get(file)?.bytes);

const threadsIn = (files: ReadonlyMap<string, MemoryFile>, at: string) =>
  askMemory(files, `${at}/state_5.sqlite`, 'SELECT id FROM threads ORDER BY id').map(([id]) =>
    String(id),
  );

test('each host gets its threads, with files, entries, names and what only the database knew', async () => {
  const { files, apply, keyOf } = await open(shared());
  const made = await apply(wishOf(KNOWN));
  expect(made.receipt.failed).toEqual([]);
  expect(
    made.homes.map(({ host, threads, strange, missing }) => [
      host,
      threads.map(keyOf),
      strange,
      missing,
    ]),
  ).toEqual([
    ['workbench', ['here1', 'here2'], [], []],
    ['gpu-2', ['there'], [], []],
  ]);
  const [here, there] = [`${HOSTS}/workbench`, `${HOSTS}/gpu-2`];
  expect(threadsIn(files, here).map(keyOf).sort()).toEqual(['here1', 'here2']);
  expect(threadsIn(files, there).map(keyOf)).toEqual(['there']);
  expect(threadsIn(files, HOME).map(keyOf)).toEqual(['nobody']);
  const places = [...files.keys()].filter(file => file.includes('/rollout-')).map(keyOf);
  expect(places.map(file => file.replace(/rollout-.*-/, '')).sort()).toEqual([
    '/home/ada/.codex-hosts/gpu-2/sessions/2026/11/21/there.jsonl',
    '/home/ada/.codex-hosts/workbench/archived_sessions/here2.jsonl',
    '/home/ada/.codex-hosts/workbench/sessions/2026/11/21/here1.jsonl',
    '/home/ada/.codex/sessions/2026/11/21/nobody.jsonl',
  ]);
  const named = `SELECT name, is_pinned FROM threads WHERE id = '${idOf('here1')}'`;
  expect(askMemory(files, `${here}/state_5.sqlite`, named)).toEqual([['Mine', 1]]);
  expect(
    askMemory(files, `${there}/state_5.sqlite`, 'SELECT thread_section_id FROM threads'),
  ).toEqual([['s']]);
  const receipts = 'SELECT thread_id FROM thread_read_receipts';
  expect(askMemory(files, `${here}/state_5.sqlite`, receipts)).toEqual([[idOf('here1')]]);
  expect(askMemory(files, `${HOME}/state_5.sqlite`, receipts)).toEqual([[idOf('nobody')]]);
  const projected = 'SELECT thread_id FROM thread_history_projection_state ORDER BY 1';
  expect(
    askMemory(files, `${here}/thread_history_1.sqlite`, projected)
      .flat()
      .map(String)
      .map(keyOf)
      .sort(),
  ).toEqual([...['here1', 'here2']]);
  expect(textOf(files, `${here}/session_index.jsonl`).match(/Mine[^"]*/g)).toEqual([
    'Mine',
    'Mine again',
  ]);
  expect(files.has(`${there}/session_index.jsonl`)).toBe(false);
});

test('what a person has set up is linked and never read; each home has an id of its own', async () => {
  const { files, apply } = await open(shared());
  await apply(wishOf(KNOWN));
  const links = [...files].flatMap(([file, { link }]) =>
    link === undefined ? [] : [[file, link]],
  );
  expect(links.sort()).toEqual(
    ['workbench', 'gpu-2']
      .flatMap(host =>
        ['config.toml', 'auth.json', 'prompts', 'plugins'].map(name => [
          `${HOSTS}/${host}/${name}`,
          `${HOME}/${name}`,
        ]),
      )
      .sort(),
  );
  expect(files.has(`${HOSTS}/gpu-2/installation_id`)).toBe(false);
});

test('what goes to no host is named, and what every home gets by itself is not', async () => {
  const names = ['history.jsonl', 'memories/a.md', 'log/codex.log', 'tmp/x', 'some.lock'];
  const taken = ['plugins/cache/one', 'hooks.json', '.personality_migration', 'version.json'];
  const told = async (builder: HomeBuilder) => {
    const { repairs, report } = await open(builder);
    const { units } = await repairs.planSplit(report, wishOf(KNOWN));
    return units.map(({ says }) => says).filter(says => says.includes('belongs to no host'));
  };
  const full = [...names, ...taken].reduce((one, name) => one.file(name, ''), shared());
  expect(await told(full)).toEqual([
    expect.stringContaining(
      'do not go: history.jsonl (what was typed before), log and memories (what Codex has noted for itself). The new',
    ),
  ]);
  expect(await told(shared())).toEqual([]);
  const many = Array.from({ length: 14 }, (_, at) => `own-${String(at).padStart(2, '0')}`);
  const crowded = many.reduce((one, name) => one.file(name, ''), shared());
  expect(await told(crowded)).toEqual([
    expect.stringMatching(/own-00, .* own-11 and 2 more\. The new/),
  ]);
});

test('or copied, by nobody who looks into it', async () => {
  const { files, apply, repairs, report } = await open(shared());
  const plan = await repairs.planSplit(report, wishOf(KNOWN, { shared: 'copy' }));
  expect(JSON.stringify(plan)).not.toContain('a key of nobody');
  await apply(wishOf(KNOWN, { shared: 'copy' }));
  const plugin = 'plugins/cache/one/SKILL.md';
  for (const name of ['auth.json', 'prompts/mine.md', plugin, 'config.toml'])
    expect(textOf(files, `${HOSTS}/gpu-2/${name}`)).toBe(textOf(files, `${HOME}/${name}`));
});

test.each(['link', 'copy'] as const)(
  'undo is exact (%s), also after somebody has looked',
  async how => {
    const { world, files, apply, repairs, scan } = await open(shared());
    const before = pictureOf(files);
    const { receipt, split } = await apply(wishOf(KNOWN, { shared: how }));
    expect(await readSplits(world.keep)).toEqual([split]);
    const { left } = await repairs.undo(await scan(), receipt.id, null, undefined, [sight()]);
    expect(left).toEqual([]);
    expect(differences(before, pictureOf(files))).toEqual([]);
    expect(await readSplits(world.keep)).toEqual([]);
  },
);

test('what was gone on with or begun in a new home since stays there, and is named', async () => {
  const { files, apply, repairs, scan, keyOf } = await open(shared());
  const before = pictureOf(files);
  const { receipt } = await apply(wishOf(KNOWN));
  const used = [...files.keys()].find(file => file.includes(idOf('here1'))) ?? '';
  const { bytes = new Uint8Array() } = files.get(used) ?? {};
  files.set(used, { bytes: new Uint8Array([...bytes, 123, 125, 10]), modifiedMs: NOW - 5 });
  const { left } = await repairs.undo(await scan(), receipt.id, null, undefined, [sight()]);
  const told = keyOf(left.map(({ what, why }) => `${what}: ${why}`).join('\n'));
  expect(told).toContain(
    'the databases of /home/ada/.codex-hosts/workbench: somebody has worked there',
  );
  expect(told).toContain('The thread here1 goes to workbench: it has been written since');
  expect(told).toContain('CODEX_HOME=/home/ada/.codex-hosts/workbench shows it there');
  expect(left).toHaveLength(2);
  expect(files.has(used)).toBe(true);
  expect(threadsIn(files, HOME).map(keyOf).sort()).toEqual(['here2', 'nobody', 'there']);
  expect(textOf(files, BASHRC)).toBe('alias l=ls\n');
  const others = differences(before, pictureOf(files)).filter(file => !file.startsWith(HOSTS));
  expect(others.map(keyOf).map(file => file.replace(/rollout-.*-/, ''))).toEqual([
    ...['/home/ada/.codex/sessions/2026/11/21/here1.jsonl', '/home/ada/.codex/state_5.sqlite'],
  ]);
});

test('a link that Codex has replaced, and a copy that it has written into, stay and are named', async () => {
  const linked = await open(shared());
  const first = await linked.apply(wishOf(KNOWN));
  const auth = `${HOSTS}/gpu-2/auth.json`;
  linked.files.set(auth, { bytes: new Uint8Array([1]), modifiedMs: NOW });
  const undone = await linked.repairs.undo(await linked.scan(), first.receipt.id, null, undefined, [
    sight(),
  ]);
  expect(undone.left).toEqual([{ what: auth, why: 'it is not the link any more that was made' }]);
  const led = await open(shared());
  const third = await led.apply(wishOf(KNOWN));
  led.files.set(auth, { bytes: new Uint8Array(), modifiedMs: NOW, link: '/elsewhere' });
  const other = await led.repairs.undo(await led.scan(), third.receipt.id, null, undefined, [
    sight(),
  ]);
  expect(other.left).toEqual(undone.left);
  const copied = await open(shared());
  const second = await copied.apply(wishOf(KNOWN, { shared: 'copy' }));
  copied.files.set(auth, { bytes: new Uint8Array([1]), modifiedMs: NOW });
  const again = await copied.repairs.undo(await copied.scan(), second.receipt.id, null, undefined, [
    sight(),
  ]);
  expect(again.left).toEqual([{ what: auth, why: 'it has been written since' }]);
});

test('a start-up file of two shells gets its lines once', async () => {
  const { files, apply } = await open(shared());
  const startUp = [
    { shell: 'bash' as const, file: BASHRC },
    { shell: 'sh' as const, file: BASHRC },
  ];
  await apply(wishOf(KNOWN, { startUp }));
  expect(textOf(files, BASHRC).match(/>>> codex-health/g)).toHaveLength(1);
});

test('goals, and whatever else a database says of a thread, go along and are nobody’s doing', async () => {
  const { files, apply, repairs, scan } = await open(
    shared().file('goals_1.sqlite', goals('here1', 'nobody'), NOW - 60_000),
  );
  const before = pictureOf(files);
  const { receipt } = await apply(wishOf(KNOWN));
  expect(receipt.failed).toEqual([]);
  const asked = 'SELECT thread_id, objective FROM thread_goals';
  expect(askMemory(files, `${HOSTS}/workbench/goals_1.sqlite`, asked)).toEqual([
    [idOf('here1'), 'a goal'],
  ]);
  expect(askMemory(files, `${HOSTS}/gpu-2/goals_1.sqlite`, asked)).toEqual([]);
  const { left } = await repairs.undo(await scan(), receipt.id, null, undefined, [sight()]);
  expect(left).toEqual([]);
  expect(differences(before, pictureOf(files))).toEqual([]);
});

describe('undo is refused', () => {
  test('while somebody has a home of the split open on another host, or nobody knows', async () => {
    const { apply, repairs, scan } = await open(shared());
    const { receipt } = await apply(wishOf(KNOWN));
    const codeOf = async (...sights: readonly HostSight[]) =>
      repairs.undo(await scan(), receipt.id, null, undefined, sights).then(
        () => 'done',
        (error: unknown) => (error as { code: string }).code,
      );
    expect(await codeOf()).toBe('other-hosts');
    const running = sight({ servers: [server({ codexHome: `${HOSTS}/gpu-2` })] });
    expect(await codeOf(running)).toBe('other-hosts');
    expect(await codeOf(sight())).toBe('done');
  });

  test('and while one is open here', async () => {
    const { world, apply, repairs, scan } = await open(shared());
    const { receipt } = await apply(wishOf(KNOWN));
    const report = await scan();
    Object.assign(world.processes, {
      holders: () => Promise.resolve({ ok: true, value: { holders: [holder()], unreadable: [] } }),
    });
    const undoing = repairs.undo(report, receipt.id, null, undefined, [sight()]);
    await expect(undoing).rejects.toMatchObject({ code: 'codex-running' });
  });
});

test('stopped at any operation, it is before or after', async () => {
  const whole = await open(shared());
  const before = pictureOf(whole.files);
  await whole.apply(wishOf(KNOWN));
  const after = pictureOf(whole.files);
  const operations = whole.memory.operations.length;
  expect(operations).toBeGreaterThan(20);
  for (const isTorn of [false, true])
    for (let at = 0; at < operations; at += 1) {
      const bench = await open(shared());
      bench.memory.stopAfter(at, isTorn);
      await expect(bench.apply(wishOf(KNOWN))).rejects.toThrow(/stopped before/);
      bench.memory.restart();
      const { repairs, world } = bench;
      const halted = pictureOf(bench.files);
      const { interrupted, receipts } = await repairs.history(await bench.scan(), null);
      if (interrupted === null) {
        const isMade = receipts.length > 0;
        expect([at, differences(pictureOf(bench.files), isMade ? after : before)]).toEqual([
          at,
          [],
        ]);
        expect(await readSplitNotes(world.keep)).toMatchObject({
          made: isMade ? [{ home: HOME }] : [],
          begun: [],
        });
        continue;
      }
      // Nobody has looked at the other host: what was begun stays as it is.
      expect([at, differences(pictureOf(bench.files), halted)]).toEqual([at, []]);
      await repairs.undo(await bench.scan(), null, null, undefined, [sight()]);
      expect([at, differences(pictureOf(bench.files), before)]).toEqual([at, []]);
      expect(await readSplitNotes(world.keep)).toEqual({ made: [], begun: [] });
    }
});

describe('where it cannot be written down for the other hosts that the home is split', () => {
  const failing = async (fails: (write: number) => boolean) => {
    const bench = await open(shared());
    const before = pictureOf(bench.files);
    const { write } = bench.world.keep;
    let writes = 0;
    Object.assign(bench.world.keep, {
      write: (...given: Parameters<typeof write>) =>
        fails((writes += 1))
          ? Promise.resolve({ ok: false, trouble: { code: 'denied', why: 'it is full' } })
          : write(...given),
    });
    const error = await bench.apply(wishOf(KNOWN)).then(
      () => null,
      (reason: unknown) => reason,
    );
    const left = () => differences(before, pictureOf(bench.files));
    return { ...bench, error, left, mend: () => Object.assign(bench.world.keep, { write }) };
  };

  test.each([
    ['before its first step', (write: number) => write >= 1],
    ['when it is done', (write: number) => write === 2],
  ])('%s, nothing comes of it', async (_, fails) => {
    const { error, left, world, scan, repairs } = await failing(fails);
    expect(error).toMatchObject({ message: expect.stringContaining('it is full') as string });
    expect(left()).toEqual([]);
    expect(await readSplitNotes(world.keep)).toEqual({ made: [], begun: [] });
    expect(await repairs.interrupted(await scan(), null)).toBeNull();
  });

  test('nor that it was taken back, it stays one that was stopped, and can be gone on with', async () => {
    const { error, left, world, scan, repairs, mend } = await failing(write => write >= 2);
    expect(error).toMatchObject({ message: expect.stringContaining('it is full') as string });
    expect(await repairs.interrupted(await scan(), null)).not.toBeNull();
    mend();
    await repairs.undo(await scan(), null, null, undefined, [sight()]);
    expect(left()).toEqual([]);
    expect(await readSplitNotes(world.keep)).toEqual({ made: [], begun: [] });
  });
});

describe('a split that was stopped is not taken back where nobody knows of the other hosts', () => {
  const halted = async () => {
    const whole = await open(shared());
    await whole.apply(wishOf(KNOWN));
    const bench = await open(shared());
    const before = pictureOf(bench.files);
    bench.memory.stopAfter(whole.memory.operations.length - 3, false);
    await expect(bench.apply(wishOf(KNOWN))).rejects.toThrow(/stopped before/);
    bench.memory.restart();
    return { ...bench, before, middle: pictureOf(bench.files) };
  };

  test('by what changes the home next, nor by the history', async () => {
    const { repairs, scan, files, middle, before } = await halted();
    const report = await scan();
    const choice = { findings: 'all', cure: null } as const;
    const { sha } = await repairs.plan(report, choice);
    await expect(repairs.apply(report, scan, { choice, sha, vault: null })).rejects.toMatchObject({
      code: 'other-hosts',
      next: expect.stringContaining('codex-health undo looks at these hosts by itself') as string,
    });
    expect((await repairs.history(report, null)).interrupted).not.toBeNull();
    expect(differences(middle, pictureOf(files))).toEqual([]);
    const running = sight({ servers: [server({ codexHome: `${HOSTS}/gpu-2` })] });
    await expect(repairs.undo(report, null, null, undefined, [running])).rejects.toMatchObject({
      code: 'other-hosts',
    });
    await repairs.undo(report, null, null, undefined, [sight()]);
    expect(differences(before, pictureOf(files))).toEqual([]);
  });

  test('a host that nobody reaches is closed when the person says so, and one that is seen is not', async () => {
    const { repairs, scan, files, middle, before } = await halted();
    const report = await scan();
    const undo = (sights: readonly HostSight[], ...closed: readonly string[]) =>
      repairs.undo(report, null, null, undefined, sights, closed);
    const silent = sight({ gaps: [{ what: 'how it is now', why: 'it did not answer' }] });
    const says = expect.stringContaining(
      'If gpu-2 never comes back, codex-health undo --closed gpu-2 takes your word',
    ) as string;
    for (const sights of [[], [silent]])
      await expect(undo(sights, 'gpu-3')).rejects.toMatchObject({ next: says });
    const running = sight({ servers: [server({ codexHome: `${HOSTS}/gpu-2` })] });
    const halfSeen = sight({ gaps: [{ what: 'running app servers', why: 'no answer' }] });
    for (const one of [running, halfSeen])
      for (const sights of [[one], [silent, one]])
        await expect(undo(sights, 'gpu-2')).rejects.toMatchObject({
          code: 'other-hosts',
          next: expect.not.stringContaining('--closed') as string,
        });
    expect(differences(middle, pictureOf(files))).toEqual([]);
    await undo([silent], 'gpu-2');
    expect(differences(before, pictureOf(files))).toEqual([]);
  });
});

describe('what belongs together', () => {
  const fork = (base: string) => ({
    header: {
      forked_from_id: idOf(base),
      history_base: { thread_id: idOf(base), end_byte_offset: 1, ordinal_exclusive: 2 },
    },
  });
  const agent = (parent: string) => ({
    source: { subagent: { thread_spawn: { parent_thread_id: idOf(parent), depth: 1 } } },
  });
  const planned = async (builder: HomeBuilder, of: Record<string, string>) => {
    const { repairs, report, keyOf } = await open(builder);
    const { homes, refused } = await repairs.planSplit(report, wishOf(of));
    return {
      goes: homes.map(({ threads }) => threads.map(keyOf).sort()),
      stays: refused.map(({ finding, why }) => keyOf(`${finding}: ${why}`)),
    };
  };

  test('a fork goes with what it was forked from, where both belong to one host', async () => {
    const { goes, stays } = await planned(shared().thread('fork', fork('nobody')), {
      ...{ nobody: 'gpu-2', fork: 'gpu-2' },
    });
    expect([goes, stays]).toEqual([[[], ['fork', 'nobody']], []]);
  });

  test('and stays with it where they do not, or where nobody knows', async () => {
    const forked = shared().thread('fork', fork('nobody'));
    const { goes, stays } = await planned(forked, { nobody: 'gpu-2', fork: 'workbench' });
    expect(goes).toEqual([[], []]);
    expect(stays).toHaveLength(2);
    expect(stays[0]).toContain('it cannot be read without others that do not go to the same host');
    const other = await planned(forked, { fork: 'gpu-2' });
    expect(other.goes).toEqual([[], []]);
    expect(other.stays).toEqual([expect.stringContaining('nobody (nobody knows whose)')]);
  });

  test('the thread of an agent runs where the one runs that has started it', async () => {
    const withAgent = shared().thread('agent', agent('nobody'));
    expect((await planned(withAgent, { nobody: 'gpu-2' })).goes).toEqual([[], ['agent', 'nobody']]);
    const other = await planned(withAgent, { nobody: 'gpu-2', agent: 'workbench' });
    expect(other.goes).toEqual([[], []]);
    const edges = shared()
      .thread('agent')
      .state(
        `INSERT INTO thread_spawn_edges VALUES ('${idOf('nobody')}', '${idOf('agent')}', 'open')`,
      );
    expect((await planned(edges, { nobody: 'gpu-2' })).goes).toEqual([[], ['agent', 'nobody']]);
    expect((await planned(edges, { agent: 'gpu-2' })).goes).toEqual([[], []]);
  });

  test('what something is wrong with stays, and what goes with it', async () => {
    const { goes, stays } = await planned(
      shared().thread('fork', { ...fork('nobody'), row: { archived: 1 } }),
      { nobody: 'gpu-2', fork: 'gpu-2', here1: 'workbench' },
    );
    expect(goes).toEqual([['here1'], []]);
    expect(stays.sort()).toEqual([
      expect.stringContaining('fork: of fork, which goes with it: something is wrong'),
      expect.stringContaining('nobody: of fork, which goes with it: something is wrong'),
    ]);
  });

  test('a host that is not among those of the split keeps its threads here', async () => {
    const { goes, stays } = await planned(shared(), { nobody: 'gpu-9', there: 'gpu-2' });
    expect([goes, stays]).toEqual([[[], ['there']], []]);
  });
});

test('what was not as planned any more stays where it is, and the others go', async () => {
  const { files, repairs, report, scan, keyOf, memory } = await open(shared());
  const wish = wishOf(KNOWN);
  const { sha } = await repairs.planSplit(report, wish);
  const { move } = memory.hands;
  Object.assign(memory.hands, {
    move: (from: string, to: string) =>
      from.includes(idOf('there')) && to.startsWith(HOSTS)
        ? Promise.reject(new Error('no such luck'))
        : move(from, to),
  });
  const made = await repairs.applySplit(report, scan, {
    wish,
    sights: [sight()],
    sha,
    vault: null,
  });
  expect(made.receipt.failed.map(({ what, why }) => [keyOf(what), why])).toContainEqual([
    ...['there', 'no such luck'],
  ]);
  expect(threadsIn(files, HOME).map(keyOf).sort()).toEqual(['nobody', 'there']);
  expect(threadsIn(files, `${HOSTS}/workbench`)).toHaveLength(2);
});

test('everything it touches is named', async () => {
  const { files, apply, repairs, report } = await open(shared());
  const { units } = await repairs.planSplit(report, wishOf(KNOWN));
  const touched = units
    .flatMap(({ steps }) => steps.flatMap(step => handlerOf(step).touches(step)))
    .map(name => name.split(' › ')[0]);
  const before = pictureOf(files);
  await apply(wishOf(KNOWN));
  const changed = differences(before, pictureOf(files));
  expect(changed.filter(name => !touched.includes(name))).toEqual([]);
});

describe('refused', () => {
  const refusal = async (builder: HomeBuilder, wish: SplitWish, sights?: readonly HostSight[]) => {
    const { apply, memory } = await open(builder);
    const why = await apply(wish, sights).then(
      () => 'done',
      (error: unknown) => (error as { code: string }).code,
    );
    expect(memory.operations).toEqual([]);
    return why;
  };

  test.each([
    ['it was not seen', []],
    ['it was seen long ago', [sight({ takenAtMs: NOW - 600_000 })]],
    ['nobody answered there', [sight({ by: 'nobody' })]],
    [
      'it is another host',
      [sight({ machine: { ...(sight().machine ?? never()), hostname: 'x' } })],
    ],
    [
      'who runs there is not known',
      [sight({ gaps: [{ what: 'running app servers', why: 'no answer' }] })],
    ],
    ['only how it was earlier is known', [sight({ gaps: [{ what: 'how it is now', why: 'x' }] })]],
    ['the home is at another path there', [sight({ homes: [] })]],
    [
      'it is another home there',
      [sight({ homes: [{ ...homeSeen(), installationId: 'another' }] })],
    ],
    [
      'it is another home, by what could be compared',
      [sight({ sharing: { answer: 'no', because: [] } })],
    ],
    ['somebody has files of it open', [sight({ holders: [holder()] })]],
    ['a server runs with it', [sight({ servers: [server({ codexHome: HOME })] })]],
    [
      'a server runs with what is the default there',
      [sight({ servers: [server({})], starts: [start('/home/ada')] })],
    ],
    ['a server cannot be looked into', [sight({ servers: [server({ isOpaque: true })] })]],
    ['start-up files there are others', [sight({ starts: [start('/home/other')] })]],
  ])('on another host: %s', async (_, sights) => {
    expect(await refusal(shared(), wishOf(KNOWN), sights)).toBe('other-hosts');
  });

  test('a server with another home is in nobody’s way, nor is a login shell that is slow', async () => {
    const other = sight({
      gaps: [{ what: 'what its login shell sets', why: 'no answer' }],
      servers: [server({ codexHome: '/elsewhere' })],
      starts: [start('/home/ada')],
    });
    const { apply } = await open(shared());
    expect((await apply(wishOf(KNOWN), [other])).split).not.toBeNull();
  });

  test('two machines of one name', async () => {
    const twins = ['a', 'b'].map(id =>
      sight({ machine: { ...(sight().machine ?? never()), machine: id } }),
    );
    expect(await refusal(shared(), wishOf(KNOWN), twins)).toBe('twin-hosts');
    const other = sight({
      machine: { hostname: 'workbench', machine: 'another', system: 'linux', user: 'ada' },
    });
    expect(await refusal(shared(), wishOf(KNOWN), [sight(), other])).toBe('twin-hosts');
  });

  test('but not what a Codex has left there by itself, as after a split that was undone', async () => {
    const left = ['installation_id', '.tmp/plugins.sync.lock', 'thread-writer-locks/a.lock'];
    const builder = left.reduce((to, name) => to.file(`${HOSTS}/gpu-2/${name}`, 'a'), shared());
    const { repairs, scan } = await open(builder);
    expect((await repairs.planSplit(await scan(), wishOf(KNOWN))).homes).toHaveLength(2);
  });

  test('a Codex that is open here', async () => {
    expect(await refusal(shared().holder({}), wishOf(KNOWN))).toBe('codex-running');
  });

  test.each<[string, HomeBuilder, Partial<SplitWish>]>([
    ['target-not-empty', shared().file(`${HOSTS}/gpu-2/config.toml`, ''), {}],
    ['target-not-empty', shared().file(`${HOSTS}/gpu-2/sessions/2026/a.jsonl`, ''), {}],
    ['homes-overlap', shared(), { hosts: [{ host: 'a', home: `${HOME}/a` }] }],
    ['homes-overlap', shared(), { hosts: [host('a', '/x'), host('b', '/x/b')] }],
    ['homes-overlap', shared(), { hosts: [host('a', '/x'), host('b', '/x')] }],
    ['homes-overlap', shared(), { hosts: [host('a', '/x'), host('a', '/y')] }],
    ['unsafe-name', shared(), { hosts: [host('a', "/it's")] }],
    ['unsafe-name', shared(), { hosts: [host('$(a)', '/x')] }],
    ['unsafe-name', shared(), { hosts: [] }],
    ['no-start-up-file', shared(), { startUp: [] }],
    ['two-databases', shared().config('sqlite_home = "/elsewhere"'), {}],
    ['own-databases', shared().kept('own-databases.json', { databases: [OWN] }), {}],
    ['split-already', shared().file(BASHRC, '# >>> codex-health: a Codex home per host >>>\n'), {}],
    ['not-all-seen', shared().trouble(`${HOME}/archived_sessions`), {}],
  ])('%s', async (code, builder, more) => {
    expect(await refusal(builder, wishOf(KNOWN, more))).toBe(code);
  });

  test.each<[string, string, string]>([
    ['what every Codex makes', 'installation_id', 'done'],
    ['a folder of what every Codex makes', '.tmp/plugins.sync.lock', 'done'],
    ['a conversation', 'sessions/2026/11/21/rollout-x.jsonl', 'target-not-empty'],
    ['a database', 'state_5.sqlite', 'target-not-empty'],
    ['somebody’s own', 'history.jsonl', 'target-not-empty'],
    ['a vault', 'session-health/repairs/x', 'target-not-empty'],
  ])('or not, where in the new home there is %s', async (_, name, code) => {
    const { apply } = await open(shared().file(`${HOSTS}/gpu-2/${name}`, ''));
    const done = await apply(wishOf(KNOWN)).then(
      () => 'done',
      (error: unknown) => (error as { code: string }).code,
    );
    expect(done).toBe(code);
  });

  test('on a network, unless every host of the split was seen to be closed', async () => {
    const nfs = { type: 'nfs4', isNetwork: true, mountPoint: '/home', options: '' };
    const { apply, repairs, scan } = await open(shared().filesystem(nfs));
    const { receipt } = await apply(wishOf(KNOWN));
    expect(receipt.failed).toEqual([]);
    const blind = repairs.undo(await scan(), receipt.id, null);
    await expect(blind).rejects.toMatchObject({ code: 'other-hosts' });
    const undone = await repairs.undo(await scan(), receipt.id, null, undefined, [sight()]);
    expect(undone.left).toEqual([]);
  });
});

const OWN = {
  ...{ home: HOME, host: 'gpu-2', folder: '/disk', isShared: true },
  receipt: 'a',
  at: 'b',
};

function host(name: string, at: string) {
  return { host: name, home: at };
}

function homeSeen() {
  return sight().homes[0] ?? never();
}

function holder() {
  const nothing = { files: [], deletedFiles: [], writesThreads: [] };
  return { pid: 7, program: 'codex', terminal: null, ...nothing };
}

function server(more: Partial<HostSight['servers'][number]>) {
  const unset = { codexHome: null, sqliteHome: null, isOpaque: false };
  return { pid: 7, program: 'codex', ...unset, ...more };
}

function start(at: string) {
  return { how: 'login', shell: '/bin/bash', home: at, codexHome: null, sqliteHome: null } as const;
}

function never(): never {
  throw new Error('it is there');
}
