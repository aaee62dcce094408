import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { terminal, typed } from '../cli/runCli.ts';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { cured } from '../support/expectRepairs.ts';
import { home, HOME, idOf, type HomeBuilder, type ThreadSpec } from '../support/home.ts';
import { rolloutPath } from '../support/rolloutPath.ts';

const REQUEST = { home: HOME, sqliteHome: null, codex: null, full: false };

/** What Codex writes into the first line of a fork; a part of a thread is a fork of nobody. */
const forkOf = (thread: string, part = thread) => ({
  header: {
    forked_from_id: idOf(thread),
    forked_from_ordinal_exclusive: 5,
    history_base: { thread_id: idOf(part), end_ordinal_exclusive: 5, end_byte_offset: 99 },
  },
});

test('the thread from which it was forked has no file', () =>
  expectFindings(home().thread('t1', { file: false }).thread('t2', forkOf('t1'))).toBe(
    'warning thread-file-missing t1',
    'error thread-fork-parent-missing t2',
  ));

test('nobody knows the thread from which it was forked', () =>
  expectFindings(home().thread('t2', forkOf('t1'))).toBe('error thread-fork-parent-missing t2'));

test('a fork of such a fork suffers, and is not named by itself', () =>
  expectFindings(home().thread('t2', forkOf('t1')).thread('t3', forkOf('t2'))).toSay(
    'thread-fork-parent-missing',
    `It was forked from the conversation ${idOf('t1')}, whose file is nowhere in this home: Codex cannot open it without that beginning. 1 further fork suffers as well.`,
  ));

test('the earlier part of the thread itself is gone', () =>
  expectFindings(
    home().thread('t1', {
      at: part('t1', 's1'),
      header: { history_base: { thread_id: idOf('t1') } },
    }),
  ).toBe('error thread-fork-parent-missing t1'));

test('the earliest of several parts is gone', () =>
  expectFindings(
    home()
      .thread('t1', {
        at: part('t1', 's2'),
        header: { history_base: { thread_id: idOf('s1') } },
      })
      .thread('s1', {
        at: part('t1', 's1'),
        row: false,
        header: { id: idOf('t1'), history_base: { thread_id: idOf('t1') } },
      }),
  ).toBe('error thread-fork-parent-missing t1'));

// As after an older copy of the parent was put back; a compressed file does not tell how much it holds.
const before = (bytes: number) => ({
  header: {
    ...forkOf('t1').header,
    history_base: { ...forkOf('t1').header.history_base, end_byte_offset: bytes },
  },
});

test('the file of the parent ends before the place at which the fork goes on', () =>
  expectFindings(home().thread('t1').thread('t2', before(1_000_000))).toSay(
    'thread-fork-parent-missing',
    `It was forked from the conversation t1, whose file ends before the place at which this one goes on, as an older copy of it does: Codex cannot open it without that beginning.`,
  ));

test('then not all of its conversation is on this disk', async () => {
  const { world } = home().thread('t1').thread('t2', before(1_000_000)).build();
  const { nothingLost, visibility } = await createEngine(world).scan(REQUEST);
  expect(nothingLost).toEqual({
    answer: 'no',
    says: '1 conversation goes on from a file that holds less than it did. All others can be read.',
  });
  expect(visibility[idOf('t2')]?.resumable.answer).toBe(false);
  expect(visibility[idOf('t1')]?.resumable.answer).toBe(true);
});

test('nothing, when the parent is there', () =>
  expectFindings(home().thread('t1').thread('t2', forkOf('t1'))).toBe());

test('nothing, when it is archived', () =>
  expectFindings(home().thread('t1', { archived: true }).thread('t2', forkOf('t1'))).toBe());

test('nothing, when the part of the parent is there', () =>
  expectFindings(
    home()
      .thread('t1', { row: { rollout_path: `${HOME}/${part('t1', 's1')}` } })
      .thread('s1', {
        at: part('t1', 's1'),
        row: false,
        header: { id: idOf('t1'), history_base: { thread_id: idOf('t1') } },
      })
      .thread('t2', forkOf('t1', 's1')),
  ).toBe());

