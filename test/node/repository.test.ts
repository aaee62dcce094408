// What is asked of folders that may be projects, with real repositories, through the helper process.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createOutside, type OutsideProcess } from '../../src/node/outside.ts';

const HELPER = path.join(import.meta.dirname, '../../src/node/outsideHelper.ts');
/** Generous where the time is not what a test is about: the machine may be busy. */
const PATIENT = { limitMs: 15_000, startLimitMs: 15_000 };
const NEVER = 'ab'.repeat(20);

let folder: string;
let started: OutsideProcess | null = null;
let packed: string;
let loose: string;

const at = (...parts: readonly string[]) => path.join(folder, ...parts);

function git(where: string, ...args: readonly string[]): string {
  const env = {
    ...process.env,
    ...{ GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
    ...{ GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@example.org' },
    ...{ GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@example.org' },
  };
  return execFileSync('git', args, { cwd: at(where), env, encoding: 'utf8' }).trim();
}

function commit(where: string, message: string): string {
  git(where, 'commit', '-q', '--allow-empty', '-m', message);
  return git(where, 'rev-parse', 'HEAD');
}

beforeAll(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'repository-')));
  fs.mkdirSync(at('one'));
  git('one', 'init', '-q', '-b', 'main');
  git('one', 'remote', 'add', 'origin', 'git@example.org:ada/one.git');
  git('one', 'remote', 'add', 'other', 'https://example.org/eve/one');
  for (let number = 0; number < 12; number += 1) packed = commit('one', `commit ${String(number)}`);
  git('one', 'gc', '-q');
  loose = commit('one', 'the newest');
  git('one', 'worktree', 'add', '-q', at('tree'));
  git('one', 'worktree', 'add', '-q', at('gone'));
  fs.renameSync(at('gone'), at('moved'));
  fs.symlinkSync('one', at('link'));
}, 60_000);

afterAll(() => fs.rmSync(folder, { recursive: true }));
afterEach(() => {
  started?.close();
  started = null;
});

function start(options = PATIENT, helper = HELPER): OutsideProcess {
  started = createOutside({ helper, ...options });
  return started;
}

async function ask(name: string, commits: readonly string[] = []) {
  return (await start().projects.repositories([at(name)], commits)).get(at(name));
}

describe('a repository', () => {
  const remotes = ['git@example.org:ada/one.git', 'https://example.org/eve/one'];

  test('tells its remotes, the commits that it has, loose and packed, and its worktrees', async () => {
    const found = await ask('one', [packed, loose, NEVER, 'no commit', '../../../etc']);
    expect(found).toEqual({
      remotes,
      commits: [packed, loose],
      notedAt: null,
      main: null,
      worktrees: expect.arrayContaining([at('tree'), at('gone')]) as unknown,
    });
  });

  test('has every commit that is packed, and no other', async () => {
    const all = git('one', 'rev-list', '--all').split('\n');
    const others = all.map(one => one.split('').toReversed().join(''));
    const found = await ask('one', [...others, ...all]);
    expect(found?.commits).toEqual(all);
    expect(all.length).toBeGreaterThan(12);
  });

  test('is told by its worktree, which says where Git has noted it', async () => {
    expect(await ask('tree', [packed])).toMatchObject({
      ...{ remotes, commits: [packed], notedAt: at('tree'), main: at('one') },
    });
    expect(await ask('moved')).toMatchObject({ notedAt: at('gone'), main: at('one') });
  });

  test('is told through a link', async () => {
    expect((await ask('link'))?.remotes).toEqual(remotes);
  });

  test('leaves no trace of having been asked', async () => {
    const picture = () =>
      fs
        .readdirSync(at('one'), { recursive: true, encoding: 'utf8' })
        .map(name => `${name} ${String(fs.statSync(at('one', name)).mtimeMs)}`)
        .sort();
    const before = picture();
    await ask('one', [packed, loose, NEVER]);
    expect(picture()).toEqual(before);
  });
});

describe('nothing is said of', () => {
  const made: Readonly<Record<string, () => void>> = {
    'a folder without one': () => fs.mkdirSync(at('plain')),
    'a file that leads nowhere': () => {
      fs.mkdirSync(at('nowhere'));
      fs.writeFileSync(at('nowhere', '.git'), 'gitdir: /is/not/there\n');
    },
    'a file that is none of ours': () => {
      fs.mkdirSync(at('strange'));
      fs.writeFileSync(at('strange', '.git'), 'x'.repeat(1024 * 1024));
    },
    'an empty repository folder': () => fs.mkdirSync(at('empty', '.git'), { recursive: true }),
    'pipes in the places of files, at which reading would wait': () => {
      fs.mkdirSync(at('pipes', '.git'), { recursive: true });
      execFileSync('mkfifo', [at('pipes', '.git', 'HEAD'), at('pipes', '.git', 'config')]);
    },
    'links in a circle': () => {
      fs.mkdirSync(at('circle'));
      fs.symlinkSync('.git', at('circle', '.git'));
    },
  };
  const names = ['plain', 'nowhere', 'strange', 'empty', 'pipes', 'circle'];

  test.each(Object.keys(made).map((what, index) => [what, names[index] ?? ''] as const))(
    '%s',
    async (what, name) => {
      made[what]?.();
      expect(await ask(name, [packed])).toBeUndefined();
      expect(await ask('one')).toBeDefined();
    },
  );

  test('one whose files are not what they should be, and the rest is told', async () => {
    fs.mkdirSync(at('odd'));
    git('odd', 'init', '-q');
    fs.mkdirSync(at('odd', '.git', 'objects', 'pack'), { recursive: true });
    fs.writeFileSync(at('odd', '.git', 'objects', 'pack', 'pack-1.idx'), 'torn');
    expect(await ask('odd', [packed])).toMatchObject({ remotes: [], commits: [] });
  });

  test('any, when nobody answers in time', async () => {
    const mute = at('mute.cjs');
    fs.writeFileSync(mute, `process.stdout.write('ready\\n'); process.stdin.on('data', () => {});`);
    const { projects } = start({ limitMs: 200, startLimitMs: 15_000 }, mute);
    expect(await projects.repositories([at('one')], [])).toEqual(new Map());
    expect(await projects.inside([folder])).toEqual(new Map());
  });
});

describe('the folders in a folder', () => {
  test('are named, and links, but neither files nor what is hidden', async () => {
    fs.mkdirSync(at('some', 'a', 'deep'), { recursive: true });
    fs.mkdirSync(at('some', '.hidden'));
    fs.writeFileSync(at('some', 'file'), '');
    fs.symlinkSync('a', at('some', 'b'));
    const found = await start().projects.inside([at('some'), at('not-there'), at('some', 'file')]);
    expect([...found]).toEqual([[at('some'), ['a', 'b']]]);
  });

  test('are only so many of a huge one', async () => {
    for (let number = 0; number < 300; number += 1)
      fs.mkdirSync(at('huge', String(number)), { recursive: true });
    const found = await start().projects.inside([at('huge')]);
    expect(found.get(at('huge'))).toHaveLength(200);
  });
});
