// Several hosts on one machine: each an ssh server on the loopback address with names, processes and mounts of
// its own, all of them with one home. Everything lies in a temporary folder; a host ends, with all that runs
// there, when its first process is ended.

import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
// @ts-expect-error The scripts are not typed.
import { nodeBinary } from '../../../scripts/node-binaries.mjs';

/** The oldest on which our scanner runs. */
const oldNode = () => (nodeBinary as (major: number) => string)(20);

export const NEEDS_HOSTS = 'needs root, sshd, and namespaces of its own';

export interface HostWish {
  readonly name: string;
  /** The name of its login shell. */
  readonly shell?: string;
  /** Where a Node is found there. */
  readonly node?: 'path' | 'login' | 'editor' | 'none';
  /** A home of its own lies over the shared one. */
  readonly hasOwnHome?: boolean;
  /** Files of its home beside the others, by their names in it; only with a home of its own. */
  readonly homeFiles?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly banner?: string;
  /** Nothing can be written there but to a folder in memory. */
  readonly isReadOnly?: boolean;
}

export interface Lab {
  readonly folder: string;
  /** The home that all hosts have, but for those with their own. */
  readonly home: string;
  /** A place that is another folder on each host. */
  readonly privatePlace: string;
  /** What lies at that place on this host. */
  privateOf(host: string): string;
  homeOf(host: string): string;
  /** What our own ssh is given to find them. */
  readonly sshArguments: readonly string[];
  /** Runs a command there, as a person would. */
  run(host: string, command: string): string;
  /** Starts a program there that runs until its input ends. */
  start(host: string, command: string): ChildProcess;
  /** What runs there, by its command lines. */
  programs(host: string): readonly string[];
  /** It runs on in nobody's eyes: connections stay, and nothing answers. */
  freeze(host: string): void;
  /** Ends the host at once, as a power cut does. */
  cut(host: string): void;
  close(): Promise<void>;
}

export function canHaveHosts(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || sshd() === null) return false;
  const args = [...NAMESPACES, 'mount', '-t', 'tmpfs', 'tmpfs', '/run'];
  return spawnSync('unshare', args).status === 0;
}

const NAMESPACES = ['--uts', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];

function sshd(): string | null {
  return ['/usr/sbin/sshd', '/usr/bin/sshd'].find(file => fs.existsSync(file)) ?? null;
}

export function hasShell(name: string): boolean {
  return fs.existsSync(`/usr/bin/${name}`) || fs.existsSync(`/bin/${name}`);
}

export async function startLab(wishes: readonly HostWish[]): Promise<Lab> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hosts-'));
  const at = (...parts: readonly string[]) => path.join(folder, ...parts);
  for (const name of ['home', 'private', 'keys', 'hosts', 'bin']) fs.mkdirSync(at(name));
  fs.symlinkSync(oldNode(), at('bin', 'node'));
  makeKeys(folder);
  const running = new Map<string, ChildProcess>();
  const cut = (host: string) => {
    // With the first process of a namespace all others in it end, and who waits for it then ends as well.
    const [first] = childrenOf(running.get(host)?.pid ?? 0);
    if (first === undefined) running.get(host)?.kill('SIGKILL');
    else process.kill(first, 'SIGKILL');
    running.delete(host);
  };
  const close = async () => {
    const ended = [...running.values()].map(
      child => new Promise(resolve => child.once('exit', resolve)),
    );
    for (const host of [...running.keys()]) cut(host);
    await Promise.all(ended);
    fs.rmSync(folder, { recursive: true, force: true });
  };
  const lab: Lab = {
    folder,
    home: at('home'),
    privatePlace: at('private'),
    privateOf: host => at('hosts', host, 'private'),
    homeOf: host =>
      wishes.some(({ name, hasOwnHome }) => name === host && hasOwnHome === true)
        ? at('hosts', host, 'home')
        : at('home'),
    sshArguments: ['-F', at('ssh_config')],
    run: (host, command) =>
      execFileSync('ssh', ['-F', at('ssh_config'), '-T', host, command], { encoding: 'utf8' }),
    start: (host, command) =>
      spawn('ssh', ['-F', at('ssh_config'), '-T', host, command], { stdio: 'pipe' }),
    programs: host => processesOf(running.get(host)).map(({ line }) => line),
    freeze: host => {
      for (const { pid } of processesOf(running.get(host))) process.kill(pid, 'SIGSTOP');
    },
    cut,
    close,
  };
  try {
    const ports: string[] = [];
    for (const wish of wishes) {
      const port = await freePort();
      running.set(wish.name, startHost(folder, wish, port));
      ports.push(configOf(folder, wish.name, port));
      fs.appendFileSync(
        at('keys', 'known_hosts'),
        `[127.0.0.1]:${String(port)} ${fs.readFileSync(at('keys', 'host.pub'), 'utf8')}`,
      );
    }
    fs.writeFileSync(at('ssh_config'), ports.join(''));
    for (const { name } of wishes) await answering(lab, name);
    return lab;
  } catch (error) {
    await close();
    throw error;
  }
}

