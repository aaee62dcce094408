// What hosts say of themselves, each asked through its own ssh server by the system's own ssh.

import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import type { HostConnection } from '../../src/engine/world.ts';
import { createNodeWorld, type NodeWorld } from '../../src/node/world.ts';
import { canHaveHosts, hasShell, NEEDS_HOSTS, startLab, type Lab } from '../support/hosts/lab.ts';

const ID = '01234567-89ab-4cde-8f01-23456789abcd';
/** Blanks, quotes, a line end and what shells make something of. */
const ODD = `odd 'name' "of" $HOME !x \\ é`;

const isPossible = canHaveHosts();
const SHELLS = ['bash', 'dash', 'zsh', 'fish', 'tcsh'];
let lab: Lab;
let world: NodeWorld;

beforeAll(async () => {
  if (!isPossible) return;
  lab = await startLab([
    { name: 'host-a' },
    { name: 'host-b' },
    ...SHELLS.filter(hasShell).map(shell => ({
      name: `shell-${shell}`,
      shell,
      hasOwnHome: true,
      homeFiles: startUpFiles(shell),
      banner: 'Authorised people only.\n',
    })),
    { name: 'login-node', node: 'login', hasOwnHome: true, homeFiles: LOGIN_PATH },
    { name: 'editor-node', node: 'editor', hasOwnHome: true },
    { name: 'no-node', node: 'none' },
    { name: 'from-server', environment: { CODEX_HOME: '/from/the server' }, hasOwnHome: true },
    {
      name: 'only-commands',
      hasOwnHome: true,
      homeFiles: { '.bashrc': 'export CODEX_HOME=/for/commands\n' },
    },
    { name: 'hanging', hasOwnHome: true, homeFiles: { '.bash_profile': 'sleep 1000' } },
    { name: 'guarded' },
    { name: 'endless', hasOwnHome: true, homeFiles: { '.bashrc': 'yes what a noise' } },
  ]);
  makeHome(lab.home);
  world = createNodeWorld({ programs: inject('programs'), sshArguments: lab.sshArguments });
});
afterAll(async () => {
  if (!isPossible) return;
  await world.close();
  await lab.close();
});
beforeEach(context => context.skip(!isPossible, NEEDS_HOSTS));

test('two hosts are told apart, and are seen to have the same files', async () => {
  const [a, b] = await Promise.all([probeOf('host-a'), probeOf('host-b')]);
  expect(a.machine).toMatchObject({ hostname: 'host-a', system: 'linux', user: 'root' });
  expect(b.machine).toMatchObject({ hostname: 'host-b' });
  expect(a.machine?.machine).toMatch(/^[0-9a-f]{16}$/);
  expect(b.machine?.machine).not.toBe(a.machine?.machine);
  const file = path.join(lab.home, '.codex/state_5.sqlite');
  const { ino, size, mtimeMs } = fs.statSync(file);
  const modifiedS = Math.floor(mtimeMs / 1000);
  expect(a.homes).toMatchObject([
    {
      path: path.join(lab.home, '.codex'),
      installationId: ID,
      files: { 'state_5.sqlite': { inode: String(ino), bytes: size, modifiedS } },
    },
  ]);
  expect(a.homes[0]?.filesystem).not.toBeNull();
  expect(b.homes).toEqual(a.homes);
  expect([a.gaps, b.gaps]).toEqual([[], []]);
});

test('this machine says of itself what it says through ssh', async () => {
  const home = path.join(lab.home, '.codex');
  const here = await world.hosts.here({ homes: [home] });
  const there = await probeOf('host-a', [home]);
  if (!here.ok) throw new Error(here.trouble.why);
  const ours = here.value.homes.find(one => one.path === home);
  expect(ours?.files).toEqual(there.homes[0]?.files);
  expect(ours?.installationId).toBe(ID);
  expect(here.value.machine).toMatchObject({
    hostname: world.machine.hostname,
    machine: world.machine.id,
    user: world.machine.user,
  });
});

test('a home with an odd name is found, through a link as well', async () => {
  const odd = path.join(lab.home, ODD);
  makeHome(path.dirname(odd), path.basename(odd));
  fs.symlinkSync(odd, path.join(lab.home, 'link'));
  const { homes } = await probeOf('host-a', [path.join(lab.home, 'link'), '/not/there']);
  expect(homes.map(home => home.path)).toEqual([path.join(lab.home, '.codex'), odd]);
});

describe.each(SHELLS)('with %s as login shell', shell => {
  beforeEach(context => context.skip(isPossible && !hasShell(shell), `needs ${shell}`));

  test('what a command and what a login shell get is told apart, whatever is printed', async () => {
    const { starts, gaps } = await probeOf(`shell-${shell}`);
    expect(gaps).toEqual([]);
    expect(starts).toMatchObject([
      { how: 'command', home: lab.home, codexHome: FOR_COMMANDS[shell] ?? null },
      { how: 'login', home: lab.home, codexHome: '/for/logins', sqliteHome: '/for a/database' },
    ]);
    expect(starts.map(start => path.basename(start.shell))).toEqual([shell, shell]);
  });

  test('our scanner runs there', async () => {
    const connection = await connected(`shell-${shell}`);
    expect(connection.whyNoScanner).toBeNull();
    const paths = await connection.paths(['/etc/passwd', '/etc', '/nowhere']);
    expect(paths).toEqual({
      ok: true,
      value: { '/etc/passwd': 'file', '/etc': 'folder', '/nowhere': 'missing' },
    });
    await connection.close();
  });
});

