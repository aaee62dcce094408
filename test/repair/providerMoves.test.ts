// What moving a thread to another provider does to its file, its row and its history, and what undoing
// it leaves when Codex has gone on.

import { describe, expect, test } from 'vitest';
import { createEngine, createRepairs, type ProviderMove } from '../../src/engine/engine.ts';
import { apply } from '../../src/engine/repair/apply.ts';
import { recover } from '../../src/engine/repair/undo.ts';
import { stateOf, Vault } from '../../src/engine/repair/vault.ts';
import type { World } from '../../src/engine/world.ts';
import {
  home,
  HOME,
  idOf,
  NOW,
  type BuiltHome,
  type HomeBuilder,
  type ThreadSpec,
} from '../support/home.ts';
import { createMemoryHands, Stopped } from '../support/memoryHands.ts';
import { sql } from '../support/memoryWorld.ts';
import { rolloutPath } from '../support/rolloutPath.ts';
import { packedRollout } from '../support/packedRollout.ts';
import { differences, pictureOf } from '../support/pictures.ts';

const LONGER = 'a-longer-name';
const CONFIG = ['mock', 'MOCK', LONGER]
  .map(name => `[model_providers.${name}]\nname = "${name}"\n`)
  .join('');

const to = (provider: string): ProviderMove => ({
  kind: 'move',
  from: 'mock',
  to: provider,
  threads: null,
});
const RESTORE: ProviderMove = { kind: 'restore', threads: null };

function bench(builder: HomeBuilder) {
  const built = builder.config(`model_provider = "mock"\n${CONFIG}`).build();
  const memory = createMemoryHands(built.files);
  const repairs = createRepairs(built.world, memory.hands);
  const scan = () =>
    createEngine(built.world).scan({ home: HOME, sqliteHome: null, codex: null, full: false });
  return {
    ...built,
    memory,
    plan: async (move: ProviderMove) => repairs.planMove(await scan(), move, null),
    move: async (move: ProviderMove) => {
      const report = await scan();
      const { sha } = await repairs.planMove(report, move, null);
      return repairs.applyMove(report, scan, { move, sha, vault: null });
    },
    undo: async () => repairs.undo(await scan(), null, null),
    repair: async () => {
      const report = await scan();
      const choice = { findings: 'all', cure: null } as const;
      const { sha } = await repairs.plan(report, choice);
      return repairs.apply(report, scan, { choice, sha, vault: null });
    },
  };
}

/** A thread whose turns the history database has noted at the starts of its second and last line. */
function projected(spec: ThreadSpec = {}): HomeBuilder {
  const builder = home().thread('t1', spec);
  const { files } = builder.build();
  const text = textOf(files);
  const [first, last, end] = [
    text.indexOf('\n') + 1,
    text.lastIndexOf('\n', text.length - 2) + 1,
    text.length,
  ];
  return builder.file(
    'thread_history_1.sqlite',
    changed(files, [
      `INSERT INTO thread_turns (thread_id, turn_id, rollout_ordinal, status, rollout_byte_offset, rollout_end_ordinal, rollout_end_byte_offset)
       VALUES ('${idOf('t1')}', 'one', 1, 'completed', ${String(first)}, 4, ${String(last)}),
              ('${idOf('t1')}', 'two', 5, 'completed', ${String(last)}, NULL, NULL)`,
      `UPDATE thread_history_projection_state SET next_rollout_byte_offset = ${String(end)}, next_rollout_ordinal = 6`,
    ]),
    NOW - 3_600_000,
  );
}

/** A thread that was reverted, and goes on in a second file, to which its row points. */
function continued(first: ThreadSpec = {}, second: ThreadSpec = {}): HomeBuilder {
  const at = rolloutPath('t1').replace('.jsonl', `_${idOf('s1')}.jsonl`);
  const row = { rollout_path: `${HOME}/${at}` };
  const builder = projected({ row, ...first }).thread('s1', {
    ...{ at, row: false, header: headerOf(800) },
    ...second,
  });
  return builder.file(
    'thread_history_1.sqlite',
    changed(builder.build().files, [
      `INSERT INTO thread_history_projection_state (thread_id, next_rollout_byte_offset, next_rollout_ordinal)
       VALUES ('${idOf('s1')}', 900, 6)`,
    ]),
    NOW - 3_600_000,
  );
}