test('a parent under another name is there: that is another finding', () =>
  expectFindings(
    home()
      .thread('t1', { at: 'sessions/2026/11/21/rollout-kept.jsonl' })
      .thread('t2', forkOf('t1')),
  ).toBe('warning rollout-misnamed sessions/2026/11/21/rollout-kept.jsonl'));

test('nothing, when the fork holds a copy of what came before', () =>
  expectFindings(
    home()
      .thread('t1', { mode: 'legacy', header: { forked_from_id: idOf('gone') } })
      // What Codex migrates to paginated history keeps its copy.
      .thread('t2', { header: { forked_from_id: idOf('gone') } }),
  ).toBe());

test('is said in one sentence', () =>
  expectFindings(home().thread('t2', forkOf('t1'))).toSay(
    'thread-fork-parent-missing',
    `It was forked from the conversation ${idOf('t1')}, whose file is nowhere in this home: Codex cannot open it without that beginning.`,
  ));

test.each(['sessions/2026/11/20', 'archived_sessions'])(
  'nobody is accused when %s cannot be read',
  folder =>
    expectOutcome(
      home().thread('t2', forkOf('t1')).file(`${folder}/x`, '').trouble(folder),
      'thread-fork-parent-missing',
    ).toBe('unknown'),
);

function part(thread: string, segment: string): string {
  return rolloutPath(thread).replace('.jsonl', `_${idOf(segment)}.jsonl`);
}

