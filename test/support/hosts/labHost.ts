// One host of a lab: an ssh server in namespaces of its own, with what a person finds there.

import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
// @ts-expect-error The scripts are not typed.
import { nodeBinary } from '../../../scripts/node-binaries.mjs';

/** The oldest on which our scanner runs. */
export const oldNode = () => (nodeBinary as (major: number) => string)(20);

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

export const NAMESPACES = ['--uts', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];

export function sshd(): string | null {
  return ['/usr/sbin/sshd', '/usr/bin/sshd'].find(file => fs.existsSync(file)) ?? null;
}

/** Places where a login shell, or an editor, may have its own Node. */
const NODE_PLACES = { login: 'login-bin', editor: '.vscode-server/bin/0abc' } as const;

export function startHost(folder: string, wish: HostWish, port: number): ChildProcess {
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
      'Subsystem sftp internal-sftp',
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

/** A host is a namespace of processes; what it holds is found by that, from the outside. */
export function processesOf(
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
