// The lines that give each host its home, in the shells themselves, and with start-up files as people have
// them. `hostname` is stood in for, but for login shells, of which the system sets the path.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Step } from '../../src/engine/model/plan.ts';
import { apply } from '../../src/engine/repair/apply.ts';
import { proposeStartUp } from '../../src/engine/repair/startUp/startUpFiles.ts';
import { homeLines } from '../../src/engine/repair/split/homeLines.ts';
import type { Shell } from '../../src/engine/repair/startUp/shells.ts';
import { takeBack } from '../../src/engine/repair/undo.ts';
import { Vault } from '../../src/engine/repair/vault.ts';
import { createHands } from '../../src/node/hands.ts';
import { createNodeWorld } from '../../src/node/world.ts';
import { planOf } from './specimens.ts';

let root: string;

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'split-shells-'));
});
afterEach(() => {
  fs.rmSync(root, { recursive: true });
});

const SHARED = '/home/ada lovelace/.codex';
const HERE = '/home/ada lovelace/.codex-hosts/here';
const THERE = '/home/ada lovelace/.codex-hosts/gpu-2';
const HOSTS = [
  { host: os.hostname(), home: HERE },
  { host: 'gpu-2', home: THERE },
];

/** Where each shell reads at every start, how it is given a command, and how as a login shell. */
const SHELLS: readonly {
  readonly shell: Shell;
  readonly file: string;
  readonly command: readonly string[] | null;
  readonly login: readonly string[];
  readonly guard: string;
}[] = [
  {
    ...{ shell: 'bash', file: '.bashrc', command: ['bash', '-c'], login: ['bash', '-lc'] },
    guard: 'case $- in\n*i*) ;;\n*) return;;\nesac\nexport CODEX_HOME=/never',
  },
  {
    ...{ shell: 'zsh', file: '.zshenv', command: ['zsh', '-c'], login: ['zsh', '-lc'] },
    guard: '[[ -o interactive ]] || return 0\nexport CODEX_HOME=/never',
  },
  {
    ...{ shell: 'fish', file: '.config/fish/conf.d/codex-health.fish' },
    ...{ command: ['fish', '-c'], login: ['fish', '-lc'] },
    guard: 'status is-interactive; or exit\nset -gx CODEX_HOME /never',
  },
  {
    ...{ shell: 'tcsh', file: '.cshrc', command: ['tcsh', '-c'], login: ['tcsh', '-l'] },
    guard: 'exit\nsetenv CODEX_HOME /never',
  },
  {
    ...{ shell: 'sh', file: '.profile', command: null, login: ['dash', '-lc'] },
    guard: 'return 0\nexport CODEX_HOME=/never',
  },
];

