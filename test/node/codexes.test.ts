import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PathState } from '../../src/engine/model/snapshot.ts';
import type { LearntMigration, Memory, Outside } from '../../src/engine/world.ts';
import { createCodexes, type CodexesOptions } from '../../src/node/codexes.ts';
import { learnCodex } from '../../src/node/codexes/learnCodex.ts';
import { nativeProgram } from '../../src/node/codexes/nativeProgram.ts';
import { placesOf, programsBelow } from '../../src/node/codexes/places.ts';
import { createFiles } from '../../src/node/files.ts';
import { createReach } from '../../src/node/reach.ts';
import { installCodex } from '../support/codex/binaries.ts';

/** Of the first migration of the state database, with the line ends of Linux and macOS. */
const FIRST_CHECKSUM =
  '627ef19164c9bb298a0cd99945981c9b7bda3d9e6cf12eb35145e3b1d3bf7cf8740f0dbaa0b475185fc2993397078049';

let folder: string;

beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'codexes-')));
});

afterEach(() => fs.rmSync(folder, { recursive: true }));

/** Lays out files below the folder; a text that begins with `-> ` is where a link leads. */
function put(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    if (text.startsWith('-> ')) fs.symlinkSync(text.slice(3), file);
    else fs.writeFileSync(file, text, { mode: 0o755 });
  }
}

const outside: Outside = {
  look: paths =>
    Promise.resolve(
      new Map(
        paths.map(file => {
          const stats = fs.statSync(file, { throwIfNoEntry: false });
          const state: PathState = stats?.isDirectory() === true ? 'folder' : 'file';
          return [file, stats === undefined ? 'missing' : state] as const;
        }),
      ),
    ),
};

function createMapMemory(): Memory {
  const map = new Map<string, string>();
  return {
    recall: key => Promise.resolve(map.get(key) ?? null),
    remember: (key, text) => Promise.resolve(void map.set(key, text)),
  };
}

const databasesRead: string[] = [];

function readMigrations(file: string): Promise<readonly LearntMigration[] | null> {
  databasesRead.push(file);
  const database = new DatabaseSync(file);
  const rows = database
    .prepare('SELECT version, lower(hex(checksum)) AS checksum FROM _sqlx_migrations')
    .all();
  database.close();
  return Promise.resolve(
    rows.map(row => ({ version: Number(row['version']), checksum: String(row['checksum']) })),
  );
}

function start(options: Partial<CodexesOptions> = {}) {
  return createCodexes({
    environment: { PATH: '' },
    userHome: path.join(folder, 'user'),
    homes: () => [path.join(folder, 'home')],
    outside,
    reach: createReach(outside, createFiles()),
    memory: createMapMemory(),
    ...options,
  });
}

async function found(options: Partial<CodexesOptions> = {}, named: string | null = null) {
  const read = await start(options).find(named, readMigrations);
  if (!read.ok) throw new Error(read.trouble.why);
  return read.value;
}

describe('real programs', () => {
  test('are found by every name they have, once, and learnt side by side', async () => {
    const [old, newest] = await Promise.all(['0.111.0', '0.169.0'].map(installCodex));
    const launcher = path.join(newest?.split('@openai')[0] ?? '', '@openai/codex/bin/codex.js');
    put({
      'a/codex': `-> ${launcher}`,
      'b/codex': `-> ../a/codex`,
      'c/codex': `-> ${newest ?? ''}`,
      'user/.vscode/extensions/openai.chatgpt-1.2.3/bin/linux-x86_64/codex': `-> ${old ?? ''}`,
      'home/config.toml': 'model = "none"',
    });
    const memory = createMapMemory();
    const environment = {
      PATH: ['a', 'b', 'gone', 'c'].map(name => path.join(folder, name)).join(path.delimiter),
      CODEX_HOME: path.join(folder, 'home'),
    };
    databasesRead.length = 0;
    // Those that are installed on the machine of whoever runs the tests are not ours to judge.
    const ours = async () =>
      (await found({ environment, memory })).filter(({ path: file }) =>
        [old, newest].includes(file),
      );
    const codexes = await ours();
    expect(codexes).toEqual([
      {
        path: newest,
        foundBy: 'path',
        version: '0.169.0',
        migrations: {
          ...{ 'goals_1.sqlite': 2, 'logs_2.sqlite': 2, 'memories_1.sqlite': 2 },
          ...{ 'queue_1.sqlite': 2, 'state_5.sqlite': 62 },
        },
        firstChecksum: FIRST_CHECKSUM,
      },
      {
        path: old,
        foundBy: 'editor',
        version: '0.111.0',
        migrations: { 'state_5.sqlite': 18 },
        firstChecksum: FIRST_CHECKSUM,
      },
    ]);
    // The home of the person was not touched, and those of the trials are gone.
    expect(fs.readdirSync(path.join(folder, 'home'))).toEqual(['config.toml']);
    expect(databasesRead.length).toBeGreaterThanOrEqual(6);
    expect(databasesRead.filter(file => fs.existsSync(path.dirname(file)))).toEqual([]);

    databasesRead.length = 0;
    expect(await ours()).toEqual(codexes);
    expect(databasesRead).toEqual([]);
  }, 300_000);

  test('the one that is named is the only one', async () => {
    const newest = await installCodex('0.169.0');
    put({ 'a/codex': '-> /bin/true' });
    const environment = { PATH: path.join(folder, 'a') };
    const [named, ...others] = await found({ environment }, newest);
    expect(others).toEqual([]);
    expect(named).toMatchObject({ path: newest, foundBy: 'option', version: '0.169.0' });
  }, 300_000);
});