function headerOf(end: number): ThreadSpec['header'] & object {
  return {
    ...{ id: idOf('t1'), session_id: idOf('t1') },
    history_base: { thread_id: idOf('t1'), end_ordinal_exclusive: 3, end_byte_offset: end },
  };
}

const HISTORY = `${HOME}/thread_history_1.sqlite`;

function changed(files: BuiltHome['files'], statements: readonly string[]): Uint8Array {
  const database = new sql.Database(files.get(HISTORY)?.bytes);
  for (const statement of statements) database.run(statement);
  const bytes = database.export();
  database.close();
  return bytes;
}

function placesIn(files: BuiltHome['files']): readonly unknown[] {
  const database = new sql.Database(files.get(HISTORY)?.bytes);
  const ask = (question: string) => database.exec(question)[0]?.values.flat() ?? [];
  const places = [
    ...ask('SELECT rollout_byte_offset, rollout_end_byte_offset FROM thread_turns ORDER BY 1'),
    ...ask('SELECT next_rollout_byte_offset FROM thread_history_projection_state'),
  ];
  database.close();
  return places;
}

function fileOf(files: BuiltHome['files'], key = 't1'): string {
  return [...files.keys()].find(name => name.includes(idOf(key)) && name.endsWith('.jsonl')) ?? '';
}

function textOf(files: BuiltHome['files'], key = 't1'): string {
  return Buffer.from(files.get(fileOf(files, key))?.bytes ?? []).toString('latin1');
}

describe('the file', () => {
  test('a name of the same length: in place, and one line behind', async () => {
    const { files, move, memory } = bench(projected());
    const before = textOf(files);
    const { failed } = await move(to('MOCK'));
    expect(failed).toEqual([]);
    const after = textOf(files);
    expect(after.slice(0, before.length)).toBe(before.replace('"mock"', '"MOCK"'));
    const added = JSON.parse(after.slice(before.length)) as Record<string, unknown>;
    expect(added).toMatchObject({
      ordinal: 6,
      payload: { thread_settings: { model_provider_id: 'MOCK' } },
    });
    expect(memory.operations.filter(one => one.startsWith('rewrite'))).toEqual([]);
  });

  test('a longer one: written anew once, and never again', async () => {
    const { files, move, memory } = bench(projected());
    const before = textOf(files);
    await move(to(LONGER));
    expect(textOf(files)).toContain(before.slice(before.indexOf('\n')));
    expect(textOf(files).split('\n')[0]).toBe(
      before.split('\n')[0]?.replace('"mock"', `"${LONGER}"${' '.repeat(64)}`),
    );
    const grown = textOf(files).length;
    await move(RESTORE);
    await move(to(LONGER));
    await move(RESTORE);
    expect(textOf(files)).toHaveLength(grown);
    expect(memory.operations.filter(one => one.startsWith('rewrite'))).toHaveLength(1);
  });

  test.each([
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['lines that are none', (text: string) => text.replace('\n', '\nnot json\n\n{"torn\n')],
    ['no line break at the end', (text: string) => text.slice(0, -1)],
    ['a torn last line', (text: string) => `${text}{"timestamp":"2026`],
    ['spaces between', (text: string) => text.replaceAll('":', '"  : ')],
  ])(
    'with %s keeps every other byte and its time; back again it says the same',
    async (_, change) => {
      const { files, move } = bench(home().thread('t1', { text: change }).thread('t2'));
      const [before, time] = [textOf(files), files.get(fileOf(files))?.modifiedMs];
      const { moved } = await move(to('MOCK'));
      expect(moved).toContain(idOf('t1'));
      const after = textOf(files);
      const name = /("model_provider"\s*:\s*)"mock"/;
      expect(after.slice(0, before.length)).toBe(before.replace(name, '$1"MOCK"'));
      expect(files.get(fileOf(files))?.modifiedMs).toBe(time);
      await move(RESTORE);
      expect(textOf(files).slice(0, before.length)).toBe(before);
      expect(textOf(files)).toHaveLength(after.length);
      expect(files.get(fileOf(files))?.modifiedMs).toBe(time);
    },
  );

  test('without settings gets none', async () => {
    const without = (text: string) => text.replace(/.*thread_settings_applied.*\n/, '');
    const { files, move } = bench(home().thread('t1', { text: without, mode: 'legacy' }));
    const before = textOf(files);
    await move(to('MOCK'));
    expect(textOf(files)).toBe(before.replace('"mock"', '"MOCK"'));
    await move(RESTORE);
    expect(textOf(files)).toBe(before);
  });

  test('compressed: is unpacked, with its time, and the packed one is kept', async () => {
    const at = `sessions/2026/11/21/rollout-2026-11-21T11-00-00-${idOf('z')}.jsonl`;
    const { files, move, undo } = bench(
      home()
        .thread('z', { file: false, at })
        .file(`${at}.zst`, packedRollout('z'), 1795258800123.456),
    );
    const before = pictureOf(files);
    await move(to(LONGER));
    expect(files.has(`${HOME}/${at}.zst`)).toBe(false);
    expect(files.get(`${HOME}/${at}`)?.modifiedMs).toBe(1795258800123.456);
    expect(textOf(files, 'z')).toContain(`"model_provider":"${LONGER}"`);
    expect((await undo()).left).toEqual([]);
    expect(differences(pictureOf(files), before)).toEqual([]);
  });
});

