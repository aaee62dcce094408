// Who can be resumed. Each line was seen on real Codex programs: 0.142, and from 0.160 on legacy and
// paginated history, which differ.

import { describe, expect, test } from 'vitest';
import { scanned } from '../support/expect.ts';
import { home, HOME, idOf, NOW, type HomeBuilder, type ThreadSpec } from '../support/home.ts';
import { whyNot } from '../support/visible.ts';

const DAY = 'sessions/2026/11/21';
const NAME = `rollout-2026-11-21T11-00-00-${idOf('t1')}.jsonl`;

type Release = readonly [version: string, mode: 'legacy' | 'paginated'];
const OLD: Release = ['0.142.0', 'legacy'];
const LEGACY: Release = ['0.169.0', 'legacy'];
const PAGINATED: Release = ['0.169.0', 'paginated'];
const L160: Release = ['0.160.0', 'legacy'];
const P160: Release = ['0.160.0', 'paginated'];
const ALL = [OLD, L160, P160, LEGACY, PAGINATED];

/** Null when it can be resumed. */
function resumed([version, mode]: Release, spec: ThreadSpec): Promise<string | null> {
  return whyNot(
    home()
      .codex(version)
      .thread('t1', { mode, ...spec })
      .thread('t2', { mode }),
    'resume',
  );
}

async function works(spec: ThreadSpec, ...releases: readonly Release[]): Promise<void> {
  for (const release of ALL) {
    const why = await resumed(release, spec);
    const expected = releases.includes(release) ? null : (why ?? 'a reason');
    expect(why, release.join(' ')).toBe(expected);
  }
}

test('a sound thread', () => works({}, ...ALL));
test('an archived one', () => works({ archived: true }));
test('without a row', () => works({ row: false }, ...ALL));

describe('what says that it is archived', () => {
  test('the row, for 0.142 and paginated history', () =>
    works({ row: { archived: 1, archived_at: 1 } }, L160, LEGACY));
  test('the time in the row, not the flag', () =>
    works({ row: { archived: 1, archived_at: null } }, ...ALL));
  test('the folder, for legacy history since 0.160', () =>
    works({ archived: true, row: { archived: 0, archived_at: null } }, OLD, P160, PAGINATED));
  test('the row, for legacy history in which nobody said anything', () =>
    works({ prompt: null, row: { archived: 1, archived_at: 1 } }));
  test('the folder, when there is no row', () => works({ archived: true, row: false }));
});

describe('a row whose file is gone', () => {
  const row = { rollout_path: `${HOME}/${DAY}/nowhere.jsonl` };
  test('is looked for under its name by 0.142 only', () => works({ row }, OLD));
  test('wherever below sessions it lies', () =>
    works({ row, at: `sessions/deep/down/below/${NAME}` }, OLD));
  test('says so', async () =>
    expect(await resumed(LEGACY, { row })).toBe(
      `its row names a file that is not there (${HOME}/${DAY}/nowhere.jsonl)`,
    ));
});

describe("a row with another thread's file", () => {
  const row = { rollout_path: `${HOME}/${DAY}/rollout-2026-11-21T10-59-00-${idOf('t2')}.jsonl` };
  test('is passed over by 0.142 only', () => works({ row }, OLD));
  test('says whose file it is', async () =>
    expect(await resumed(PAGINATED, { row })).toBe(
      'the file that its row names is one of another thread (t2)',
    ));
  test('without a file of its own', () => works({ row, file: false }));
});

describe('a file of another name', () => {
  test('needs a usual one in paginated history', () =>
    works({ row: false, at: `${DAY}/rollout-${idOf('t1')}.jsonl` }, OLD, L160, LEGACY));
  test('is not found without the id in it', () =>
    works({ row: false, at: `${DAY}/rollout-x.jsonl` }));
  test('is found by the row', () => works({ at: `${DAY}/rollout-x.jsonl` }, OLD, L160, LEGACY));
});

test('the id in a name leads to the thread of the file, and paginated history to its row', async () => {
  const at = `${DAY}/rollout-2026-11-21T10-00-00-${idOf('b')}.jsonl`;
  const row = { rollout_path: `${HOME}/${DAY}/${NAME}` };
  const renamed = (mode: 'legacy' | 'paginated') => home().thread('t1', { mode, at, row });
  expect(await whyNot(renamed('legacy'), 'resume', 'b')).toBeNull();
  expect(await whyNot(renamed('paginated'), 'resume', 'b')).toMatch(
    /is one of thread t1, and the row of that names a file that is gone$/,
  );
  const withoutRow = home().thread('t1', { at, row: false });
  expect(await whyNot(withoutRow, 'resume', 'b')).toBeNull();
  expect(await whyNot(withoutRow, 'resume')).toBe('no file below sessions has its id in the name');
});

