import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../src/cli/text/width.ts';
import { HOME, home, idOf, type HomeBuilder } from '../support/home.ts';
import { homeOf } from '../support/transcripts.ts';
import { typed } from './runCli.ts';

const ESCAPES = '\u001b[2J\u001b]0;mine\u0007 red \u009b31m and \u202eback';

/** What was said in one thread, and what a tool put out. */
function talk(): HomeBuilder {
  return homeOf([
    ['event_msg', { type: 'user_message', message: 'Why does the *login* test fail?' }],
    [
      'response_item',
      {
        type: 'function_call',
        name: 'shell',
        arguments: JSON.stringify({ command: ['npm', 'test'] }),
        call_id: 'c1',
      },
    ],
    [
      'response_item',
      { type: 'function_call_output', call_id: 'c1', output: `one\n  two ${ESCAPES}` },
    ],
    ['response_item', { type: 'custom_tool_call', call_id: 'c2', name: `mine ${ESCAPES}` }],
    ['event_msg', { type: 'agent_message', message: `# Because\n- of ${'Mondays '.repeat(20)}` }],
  ]).name('one', `A name ${ESCAPES}`);
}

/** Three threads with titles, of which two are about the login. */
function several(): HomeBuilder {
  return home()
    .thread('a', { prompt: 'Fix the login test' })
    .thread('b', { prompt: 'Fix the login test for good', age: 60 })
    .thread('c', { prompt: 'Write the release notes', archived: true });
}

/** A thread of many parts, whose messages are numbered. */
function long(): HomeBuilder {
  return homeOf(
    Array.from({ length: 900 }, (_, index) => [
      'event_msg',
      { type: 'agent_message', message: `message ${String(index)} ${'x'.repeat(1000)}` },
    ]),
  );
}

describe('in a pipe', () => {
  test('it is Markdown, in which nothing from elsewhere does anything', async () => {
    const { code, out, err } = await typed(talk(), ['transcript', idOf('one')]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`# Codex transcript: `);
    expect(out).toContain(
      '\n## You · 2026-11-21 11:00:00 UTC\n\n> Why does the *login* test fail?\n',
    );
    expect(out).toContain('\n```sh\nnpm test\n```\n');
    expect(out).toContain('\n> \\# Because\n> - of Mondays ');
    expect(out).not.toMatch(/[\u001b\u0007\u007f-\u009f\u202e]/u);
  });

  test('it has no colours, also when they are forced', async () => {
    const environment = { FORCE_COLOR: '1' };
    const forced = await typed(talk(), ['transcript', idOf('one')], { environment });
    expect(forced.out).not.toContain('\u001b');
  });
});

describe.each([48, 100])('on a terminal of %i columns', columns => {
  test('it is text that fits, in which nothing from elsewhere does anything', async () => {
    const { code, out } = await typed(talk(), ['transcript', idOf('one'), '--no-color'], {
      columns,
    });
    expect(code).toBe(0);
    expect(out).toContain('\n\nYou · 2026-11-21 11:00:00 UTC\n  Why does the *login* test fail?\n');
    expect(out).toContain('\n\nCommand · 2026-11-21 11:00:00 UTC\n    npm test\n');
    expect(out).toContain('\n    one\n      two ');
    expect(out).toContain('\n  # Because\n  - of Mondays Mondays ');
    expect(out).not.toMatch(/[\u001b\u0007\u007f-\u009f\u202e]/u);
    expect(out.split('\n').filter(line => displayWidth(line) > columns)).toEqual([]);
  });
});

