// What a person does on hosts of a lab: a Codex is started there as an editor starts it, over ssh, and so is our
// own program, with their own config for ssh.

import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { startAppServer, type AppServer } from '../codex/appServer.ts';
import type { Lab } from './lab.ts';

/** From each host the others are reached as from here. */
export function letHostsMeet({ home, folder }: Lab): void {
  fs.mkdirSync(path.join(home, '.ssh'), { mode: 0o700 });
  fs.writeFileSync(path.join(home, '.ssh/config'), `Include ${folder}/ssh_config\n`);
}

/** Puts a Codex where every shell of the lab finds it. */
export function installOnHosts({ folder }: Lab, codex: string): void {
  const program = path.join(folder, 'bin/codex');
  fs.rmSync(program, { force: true });
  fs.symlinkSync(codex, program);
}

/** `home`: where another Codex home is named to it by hand. */
export async function startCodexOn(lab: Lab, host: string, home?: string): Promise<AppServer> {
  const program = path.join(lab.folder, `codex-on-${host}`);
  const named = home === undefined ? '' : `CODEX_HOME=${home} `;
  const ssh = ['ssh', ...lab.sshArguments, '-T', host].join(' ');
  fs.writeFileSync(program, `#!/bin/sh\nexec ${ssh} "${named}exec codex $*"\n`, { mode: 0o755 });
  return startAppServer(program, lab.home);
}

export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Types `codex-health …` on a host; the program is the one in this folder. */
export async function typeOn(
  lab: Lab,
  host: string,
  programs: string,
  ...words: readonly string[]
): Promise<Said> {
  const child = runOn(lab, host, [path.join(programs, 'cli.js'), ...words]);
  child.stdin.end();
  return said(child);
}

/** The same, to its end, with what it said in one line: a page breaks lines wherever it is full. */
export function typedOn(
  lab: Lab,
  host: string,
  programs: string,
  ...words: readonly string[]
): Said {
  const line = [process.execPath, path.join(programs, 'cli.js'), ...words]
    .map(word => `'${word}'`)
    .join(' ');
  const { status, stdout, stderr } = spawnSync('ssh', [...lab.sshArguments, '-T', host, line], {
    encoding: 'utf8',
  });
  return { code: status, out: inOneLine(stdout), err: inOneLine(stderr) };
}

function inOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** Runs a program of Node on a host. */
export function runOn(
  lab: Lab,
  host: string,
  words: readonly string[],
): ChildProcessWithoutNullStreams {
  const line = [process.execPath, ...words].map(word => `'${word}'`).join(' ');
  return spawn('ssh', [...lab.sshArguments, '-T', host, `exec ${line}`], { stdio: 'pipe' });
}

export async function said(child: ChildProcessWithoutNullStreams): Promise<Said> {
  const texts = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (texts.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (texts.err += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  return { code, ...texts };
}
