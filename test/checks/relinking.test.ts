// Threads whose directory is gone are tied to the one that has taken its place: which one that is, and
// what is changed for it.

import { describe, expect, test } from 'vitest';
import { createEngine, createRepairs } from '../../src/engine/engine.ts';
import { apply } from '../../src/engine/repair/apply.ts';
import { recover } from '../../src/engine/repair/undo.ts';
import { stateOf, Vault } from '../../src/engine/repair/vault.ts';
import { home, HOME, idOf, type BuiltHome, type HomeBuilder } from '../support/home.ts';
import { createMemoryHands, Stopped } from '../support/memoryHands.ts';
import { sql } from '../support/memoryWorld.ts';
import { differences, pictureOf } from '../support/pictures.ts';

const OLD = '/home/ada/work/gone';
const NEW = '/home/ada/work/a-much-longer-name';
const COMMIT = 'c0ffee'.padEnd(40, '0');
const REMOTE = 'git@example.org:ada/gone.git';
const GIT = { commit_hash: COMMIT, repository_url: REMOTE, branch: 'main' };
const CLONE = { remotes: [REMOTE], commits: [COMMIT] };

const finding = (key: string) => `thread-cwd-missing:${idOf(key)}`;

function bench(builder: HomeBuilder) {
  const built = builder.build();
  const repairs = createRepairs(built.world, createMemoryHands(built.files).hands);
  const scan = () =>
    createEngine(built.world).scan({ home: HOME, sqliteHome: null, codex: null, full: false });
  const choose = (keys: readonly string[], to: string | null) => ({
    findings: keys.map(finding),
    cure: null,
    to,
  });
  const plan = async (keys: readonly string[], to: string | null = null) =>
    repairs.plan(await scan(), choose(keys, to));
  return {
    ...built,
    scan,
    plan,
    /** What the plan says of each thread, or why it is left. */
    says: async (keys: readonly string[], to: string | null = null) => {
      const { units, refused } = await plan(keys, to);
      const lines = [...units.map(({ says }) => says), ...refused.map(({ why }) => why)];
      return lines.map(line => built.keyOf(line));
    },
    relink: async (keys: readonly string[], to: string | null) => {
      const report = await scan();
      const choice = choose(keys, to);
      const { sha } = await repairs.plan(report, choice);
      return repairs.apply(report, scan, { choice, sha, vault: null });
    },
    undo: async () => repairs.undo(await scan(), null, null),
  };
}

function linesOf(files: BuiltHome['files'], key: string): readonly string[] {
  const file = [...files].find(([name]) => name.includes(idOf(key)) && name.endsWith('.jsonl'));
  return Buffer.from(file?.[1].bytes ?? [])
    .toString()
    .trim()
    .split('\n');
}

function payload(line: string | undefined): Readonly<Record<string, unknown>> {
  return (JSON.parse(line ?? '{}') as { payload: Record<string, unknown> }).payload;
}

function rowCwd(files: BuiltHome['files'], key: string): unknown {
  const database = new sql.Database(files.get(`${HOME}/state_5.sqlite`)?.bytes);
  const [found] = database.exec(`SELECT cwd FROM threads WHERE id = '${idOf(key)}'`);
  database.close();
  return found?.values[0]?.[0];
}