describe('the history', () => {
  test('is shifted by what the first line has grown', async () => {
    const { files, move } = bench(projected());
    const before = placesIn(files);
    await move(to(LONGER));
    const growth = LONGER.length - 'mock'.length + 64;
    expect(placesIn(files)).toEqual(
      before.map(place => (place === null ? null : Number(place) + growth)),
    );
  });

  test('stays as it is when nothing has grown', async () => {
    const { files, move } = bench(projected());
    const before = placesIn(files);
    await move(to('MOCK'));
    expect(placesIn(files)).toEqual(before);
  });

  test('that cannot be read: the thread is left alone', async () => {
    const { plan } = bench(projected().file('thread_history_1.sqlite', 'no database'));
    const { units, refused } = await plan(to(LONGER));
    expect(units).toEqual([]);
    expect(refused[0]?.why).toContain('the history database');
  });
});

describe('a fork', () => {
  const base = (end: number) => ({
    ...{ forked_from_id: idOf('t1'), forked_from_ordinal_exclusive: 3 },
    history_base: { thread_id: idOf('t1'), end_ordinal_exclusive: 3, end_byte_offset: end },
  });
  const withFork = (end: number, spec: ThreadSpec = {}) =>
    projected().thread('t2', { header: base(end), ...spec });
  const baseOf = (files: BuiltHome['files']) =>
    (JSON.parse(textOf(files, 't2').split('\n')[0] ?? '') as { payload: ReturnType<typeof base> })
      .payload.history_base.end_byte_offset;

  test('begins where it began when the first line of what it leans on has grown', async () => {
    const { files, move, undo } = bench(withFork(800));
    const before = pictureOf(files);
    expect((await move(to(LONGER))).failed).toEqual([]);
    expect(baseOf(files)).toBe(800 + LONGER.length - 'mock'.length + 64);
    expect((await undo()).left).toEqual([]);
    expect(differences(pictureOf(files), before)).toEqual([]);
  });

  test('stays as it is when nothing has grown', async () => {
    const { files, move } = bench(withFork(800));
    await move(to('MOCK'));
    expect(baseOf(files)).toBe(800);
  });

  test.each([
    ['a longer number does not fit', withFork(990)],
    ['it is being written', withFork(800).holder({ writesThreads: [idOf('t2')] })],
    ['another file could not be read', withFork(800).trouble('archived_sessions')],
  ])('%s: what it leans on is left alone', async (_, builder) => {
    const { plan } = bench(builder);
    const { refused } = await plan(to(LONGER));
    expect(refused.find(({ finding }) => finding === idOf('t1'))?.why).toContain(
      'would become longer',
    );
  });
});

