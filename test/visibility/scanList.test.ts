// The list from files: names, folders, heads. Each case was seen on real Codex programs.

import { describe, expect, test } from 'vitest';
import { home, idOf, type ThreadSpec } from '../support/home.ts';
import { ALL, shownOf, whoShows, whyNot, whyNotOfMany } from '../support/visible.ts';

const DAY = 'sessions/2026/11/21';
const NAME = `rollout-2026-11-21T10-59-00-${idOf('t1')}`;

/** The list from files shows a thread without a row, or says why not. */
async function listed(spec: ThreadSpec, version = '0.169.0'): Promise<string | null> {
  return whyNot(
    home()
      .codex(version)
      .thread('t1', { row: false, ...spec }),
    'scanList',
  );
}

test('a sound thread is everywhere', async () => {
  expect(await whoShows(home().thread('t1'))).toBe(ALL);
  expect(await whoShows(home().thread('t1', { mode: 'legacy' }))).toBe(ALL);
  expect(await whoShows(home().codex('0.142.0').thread('t1', { mode: 'legacy' }))).toBe(ALL);
});

test('an archived one is in the lists of archived ones', async () => {
  expect(await whoShows(home().thread('t1', { archived: true }))).toBe('scanList databaseList');
});

test('a thread that only a name speaks of is no thread', async () => {
  await expect(whoShows(home().name('t1', 'Name'))).rejects.toThrow();
});

describe('names', () => {
  test.each([
    `${DAY}/${NAME}.jsonl`,
    `${DAY}/${NAME.toUpperCase().replace('ROLLOUT', 'rollout')}.jsonl`,
    `${DAY}/${NAME.slice(0, 28)}${idOf('t1').replaceAll('-', '')}.jsonl`,
    `${DAY}/${NAME}_${idOf('t2')}.jsonl`,
    `${DAY}/rollout-2024-02-29T10-59-00-${idOf('other')}.jsonl`,
  ])('%s is one', async at => {
    expect(await listed({ at })).toBeNull();
  });

  test.each([
    `${DAY}/rollout-foo.jsonl`,
    `${DAY}/rollout-${idOf('t1')}.jsonl`,
    `${DAY}/rollout-2026-13-21T10-59-00-${idOf('t1')}.jsonl`,
    `${DAY}/rollout-2026-02-30T10-59-00-${idOf('t1')}.jsonl`,
    `${DAY}/rollout-2026-11-21T10-59-00.123-${idOf('t1')}.jsonl`,
    `${DAY}/${NAME}-copy.jsonl`,
    `${DAY}/${NAME} (1).jsonl`,
  ])('%s is none', async at => {
    expect(await listed({ at })).toMatch(/is no name that Codex gives$/);
  });

  test('of two ids are new in 0.160', async () => {
    const at = `${DAY}/${NAME}_${idOf('t2')}.jsonl`;
    expect(await listed({ at }, '0.160.0')).toBeNull();
    expect(await listed({ at, mode: 'legacy' }, '0.142.0')).toMatch(/no name that Codex gives/);
  });
});

describe('folders', () => {
  test.each(['sessions/2025/01/02', 'sessions/2026/13/99', 'sessions/+2026/+11/+21'])(
    '%s is looked into',
    async folder => expect(await listed({ at: `${folder}/${NAME}.jsonl` })).toBeNull(),
  );

  test.each([
    'sessions',
    'sessions/2026/11',
    `${DAY}/deeper`,
    'sessions/2026/11/300',
    'sessions/70000/1/1',
    'sessions/a/b/c',
  ])('%s is not', async folder =>
    expect(await listed({ at: `${folder}/${NAME}.jsonl` })).toBe(
      'its file lies in a folder where Codex does not look',
    ),
  );

  test('below the archive are not', async () => {
    const at = `archived_sessions/2026/11/21/${NAME}.jsonl`;
    expect(await listed({ at, archived: true })).toMatch(/where Codex does not look$/);
  });
});

