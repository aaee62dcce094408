import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../src/cli/text/width.ts';
import { home, HOME, idOf, PROJECT, type HomeBuilder } from '../support/home.ts';
import { packedRollout } from '../support/packedRollout.ts';
import { pictureOf } from '../support/pictures.ts';
import { terminal, typed } from './runCli.ts';

const WEEK_MIN = 7 * 24 * 60;
/** Codex as it made the databases of the home. */
const CODEX = { migrations: { 'state_5.sqlite': 62 } };

const sample = () =>
  home()
    .thread('t1', { age: 3 * WEEK_MIN, prompt: 'the first '.repeat(2000) })
    .thread('t2', { age: 60 * WEEK_MIN, cwd: '/home/ada/work/two' })
    .thread('t3', { age: 4 * WEEK_MIN, archived: true })
    .thread('t4')
    .file('db-backups/sqlite-1-0/goals_1.sqlite.old', 'x'.repeat(9000))
    .file('.tmp/plugins/big', 'x'.repeat(50_000))
    .file('notes.txt', 'mine')
    .file('logs_2.sqlite-wal', '')
    .codex('0.169.0', CODEX);

interface Answer {
  readonly total: Room;
  readonly kinds: readonly (Room & { readonly kind: string })[];
  readonly projects: readonly (Room & {
    readonly project: string;
    readonly threads: number;
    readonly years: Readonly<Record<string, Room>>;
  })[];
  readonly biggest: readonly (Room & { readonly thread: string; readonly fills: unknown })[];
  readonly databases: readonly { readonly name: string; readonly allocated: number }[];
  readonly others: readonly { readonly name: string }[];
  readonly secondNames: number;
  readonly gaps: readonly { readonly path: string; readonly why: string }[];
  readonly compression: {
    readonly files: number;
    readonly bytes: number;
    readonly estimate: { readonly bytesAfter: number; readonly sampledFiles: number } | null;
    readonly compressed: Room;
  };
}
interface Room {
  readonly files: number;
  readonly allocated: number;
  readonly bytes: number;
}

async function shown(builder: HomeBuilder, ...args: readonly string[]): Promise<Answer> {
  const { code, out } = await typed(builder, ['disk', '--json', ...args]);
  expect(code).toBe(0);
  return JSON.parse(out) as Answer;
}