describe('the beginning of the file', () => {
  test('may be something else for 0.142 only', () =>
    works({ text: text => `not json\n${text}` }, OLD));
  test('even many lines of it', () => works({ text: text => `{"a":1}\n`.repeat(30) + text }, OLD));
  test('may be empty lines', () => works({ text: text => `\n\n${text}` }, ...ALL));
  test('may not be a byte order mark', () => works({ text: text => `\ufeff${text}` }));
  test('may not be nothing', () => works({ text: () => '' }));
});

describe('bytes that are no text', () => {
  const bytes = (mode: Release[1], find: string, row: ThreadSpec['row'], version = '0.169.0') => {
    const made = home()
      .codex(version)
      .thread('t1', row === undefined ? { mode } : { mode, row });
    const file = made.build().files.get(`${HOME}/${DAY}/${NAME}`);
    const text = new TextDecoder('latin1').decode(file?.bytes);
    const at = text.indexOf(find);
    const broken = Uint8Array.from(file?.bytes ?? []);
    broken[at] = 0xff;
    return whyNot(made.file(`${DAY}/${NAME}`, broken), 'resume');
  };
  test('harm legacy history wherever they are', async () => {
    expect(await bytes('legacy', 'task_complete', undefined)).toBe(
      'its file has bytes that are no text',
    );
  });
  test('harm paginated history in its description, or in 0.169 without a row', async () => {
    expect(await bytes('paginated', 'task_complete', undefined)).toBeNull();
    expect(await bytes('paginated', 'task_complete', false)).toMatch(/no text$/);
    expect(await bytes('paginated', 'task_complete', false, '0.160.0')).toBeNull();
    expect(await bytes('paginated', 'originator', undefined)).toMatch(
      /where its description should be/,
    );
  });
});

describe('paginated history', () => {
  test('needs a number in its last line', () =>
    works({ text: text => text.replaceAll(/"ordinal":\d+,/g, '') }, OLD, L160, LEGACY));
  test('may pass over one without a number that not each Codex knows', async () => {
    const line = { timestamp: 't', type: 'event_msg', payload: { type: 'of_a_codex_to_come' } };
    const made = home()
      .codex('0.169.0')
      .thread('t1', { mode: 'paginated', text: text => `${text}${JSON.stringify(line)}\n` });
    expect(await whyNot(made, 'resume')).toMatch(/number, and not each Codex knows/);
  });
  test('passes over last lines that are none', () =>
    works({ text: text => `${text}{"a":1}\n` }, ...ALL));
  test('needs a row that knows of it', () =>
    works({ row: { history_mode: 'legacy' } }, OLD, L160, LEGACY));
  test('needs its database, which is opened late', async () => {
    const damaged = (mode: Release[1]) =>
      home()
        .thread('t1', { mode, projected: false })
        .file('thread_history_1.sqlite', 'x'.repeat(4096), NOW - 3_600_000);
    expect(await whyNot(damaged('paginated'), 'resume')).toMatch(
      /^thread_history_1.sqlite is damaged/,
    );
    expect(await whyNot(damaged('paginated'), 'scanList')).toBeNull();
    expect(await whyNot(damaged('legacy'), 'resume')).toBeNull();
  });
  test('needs a time that can be read when there is no row', () =>
    works({ row: false, header: { timestamp: 'yesterday' } }, OLD, L160, LEGACY));
  test('needs the file that a fork began in', async () => {
    const header = { forked_from_id: idOf('p'), forked_from_ordinal_exclusive: 3 };
    const fork = home().thread('t1', { header });
    expect(await whyNot(fork, 'resume')).toBe(
      `the file in which it begins (that of ${idOf('p')}) is gone or cannot be read`,
    );
    expect(await whyNot(fork.thread('p', { archived: true }), 'resume')).toBeNull();
    const circle = { forked_from_id: idOf('t1'), forked_from_ordinal_exclusive: 3 };
    const ring = home().thread('t1', { header }).thread('p', { header: circle });
    expect(await whyNot(ring, 'resume')).toBe('its beginning leads back to itself');
  });
});