describe('the directory that a person names', () => {
  test.each(['paginated', 'legacy'] as const)(
    'stands in first line, settings and row; turns stay as they were, and undo is exact (%s)',
    async mode => {
      const { files, relink, undo, scan } = bench(
        home()
          .thread('t1', {
            cwd: OLD,
            mode,
            header: { runtime_workspace_roots: [OLD, `${OLD}/inner`, '/home/ada/notes'] },
          })
          .thread('t2')
          .folder(NEW),
      );
      const before = pictureOf(files);
      const lines = linesOf(files, 't1');
      const { healed, remaining } = await relink(['t1'], NEW);
      expect([healed, remaining]).toEqual([[finding('t1')], []]);
      expect((await scan()).findings).toEqual([]);
      const [header, ...rest] = linesOf(files, 't1');
      expect(payload(header)).toEqual({
        ...payload(lines[0]),
        cwd: NEW,
        runtime_workspace_roots: [NEW, `${NEW}/inner`, '/home/ada/notes'],
      });
      expect(rest.slice(0, -1)).toEqual(lines.slice(1));
      expect(payload(rest.at(-1))['thread_settings']).toMatchObject({ cwd: NEW });
      expect(rowCwd(files, 't1')).toBe(NEW);
      expect((await undo()).left).toEqual([]);
      expect(differences(pictureOf(files), before)).toEqual([]);
    },
  );

  test('is enough in first line and row where there are no settings', async () => {
    const without = (text: string) => text.replace(/.*thread_settings_applied.*\n/, '');
    const { files, relink, scan } = bench(
      home().thread('t1', { cwd: OLD, mode: 'legacy', text: without }).folder(NEW),
    );
    const lines = linesOf(files, 't1');
    await relink(['t1'], NEW);
    expect(linesOf(files, 't1').slice(1)).toEqual(lines.slice(1));
    expect((await scan()).findings).toEqual([]);
  });

  test('the roots above it go with it, where what lies between is the same', async () => {
    const roots = { runtime_workspace_roots: ['/home/ada/work/gone', '/home/ada/work'] };
    const { files, relink } = bench(
      home()
        .thread('t1', { cwd: `${OLD}/packages/one`, header: roots })
        .folder(`${NEW}/packages/one`),
    );
    await relink(['t1'], `${NEW}/packages/one`);
    expect(payload(linesOf(files, 't1')[0])['runtime_workspace_roots']).toEqual([
      NEW,
      '/home/ada/work',
    ]);
  });

  test('of several threads takes the place of the nearest directory that held them', async () => {
    const { files, relink } = bench(
      home()
        .thread('t1', { cwd: `${OLD}/one` })
        .thread('t2', { cwd: `${OLD}/two/deep` })
        .folder(`${NEW}/one`)
        .folder(`${NEW}/two/deep`),
    );
    await relink(['t1', 't2'], NEW);
    expect([rowCwd(files, 't1'), rowCwd(files, 't2')]).toEqual([`${NEW}/one`, `${NEW}/two/deep`]);
  });

  test('of a fork and of what it leans on: begins where it began, whoever is named first', async () => {
    const base = (end: number) => ({
      forked_from_id: idOf('t1'),
      history_base: { thread_id: idOf('t1'), end_ordinal_exclusive: 3, end_byte_offset: end },
    });
    const { files, relink, undo } = bench(
      home()
        .thread('t2', { cwd: OLD, header: base(800) })
        .thread('t1', { cwd: OLD })
        .folder(NEW),
    );
    const before = pictureOf(files);
    const { receipt } = await relink(['t2', 't1'], NEW);
    expect(receipt.failed).toEqual([]);
    expect(payload(linesOf(files, 't2')[0])).toMatchObject({
      cwd: NEW,
      ...base(800 + NEW.length - OLD.length + 64),
    });
    expect((await undo()).left).toEqual([]);
    expect(differences(pictureOf(files), before)).toEqual([]);
  });

  test('is not taken where the folders below it are others', async () => {
    const { says } = bench(
      home().thread('t1', { cwd: OLD }).thread('t2', { cwd: '/home/ada/other' }).folder(NEW),
    );
    expect(await says(['t1', 't2'], NEW)).toEqual([
      `there is no directory ${NEW}/work/gone`,
      `there is no directory ${NEW}/other`,
    ]);
  });

  test('is not taken for directories that have nothing in common', async () => {
    const { says } = bench(
      home().thread('t1', { cwd: OLD }).thread('t2', { cwd: '/srv/gone' }).folder(NEW),
    );
    const why =
      'the threads that were named have worked in directories that have nothing in common';
    expect(await says(['t1', 't2'], NEW)).toEqual([why, why]);
  });

  test.each([
    ['is not there', home(), `there is no directory ${NEW}`],
    ['is a file', home().file(NEW, ''), `${NEW} is a file, and no directory`],
    ['does not answer', home().folder(NEW).silence(NEW), 'it could not be seen whether there is a'],
  ])('is refused when it %s', async (_, builder, why) => {
    const { says } = bench(builder.thread('t1', { cwd: OLD }));
    expect((await says(['t1'], NEW)).join()).toContain(why);
  });

  test('is for findings that take one', async () => {
    const { scan, world, files } = bench(home().thread('t1', { row: { rollout_path: '/old' } }));
    const repairs = createRepairs(world, createMemoryHands(files).hands);
    const findings = [`thread-path-stale:${idOf('t1')}`];
    const { refused } = await repairs.plan(await scan(), { findings, cure: null, to: NEW });
    expect(refused.map(({ why }) => why)).toEqual(['no directory has to be chosen for it']);
  });
});

