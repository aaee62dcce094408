import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../src/cli/text/width.ts';
import { home, HOME, idOf, type HomeBuilder } from '../support/home.ts';
import { pictureOf } from '../support/pictures.ts';
import { terminal, typed } from './runCli.ts';

const CONFIG = `model_provider = "mock"

[model_providers.mock]
name = "Mock"

[model_providers."the other"]
name = "Other"
`;
const MOVE = ['provider', 'move', '--from', 'mock', '--to', 'the other'];

const sample = () =>
  home()
    .config(CONFIG)
    .thread('t1')
    .thread('t2', { archived: true })
    .thread('t3', { provider: 'the other' })
    .thread('t4', { provider: 'gone' });

interface Answer {
  readonly counts: Readonly<Record<'moved' | 'alreadyThere' | 'skipped' | 'failed', number>>;
  readonly skipped: readonly {
    readonly thread: string;
    readonly why: string;
    readonly next: string;
  }[];
  readonly failed: readonly { readonly thread: string; readonly why: string }[];
  readonly moves: readonly unknown[];
  readonly undo: string | null;
}

const answerOf = (out: string) => JSON.parse(out) as Answer;

async function countsOf(builder: HomeBuilder, ...args: readonly string[]) {
  const { code, out } = await typed(builder, [...args, '--yes', '--json']);
  return { code, ...answerOf(out) };
}

describe('provider list', () => {
  test('says who has which threads, and where they are seen', async () => {
    const { code, out } = await typed(sample(), ['provider', 'list', '--no-color'], {
      columns: 200,
    });
    expect(code).toBe(0);
    expect(out).toContain('The provider that is set is "mock"');
    expect(out).toContain('mock: 1 active thread, 1 archived; all active ones are in the lists');
    expect(out).toContain('the other: 1 active thread; hidden from the lists');
    expect(out).toContain('1 thread can be opened by id all the same');
    expect(out).toContain(
      'config.toml does not define it: its threads can be read, and not be resumed',
    );
    expect(out).toContain('encrypted');
  });

  test('says which threads came from elsewhere', async () => {
    const { type } = terminal(sample());
    await type(...MOVE, '--yes');
    const { out } = await type('provider', 'list', '--json');
    const { providers } = JSON.parse(out) as {
      readonly providers: readonly { readonly id: string; readonly cameFrom: unknown }[];
    };
    expect(providers.find(({ id }) => id === 'the other')?.cameFrom).toEqual([
      { provider: 'mock', threads: 2 },
    ]);
  });

  test('says that some are recorded under several', async () => {
    const builder = sample().thread('t5', { row: { model_provider: 'the other' } });
    const { out } = await typed(builder, ['provider', 'list'], { columns: 200 });
    expect(out).toContain('1 thread is recorded under several providers');
  });

  test.each([48, 80])('no line is longer than %i columns', async columns => {
    const { out } = await typed(sample(), ['provider', 'list'], { columns });
    const { out: plan } = await typed(sample(), MOVE, { columns, answer: 'n' });
    // A command that can be copied is not broken.
    const lines = [...out.split('\n'), ...plan.split('\n')].filter(
      line => !line.includes('codex-health provider'),
    );
    expect(lines.filter(line => displayWidth(line) > columns)).toEqual([]);
  });

  test('changes nothing', async () => {
    const { type, files } = terminal(sample());
    const before = [...files.keys()];
    await type('provider', 'list');
    expect([...files.keys()]).toEqual(before);
  });
});