describe('a program that is named', () => {
  test.each([
    ['gone', 'missing'],
    ['.', 'not-a-file'],
  ])('and is %s is a trouble', async (name, code) => {
    const read = await start().find(path.join(folder, name), readMigrations);
    expect(read).toMatchObject({ ok: false, trouble: { code } });
  });

  test('and says no version is a trouble: it may be no Codex', async () => {
    for (const file of ['/bin/true', process.execPath]) {
      expect(await start().find(file, readMigrations)).toEqual({
        ok: false,
        trouble: { code: 'broken', why: `${file} does not say which version of Codex it is` },
      });
    }
  });

  test('by a path that depends on where we run is not looked for', async () => {
    expect(await start().find(path.relative('', '/bin/true'), readMigrations)).toMatchObject({
      ok: false,
    });
  });

  test('about which nobody answers is a trouble, and so is silence about all places', async () => {
    const silent: Outside = {
      look: paths => Promise.resolve(new Map(paths.map(file => [file, 'unknown']))),
    };
    const codexes = start({ outside: silent });
    expect(await codexes.find('/bin/true', readMigrations)).toMatchObject({
      trouble: { code: 'timeout' },
    });
    expect(await codexes.find(null, readMigrations)).toMatchObject({
      trouble: { code: 'timeout' },
    });
  });

  test('but is a script of an unknown kind is listed and not run', async () => {
    put({ 'a/codex': `#!/bin/sh\n: > ${folder}/was-run\n` });
    const [codex] = await found({ environment: { PATH: path.join(folder, 'a') } });
    expect(codex).toMatchObject({ path: path.join(folder, 'a/codex'), version: null });
    expect(fs.existsSync(path.join(folder, 'was-run'))).toBe(false);
  });

  test('but cannot be executed, or is a pipe, is none', async () => {
    put({ 'a/codex': 'text' });
    fs.chmodSync(path.join(folder, 'a/codex'), 0o644);
    const files = (await found({ environment: { PATH: path.join(folder, 'a') } })).map(
      one => one.path,
    );
    expect(files).not.toContain(path.join(folder, 'a/codex'));
  });
});

