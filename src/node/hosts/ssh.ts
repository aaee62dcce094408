// The system's own ssh, with the person's own config, agent and jumps; but it asks nothing, forwards nothing,
// and leaves nothing behind.

import fs from 'node:fs';
import path from 'node:path';

export interface SshLimits {
  readonly connectS: number;
}

/** What can be given to ssh as a host without being taken for an option. */
export function isAlias(alias: string): boolean {
  return alias !== '' && !alias.startsWith('-') && !/[\p{Cc}\s]/u.test(alias);
}

/** Null where there is none. Where a person has several, the one of the system. */
export function findSsh(environment: NodeJS.ProcessEnv): string | null {
  const isWindows = process.platform === 'win32';
  const usual = isWindows
    ? path.win32.join(environment['SystemRoot'] ?? 'C:\\Windows', 'System32', 'OpenSSH', 'ssh.exe')
    : '/usr/bin/ssh';
  const onPath = (environment['PATH'] ?? '')
    .split(path.delimiter)
    .filter(folder => path.isAbsolute(folder))
    .map(folder => path.join(folder, isWindows ? 'ssh.exe' : 'ssh'));
  return [usual, ...onPath].find(isFile) ?? null;
}

function isFile(file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

export function sshArguments(
  alias: string,
  command: string,
  more: readonly string[],
  { connectS }: SshLimits,
): readonly string[] {
  const settings = {
    BatchMode: 'yes',
    ConnectTimeout: String(connectS),
    ServerAliveInterval: '5',
    ServerAliveCountMax: '3',
    // A connection of the person's own is used where there is one; none of ours stays behind.
    ControlMaster: 'no',
    // Ports of the person's config are for their own connection, and may be taken by it.
    ClearAllForwardings: 'yes',
    RemoteCommand: 'none',
    PermitLocalCommand: 'no',
    UpdateHostKeys: 'no',
    // The person's own may be too quiet to say that a host has fallen silent.
    LogLevel: 'INFO',
  };
  return [
    ...more,
    ...['-T', '-a', '-x'],
    ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    ...['--', alias, command],
  ];
}

/** Without a window either: a jump is an ssh of its own, which knows nothing of our batch mode. */
export function sshEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...environment, SSH_ASKPASS_REQUIRE: 'never' };
}

/** With this ssh says that it failed itself; every other code is that of the shell there. */
const FAILED_ITSELF = 255;

/** A sentence part that says what a person can do. What a banner says, or a start-up file, comes before it. */
export function whyNotConnected(alias: string, said: string, code: number | null): string {
  const inTerminal = `run \`ssh ${alias}\` once in a terminal`;
  const last =
    said
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/\p{Cc}/gu, ' ')
      .trim() ?? '';
  if (code !== null && code !== FAILED_ITSELF)
    return `its login shell ended without an answer${last === '' ? '' : `: ${last.slice(0, 200)}`}`;
  if (/^Host key verification failed|^No \S+ host key is known/.test(last))
    return /REMOTE HOST IDENTIFICATION HAS CHANGED/.test(said)
      ? `its key is not the one that this machine knows; ${inTerminal}, which says more`
      : `its key is not known to this machine; ${inTerminal}, and look at the key before you say yes`;
  if (/Permission denied \(|Too many authentication failures/.test(last))
    return `it does not let this account in without asking; ${inTerminal}, which shows what it asks`;
  if (/Could not resolve hostname/.test(last)) return 'nobody knows an address of that name';
  if (/Connection refused/.test(last)) return 'no ssh server answers there';
  if (/timed out|^Timeout, server|No route to host|Network is unreachable/i.test(last))
    return 'it did not answer';
  return last === '' ? 'the connection ended' : `ssh said: ${last.slice(0, 200)}`;
}