describe('provider move', () => {
  test('moves the threads of one provider, archived ones too, and no others', async () => {
    const { code, counts, moves } = await countsOf(sample(), ...MOVE);
    expect([code, counts]).toEqual([0, { moved: 2, alreadyThere: 0, skipped: 0, failed: 0 }]);
    expect(moves).toHaveLength(2);
  });

  test('says what it came to, and how it is taken back', async () => {
    const { out } = await typed(sample(), [...MOVE, '--yes'], { columns: 200 });
    expect(out).toContain('2 threads from "mock" to "the other".');
    expect(out).toContain('Moved: 2 threads. Already there: 0. Skipped: 0. Failed: 0.');
    expect(out).toContain('codex-health provider restore');
    expect(out).toMatch(/To take this move back: codex-health undo \S+/);
  });

  test('says so when nobody will see the threads there', async () => {
    const { out } = await typed(sample(), MOVE, { columns: 200, answer: 'n' });
    expect(out).toContain(
      'config.toml sets "mock" now: Codex will list the threads of "the other" when',
    );
    const back = ['provider', 'move', '--from', 'the other', '--to', 'mock'];
    const seen = await typed(sample(), back, { columns: 200, answer: 'n' });
    expect(seen.out).not.toContain('config.toml sets');
  });

  test('a second time there is nothing to do', async () => {
    const { type } = terminal(sample());
    await type(...MOVE, '--yes');
    const { code, out } = await type(...MOVE, '--yes', '--json');
    expect(code).toBe(0);
    expect(answerOf(out).counts).toEqual({ moved: 0, alreadyThere: 2, skipped: 0, failed: 0 });
  });

  test('only the threads that are named, by the beginning of an id as well', async () => {
    const { counts } = await countsOf(
      sample(),
      ...MOVE,
      '--thread',
      idOf('t2'),
      idOf('t3'),
      'ffff',
    );
    expect(counts).toEqual({ moved: 1, alreadyThere: 1, skipped: 1, failed: 0 });
  });

  test('a beginning that several threads have is refused', async () => {
    const { code, err } = await typed(sample(), [...MOVE, '--thread', '01a0', '--yes']);
    expect([code, err]).toEqual([2, expect.stringContaining('4 threads begin with "01a0"')]);
  });

  test('a thread that is being written is skipped and named', async () => {
    const builder = sample().holder({ program: 'codex', pid: 12, writesThreads: [idOf('t1')] });
    const { code, counts, skipped } = await countsOf(builder, ...MOVE);
    expect([code, counts]).toEqual([0, { moved: 1, alreadyThere: 0, skipped: 1, failed: 0 }]);
    expect(skipped).toEqual([
      {
        thread: 't1',
        why: 'codex (process 12) has it open for writing',
        next: 'Close it there, and run this again.',
      },
    ]);
  });

  test('a failure is counted, with its reason, and the others are moved', async () => {
    const { type, files, memory } = terminal(sample());
    const file = [...files.keys()].find(name => name.includes(idOf('t1'))) ?? '';
    const { rewrite } = memory.hands;
    memory.hands.rewrite = (name, rewriting) =>
      name === file ? Promise.reject(new Error('the disk is full')) : rewrite(name, rewriting);
    const { code, out } = await type(...MOVE, '--yes', '--json');
    const { counts, failed } = answerOf(out);
    expect([code, counts]).toEqual([1, { moved: 1, alreadyThere: 0, skipped: 0, failed: 1 }]);
    expect(failed).toEqual([{ thread: idOf('t1'), why: 'the disk is full' }]);
  });

  test('nobody said yes', async () => {
    const { type, files } = terminal(sample());
    const before = pictureOf(files);
    const { code, err } = await type(...MOVE);
    expect([code, err]).toEqual([3, expect.stringContaining('Nobody is there to say yes')]);
    expect(pictureOf(files)).toEqual(before);
  });

  test.each([
    ['nowhere', 'config.toml does not define the provider "nowhere"'],
    ['mock', '"mock" is both where threads come from and where they go'],
    ['ollama-chat', 'Codex no longer supports the provider "ollama-chat"'],
  ])('to %s is refused', async (to, why) => {
    const { code, err } = await typed(
      sample(),
      ['provider', 'move', '--from', 'mock', '--to', to, '--yes'],
      { columns: 200 },
    );
    expect([code, err]).toEqual([3, expect.stringContaining(why)]);
  });

  test.each([[['provider']], [['provider', 'mvoe']], [['provider', 'move', '--from', 'mock']]])(
    '%j is wrong usage',
    async args => {
      expect((await typed(sample(), args)).code).toBe(2);
    },
  );

  test('a move is undone exactly', async () => {
    const { type, files } = terminal(sample());
    const before = pictureOf(files);
    await type(...MOVE, '--yes');
    const { code } = await type('undo', '--yes');
    expect(code).toBe(0);
    expect(pictureOf(files)).toEqual(before);
  });
});