describe('the description', () => {
  const behind = (lines: number, line: string) => (text: string) =>
    `${line}\n`.repeat(lines) + text;

  test('is found behind nine other lines, not behind ten', async () => {
    expect(await listed({ text: behind(9, 'not json') })).toBeNull();
    expect(await listed({ text: behind(10, 'not json') })).toMatch(/no readable description/);
  });

  test('is found behind any number of empty lines', async () => {
    expect(await listed({ text: behind(40, '') })).toBeNull();
  });

  test('needs id, time, folder, originator and version', async () => {
    for (const field of ['id', 'timestamp', 'cwd', 'originator', 'cli_version'])
      expect(await listed({ header: { [field]: undefined } })).toMatch(
        field === 'id' ? /no readable description/ : new RegExp(`lacks: ${field}`),
      );
    expect(
      await listed({ header: { base_instructions: undefined, session_id: undefined } }),
    ).toBeNull();
  });

  test('may hold an unknown word for its history in the eyes of 0.142', async () => {
    const spec: ThreadSpec = { mode: 'legacy', header: { history_mode: 'zzz' } };
    expect(await listed(spec, '0.142.0')).toBeNull();
    expect(await listed(spec)).toMatch(/something that Codex does not know/);
  });

  test('is not found behind a byte order mark', async () => {
    expect(await listed({ text: text => `\ufeff${text}` })).toMatch(/byte order mark/);
  });

  test('of another thread makes it one of that thread', async () => {
    const builder = home().thread('t1', { header: { id: idOf('t2') } });
    expect(await whyNot(builder, 'scanList')).toBe(
      'its file says that it is one of another thread (t2)'.replace('t2', idOf('t2')),
    );
    expect(await whoShows(builder, idOf('t2'))).toBe('scanList');
  });

  test('in two files is enough in one', async () => {
    const at = `${DAY}/rollout-foo.jsonl`;
    const twice = home()
      .thread('t1', { row: false, at })
      .thread('t1', { row: false, projected: false });
    expect(await whyNot(twice, 'scanList')).toBeNull();
  });
});

describe('the first message', () => {
  const filler = { type: 'event_msg', payload: { type: 'token_count' } };
  const said = { type: 'event_msg', payload: { type: 'user_message', message: 'hello' } };
  const at = (line: number): ThreadSpec => ({
    prompt: null,
    // Five lines come before these.
    more: [...Array.from({ length: line - 6 }, () => filler), said],
  });

  test('is found in line 210, not in line 211', async () => {
    expect(await listed(at(210))).toBeNull();
    expect(await listed(at(211))).toBe('its file has no message of the person near the beginning');
  });

  test('may be a picture, and must not be blank', async () => {
    const picture = { type: 'user_message', message: '', images: ['data:'] };
    expect(
      await listed({ prompt: null, more: [{ type: 'event_msg', payload: picture }] }),
    ).toBeNull();
    expect(await listed({ mode: 'legacy', prompt: '  ' })).toMatch(/no message of the person/);
  });

  test('may be a goal', async () => {
    const goal = { type: 'thread_goal_updated', goal: { objective: 'all of it' } };
    expect(await listed({ prompt: null, more: [{ type: 'event_msg', payload: goal }] })).toBeNull();
  });

  test('may be missing in a fork since 0.169', async () => {
    const header = { forked_from_id: idOf('p'), forked_from_ordinal_exclusive: 3 };
    expect(await listed({ prompt: null, header })).toBeNull();
    expect(await listed({ prompt: null, header }, '0.160.0')).toMatch(/no message of the person/);
  });

  test('may be missing in the archive since 0.160', async () => {
    const silent = (version: string) =>
      home().codex(version).thread('t1', { archived: true, mode: 'legacy', prompt: null });
    expect(await whoShows(silent('0.142.0'))).toBe('nobody');
    expect(await whoShows(silent('0.160.0'))).toBe('scanList databaseList');
  });

  test('of paginated history means nothing to 0.142', async () => {
    expect(await listed({}, '0.142.0')).toMatch(/written in a way that this Codex does not know/);
  });
});