describe('a thread that goes on in a further file', () => {
  test('is moved in both: the second begins where it began, and each history follows its file', async () => {
    const { files, move, undo } = bench(continued());
    const before = pictureOf(files);
    const places = placesIn(files);
    expect((await move(to(LONGER))).failed).toEqual([]);
    const [first, second] = headersIn(files);
    expect([first?.model_provider, second?.model_provider]).toEqual([LONGER, LONGER]);
    const growth = LONGER.length - 'mock'.length + 64;
    expect(second?.history_base?.end_byte_offset).toBe(800 + growth);
    expect(placesIn(files)).toEqual(
      places.map(place => (place === null ? null : Number(place) + growth)),
    );
    // Of the settings only the newest in the newest file count.
    const saying = filesOf(files).map(text => text.includes(`"model_provider_id":"${LONGER}"`));
    expect(saying).toEqual([false, true]);
    expect((await undo()).left).toEqual([]);
    expect(differences(pictureOf(files), before)).toEqual([]);
  });

  test.each([
    ['its row names the first file', continued({ row: {} }), 'the newest of its files'],
    [
      'its second file cannot follow',
      continued({}, { header: headerOf(990) }),
      'the file in which it goes on after a revert cannot follow',
    ],
    [
      'its second file has no sound beginning',
      continued({ row: false }, { text: text => `no beginning${text}` }),
      'could not be read',
    ],
    [
      'its first file names a third provider',
      continued({ header: { model_provider: 'x' } }),
      'several providers',
    ],
  ])('%s: it is left alone', async (_, builder, why) => {
    const { plan } = bench(builder);
    const { units, refused } = await plan(to(LONGER));
    expect(units).toEqual([]);
    expect(refused.find(({ finding }) => finding === idOf('t1'))?.why).toContain(why);
  });

  interface Header {
    readonly model_provider: string;
    readonly history_base?: { readonly end_byte_offset: number };
  }

  function filesOf(files: BuiltHome['files']): readonly string[] {
    const names = [...files.keys()].filter(name => name.endsWith('.jsonl'));
    return names
      .filter(name => name.includes(idOf('t1')))
      .toSorted((one, other) => one.length - other.length)
      .map(name => Buffer.from(files.get(name)?.bytes ?? []).toString('latin1'));
  }

  function headersIn(files: BuiltHome['files']): readonly Header[] {
    return filesOf(files).map(
      text => (JSON.parse(text.split('\n')[0] ?? '') as { payload: Header }).payload,
    );
  }
});

describe('undoing', () => {
  test.each([LONGER, 'MOCK'])('to %s is exact', async name => {
    const { files, move, undo } = bench(projected());
    const before = pictureOf(files);
    await move(to(name));
    expect((await undo()).left).toEqual([]);
    expect(differences(pictureOf(files), before)).toEqual([]);
  });

  const went: readonly (readonly [string, (files: BuiltHome['files']) => void])[] = [
    [
      'has read the line that was added',
      files =>
        void files.set(HISTORY, {
          bytes: changed(files, [
            'UPDATE thread_history_projection_state SET next_rollout_byte_offset = next_rollout_byte_offset + 9',
          ]),
          modifiedMs: 0,
        }),
    ],
    [
      'has written into the file',
      files => {
        const { bytes = new Uint8Array(), modifiedMs = 0 } = files.get(fileOf(files)) ?? {};
        files.set(fileOf(files), {
          bytes: Buffer.concat([bytes, Buffer.from('{}\n')]),
          modifiedMs,
        });
      },
    ],
  ];

  test.each(went)('when Codex %s, all of the thread stays, and is named', async (_, goOn) => {
    for (const name of [LONGER, 'MOCK']) {
      const { files, move, undo } = bench(projected().thread('t2'));
      const t2 = textOf(files, 't2');
      await move(to(name));
      goOn(files);
      const before = { t1: textOf(files), history: placesIn(files) };
      const { left } = await undo();
      expect(left).toHaveLength(1);
      expect(left[0]?.what).toContain(idOf('t1'));
      expect(left[0]?.why).toContain(`codex-health provider restore --thread ${idOf('t1')}`);
      expect({ t1: textOf(files), history: placesIn(files) }).toEqual(before);
      expect(textOf(files, 't2')).toBe(t2);
    }
  });
});