/** More ways to a host, or to none: what stands first in a config is what holds. */
export function addAlias(
  lab: Lab,
  alias: string,
  settings: Readonly<Record<string, string>>,
): void {
  const config = path.join(lab.folder, 'ssh_config');
  const lines = Object.entries(settings).map(([name, value]) => `  ${name} ${value}\n`);
  fs.writeFileSync(config, `Host ${alias}\n${lines.join('')}${fs.readFileSync(config, 'utf8')}`);
}

export function portOf(lab: Lab, host: string): string {
  const said = execFileSync('ssh', [...lab.sshArguments, '-T', '-G', host], { encoding: 'utf8' });
  return /^port (\d+)$/m.exec(said)?.[1] ?? '';
}

/** A server that takes every connection and never says a word. */
export async function startSilence(): Promise<{ readonly port: number; close(): void }> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as net.AddressInfo).port, close };
}

export async function freePort(): Promise<number> {
  const { port, close } = await startSilence();
  close();
  return port;
}

/** A host is a namespace of processes; what it holds is found by that, from the outside. */
function processesOf(
  host: ChildProcess | undefined,
): readonly { readonly pid: number; readonly line: string }[] {
  const first = childrenOf(host?.pid ?? 0)[0];
  if (first === undefined) return [];
  const namespace = fs.readlinkSync(`/proc/${String(first)}/ns/pid`);
  return fs.readdirSync('/proc').flatMap(name => {
    try {
      if (!/^\d+$/.test(name) || fs.readlinkSync(`/proc/${name}/ns/pid`) !== namespace) return [];
      const line = fs.readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return [{ pid: Number(name), line }];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}

export function childrenOf(pid: number): readonly number[] {
  const file = `/proc/${String(pid)}/task/${String(pid)}/children`;
  return fs.existsSync(file)
    ? fs.readFileSync(file, 'utf8').split(' ').filter(Boolean).map(Number)
    : [];
}

function makeKeys(folder: string): void {
  for (const name of ['host', 'person'])
    execFileSync('ssh-keygen', [
      ...['-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', path.join(folder, 'keys', name)],
    ]);
}

/** Places where a login shell, or an editor, may have its own Node. */
const NODE_PLACES = { login: 'login-bin', editor: '.vscode-server/bin/0abc' } as const;

function startHost(folder: string, wish: HostWish, port: number): ChildProcess {
  const own = (...parts: readonly string[]) => path.join(folder, 'hosts', wish.name, ...parts);
  fs.mkdirSync(own('private'), { recursive: true });
  const home = wish.hasOwnHome === true ? own('home') : path.join(folder, 'home');
  writeHome(home, wish);
  writeSettings(folder, own, wish, port);
  const mounts = [
    [own('machine-id'), '/etc/machine-id'],
    [own('passwd'), '/etc/passwd'],
    [own('private'), path.join(folder, 'private')],
    ...(wish.hasOwnHome === true ? [[home, path.join(folder, 'home')]] : []),
    // The Node of this machine would be found there as well.
    ...programsNamedNode().map(file => ['/dev/null', file]),
  ];
  const log = wish.isReadOnly === true ? '/run/log' : own('log');
  const script = [
    'set -e',
    `hostname ${wish.name}`,
    ...mounts.map(([from = '', to = '']) => `mount --bind '${from}' '${to}'`),
    'mount -t tmpfs tmpfs /run',
    'mkdir /run/sshd',
    ...(wish.isReadOnly === true ? readOnly(folder) : []),
    `exec ${sshd() ?? ''} -D -E '${log}' -f '${own('sshd.conf')}'`,
  ];
  return spawn('unshare', [...NAMESPACES, 'sh', '-c', script.join('\n')], { stdio: 'ignore' });
}

function writeHome(home: string, { node, homeFiles = {} }: HostWish): void {
  fs.mkdirSync(home, { recursive: true });
  if (node === 'login' || node === 'editor') {
    fs.mkdirSync(path.join(home, NODE_PLACES[node]), { recursive: true });
    fs.symlinkSync(oldNode(), path.join(home, NODE_PLACES[node], 'node'));
  }
  for (const [file, text] of Object.entries(homeFiles)) {
    fs.mkdirSync(path.dirname(path.join(home, file)), { recursive: true });
    fs.writeFileSync(path.join(home, file), text);
  }
}

function writeSettings(
  folder: string,
  own: (name: string) => string,
  { name, shell = 'bash', node = 'path', banner = '', environment = {} }: HostWish,
  port: number,
): void {
  const machineId = Buffer.from(name.padEnd(16, '.')).toString('hex').slice(0, 32);
  const passwd = fs.readFileSync('/etc/passwd', 'utf8');
  const root = `root:x:0:0:root:${folder}/home:/bin/${shell}`;
  const PATH = [...(node === 'path' ? [path.join(folder, 'bin')] : []), '/usr/bin:/bin'].join(':');
  const set = Object.entries({ PATH, ...environment }).map(([key, value]) => `"${key}=${value}"`);
  fs.writeFileSync(own('machine-id'), `${machineId}\n`);
  fs.writeFileSync(own('passwd'), passwd.replace(/^root:.*$/m, root));
  fs.writeFileSync(own('banner'), banner);
  fs.writeFileSync(
    own('sshd.conf'),
    [
      `Port ${String(port)}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${folder}/keys/host`,
      'PidFile none',
      `AuthorizedKeysFile ${folder}/keys/person.pub`,
      ...['PasswordAuthentication no', 'KbdInteractiveAuthentication no', 'UsePAM no'],
      ...['StrictModes no', 'PermitRootLogin prohibit-password', `Banner ${own('banner')}`],
      `SetEnv ${set.join(' ')}`,
      '',
    ].join('\n'),
  );
}

function readOnly(folder: string): readonly string[] {
  const places = ['/', os.tmpdir(), folder];
  const mounts = places
    .filter(place => place !== '/')
    .map(place => `mount --bind '${place}' '${place}'`);
  return [...mounts, ...places.map(place => `mount -o remount,bind,ro '${place}'`)];
}

function programsNamedNode(): readonly string[] {
  const folders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  const files = folders
    .map(folder => path.join(folder, 'node'))
    .filter(file => fs.existsSync(file));
  return [...new Set(files.map(file => fs.realpathSync(file)))];
}

function configOf(folder: string, name: string, port: number): string {
  return [
    `Host ${name}`,
    '  HostName 127.0.0.1',
    `  Port ${String(port)}`,
    '  User root',
    `  IdentityFile ${folder}/keys/person`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${folder}/keys/known_hosts`,
    '  GlobalKnownHostsFile /dev/null',
    '  StrictHostKeyChecking yes',
    '',
  ].join('\n');
}

async function answering(lab: Lab, host: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = Number(portOf(lab, host));
    const isThere = await new Promise<boolean>(resolve => {
      const socket = net.connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isThere) return;
    await delay(100);
  }
  const log = path.join(lab.folder, 'hosts', host, 'log');
  throw new Error(
    `${host} did not start: ${fs.existsSync(log) ? fs.readFileSync(log, 'utf8') : ''}`,
  );
}