describe('sources and providers', () => {
  test.each(['cli', 'vscode', { custom: 'atlas' }, { custom: 'chatgpt' }, undefined])(
    '%j is listed',
    async source => expect(await listed({ header: { source } })).toBeNull(),
  );

  test.each(['exec', 'mcp', 'VSCode', '', { subagent: 'review' }, { custom: 'else' }])(
    '%j is not',
    async source =>
      expect(await listed({ header: { source } })).toMatch(/^its file says that .* started it/),
  );

  test('only the provider in use is listed', async () => {
    expect(await listed({ header: { model_provider: 'openai' } })).toBe(
      'its file names another provider (openai) than config.toml (mock)',
    );
    expect(await listed({ header: { model_provider: '' } })).toMatch(/^its file names another/);
    expect(await listed({ header: { model_provider: undefined } })).toBeNull();
  });

  test('the provider in use is the default one when config.toml names none, or is not valid', async () => {
    const without = home().config('model = "m"\n').thread('t1');
    expect(await whyNot(without, 'scanList')).toBe(
      'its file names another provider (mock) than the one in use (openai), since config.toml names none',
    );
    const broken = home().config('model_provider = "mock"\nfoo = [').thread('t1');
    expect(await whyNot(broken, 'scanList')).toMatch(/since config.toml is not valid$/);
    expect(await whyNot(broken, 'resume')).toMatch(/^config.toml is not valid/);
  });
});

test('rows have no say', async () => {
  const row = {
    archived: 1,
    model_provider: 'openai',
    source: 'exec',
    preview: '',
    tokens_used: 'x',
  };
  expect(await whyNot(home().thread('t1', { row }), 'scanList')).toBeNull();
});

test('a compressed file beside a plain one is passed over', async () => {
  const both = home().thread('t1', { text: () => '', at: `${DAY}/${NAME}.jsonl` });
  expect(await whyNot(both.file(`${DAY}/${NAME}.jsonl.zst`, 'x'), 'scanList')).toMatch(/no bytes/);
});

test('files that could not be looked at may be of any thread', async () => {
  const builder = home().thread('t1', { file: false }).trouble('sessions');
  expect(await whoShows(builder)).toMatch(/^scanList\?/);
});

test('only the newest 10,000 files are looked at', async () => {
  const reasons = await whyNotOfMany(home().thread('t1'), 10_002);
  expect(reasons[9999]).toBeNull();
  expect(reasons[10_000]).toMatch(/the newest 10,000 files only/);
});

describe('where a page of the list ends', () => {
  // The threads from 98 to 101 were made in the same minute, and so in the same second.
  const crowded = (version: string) => {
    const made = home().codex(version);
    for (let index = 0; index < 120; index += 1)
      made.thread(`t${String(index)}`, {
        age: 60 + (index >= 98 && index <= 101 ? 98 : index),
        mode: 'legacy',
      });
    return made;
  };
  const keys = ['t97', 't98', 't99', 't100', 't101', 't102', 't119'];

  test('old releases lose what is of the same second, the smaller ids', async () => {
    const shown = ['t97', 't100', 't101', 't102', 't119'];
    expect(await shownOf(crowded('0.142.0'), 'scanList', keys)).toEqual(shown);
    expect(await whyNot(crowded('0.160.0'), 'scanList', 't98')).toMatch(
      /^this Codex loses threads of one second/,
    );
  });

  test('and of the rows those that were made last', async () => {
    const shown = ['t97', 't98', 't99', 't102', 't119'];
    expect(await shownOf(crowded('0.160.0'), 'databaseList', keys)).toEqual(shown);
  });

  test('0.169 loses nothing', async () => {
    expect(await shownOf(crowded('0.169.0'), 'scanList', keys)).toEqual(keys);
    expect(await shownOf(crowded('0.169.0'), 'databaseList', keys)).toEqual(keys);
  });
});
