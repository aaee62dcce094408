// Several hosts on one machine: each an ssh server on the loopback address with names, processes and mounts of
// its own, all of them with one home. Everything lies in a temporary folder; a host ends, with all that runs
// there, when its first process is ended.

import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  childrenOf,
  NAMESPACES,
  oldNode,
  processesOf,
  sshd,
  startHost,
  type HostWish,
} from './labHost.ts';

export const NEEDS_HOSTS = 'needs root, sshd, and namespaces of its own';

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
  /** What stands before a command that runs there without ssh, as somebody's who sits at that host. */
  enter(host: string): readonly string[];
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
    enter: host => {
      const [first = 0] = childrenOf(running.get(host)?.pid ?? 0);
      return ['nsenter', '--target', String(first), '--uts', '--mount', '--pid', '--'];
    },
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

function makeKeys(folder: string): void {
  for (const name of ['host', 'person'])
    execFileSync('ssh-keygen', [
      ...['-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', path.join(folder, 'keys', name)],
    ]);
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