describe('disk', () => {
  test('every file is counted once, under one kind', async () => {
    const builder = sample();
    const { total, kinds } = await shown(builder);
    const { files } = builder.build();
    const lengths = [...files.values()].map(({ bytes }) => bytes.length);
    expect(total.files).toBe(files.size);
    expect(total.bytes).toBe(lengths.reduce((one, other) => one + other, 0));
    for (const of of ['files', 'bytes', 'allocated'] as const)
      expect(kinds.reduce((sum, kind) => sum + kind[of], 0)).toBe(total[of]);
    const filesOf = (name: string) => kinds.find(({ kind }) => kind === name)?.files;
    expect(['active', 'archived', 'temporary', 'database-backups'].map(filesOf)).toEqual([
      ...[3, 1, 1, 1],
    ]);
  });

  test('a second name of a file takes no room', async () => {
    const { world, type } = terminal(sample().file('second-name', 'x'.repeat(70_000)));
    const { measure } = world.files;
    const alone = JSON.parse((await type('disk', '--json')).out) as Answer;
    Object.assign(world.files, {
      measure: async (root: string) => {
        const read = await measure(root);
        const isSame = (path: string) => path === 'second-name' || path.startsWith('archived_');
        return read.ok
          ? {
              ok: true,
              value: {
                ...read.value,
                entries: read.value.entries.map(entry =>
                  isSame(entry.path) ? { ...entry, identity: 'one file' } : entry,
                ),
              },
            }
          : read;
      },
    });
    const shared = JSON.parse((await type('disk', '--json')).out) as Answer;
    expect(shared.total.files).toBe(alone.total.files - 1);
    expect(shared.secondNames).toBe(1);
    // The conversation is what people look for.
    expect(shared.kinds.find(({ kind }) => kind === 'archived')?.files).toBe(1);
    expect(shared.others.map(({ name }) => name)).not.toContain('second-name');
  });

  test('by project, and by the year in which a conversation was begun', async () => {
    const { projects } = await shown(
      sample().file(
        `sessions/2024/10/01/rollout-2024-10-01T00-00-00-${idOf('t9')}.jsonl.zst`,
        packedRollout('t9'),
      ),
    );
    const one = projects.find(({ project }) => project === PROJECT);
    const two = projects.find(({ project }) => project === '/home/ada/work/two');
    expect([one?.threads, Object.keys(one?.years ?? {})]).toEqual([4, ['2024', '2026']]);
    expect([two?.threads, Object.keys(two?.years ?? {})]).toEqual([1, ['2025']]);
    expect(two?.years['2025']).toEqual({
      files: two?.files,
      allocated: two?.allocated,
      bytes: two?.bytes,
    });
  });

  test('the biggest threads first; what fills them when every line was read', async () => {
    const quick = await shown(sample());
    expect(quick.biggest[0]).toMatchObject({ thread: 't1', fills: null });
    const full = await shown(sample(), '--full');
    expect(full.biggest[0]?.fills).toEqual({ compactionBytes: 0, imageBytes: 0 });
  });

  test('compressed conversations apart, and what has been freed already', async () => {
    const builder = sample().file(
      `sessions/2026/10/01/rollout-2026-10-01T00-00-00-${idOf('t9')}.jsonl.zst`,
      packedRollout('t9'),
    );
    const { kinds, compression } = await shown(builder);
    expect(kinds.find(({ kind }) => kind === 'active-compressed')?.files).toBe(1);
    expect(compression.compressed.files).toBe(1);
  });

  test('an estimate is from a sample, and says so; it is not known where nothing can be compressed', async () => {
    const { compression } = await shown(sample());
    expect(compression.files).toBe(3);
    expect(compression.estimate?.sampledFiles).toBeGreaterThan(0);
    expect(compression.estimate?.bytesAfter).toBeLessThan(compression.bytes);
    const { out } = await typed(sample(), ['disk'], { columns: 300 });
    expect(out).toMatch(/That is an estimate: the beginnings of \d of them/);
    const { world, type } = terminal(sample());
    Object.assign(world.files, { packedSize: () => Promise.resolve(null) });
    const unknown = await type('disk');
    expect(unknown.out.replaceAll(/\s+/g, ' ')).toContain('is not known before it is done');
  });

  test('a part that cannot be read is named, and the rest is counted', async () => {
    const { gaps, kinds } = await shown(sample().trouble('archived_sessions'));
    expect(gaps).toEqual([
      { path: `${HOME}/archived_sessions`, why: 'this account may not read it' },
    ]);
    expect(kinds.map(({ kind }) => kind)).toContain('active');
    const { out } = await typed(sample().trouble('archived_sessions'), ['disk']);
    expect(out).toContain('Could not be measured');
  });

  test('an empty home', async () => {
    const { out } = await typed(home(), ['disk'], { columns: 300 });
    expect(out).toContain('there is nothing to compress');
  });

  test('databases that lie elsewhere are counted, and nothing else of that folder', async () => {
    const builder = home()
      .noState()
      .environment('CODEX_SQLITE_HOME', '/big/databases')
      .folder('/big/databases')
      .file('/big/databases/logs_2.sqlite', 'x'.repeat(5000))
      .file('/big/databases/logs_2.sqlite-wal', 'x'.repeat(9000))
      .file('/big/databases/film.mp4', 'x'.repeat(9000));
    const { databases, total } = await shown(builder);
    expect(databases.find(({ name }) => name === 'logs_2.sqlite')).toMatchObject({
      allocated: 8192 + 12_288,
      walAllocated: 12_288,
    });
    const { out } = await typed(builder, ['disk'], { columns: 200 });
    expect(out).toContain('are databases in /big/databases');
    expect(total.bytes).toBeLessThan(5000 + 9000 + 9000);
  });

  test('a log in log_dir is counted, and of two databases of one name it is told which is which', async () => {
    const builder = home()
      .config('log_dir = "/big/logs"')
      .folder('/big/logs')
      .file('logs_2.sqlite', 'x'.repeat(5000))
      .file('/big/logs/logs_2.sqlite', 'x'.repeat(9000))
      .file('/big/logs/codex-tui.log', 'x'.repeat(9000))
      .file('/big/logs/film.mp4', 'x'.repeat(90_000));
    const { databases, kinds } = await shown(builder);
    const logs = databases.filter(({ name }) => name === 'logs_2.sqlite');
    expect(logs.map(({ allocated }) => allocated)).toEqual([12_288, 8192]);
    expect(kinds.find(({ kind }) => kind === 'logs')?.bytes).toBe(9000);
    const { out } = await typed(builder, ['disk'], { columns: 200 });
    expect(out).toContain('/big/logs/logs_2.sqlite');
    const inHome = home().config('log_dir = "log"').file('log/logs_2.sqlite', 'x'.repeat(5000));
    expect((await shown(inHome)).databases.map(({ name }) => name)).toContain('logs_2.sqlite');
  });

  test.each([48, 80])('no line is longer than %i columns', async columns => {
    const { out } = await typed(sample(), ['disk'], { columns });
    const { out: plan } = await typed(sample(), ['disk', 'compress'], { columns, answer: 'n' });
    const lines = [...out.split('\n'), ...plan.split('\n')].filter(
      line => !line.includes('codex-health disk'),
    );
    expect(lines.filter(line => displayWidth(line) > columns)).toEqual([]);
  });

  test('changes nothing', async () => {
    const { type, files } = terminal(sample());
    const before = pictureOf(files);
    const names = [...files.keys()];
    await type('disk');
    await type('disk', '--full', '--json');
    expect([pictureOf(files), [...files.keys()]]).toEqual([before, names]);
  });

  test.each([
    ['disk', 'everything'],
    ['disk', 'compress', 'more'],
    ['disk', '--yes'],
    ['disk', 'compress', '--full'],
  ])('is not understood: %s %s', async (...args) => {
    expect((await typed(sample(), args)).code).toBe(2);
  });
});