test('stopped at any operation, it is before or after', async () => {
  const builder = () =>
    home()
      .thread('t1', { cwd: OLD, header: { runtime_workspace_roots: [OLD] } })
      .thread('t2', { cwd: OLD, mode: 'legacy' })
      .folder(NEW);
  const prepared = async () => {
    const { files, world, plan } = bench(builder());
    const memory = createMemoryHands(files);
    const vault = new Vault(world, memory.hands, `${HOME}/session-health`);
    const site = { world, hands: memory.hands, home: { path: HOME, sqliteHome: HOME }, vault };
    const made = await plan(['t1', 't2'], NEW);
    return { files, memory, site, applyIt: () => apply(site, made, null, () => undefined) };
  };
  const whole = await prepared();
  const before = pictureOf(whole.files);
  await whole.applyIt();
  const after = pictureOf(whole.files);
  expect(differences(after, before)).not.toEqual([]);
  for (const isTorn of [false, true])
    for (let stop = 0; stop < whole.memory.operations.length; stop += 1) {
      const { site, memory, files, applyIt } = await prepared();
      memory.stopAfter(stop, isTorn);
      await applyIt().catch(onlyStops);
      memory.restart();
      await recover(site);
      const state = (await site.vault.repairs()).map(stateOf).at(-1);
      expect(differences(pictureOf(files), state === 'applied' ? after : before)).toEqual([]);
    }
});

function onlyStops(error: unknown): void {
  if (!(error instanceof Stopped) && !String(error).includes('stopped before')) throw error;
}