describe.each(SHELLS)('$shell', ({ shell, file, command, login, guard }) => {
  const write = (text: string) => {
    const name = path.join(root, file);
    fs.mkdirSync(path.dirname(name), { recursive: true });
    fs.writeFileSync(name, text);
    // Only .profile and its like are read at login.
    if (shell === 'bash') fs.writeFileSync(path.join(root, '.profile'), text);
  };
  const homeOf = (standIn: string | null, chosen: string | null) =>
    ask(command ?? login, command === null ? null : standIn, chosen);

  test('each host gets its own home, whatever comes behind', () => {
    write(homeLines(shell, HOSTS, SHARED) + guard);
    if (command !== null) {
      expect(homeOf('echo gpu-2', null)).toBe(THERE);
      expect(homeOf(`echo ${os.hostname()}`, null)).toBe(HERE);
    }
    expect(ask(login, null, null)).toBe(HERE);
  });

  test('the shared home, and that of another host of the split, are no choice of a person', () => {
    write(homeLines(shell, HOSTS, SHARED) + guard);
    for (const chosen of ['', SHARED, THERE, HERE]) expect(homeOf(null, chosen)).toBe(HERE);
  });

  test('read twice, it is the same', () => {
    const lines = homeLines(shell, HOSTS, SHARED);
    write(lines + lines + guard);
    expect(homeOf(null, null)).toBe(HERE);
  });

  test('any other machine, no host name, and a home that somebody has chosen are left alone', () => {
    write(homeLines(shell, HOSTS, SHARED) + guard);
    expect(homeOf(null, '/elsewhere')).toBe('/elsewhere');
    for (const standIn of ['echo gpu-20', 'echo', 'exit 1', 'echo "*"']) {
      if (command === null) continue;
      expect([standIn, homeOf(standIn, null)]).toEqual([standIn, '']);
      expect(homeOf(standIn, SHARED)).toBe(SHARED);
    }
    write(homeLines(shell, HOSTS.slice(1), SHARED) + guard);
    expect(ask(login, null, null)).toBe('');
  });

  test('where the machine has no such program, the shell says nothing and goes on', () => {
    write(homeLines(shell, HOSTS, SHARED));
    if (command === null) return expect(shell).toBe('sh');
    const bin = standInBin(null);
    for (const name of ['sh', 'printenv']) fs.symlinkSync(whereIs(name), path.join(bin, name));
    const answer = run(command, { PATH: bin });
    expect([answer.stdout.trim(), answer.stderr]).toEqual(['', '']);
  });

  test.each([
    ['guards', guard],
    ['no line break at the end', 'alias l=ls'],
    ['line breaks of Windows', '# a\r\n# b\r\n'],
    ['nothing in it', ''],
  ])('%s: put in, works, and taken out to the byte', async (_, text) => {
    write(text);
    const name = path.join(root, file);
    fs.utimesSync(name, 1_700_000_000.5, 1_700_000_000.5);
    const before = stateOf(name);
    const undo = await put(shell, name);
    expect(fs.readFileSync(name, 'latin1')).toBe(homeLines(shell, HOSTS, SHARED) + text);
    if (command !== null) expect(homeOf(null, null)).toBe(HERE);
    expect(await undo()).toEqual([]);
    expect(stateOf(name)).toEqual(before);
  });
});

test('a link to a file among dotfiles stays a link, also when it was put there since', async () => {
  const [dotfile, name] = [path.join(root, 'dotfiles-bashrc'), path.join(root, '.bashrc')];
  fs.writeFileSync(dotfile, 'alias l=ls\n');
  fs.symlinkSync(dotfile, name);
  const undo = await put('bash', fs.realpathSync(name));
  expect(fs.readlinkSync(name)).toBe(dotfile);
  expect(ask(['bash', '-c'], null, null)).toBe(HERE);
  const moved = path.join(root, 'moved');
  fs.renameSync(dotfile, moved);
  fs.symlinkSync(moved, dotfile);
  expect(await undo()).toEqual([]);
  expect([fs.readFileSync(moved, 'utf8'), fs.readlinkSync(dotfile)]).toEqual([
    'alias l=ls\n',
    moved,
  ]);
});

test('a file that is only to be read keeps its rights', async () => {
  const name = path.join(root, '.bashrc');
  fs.writeFileSync(name, 'alias l=ls\n', { mode: 0o444 });
  const undo = await put('bash', name);
  expect(fs.statSync(name).mode & 0o777).toBe(0o444);
  expect(ask(['bash', '-c'], null, null)).toBe(HERE);
  expect(await undo()).toEqual([]);
  expect([fs.statSync(name).mode & 0o777, fs.readFileSync(name, 'utf8')]).toEqual([
    0o444,
    'alias l=ls\n',
  ]);
});

test('what a person has written around it since stays', async () => {
  const name = path.join(root, '.bashrc');
  fs.writeFileSync(name, 'one\ntwo\n');
  const undo = await put('bash', name);
  const text = fs.readFileSync(name, 'utf8').replace('one\n', '');
  fs.writeFileSync(name, `first\n${text}last\n`);
  expect(await undo()).toEqual([]);
  expect(fs.readFileSync(name, 'utf8')).toBe('first\ntwo\nlast\n');
});

test('lines that somebody has changed are named, and left', async () => {
  const name = path.join(root, '.bashrc');
  const undo = await put('bash', name);
  const changed = fs.readFileSync(name, 'utf8').replace(HERE, '/elsewhere');
  fs.writeFileSync(name, changed);
  expect(await undo()).toEqual([
    { what: name, why: expect.stringContaining('take them out by hand') as string },
  ]);
  expect(fs.readFileSync(name, 'utf8')).toBe(changed);
});