describe('a program that is tried', () => {
  const trial = { homes: [], reach: createReach(outside, createFiles()), readMigrations };
  const learn = (program: string, limitMs?: number) =>
    learnCodex(path.join(folder, program), {
      ...{ ...trial, homes: [path.join(folder, 'home')] },
      ...(limitMs === undefined ? {} : { limitMs }),
    });

  test('sees nothing of the person and cannot reach the network', async () => {
    put({
      fake: `#!/bin/sh\n/usr/bin/env | /usr/bin/sort > ${folder}/environment\necho codex-cli 1.2.3`,
    });
    process.env['CODEX_SQLITE_HOME'] = path.join(folder, 'home');
    const learnt = await learn('fake');
    delete process.env['CODEX_SQLITE_HOME'];
    expect(learnt).toEqual({ version: '1.2.3', migrations: null, firstChecksum: null });
    const lines = fs.readFileSync(path.join(folder, 'environment'), 'utf8').trim().split('\n');
    const environment: Record<string, string> = Object.fromEntries(
      lines.map(line => line.split('=') as [string, string]),
    );
    const home = String(environment['CODEX_HOME']);
    expect(path.dirname(home)).toBe(fs.realpathSync(os.tmpdir()));
    expect(
      Object.keys(environment)
        .filter(name => !['PWD', '_', 'SHLVL', 'OLDPWD'].includes(name))
        .sort(),
    ).toEqual([
      ...[
        'ALL_PROXY',
        'APPDATA',
        'CODEX_HOME',
        'HOME',
        'HTTPS_PROXY',
        'HTTP_PROXY',
        'LOCALAPPDATA',
      ],
      ...['PATH', 'TEMP', 'TMP', 'TMPDIR', 'USERPROFILE', 'all_proxy', 'http_proxy', 'https_proxy'],
    ]);
    expect(environment).toMatchObject({ HOME: home, PATH: `${home}/no-programs` });
    expect(fs.existsSync(home)).toBe(false);
  });

  test('and hangs is ended with all that it has started', async () => {
    put({ fake: `#!/bin/sh\n/bin/sleep 4711 &\necho $! > ${folder}/child\nwait` });
    const startedAt = performance.now();
    expect(await learn('fake', 300)).toEqual({
      ...{ version: null, migrations: null, firstChecksum: null },
    });
    expect(performance.now() - startedAt).toBeLessThan(5000);
    const child = fs.readFileSync(path.join(folder, 'child'), 'utf8').trim();
    const state = fs.existsSync(`/proc/${child}`)
      ? fs.readFileSync(`/proc/${child}/stat`, 'utf8').split(') ')[1]?.charAt(0)
      : 'gone';
    expect(state).toMatch(/gone|Z/);
  });

  test.each(['#!/nonexistent\n', 'not a program', '#!/bin/sh\nexit 3\n'])(
    'and cannot be (%j) has taught nothing',
    async text => {
      put({ fake: text });
      expect(await learn('fake')).toMatchObject({ version: null, migrations: null });
    },
  );

  test('answers, but has a database that cannot be read, has not taught its migrations', async () => {
    const server =
      'read line; : > "$CODEX_HOME/state_5.sqlite"; echo \'{"id":1,"result":{}}\'; read line';
    put({ fake: `#!/bin/sh\n[ "$1" = --version ] && echo codex-cli 1.2.3 && exit\n${server}\n` });
    const program = path.join(folder, 'fake');
    const read = (answer: readonly LearntMigration[] | null) =>
      learnCodex(program, { ...trial, readMigrations: () => Promise.resolve(answer) });
    expect(await read(null)).toMatchObject({ version: '1.2.3', migrations: null });
    const broken = () => Promise.reject(new Error('broken'));
    expect(await learnCodex(program, { ...trial, readMigrations: broken })).toMatchObject({
      ...{ version: '1.2.3', migrations: null },
    });
    expect(await read([])).toMatchObject({ migrations: { 'state_5.sqlite': 0 } });
    expect(
      await read([
        { version: 2, checksum: 'b' },
        { version: 1, checksum: 'a' },
      ]),
    ).toEqual({
      version: '1.2.3',
      migrations: { 'state_5.sqlite': 2 },
      firstChecksum: 'a',
    });
  });

  test('is not tried where temporary files lie in a home', async () => {
    put({ fake: `#!/bin/sh\n: > ${folder}/was-run\n` });
    await learnCodex(path.join(folder, 'fake'), { ...trial, homes: [os.tmpdir()] });
    expect(fs.existsSync(path.join(folder, 'was-run'))).toBe(false);
  });
});

describe.runIf(process.platform === 'linux' && process.arch === 'x64')('a launcher', () => {
  const VENDOR = 'vendor/x86_64-unknown-linux-musl';
  const SCRIPT = '#!/usr/bin/env node\n';

  test.each([
    ['beside its package', `node_modules/@openai/codex-linux-x64/${VENDOR}/bin/codex`],
    ['of older releases', `node_modules/@openai/codex-linux-x64/${VENDOR}/codex/codex`],
    [
      'with its package inside',
      `node_modules/@openai/codex/node_modules/@openai/codex-linux-x64/${VENDOR}/codex/codex`,
    ],
    ['that holds the program', `node_modules/@openai/codex/${VENDOR}/codex/codex`],
    ['of the first releases', 'node_modules/@openai/codex/bin/codex-x86_64-unknown-linux-musl'],
  ])('%s', (_, native) => {
    put({
      'node_modules/@openai/codex/bin/codex.js': SCRIPT,
      'node_modules/.bin/codex': '-> ../@openai/codex/bin/codex.js',
      [native]: 'program',
    });
    expect(nativeProgram(path.join(folder, 'node_modules/.bin/codex'))).toBe(
      path.join(folder, native),
    );
  });

  test.each([
    [
      'codex',
      '#!/bin/sh\nexec node  "$basedir/store/5/node_modules/@openai/codex/bin/codex.js" "$@"\n',
    ],
    ['codex.cmd', '@"%~dp0\\store\\5\\node_modules\\@openai\\codex\\bin\\codex.js" %*\r\n'],
    [
      'codex.CMD',
      '"%_prog%"  "%dp0%\\store\\5\\node_modules\\@openai\\codex\\bin\\codex.js" %*\r\n',
    ],
  ])('that is a script of a package manager: %s', (name, text) => {
    const inner = 'store/5/node_modules/@openai';
    const native = `${inner}/codex-linux-x64/${VENDOR}/bin/codex`;
    put({ [name]: text, [`${inner}/codex/bin/codex.js`]: SCRIPT, [native]: 'program' });
    expect(nativeProgram(path.join(folder, name))).toBe(path.join(folder, native));
  });

  test('whose program is gone leads nowhere', () => {
    put({ 'node_modules/@openai/codex/bin/codex.js': SCRIPT });
    expect(nativeProgram(path.join(folder, 'node_modules/@openai/codex/bin/codex.js'))).toBeNull();
    expect(nativeProgram(path.join(folder, 'nowhere'))).toBeNull();
  });
});

