// A folder of one host of a lab, mounted on this machine or on another host: a network file system as people
// have it, with a server that can fall silent. Whatever is mounted is taken off again, whoever hangs on it.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { canHaveHosts, type Lab } from './lab.ts';

export const NEEDS_MOUNTS = 'needs root, sshd, sshfs, /dev/fuse, and namespaces of its own';

/** A folder on NFS that somebody has given us to try: we start no NFS server on anybody's machine. */
export const NFS_FOLDER = process.env['NFS_FOLDER'];
export const NEEDS_NFS = 'needs a folder on an NFS mount, named in NFS_FOLDER';

export interface Mount {
  /** Where the folder is seen. */
  readonly folder: string;
  /** Nothing of it is answered any more, and no connection is closed. */
  silence(): void;
  /** Whoever waits for an answer is told that there is none, and nothing is mounted. */
  close(): Promise<void>;
}

export function canMount(): boolean {
  return (
    fs.existsSync('/dev/fuse') && spawnSync('sshfs', ['--version']).status === 0 && canHaveHosts()
  );
}

/** What becomes of the server while it is asked; it answers for ever when nothing is said. */
export type Fate =
  | { readonly goneAfter: number }
  /** It falls silent when it is asked this of the file whose path ends so. */
  | { readonly silentAt: { readonly on: 'open' | 'read' | 'look' | 'list'; readonly file: string } }
  /** It takes so long for each answer. */
  | { readonly delayMs: number };

export async function mountHere(
  lab: Lab,
  from: { readonly host: string; readonly folder: string },
  fate: Fate | null = null,
): Promise<Mount> {
  const folder = fs.mkdtempSync(path.join(lab.folder, 'mount-'));
  const ssh = `${folder}.ssh`;
  fs.writeFileSync(ssh, `#!/bin/sh\n${commandFor(fate)}\n`, { mode: 0o755 });
  const args = ['-f', '-o', `ssh_command=${ssh}`, ...lab.sshArguments];
  // A session of its own: what it starts is ended with it.
  const child = spawn('sshfs', [...args, `${from.host}:${from.folder}`, folder], {
    stdio: 'ignore',
    detached: true,
  });
  const close = async () => {
    await ended(child);
    spawnSync('umount', ['-l', folder]);
  };
  for (let tries = 0; tries < 100 && child.exitCode === null; tries += 1) {
    if (isMounted(folder)) return { folder, silence: () => lab.freeze(from.host), close };
    await delay(100);
  }
  await close();
  throw new Error(`${from.host}:${from.folder} could not be mounted`);
}

function commandFor(fate: Fate | null): string {
  if (fate === null) return 'ssh "$@"';
  if (!('goneAfter' in fate))
    return `exec '${process.execPath}' '${ON_THE_WAY}' '${JSON.stringify(fate)}' "$@"`;
  // Byte by byte: whatever was let through has arrived.
  const pass = `dd bs=1 count=${String(fate.goneAfter)} status=none`;
  return `ssh "$@" | { ${pass}; kill -9 $$ $(cat /proc/$$/task/$$/children); }`;
}

const ON_THE_WAY = path.join(import.meta.dirname, 'sshOnTheWay.mjs');

/** On another host of the lab; it is gone with the host. */
export function mountThere(
  lab: Lab,
  on: string,
  from: { readonly host: string; readonly folder: string },
): string {
  const name = `from-${from.host}`;
  fs.mkdirSync(path.join(lab.privateOf(on), name), { recursive: true });
  const folder = path.join(lab.privatePlace, name);
  lab.run(on, `sshfs ${lab.sshArguments.join(' ')} ${from.host}:${from.folder} ${folder}`);
  return folder;
}

function isMounted(folder: string): boolean {
  return fs.readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${folder} `);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise(resolve => child.once('exit', resolve));
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  await end;
}