describe('the beginning is looked for', () => {
  const CHECK = 'thread-fork-parent-missing';
  const CURE = 'put-beginning-back';
  const { files } = home().thread('t1').build();
  const PLACE = `${HOME}/${rolloutPath('t1')}`;
  const whole = Buffer.from(files.get(PLACE)?.bytes ?? []).toString();
  const NAME = PLACE.slice(PLACE.lastIndexOf('/') + 1);
  /** Behind so many lines of the parent. */
  const forkBehind = (lines: number, thread = 't1', part = thread): ThreadSpec => ({
    header: {
      forked_from_id: idOf(thread),
      forked_from_ordinal_exclusive: lines,
      history_base: {
        thread_id: idOf(part),
        end_ordinal_exclusive: lines,
        end_byte_offset: whole.split('\n').slice(0, lines).join('\n').length + 1,
      },
    },
  });
  const orphan = (spec = forkBehind(4)) => home().thread('t1', { file: false }).thread('t2', spec);
  const refusalOf = async (builder: HomeBuilder) => {
    const { out } = await typed(builder, ['plan', '--check', CHECK, '--cure', CURE, '--json']);
    const { refused } = JSON.parse(out) as {
      readonly refused: readonly { readonly why: string; readonly next: string }[];
    };
    return refused.map(({ why }) => why).join();
  };

  test.each([
    ['saved under another name', 'saved/my old chat.jsonl', whole],
    ['compressed', `rollout-migrations/1/${NAME}.zst`, zlib.zstdCompressSync(whole)],
    ['among what an earlier repair took', `session-health/vault/x/files/${NAME}`, whole],
  ])('%s: it is copied, and stays where it is', async (_, at, content) => {
    const done = await cured(orphan().file(at, content), CHECK, CURE);
    expect(done).toMatchObject({ refused: [], changed: { [PLACE]: whole } });
    expect(Object.keys(done?.changed ?? {})).toEqual([PLACE]);
  });

  test.each(['', 'deep/er/'])('left in the trees: it is moved', async folder => {
    const at = `sessions/${folder}${NAME}.bak`;
    const { files: after } = await afterwards(orphan().file(at, whole));
    expect([after.has(PLACE), after.has(`${HOME}/${at}`)]).toEqual([true, false]);
  });

  test('into the archive, where it was archived', async () => {
    const builder = home()
      .thread('t1', { file: false, archived: true })
      .thread('t2', forkBehind(4))
      .file('saved.jsonl', whole);
    const done = await cured(builder, CHECK, CURE);
    expect(Object.keys(done?.changed ?? {})).toEqual([`${HOME}/archived_sessions/${NAME}`]);
  });

  test('in a vault that is kept elsewhere, when that is named', async () => {
    const { world } = orphan().build();
    const report = await createEngine(world).scan(REQUEST);
    const kept = `/mnt/vault/${report.snapshot.home.key}/vault/x/files/${NAME}`;
    const builder = orphan().file(kept, whole);
    const { type } = terminal(builder);
    const choice = ['--check', CHECK, '--cure', CURE];
    expect((await type('plan', ...choice)).code).toBe(1);
    expect((await type('plan', ...choice, '--vault', '/mnt/vault')).code).toBe(0);
    expect((await type('apply', ...choice, '--yes', '--vault', '/mnt/vault')).code).toBe(0);
  });

  test('two forks of it are healed at once', async () => {
    const builder = orphan().thread('t3', forkBehind(2)).file('saved.jsonl', whole);
    const done = await cured(builder, CHECK, CURE);
    expect(done).toMatchObject({
      refused: [],
      findings: [`${CHECK}:${idOf('t2')}`, `${CHECK}:${idOf('t3')}`],
    });
  });

  test('a part of a thread is known by its name', async () => {
    const name = NAME.replace('.jsonl', `_${idOf('s1')}.jsonl`);
    const builder = home()
      .thread('t1')
      .thread('t2', forkBehind(4, 't1', 's1'))
      .file(`saved/${name}`, whole);
    const done = await cured(builder, CHECK, CURE);
    expect(Object.keys(done?.changed ?? {})).toEqual([PLACE.replace(NAME, name)]);
  });

  test('of several that fit the one that holds all others is taken', async () => {
    const begin = `${whole.split('\n').slice(0, 4).join('\n')}\n`;
    const builder = orphan().file('one.jsonl', begin).file('two.jsonl', whole);
    expect((await cured(builder, CHECK, CURE))?.changed).toEqual({ [PLACE]: whole });
    const different = whole.replace('task_complete', 'task_completX');
    expect(
      await refusalOf(orphan().file('one.jsonl', different).file('two.jsonl', whole)),
    ).toContain('it is not the same as another one that fits as well');
  });

  test.each([
    ['too short', whole.split('\n').slice(0, 2).join('\n'), 'it is shorter than'],
    ['other bytes before', whole.replace('mock', 'another'), 'where one of its lines ends'],
    ['other numbers', whole.replace('"ordinal":3', '"ordinal":7'), 'where one of its lines ends'],
  ])('nothing is put back that does not fit: %s', async (_, content, why) => {
    const refusal = await refusalOf(orphan().file('saved.jsonl', content));
    expect(refusal).toContain('/home/ada/.codex/saved.jsonl (');
    expect(refusal).toContain(why);
  });

  test('says how much was looked at where nothing is found', async () => {
    const other = whole.replaceAll(idOf('t1'), idOf('t9'));
    expect(await refusalOf(orphan().file('saved.jsonl', other).file('notes.txt', whole))).toBe(
      'no file of that conversation was found among 1 further file in this home and in the vault',
    );
  });

  test('says that a folder could not be looked at', async () => {
    const { world, type } = terminal(orphan().file('saved/other.jsonl', 'x'));
    const { list } = world.files;
    world.files.list = folder =>
      folder.endsWith('/saved')
        ? Promise.resolve({ ok: false, trouble: { code: 'denied', why: 'not for this account' } })
        : list(folder);
    const { out } = await type('plan', '--check', CHECK, '--cure', CURE, '--json');
    expect(out).toContain('among 0 further files; not all of this home could be looked at');
  });

  test('does not look for ever', async () => {
    const builder = orphan();
    for (let file = 0; file < 2001; file += 1) builder.file(`logs/${String(file)}.jsonl`, 'x');
    expect(await refusalOf(builder)).toBe(
      'no file of that conversation was found among 2000 further files; not all of this home could be looked at',
    );
    // What is named after it comes first.
    expect(await refusalOf(builder.file(`zzz/${NAME}.old`, whole))).toBe('');
  });

  async function afterwards(builder: HomeBuilder) {
    const machine = terminal(builder);
    const done = await machine.type('apply', '--check', CHECK, '--cure', CURE, '--yes');
    expect(done.code).toBe(0);
    return machine;
  }
});