describe('the extension', () => {
  const program = (name: string, platform = 'linux-x86_64') =>
    `openai.chatgpt-${name}/bin/${platform}/codex`;
  const below = () =>
    programsBelow({ kind: 'extensions', at: folder }).map(({ file }) =>
      path.relative(folder, file),
    );

  test('that the registry of the editor names is the one in use', () => {
    put({
      [program('1.0.0')]: '',
      [program('2.0.0-linux-x64')]: '',
      'elsewhere/bin/linux-x86_64/codex': '',
      'extensions.json': JSON.stringify([
        { identifier: { id: 'other.thing' }, relativeLocation: 'other.thing-1.0.0' },
        {
          identifier: { id: 'openai.chatgpt' },
          relativeLocation: 'openai.chatgpt-2.0.0-linux-x64',
        },
        { relativeLocation: 'openai.chatgpt-1.0.0/../elsewhere' },
        null,
      ]),
    });
    expect(below()).toEqual([program('2.0.0-linux-x64')]);
  });

  test('that is marked for removal is not in use', () => {
    put({
      [program('1.0.0')]: '',
      [program('2.0.0')]: '',
      '.obsolete': JSON.stringify({ 'openai.chatgpt-1.0.0': true }),
    });
    expect(below()).toEqual([program('2.0.0')]);
  });

  test.runIf(process.platform === 'linux' && process.arch === 'x64')(
    'brings programs for other machines as well',
    () => {
      put({
        [program('1.0.0', 'linux-aarch64')]: '',
        [program('1.0.0')]: '',
        [program('1.0.0', 'windows-x86_64')]: '',
      });
      expect(below()).toEqual([program('1.0.0')]);
    },
  );
});

describe('places', () => {
  const around = (environment: Record<string, string>, userHome: string) => ({
    ...{ environment, userHome, homes: () => [`${userHome}/.codex`] },
  });

  test('of Linux: entries of PATH that depend on where we run are none', () => {
    const places = placesOf(around({ PATH: '/opt/bin:.::bin:/opt/bin' }, '/home/ada'), 'linux');
    expect(places.slice(0, 2).map(({ at }) => at)).toEqual([
      ...['/opt/bin/codex', '/home/ada/.local/bin/codex'],
    ]);
    expect(places.every(({ at }) => at.startsWith('/'))).toBe(true);
    expect(places).toContainEqual({
      ...{ kind: 'extensions', at: '/home/ada/.vscode-server/extensions' },
    });
    expect(places.map(({ at }) => at)).toContain(
      '/home/ada/.codex/packages/standalone/current/bin/codex',
    );
  });

  test('of macOS', () => {
    const places = placesOf(around({}, '/Users/ada'), 'darwin');
    expect(places).toContainEqual({
      ...{ kind: 'program', foundBy: 'desktop' },
      at: '/Applications/Codex.app/Contents/Resources/codex',
    });
  });

  test('of Windows', () => {
    const environment = { Path: 'C:\\npm;relative', LOCALAPPDATA: 'C:\\Local' };
    const places = placesOf(around(environment, 'C:\\Users\\ada'), 'win32');
    expect(places.slice(0, 2).map(({ at }) => at)).toEqual([
      ...['C:\\npm\\codex.exe', 'C:\\npm\\codex.cmd'],
    ]);
    expect(places).toContainEqual({ kind: 'builds', at: 'C:\\Local\\OpenAI\\Codex\\bin' });
    expect(places.every(({ at }) => at.startsWith('C:\\'))).toBe(true);
  });

  test('of the app on Windows: the build that was made last', () => {
    put({ 'one/codex': '', 'two/codex': '', 'three/other': '' });
    fs.utimesSync(path.join(folder, 'two/codex'), 1, 1);
    const [first, ...others] = programsBelow({ kind: 'builds', at: folder });
    expect([first?.file, others]).toEqual([path.join(folder, 'one/codex'), []]);
  });
});