describe('a move that is stopped', () => {
  const homes: readonly (readonly [string, () => HomeBuilder])[] = [
    ['of plain files', () => projected().thread('t2', { mode: 'legacy' })],
    ['of a thread in two files', () => continued()],
    [
      'of a compressed file',
      () => {
        const at = `sessions/2026/11/21/rollout-2026-11-21T11-00-00-${idOf('z')}.jsonl`;
        return home().thread('z', { file: false, at }).file(`${at}.zst`, packedRollout('z'));
      },
    ],
  ];

  test.each(homes)('%s, at any operation, ends as before or as after', async (_, builder) => {
    const whole = await prepared(builder());
    const before = pictureOf(whole.files);
    await whole.apply();
    const after = pictureOf(whole.files);
    for (const isTorn of [false, true])
      for (let stop = 0; stop < whole.memory.operations.length; stop += 1) {
        const { site, memory, files, apply: applyIt } = await prepared(builder());
        memory.stopAfter(stop, isTorn);
        await applyIt().catch(onlyStops);
        memory.restart();
        await recover(site);
        const state = (await site.vault.repairs()).map(stateOf).at(-1);
        expect(differences(pictureOf(files), state === 'applied' ? after : before)).toEqual([]);
      }
  });

  async function prepared(builder: HomeBuilder) {
    const { plan, files, memory, world } = bench(builder);
    const made = await plan(to(LONGER));
    const vault = new Vault(world, memory.hands, `${HOME}/session-health`);
    const site = { world, hands: memory.hands, home: { path: HOME, sqliteHome: HOME }, vault };
    return { files, memory, site, apply: () => apply(site, made, null, () => undefined) };
  }

  function onlyStops(error: unknown): void {
    if (!(error instanceof Stopped) && !String(error).includes('stopped before')) throw error;
  }
});

describe('threads that are left alone', () => {
  const unknowing = (world: World): World => ({
    ...world,
    processes: {
      ...world.processes,
      holders: () => Promise.resolve({ ok: false, trouble: { code: 'denied', why: 'no right' } }),
    },
  });

  test('all of them, when nobody knows who writes', async () => {
    const { world, files } = home()
      .config(`model_provider = "mock"\n${CONFIG}`)
      .thread('t1')
      .build();
    const repairs = createRepairs(unknowing(world), createMemoryHands(files).hands);
    const report = await createEngine(unknowing(world)).scan({
      ...{ home: HOME, sqliteHome: null, codex: null, full: false },
    });
    const { units, refused } = await repairs.planMove(report, to('MOCK'), null);
    expect(units).toEqual([]);
    expect(refused[0]?.why).toContain('it could not be told whether a program is writing it');
  });

  const cases: readonly (readonly [string, HomeBuilder, string])[] = [
    [
      'of which a third provider is named',
      home().thread('t1', { row: { model_provider: 'x' } }),
      'several providers',
    ],
    [
      'whose first line names none',
      home().thread('t1', { header: { model_provider: undefined } }),
      'does not name one provider',
    ],
    ['without a file', home().thread('t1', { file: false }), 'thread-file-missing'],
    [
      'with a compressed twin',
      home()
        .thread('t1', { at: `sessions/2026/11/21/rollout-2026-11-21T11-00-00-${idOf('t1')}.jsonl` })
        .file(
          `sessions/2026/11/21/rollout-2026-11-21T11-00-00-${idOf('t1')}.jsonl.zst`,
          packedRollout('t1'),
        ),
      'plain and compressed',
    ],
  ];

  test.each(cases)('one %s', async (_, builder, why) => {
    const { plan } = bench(builder);
    const { units, refused } = await plan(to('MOCK'));
    expect(units).toEqual([]);
    expect(refused.map(one => one.why).join()).toContain(why);
  });
});

describe('the check thread-provider-mismatch', () => {
  const settings = (provider: string) => ({
    type: 'event_msg',
    payload: { type: 'thread_settings_applied', thread_settings: { model_provider_id: provider } },
  });

  const cases: readonly (readonly [string, ThreadSpec])[] = [
    ['another row', { row: { model_provider: 'MOCK' } }],
    ['other settings', { more: [settings('MOCK')] }],
    ['both', { row: { model_provider: LONGER }, more: [settings('MOCK')] }],
  ];

  test.each(cases)('%s: all follow the first line, and undo is exact', async (_, spec) => {
    const { files, repair, undo } = bench(home().thread('t1', spec));
    const before = pictureOf(files);
    const { healed, remaining } = await repair();
    expect([healed, remaining]).toEqual([[`thread-provider-mismatch:${idOf('t1')}`], []]);
    expect((await undo()).left).toEqual([]);
    expect(differences(pictureOf(files), before)).toEqual([]);
  });
});