test('a file that was made for it goes, unless somebody has written into it since', async () => {
  const name = path.join(root, '.config/fish/conf.d/codex-health.fish');
  const undo = await put('fish', name);
  expect(await undo()).toEqual([]);
  expect(fs.existsSync(name)).toBe(false);
  const again = await put('fish', name);
  fs.appendFileSync(name, 'set -gx EDITOR vi\n');
  expect(await again()).toEqual([]);
  expect(fs.readFileSync(name, 'utf8')).toBe('set -gx EDITOR vi\n');
});

test('of the files of a shell those are named that it really reads', async () => {
  const world = worldHere();
  const names = async (...shells: string[]) =>
    (await proposeStartUp(world, shells)).map(({ file }) => path.relative(root, file));
  expect(await names('/bin/bash')).toEqual(['.bashrc', '.profile']);
  fs.writeFileSync(path.join(root, '.bash_login'), '');
  fs.writeFileSync(path.join(root, '.profile'), '');
  expect(await names('/bin/bash')).toEqual(['.bashrc', '.bash_login']);
  expect(await names('/usr/bin/zsh', '-fish', '/bin/tcsh', '/bin/nologin')).toEqual([
    ...['.zshenv', '.config/fish/conf.d/codex-health.fish', '.cshrc'],
  ]);
  fs.writeFileSync(path.join(root, '.tcshrc'), '');
  expect(await names('/bin/csh')).toEqual(['.tcshrc']);
});

/** What a command is told that sshd gives to this shell. */
function ask(shell: readonly string[], standIn: string | null, chosen: string | null): string {
  const choice = chosen === null ? {} : { CODEX_HOME: chosen };
  const { stdout, stderr } = run(shell, {
    PATH: `${standInBin(standIn)}:/usr/bin:/bin`,
    // Debian's bash reads its file for commands only where it takes itself to be started by sshd.
    SSH_CLIENT: '127.0.0.1 50000 22',
    ...choice,
  });
  expect(stderr).toBe('');
  // An interactive shell without a terminal says so first.
  return stdout.split('\n').findLast(line => line.startsWith('/')) ?? '';
}

function run([program = '', ...options]: readonly string[], environment: Record<string, string>) {
  // A login shell of this kind takes no command, but reads what it is told.
  const isLoginAlone = options.at(-1) === '-l';
  const question = isLoginAlone ? [] : ['printenv CODEX_HOME'];
  return spawnSync(whereIs(program), [...options, ...question], {
    env: { HOME: root, USER: 'ada', TERM: 'dumb', ...environment },
    cwd: root,
    input: isLoginAlone ? 'printenv CODEX_HOME\n' : '',
    encoding: 'utf8',
    timeout: 20_000,
  });
}

function whereIs(program: string): string {
  const found = ['/usr/bin', '/bin'].map(folder => path.join(folder, program)).find(fs.existsSync);
  if (found === undefined) throw new Error(`${program} is not on this machine`);
  return found;
}

function standInBin(script: string | null): string {
  const bin = path.join(root, 'bin');
  fs.rmSync(bin, { recursive: true, force: true });
  fs.mkdirSync(bin);
  if (script !== null)
    fs.writeFileSync(path.join(bin, 'hostname'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return bin;
}

function worldHere() {
  const world = createNodeWorld({ programs: root, environment: { HOME: root } });
  return { ...world, machine: { ...world.machine, userHome: root } };
}

/** Puts the lines into a file; the answer takes them out again, and says what it left. */
async function put(shell: Shell, file: string) {
  const world = worldHere();
  const hands = createHands();
  const vault = new Vault(world, hands, path.join(root, 'vault'));
  const site = { world, hands, home: { path: root, sqliteHome: root }, vault };
  const state = await world.files.stat(file);
  const was = state.ok ? { bytes: state.value.bytes, modifiedMs: state.value.modifiedMs } : null;
  const block = homeLines(shell, HOSTS, SHARED);
  const step: Step = { kind: 'block', file, block, was };
  const receipt = await apply(site, planOf([step]), null, () => undefined);
  expect(receipt.failed).toEqual([]);
  return async () => {
    const repair = (await vault.repairs()).at(-1);
    if (repair === undefined) throw new Error('nothing was written down');
    const { left } = await takeBack(site, repair);
    return left;
  };
}

function stateOf(file: string) {
  const { mtimeNs, mode } = fs.statSync(file, { bigint: true });
  return [fs.readFileSync(file, 'latin1'), mtimeNs / 1000n, mode];
}