describe('providers', () => {
  const said = (provider: string) => (text: string) =>
    text.replaceAll('"model_provider_id":"mock"', `"model_provider_id":"${provider}"`);

  test('must be configured or built in', async () => {
    await works({ provider: 'gone' });
    for (const provider of ['openai', 'ollama', 'lmstudio', 'amazon-bedrock'])
      await works({ provider }, ...ALL);
  });
  test('of row and header must agree for legacy history in 0.169', () =>
    works({ header: { model_provider: 'openai' } }, OLD, L160, P160, PAGINATED));
  test('without a row, of settings and header, in 0.169', () =>
    works({ row: false, text: said('openai') }, OLD, L160, P160));
  test('without a row, of the settings since 0.150, of the header before', () =>
    works({ row: false, text: said('gone') }, OLD));
  test('must be named, without a row, by the header in 0.142 and by something later', async () => {
    const header = { model_provider: undefined };
    await works({ row: false, header }, L160, P160, LEGACY, PAGINATED);
    const text = (whole: string) => whole.replaceAll('thread_settings_applied', 'nothing');
    await works({ row: false, header, text }, LEGACY, PAGINATED);
  });
});

test('nothing is resumed with a config.toml that is not valid', async () => {
  const broken = home().config('foo = [').thread('t1');
  expect(await whyNot(broken, 'resume')).toBe(
    'config.toml is not valid (Unspecified values are invalid), and Codex resumes nothing with it',
  );
});

describe('what Codex refuses in a config.toml', () => {
  const why = (toml: string) => whyNot(home().config(toml).thread('t1'), 'resume');

  test.each([
    ['profile = "x"', 'it chooses a profile by the key "profile", which Codex no longer takes'],
    ['model = 5', 'its model is not a text'],
    ['sandbox_mode = "zzz"', 'its sandbox_mode is "zzz", which Codex does not know'],
    ['approval_policy = "zzz"', 'its approval_policy is "zzz", which Codex does not know'],
    ['[model_providers.openai]\nname = "O"', 'it defines the provider openai, which is built in'],
    ['[model_providers.x]', 'its provider x has no name'],
    [
      '[model_providers.x]\nname = "X"\nwire_api = "chat"',
      'its provider x has a wire_api that Codex no longer takes',
    ],
    ['[model_providers]\nx = 5', 'its provider x is not a table'],
  ])('%j', async (toml, reason) => {
    expect(await why(toml)).toBe(
      `config.toml is not valid (${reason}), and Codex resumes nothing with it`,
    );
  });

  test.each([
    'foo = 5',
    '[model_providers.amazon-bedrock]\nname = "B"',
    '[profiles.x]\nmodel = "m"',
  ])('not %j', async toml =>
    expect(await why(`model_provider = "mock"\n${toml}`)).toMatch(/mock.* is not configured$/),
  );

  test('a provider that it names and does not define is passed over in lists only', async () => {
    const nowhere = home()
      .config('model_provider = "nowhere"\n[model_providers.mock]\nname = "M"')
      .thread('t1');
    expect(await whyNot(nowhere, 'resume')).toBeNull();
    expect(await whyNot(nowhere, 'scanList')).toMatch(
      /^its file names another provider \(mock\) than the one in use \(openai\), since config.toml names a provider that it does not define \(nowhere\)$/,
    );
  });
});

describe('a row that leads to a file outside the home, as in a copy of a home', () => {
  const row = { rollout_path: `/original/${DAY}/${NAME}` };
  const made = ([version, mode]: Release, spec: ThreadSpec = {}) =>
    home()
      .codex(version)
      .thread('t1', { mode, ...spec, row: { ...row, ...(spec.row === false ? {} : spec.row) } })
      .thread('t2', { mode });
  const copied = (release: Release, spec: ThreadSpec = {}) =>
    made(release, spec).elsewhere(`/original/${DAY}/${NAME}`, `${DAY}/${NAME}`);

  test('goes on there', async () => {
    for (const release of ALL) expect(await whyNot(copied(release), 'resume')).toBeNull();
  });
  test('not where that one is ruined, but for 0.142', async () => {
    for (const release of ALL) {
      const ruined = copied(release).file(`/original/${DAY}/${NAME}`, '');
      expect(await canResume(ruined)).toBe(release === OLD);
    }
  });
  test('is not known where row and folder disagree about the archive', async () => {
    for (const release of [L160, P160, LEGACY, PAGINATED])
      expect(await canResume(copied(release, { row: { archived: 1, archived_at: 1 } }))).toBe(
        'unknown',
      );
  });
  test('is not known where that one begins in another file', async () => {
    for (const release of [P160, PAGINATED]) {
      const header = { history_base: { thread_id: idOf('t2') } };
      expect(await canResume(copied(release, { header }))).toBe('unknown');
    }
  });
  test('is not known where there is no file of it in the home', async () => {
    for (const release of ALL) {
      const alone = made(release, { file: false }).file(`/original/${DAY}/${NAME}`, '{}\n');
      expect(await canResume(alone)).toBe('unknown');
    }
  });
});

async function canResume(builder: HomeBuilder): Promise<unknown> {
  const { report } = await scanned(builder);
  return report.visibility[idOf('t1')]?.resumable.answer;
}
