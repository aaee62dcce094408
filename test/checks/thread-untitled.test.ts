import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createEngine, createRepairs } from '../../src/engine/engine.ts';
import { typed } from '../cli/runCli.ts';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home, HOME, idOf, type HomeBuilder, type ThreadSpec } from '../support/home.ts';
import { createMemoryHands } from '../support/memoryHands.ts';

const filler = { type: 'response_item', payload: { text: 'x'.repeat(5_000_000) } };

test('no name and no message', () =>
  expectFindings(home().thread('t1', { prompt: null }).thread('t2')).toBe(
    'note thread-untitled t1',
  ));

test('a message without any text', () =>
  expectFindings(home().thread('t1', { prompt: '   ', row: { title: '', preview: '' } })).toBe(
    'note thread-untitled t1',
  ));

test('not, when it has a name', () =>
  expectFindings(
    home()
      .thread('t1', { prompt: null, row: { name: 'Mine' } })
      .thread('t2', { prompt: null, mode: 'legacy' })
      .name('t2', 'Mine'),
  ).toBe());

test('not, when it shows the first message of its parent', () =>
  expectFindings(home().thread('t1', { prompt: null, row: { preview: 'please do t0' } })).toBe());

test('not, when it is archived', () =>
  expectFindings(home().thread('t1', { prompt: null, archived: true })).toBe());

test('says that it is a fork', () =>
  expectFindings(
    home()
      .thread('t0')
      .thread('t1', { prompt: null, header: { forked_from_id: idOf('x') } }),
  ).toSay(
    'thread-untitled',
    'It is a fork without a name in which nothing was said yet: lists show it without a title.',
  ));

test('is said in one sentence', () =>
  expectFindings(home().thread('t1', { prompt: null })).toSay(
    'thread-untitled',
    'It has no name and no first message: lists show it without a title, or not at all.',
  ));

test('nobody is accused when the message may be in a part that was not read', () =>
  expectFindings(home().thread('t1', { prompt: null, more: [filler] })).toBe());

test('nobody is accused when the names cannot be read', () =>
  expectOutcome(
    home().thread('t1', { prompt: null }).trouble('session_index.jsonl'),
    'thread-untitled',
  ).toBe('unknown'));

describe('the plan shows the name that it would get', () => {
  const CODEX = { migrations: { 'state_5.sqlite': 62 } };
  const named = async (builder: HomeBuilder) => {
    const args = ['plan', '--check', 'thread-untitled', '--json'];
    const { out } = await typed(builder.codex('0.169.0', CODEX), args);
    const { steps } = JSON.parse(out) as { steps: readonly { says: string }[] };
    return steps.map(({ says }) => says.replace(/^.* names the thread t1 /, '')).join();
  };
  const untitled = (...more: NonNullable<ThreadSpec['more']>) =>
    home().thread('t0').thread('t1', { prompt: null, more });
  const told = (role: string, ...texts: readonly string[]) => ({
    type: 'response_item',
    payload: { type: 'message', role, content: texts.map(text => ({ type: 'input_text', text })) },
  });

  test('what a person wrote, wherever it stands', async () => {
    const context = told('user', '<environment_context>\n</environment_context>');
    const rules = told('user', '# AGENTS.md instructions for /home/ada\n\nBe brief.');
    expect(
      await named(untitled(context, rules, told('assistant', 'Hm?'), told('user', 'mend\nit'))),
    ).toBe('"mend it", after what a person wrote in it');
  });

  test('a goal', async () => {
    const payload = { type: 'thread_goal_updated', goal: { objective: 'Make it fast' } };
    expect(await named(untitled({ type: 'event_msg', payload }))).toBe(
      '"Make it fast", after what a person wrote in it',
    );
  });

  test('a long text is cut behind a word', async () => {
    const text = `${'please '.repeat(20)}`;
    expect(await named(untitled(told('user', text)))).toBe(
      `"${'please '.repeat(8).trim()}…", after what a person wrote in it`,
    );
  });

  test('of a fork in which nothing was said, what it was forked from', async () => {
    const fork = { prompt: null, header: { forked_from_id: idOf('t0') } };
    expect(await named(home().thread('t0').thread('t1', fork))).toBe(
      '"Fork of please do t0", after what it was forked from',
    );
    expect(await named(home().thread('t0').name('t0', 'Mine').thread('t1', fork))).toBe(
      '"Fork of Mine", after what it was forked from',
    );
  });

  test('else the first answer', async () =>
    expect(await named(untitled(told('assistant', 'Done.')))).toBe(
      '"Codex: Done.", after the first answer in it',
    ));

  test('else the folder and the day', async () =>
    expect(await named(untitled())).toBe(
      '"one, 2026-11-21", after its folder and its day, since nothing was said in it',
    ));

  test('in a compressed file as well', async () => {
    const { files } = untitled(told('assistant', 'Hm?'), told('user', 'mend it')).build();
    const [at = ''] = [...files.keys()].filter(file => file.includes(idOf('t1')));
    const packed = zlib.zstdCompressSync(files.get(at)?.bytes ?? new Uint8Array());
    expect(await named(untitled().without(at).file(`${at}.zst`, packed))).toBe(
      '"mend it", after what a person wrote in it',
    );
  });

  test('none is made up where the file cannot be read', async () => {
    const { world } = untitled().codex('0.169.0', CODEX).build();
    const { ends } = world.files;
    let reads = 0;
    world.files.ends = (...args) => {
      reads += 1;
      return reads > 2
        ? Promise.resolve({ ok: false, trouble: { code: 'denied', why: 'not any more' } })
        : ends(...args);
    };
    const engine = createEngine(world);
    const report = await engine.scan({ home: HOME, sqliteHome: null, codex: null, full: false });
    const repairs = createRepairs(world, createMemoryHands(new Map()).hands);
    const choice = { findings: [`thread-untitled:${idOf('t1')}`], cure: null };
    const { refused } = await repairs.plan(report, choice);
    expect(refused.map(({ why }) => why)).toEqual([
      'its file could not be read, so that nobody knows whether anything was said in it',
    ]);
  });
});
