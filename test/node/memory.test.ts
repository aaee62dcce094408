import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createReach, type Reach } from '../../src/node/reach.ts';
import { createFiles } from '../../src/node/files.ts';
import { createMemory, type MemoryOptions } from '../../src/node/memory.ts';
import { stateFolder } from '../../src/node/stateFolder.ts';

/** On a local disk, nobody is asked. */
const reach = createReach({ look: () => Promise.reject(new Error('asked')) }, createFiles());

let base: string;
let folder: string;

beforeEach(() => {
  base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'memory-')));
  folder = `${base}/state/codex-session-health`;
});

afterEach(() => fs.rmSync(base, { recursive: true }));

const start = (options: Partial<MemoryOptions> = {}) =>
  createMemory({ folder, homes: () => [`${base}/home`], reach, ...options });

const files = () => (fs.existsSync(folder) ? fs.readdirSync(folder).sort() : []);

describe('what is remembered', () => {
  test('is recalled, also by another run', async () => {
    expect(await start().recall('a key')).toBeNull();
    await start().remember('a key', 'grüße\nin two lines');
    await start().remember('another\nkey', '');
    expect(await start().recall('a key')).toBe('grüße\nin two lines');
    expect(await start().recall('another\nkey')).toBe('');
    expect(await start().recall('a third')).toBeNull();
  });

  test('is replaced at once, and is for its owner only', async () => {
    const memory = start();
    await Promise.all(Array.from({ length: 20 }, (_, index) => memory.remember('k', `v${index}`)));
    expect(await memory.recall('k')).toMatch(/^v\d+$/);
    expect(files()).toHaveLength(1);
    if (process.platform === 'win32') return;
    expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
    expect(fs.statSync(`${folder}/${files()[0] ?? ''}`).mode & 0o777).toBe(0o600);
  });

  test('is not believed when its file was cut short, or is another one', async () => {
    const memory = start();
    await memory.remember('k', 'some text');
    await memory.remember('other', 'some text');
    const [one = '', two = ''] = files();
    fs.copyFileSync(`${folder}/${one}`, `${folder}/${two}`);
    const recalled = [await memory.recall('k'), await memory.recall('other')];
    expect(recalled.sort()).toEqual([null, 'some text'].sort());
    const text = fs.readFileSync(`${folder}/${one}`, 'utf8');
    for (const file of [one, two]) fs.writeFileSync(`${folder}/${file}`, text.slice(0, -1));
    expect([await memory.recall('k'), await memory.recall('other')]).toEqual([null, null]);
  });

  test('is bounded: the oldest goes first', async () => {
    const memory = start({ maxBytes: 1000 });
    for (const [index, key] of ['one', 'two', 'three'].entries()) {
      await memory.remember(key, 'x'.repeat(400));
      for (const name of files())
        fs.utimesSync(
          `${folder}/${name}`,
          index,
          Math.min(index, fs.statSync(`${folder}/${name}`).mtimeMs / 1000),
        );
    }
    expect(await memory.recall('one')).toBeNull();
    expect(await memory.recall('two')).toHaveLength(400);
    expect(await memory.recall('three')).toHaveLength(400);
    await memory.remember('huge', 'x'.repeat(2000));
    expect(await memory.recall('huge')).toBeNull();
    expect(files()).toHaveLength(2);
  });
});

describe('nothing is remembered, and nothing fails,', () => {
  const forgets = async (options: Partial<MemoryOptions> = {}) => {
    const memory = start(options);
    await memory.remember('k', 'text');
    return (await memory.recall('k')) === null;
  };

  test('where there is no place', async () => {
    expect(await forgets({ folder: null })).toBe(true);
  });

  test('where the place cannot be made', async () => {
    fs.writeFileSync(`${base}/state`, 'a file in its place');
    expect(await forgets()).toBe(true);
  });

  test('in a home that is being scanned, also through links', async () => {
    fs.mkdirSync(`${base}/home/inner`, { recursive: true });
    fs.symlinkSync(`${base}/home/inner`, `${base}/link`);
    const homes = ['state', 'state/codex-session-health', '.'].map(name => path.join(base, name));
    for (const home of homes) expect(await forgets({ homes: () => [home] })).toBe(true);
    expect(await forgets({ folder: `${base}/link/state` })).toBe(true);
    expect(await forgets({ folder: `${base}/home/a/b`, homes: () => [`${base}/link/..`] })).toBe(
      true,
    );
    expect(fs.readdirSync(base, { recursive: true }).sort()).toEqual([
      ...['home', 'home/inner', 'link'],
    ]);
    expect(await forgets({ homes: () => [`${base}/state/codex`, `${base}/stat`] })).toBe(false);
  });

  test('when the place does not answer', async () => {
    const silent: Reach = {
      realPaths: given =>
        Promise.resolve(given.map(file => ({ given: file, real: file, answers: false }))),
    };
    expect(await forgets({ reach: silent })).toBe(true);
    expect(files()).toEqual([]);
  });
});

test.each([
  ['linux', {}, '/home/ada', '/home/ada/.local/state/codex-session-health'],
  ['linux', { XDG_STATE_HOME: '/var/ada' }, '/home/ada', '/var/ada/codex-session-health'],
  ['linux', { XDG_STATE_HOME: 'here' }, '/home/ada', '/home/ada/.local/state/codex-session-health'],
  ['linux', {}, '', null],
  [
    'darwin',
    { XDG_STATE_HOME: '/var/ada' },
    '/Users/ada',
    '/Users/ada/Library/Application Support/codex-session-health',
  ],
  ['win32', { LOCALAPPDATA: 'C:\\L' }, 'C:\\Users\\ada', 'C:\\L\\codex-session-health'],
  ['win32', {}, 'C:\\ada', 'C:\\ada\\AppData\\Local\\codex-session-health'],
] as const)('the state directory on %s with %o', (system, environment, userHome, expected) => {
  expect(stateFolder(system, environment, userHome)).toBe(expected);
});