describe('disk compress', () => {
  const compress = ['disk', 'compress'];

  test('says which files, what stays as it is, and what it would free; and does nothing without a yes', async () => {
    const { type, files } = terminal(sample(), { columns: 300, answer: 'n' });
    const before = pictureOf(files);
    const { code, out } = await type(...compress);
    expect(code).toBe(3);
    expect(out).toContain('Codex compresses 3 conversation files');
    expect(out).toContain(`archived_sessions/`);
    expect(out).toContain('Left as they are: 1 file written in within a week');
    expect(out).toContain('That is an estimate');
    expect(out).not.toContain('there is also Codex');
    expect(pictureOf(files)).toEqual(before);
  });

  test('names each older Codex here, and what it would do', async () => {
    const builder = sample().codex('0.128.0').codex('0.142.0').codex('0.135.0');
    const { out } = await typed(builder, compress, { columns: 400, answer: 'n' });
    expect(out).toContain(
      'there is also Codex 0.128.0, 0.135.0, which cannot read compressed conversations',
    );
    expect(out).toContain('deletes their entries in the database');
  });

  test('there is nothing to compress', async () => {
    const { code, out } = await typed(home().thread('t1'), compress);
    expect([code, out]).toEqual([
      0,
      'There is nothing to compress.\nLeft as they are: 1 file written in within a week.\n',
    ]);
  });

  test.each([
    ['there is no Codex', home().thread('t1', { age: 2 * WEEK_MIN }), 'there is none'],
    [
      'the newest one is too old',
      home()
        .thread('t1', { age: 2 * WEEK_MIN })
        .codex('0.142.0', CODEX),
      'compressed by Codex 0.160 and newer',
    ],
    [
      'Codex has done it lately',
      sample().file('.tmp/rollout-compression.lock', 'pid=1'),
      'within the last six hours',
    ],
    [
      'a Codex has the home open',
      sample().holder({ files: [`${HOME}/state_5.sqlite`] }),
      'codex (process 4711)',
    ],
  ])('is refused where %s', async (_, builder, why) => {
    const { type, files } = terminal(builder, { columns: 300 });
    const before = pictureOf(files);
    const { code, err } = await type(...compress, '--yes');
    expect(code).toBe(3);
    expect(err).toContain(why);
    expect(pictureOf(files)).toEqual(before);
  });

  test('is refused when it is no longer that plan', async () => {
    const { code } = await typed(sample(), [...compress, '--yes', '--plan', 'abcdef']);
    expect(code).toBe(3);
  });

  test('a plan in JSON names every file', async () => {
    const { out } = await typed(home().thread('t1'), [...compress, '--json']);
    expect(JSON.parse(out)).toMatchObject({
      files: [],
      left: { young: 1, unknown: 0, twins: 0 },
      olderCodexes: [],
      undo: null,
    });
  });
});