test('a terminal with colours has those of ours alone', async () => {
  const { out } = await typed(talk(), ['transcript', idOf('one')], { columns: 80 });
  expect(out).toContain('\u001b[1mYou · 2026-11-21 11:00:00 UTC\u001b[22m\n');
  expect(out.replaceAll(/\u001b\[(?:1|2|22)m/g, '')).not.toMatch(/[\u001b\u009b]/);
});

test('as JSON it is what was written, and no terminal obeys it', async () => {
  const { code, out } = await typed(talk(), ['transcript', idOf('one'), '--json']);
  expect([code, /[\u001b\u007f-\u009f]/.test(out)]).toEqual([0, false]);
  const answer = JSON.parse(out) as { entries: readonly { kind: string; text: string }[] };
  expect(Object.keys(answer)).toEqual(
    'schemaVersion thread title part parts file entries instructions unknown beginsIn others trouble'.split(
      ' ',
    ),
  );
  expect(answer).toMatchObject({ schemaVersion: 1, part: 1, parts: 1, trouble: null });
  expect(answer.entries.map(({ kind }) => kind)).toEqual([
    'person',
    'command',
    'output',
    'tool',
    'model',
  ]);
  expect(answer.entries[2]?.text).toBe(`one\n  two ${ESCAPES}`);
});

describe('parts', () => {
  const partsIn = async (...args: readonly string[]) => {
    const { out } = await typed(long(), ['transcript', idOf('one'), ...args]);
    return out;
  };

  test('the newest is shown, with the way to the one before', async () => {
    const out = await partsIn();
    expect(out).toContain('message 899 ');
    expect(out).not.toContain('message 0 ');
    expect(out).toContain('Part 3 of 3, the newest last.');
    expect(out).toContain(`Earlier: \`codex-health transcript one --part 2 --home ${HOME}\``);
    expect(out).not.toContain('Later');
  });

  test('each message is in one of them', async () => {
    const all = await Promise.all(['1', '2', '3'].map(part => partsIn('--part', part)));
    const numbers = all.flatMap(out => [...out.matchAll(/message (\d+) x/g)].map(([, one]) => one));
    expect(numbers).toEqual(Array.from({ length: 900 }, (_, index) => String(index)));
  });

  test('on a terminal the way stands at the end, as it is typed', async () => {
    const { out } = await typed(long(), ['transcript', idOf('one'), '--part', '2', '--no-color'], {
      columns: 40,
    });
    const ways = ['Earlier', 'Later'].map(
      (word, index) =>
        `${word}: codex-health transcript one --part ${String(index * 2 + 1)} --home ${HOME}`,
    );
    expect(out.trimEnd().split('\n').slice(-3)).toEqual(['End of this part', ...ways]);
  });

  test('one that is not there is refused, with how many there are', async () => {
    const { code, out, err } = await typed(long(), ['transcript', idOf('one'), '--part', '4']);
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain('This conversation has 3 parts.');
  });

  test.each(['0', '-1', '1.5', 'last'])('--part=%s is no number of a part', async part => {
    const { code, err } = await typed(long(), ['transcript', idOf('one'), `--part=${part}`]);
    expect(code).toBe(2);
    expect(err).toContain(`--part takes a number from 1 on, and not "${part}".`);
  });
});

describe('which thread', () => {
  test.each([
    ['its id', [idOf('c')]],
    ['its id in capitals', [idOf('c').toUpperCase()]],
    ['the beginning of its id', [idOf('lonely').slice(0, -4)]],
    ['words of its title', ['notes', 'release']],
    ['words of its title, in one', ['RELEASE notes']],
    ['its title as a list cuts it off', ['Write the rel…']],
  ])('%s', async (_, words) => {
    const key = words[0]?.startsWith(idOf('lonely').slice(0, -4)) === true ? 'lonely' : 'c';
    const builder = several()
      .thread('lonely', { prompt: 'Something else' })
      .thread('after', { prompt: `Go on with ${idOf('lonely')}` });
    const { out } = await typed(builder, ['transcript', ...words]);
    expect(out).toContain(`- Session: ${key}\n`);
  });

  test('a whole title is that thread, though it is the beginning of another one', async () => {
    const { code, out } = await typed(several(), ['transcript', 'fix the login test']);
    expect(code).toBe(0);
    expect(out).toContain('- Session: a\n');
  });

  test('several are listed beside the answer, with what tells them apart', async () => {
    const { code, out, err } = await typed(several(), ['transcript', 'login']);
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain('  a\n    Fix the login test\n    ~/work/one · 59 minutes ago\n');
    expect(err).toContain('  b\n    Fix the login test for good\n');
    expect(err).not.toContain('release');
    expect(err).toContain('2 threads fit "login".');
    const shared = await typed(several(), ['transcript', idOf('a').slice(0, 8), '--json']);
    expect(JSON.parse(shared.out)).toMatchObject({ refused: { code: 'ambiguous' } });
  });

  test('of very many the best ten are listed', async () => {
    const builder = home();
    for (let index = 0; index < 30; index += 1)
      builder.thread(`t${String(index)}`, { prompt: `login ${String(index)}`, age: 60 + index });
    const { err } = await typed(builder, ['transcript', 'login']);
    expect(err.match(/^ {4}login \d+$/gm)).toHaveLength(10);
    expect(err).toContain('  … and 20 more threads\n');
  });

  test('titles in the list do nothing to the terminal', async () => {
    const builder = home()
      .thread('a', { prompt: `login ${ESCAPES}` })
      .thread('b', { prompt: `login ${ESCAPES}` });
    const { err } = await typed(builder, ['transcript', 'login'], { columns: 80 });
    expect(err.match(/login/g)?.length).toBeGreaterThan(1);
    expect(err.replaceAll(/\u001b\[(?:1|2|22)m/g, '')).not.toMatch(/[\u001b\u0007\u009b\u202e]/u);
  });

  test('none is refused, and says where all of them are', async () => {
    const { code, err } = await typed(several(), ['transcript', 'nothing like it']);
    expect(code).toBe(3);
    expect(err).toContain('No thread fits "nothing like it".');
    expect(err).toContain('codex-health threads --all');
  });

  test('not to say which is wrong usage', async () => {
    expect((await typed(several(), ['transcript', ' '])).code).toBe(2);
  });
});

test('a thread without a file says so, and does not end as if it had been read', async () => {
  const { code, out } = await typed(home().thread('a', { file: false }), ['transcript', idOf('a')]);
  expect(code).toBe(1);
  expect(out).toContain('- File: none was found\n');
  expect(out).toContain('Nothing was said in this part.');
});

test('a fork says in which thread it begins, and how that is shown', async () => {
  const header = { forked_from_id: idOf('mother'), forked_from_ordinal_exclusive: 3 };
  const builder = home().thread('mother').thread('fork', { header });
  const { out } = await typed(builder, ['transcript', idOf('fork')]);
  expect(out).toContain('begins in another one: `codex-health transcript mother --home');
});