describe('provider restore', () => {
  test('gives each thread the provider back that it had at first', async () => {
    const { type } = terminal(sample());
    await type(...MOVE, '--yes');
    await type('provider', 'move', '--from', 'gone', '--to', 'the other', '--yes');
    await type('provider', 'move', '--from', 'the other', '--to', 'openai', '--yes');
    const { code, out } = await type('provider', 'restore', '--yes', '--json');
    expect(code).toBe(0);
    expect(answerOf(out).moves).toEqual([
      { thread: idOf('t1'), from: 'openai', to: 'mock' },
      { thread: idOf('t2'), from: 'openai', to: 'mock' },
      { thread: idOf('t3'), from: 'openai', to: 'the other' },
      { thread: idOf('t4'), from: 'openai', to: 'gone' },
    ]);
  });

  test('remembers also what was undone, and for ever', async () => {
    const { type } = terminal(sample());
    await type(...MOVE, '--yes');
    await type('undo', '--yes');
    await type('provider', 'move', '--from', 'mock', '--to', 'openai', '--yes');
    await type('provider', 'restore', '--yes');
    const { out } = await type('provider', 'restore', '--yes', '--json');
    expect(answerOf(out).counts).toEqual({ moved: 0, alreadyThere: 2, skipped: 0, failed: 0 });
  });

  test('the ledger survives half a line that a stop has left', async () => {
    const { type, files } = terminal(sample());
    await type(...MOVE, '--thread', idOf('t1'), '--yes');
    const ledger = `${HOME}/session-health/providers.jsonl`;
    const { bytes = new Uint8Array(), modifiedMs = 0 } = files.get(ledger) ?? {};
    const torn = Buffer.concat([bytes, Buffer.from('{"thread":"01a0')]);
    files.set(ledger, { bytes: torn, modifiedMs });
    await type(...MOVE, '--yes');
    const { out } = await type('provider', 'restore', '--yes', '--json');
    expect(answerOf(out).counts.moved).toBe(2);
  });

  test('a thread that was never moved is named', async () => {
    const { counts, skipped } = await countsOf(
      sample(),
      'provider',
      'restore',
      '--thread',
      idOf('t1'),
    );
    expect(counts.skipped).toBe(1);
    expect(skipped[0]?.why).toContain('it was never moved to another provider by this program');
  });

  test('takes no other provider', async () => {
    const { code } = await typed(sample(), ['provider', 'restore', '--to', 'mock']);
    expect(code).toBe(2);
  });
});

describe('moved by a repair that somebody chose', () => {
  test('the originals are noted as by a move, and given back', async () => {
    const builder = home()
      .config(CONFIG)
      .thread('t1', { provider: 'the other' })
      .thread('t2', { provider: 'gone' });
    const { type, keyOf, files } = terminal(builder);
    const before = pictureOf(files);
    const choice = ['--cure', 'move-provider', '--yes', '--json'];
    const { out } = await type('apply', '--check', 'provider-hides-threads', ...choice);
    expect(JSON.parse(out)).toMatchObject({
      applied: 1,
      failed: [],
      healed: ['provider-hides-threads:the other'],
    });
    await type('apply', '--check', 'provider-undefined', ...choice);
    const listed = await type('provider', 'list', '--json');
    const { providers } = JSON.parse(listed.out) as {
      readonly providers: readonly { readonly id: string; readonly cameFrom: unknown }[];
    };
    expect(providers.find(({ id }) => id === 'mock')?.cameFrom).toEqual([
      { provider: 'the other', threads: 1 },
      { provider: 'gone', threads: 1 },
    ]);
    const restored = answerOf((await type('provider', 'restore', '--yes', '--json')).out);
    expect([restored.counts.moved, restored.counts.failed]).toEqual([2, 0]);
    expect(keyOf(JSON.stringify(restored.moves))).toContain(
      '{"thread":"t2","from":"mock","to":"gone"}',
    );
    const names = (picture: ReturnType<typeof pictureOf>) =>
      (picture[`${HOME}/state_5.sqlite`] ?? '').match(/'(?:the other|gone|mock)'/g);
    expect(names(pictureOf(files))).toEqual(names(before));
  });

  test('one thread that fails is named, and the others stay moved', async () => {
    const builder = home()
      .config(CONFIG)
      .thread('t1', { provider: 'the other' })
      .thread('t2', { provider: 'the other' });
    const { type, memory } = terminal(builder);
    const { write } = memory.hands;
    const failing: typeof write = (file, writing) =>
      file.includes(idOf('t2'))
        ? Promise.reject(new Error('the disk did not take it'))
        : write(file, writing);
    Object.assign(memory.hands, { write: failing });
    const { code, out } = await type(
      ...['apply', '--check', 'provider-hides-threads', '--cure', 'move-provider'],
      ...['--yes', '--json'],
    );
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      applied: 1,
      failed: [{ what: idOf('t2'), why: 'the disk did not take it' }],
      remaining: ['provider-hides-threads:the other'],
    });
  });
});