test.each(['login-node', 'editor-node'])('on %s a Node is found', async alias => {
  const connection = await connected(alias);
  expect(connection.whyNoScanner).toBeNull();
  await connection.close();
});

test('without a Node the shell answers, and the scanner does not', async () => {
  const connection = await connected('no-node');
  const { probe, whyNoScanner } = connection;
  expect(whyNoScanner).toMatch(/Node/);
  expect(probe.machine?.hostname).toBe('no-node');
  expect(probe.homes[0]?.installationId).toBe(ID);
  expect(await connection.scan(null)).toMatchObject({ ok: false, trouble: { why: whyNoScanner } });
  await connection.close();
});

test('what only commands get does not leak into what a login shell is said to get', async () => {
  const { starts } = await probeOf('only-commands');
  expect(starts.map(({ codexHome }) => codexHome)).toEqual(['/for/commands', null]);
});

test('what the ssh server gives to everybody is there in a login shell too', async () => {
  const { starts } = await probeOf('from-server');
  expect(starts.map(({ codexHome }) => codexHome)).toEqual([
    '/from/the server',
    '/from/the server',
  ]);
});

test('a profile that hangs is a gap, and what it was about is not running any more', async () => {
  const { starts, machine, gaps } = await probeOf('hanging');
  expect(machine?.hostname).toBe('hanging');
  expect(starts.map(({ how }) => how)).toEqual(['command']);
  expect(gaps).toMatchObject([{ what: 'what its login shell sets' }]);
  expect(lab.run('hanging', 'ps -A -o args=')).not.toContain('sleep 1000');
});

test('a server whose environment nobody may read is told, and nothing is said of its home', async () => {
  // For root there is none that it may not read: what is seen of this one is nothing, as elsewhere.
  const line = `export CODEX_HOME=/its/home; mount --bind /dev/null /proc/$$/environ
    exec -a /opt/codex sh -c 'echo up; sleep 1000; :' app-server`;
  const server = lab.start('guarded', line);
  try {
    await once(server.stdout as Readable, 'data');
    const { servers, gaps } = await probeOf('guarded');
    expect(servers).toMatchObject([
      { program: '/opt/codex', codexHome: null, sqliteHome: null, isOpaque: true },
    ]);
    expect(gaps).toEqual([]);
  } finally {
    lab.cut('guarded');
  }
});

test('a host that prints without end is given up', async () => {
  const connection = await world.hosts.connect('endless', { homes: [] });
  expect(connection).toMatchObject({ ok: false, trouble: { why: 'it prints without end' } });
});

async function connected(alias: string, homes: readonly string[] = []): Promise<HostConnection> {
  const connection = await world.hosts.connect(alias, { homes });
  if (!connection.ok) throw new Error(connection.trouble.why);
  return connection.value;
}

async function probeOf(alias: string, homes: readonly string[] = []) {
  const connection = await connected(alias, homes);
  await connection.close();
  return connection.probe;
}

function makeHome(folder: string, name = '.codex'): void {
  fs.mkdirSync(path.join(folder, name));
  fs.writeFileSync(path.join(folder, name, 'installation_id'), `${ID}\n`);
  fs.writeFileSync(path.join(folder, name, 'state_5.sqlite'), 'x'.repeat(4096));
}

/** What a shell reads for a plain command, beside what it reads for a login: each in its own words. */
const FOR_COMMANDS: Readonly<Record<string, string>> = {
  bash: '/for/commands',
  zsh: '/for/commands',
  fish: '/for/commands',
  tcsh: '/for/commands',
};

function startUpFiles(shell: string): Readonly<Record<string, string>> {
  const set = (name: string, value: string) => `echo noise; export ${name}='${value}'\n`;
  const login = set('CODEX_HOME', '/for/logins') + set('CODEX_SQLITE_HOME', '/for a/database');
  const command = set('CODEX_HOME', '/for/commands');
  switch (shell) {
    case 'bash':
      return { '.bashrc': command, '.bash_profile': login };
    case 'zsh':
      return { '.zshenv': command, '.zprofile': login };
    case 'fish':
      return {
        '.config/fish/config.fish':
          'echo -n noise; set -gx CODEX_HOME /for/commands\n' +
          "if status is-login; set -gx CODEX_HOME /for/logins; set -gx CODEX_SQLITE_HOME '/for a/database'; end\n",
      };
    case 'tcsh':
      return {
        '.cshrc': 'echo noise; setenv CODEX_HOME /for/commands\n',
        '.login': "setenv CODEX_HOME /for/logins; setenv CODEX_SQLITE_HOME '/for a/database'\n",
      };
    default:
      return { '.profile': login };
  }
}

const LOGIN_PATH = { '.bash_profile': 'PATH="$HOME/login-bin:$PATH"\n' };