describe('without a name', () => {
  const cases: readonly (readonly [string, HomeBuilder, string])[] = [
    [
      'the only one with remote and commit is taken: renamed',
      home().repository(NEW, CLONE),
      `works in ${NEW} (the same Git remote and a commit of its threads)`,
    ],
    [
      'the only one with remote and commit is taken: moved to another place',
      home().repository('/home/ada/archive/gone', CLONE),
      'works in /home/ada/archive/gone',
    ],
    [
      'the only one with remote and commit is taken: moved and renamed',
      home().repository('/home/ada/elsewhere', CLONE),
      'works in /home/ada/elsewhere',
    ],
    [
      'the only one with remote and commit is taken: where another thread works',
      home().thread('t2', { cwd: '/srv/checkout' }).repository('/srv/checkout', CLONE),
      'works in /srv/checkout',
    ],
    [
      'one remote is written in many ways',
      home().repository(NEW, { ...CLONE, remotes: ['https://token@EXAMPLE.org/ada/gone/'] }),
      `works in ${NEW}`,
    ],
    [
      'a worktree that was moved is known by what Git has noted, whatever else is like it',
      home()
        .repository(NEW, { ...CLONE, notedAt: OLD })
        .repository('/home/ada/work/main', CLONE),
      `works in ${NEW} (the worktree that Git has noted there, the same Git remote and a commit`,
    ],
    [
      'the repository of a worktree that was removed is taken',
      home().repository('/home/ada/work/main', { ...CLONE, worktrees: [OLD] }),
      'works in /home/ada/work/main (the repository of a worktree that was there, the same Git',
    ],
  ];

  test.each(cases)('%s', async (_, builder, says) => {
    const bed = bench(builder.thread('t1', { cwd: OLD, header: { git: GIT } }));
    expect((await bed.says(['t1'])).join()).toContain(says);
  });

  test('a commit is enough where there never was a remote', async () => {
    const header = { git: { commit_hash: COMMIT } };
    const { says } = bench(
      home()
        .thread('t1', { cwd: OLD, header })
        .repository(NEW, { commits: [COMMIT] })
        .repository('/home/ada/work/other', { commits: ['d'.repeat(40)] }),
    );
    expect(await says(['t1'])).toEqual([
      `The thread t1 works in ${NEW} (a commit of its threads) instead of ${OLD}.`,
    ]);
  });

  test('a commit at which one thread has worked tells for all of its directory', async () => {
    const rewritten = { git: { ...GIT, commit_hash: 'e'.repeat(40) } };
    const { plan } = bench(
      home()
        .thread('t1', { cwd: OLD, header: rewritten })
        .thread('t2', { cwd: OLD, header: { git: GIT } })
        .repository(NEW, CLONE),
    );
    expect((await plan(['t1'])).units).toEqual([]);
    expect((await plan(['t1', 't2'])).units).toHaveLength(2);
  });

  test('each folder of a project follows it', async () => {
    const header = { git: GIT };
    const { says } = bench(
      home()
        .thread('t1', { cwd: `${OLD}/packages/one`, header })
        .repository(NEW, CLONE)
        .folder(`${NEW}/packages/one`),
    );
    expect((await says(['t1'])).join()).toContain(`works in ${NEW}/packages/one (`);
  });

  const uncertain: readonly (readonly [string, HomeBuilder, string])[] = [
    [
      'of two that are alike none is taken, and both are named',
      home().repository(NEW, CLONE).repository('/home/ada/gone', CLONE),
      `/home/ada/gone (the same Git remote, a commit of its threads and the same name), ${NEW} (`,
    ],
    [
      'the same name alone is not enough',
      home().folder('/home/ada/archive/gone'),
      '/home/ada/archive/gone (the same name)',
    ],
    [
      'the remote alone is not enough',
      home().repository(NEW, { remotes: [REMOTE] }),
      `${NEW} (the same Git remote)`,
    ],
    [
      'the commit in a repository of another remote is not enough',
      home().repository(NEW, { remotes: ['https://example.org/eve/gone'], commits: [COMMIT] }),
      `${NEW} (a commit of its threads)`,
    ],
    [
      'a repository that is still there has lost a folder, and was not moved',
      home().repository('/home/ada/work', CLONE).repository('/home/ada/clone', CLONE),
      '/home/ada/work (a folder above it, the same Git remote and a commit of its threads)',
    ],
    [
      'nothing is there',
      home().repository('/home/ada/work/strange', { remotes: ['x'] }),
      'nothing was found',
    ],
    ['nobody answers', home().silence('/home/ada/work'), 'it could not be looked for'],
  ];

  test.each(uncertain)('%s', async (_, builder, why) => {
    const { plan } = bench(builder.thread('t1', { cwd: OLD, header: { git: GIT } }));
    const { units, refused } = await plan(['t1']);
    expect(units).toEqual([]);
    expect(refused[0]?.why).toContain(why);
    expect(refused[0]?.next).toContain(`: codex-health apply ${finding('t1')} --to DIR`);
  });

  test('a repository that has moved without the folder is only a place above it', async () => {
    const { says } = bench(
      home()
        .thread('t1', { cwd: `${OLD}/packages/one`, header: { git: GIT } })
        .repository(NEW, CLONE),
    );
    const [why = ''] = await says(['t1']);
    expect(why).toContain(
      `not certain what has taken the place of its directory: ${NEW} (a folder above it, the same`,
    );
  });

  test('from a disk that is gone a folder of a project is known by what lies below its name', async () => {
    const { says } = bench(
      home()
        .thread('t1', { cwd: '/disk/ada/gone/packages/one', header: { git: GIT } })
        .repository('/home/ada/work/gone', CLONE)
        .thread('t2', { cwd: '/home/ada/work/gone' })
        .folder('/home/ada/work/gone/packages/one'),
    );
    expect((await says(['t1'])).join()).toContain('works in /home/ada/work/gone/packages/one (');
  });

  test('it is never part of "all"', async () => {
    const { world, scan, files } = bench(
      home()
        .thread('t1', { cwd: OLD, header: { git: GIT } })
        .repository(NEW, CLONE),
    );
    const repairs = createRepairs(world, createMemoryHands(files).hands);
    expect((await repairs.plan(await scan(), { findings: 'all', cure: null })).units).toEqual([]);
  });
});
