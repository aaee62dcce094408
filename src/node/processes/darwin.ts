// macOS: `lsof` tells the open files of every process of this account, `ps` which other programs
// there are. Written after their manuals and tried on Linux's; it has never run on macOS.

import { execFile } from 'node:child_process';
import path from 'node:path';
import type { Holders, Read } from '../../engine/world.ts';
import type { RealPath } from '../reach.ts';
import { ancestorsIn, asGiven, asHolder } from './holding.ts';

export interface Tools {
  readonly lsof: string;
  readonly ps: string;
  /** Who does not answer in this time is not waited for. */
  readonly limitMs: number;
}

const LIMIT_MS = 3000;
const SYSTEM_TOOLS: Tools = { lsof: '/usr/sbin/lsof', ps: '/bin/ps', limitMs: LIMIT_MS };

/**
 * No host or port is looked up; whole names of programs; link counts, which tell deleted files.
 * Files are not named to `lsof`: it would touch each of them, and would not find deleted ones.
 */
const LSOF_ARGUMENTS = ['-n', '-P', '-w', '+c', '0', '+L', '-F', 'pcfakn'];
const PS_ARGUMENTS = ['-axo', 'pid=,uid=,tty=,comm='];

export async function findHoldersWithLsof(
  folders: readonly RealPath[],
  tools: Tools = SYSTEM_TOOLS,
): Promise<Read<Holders>> {
  const [opened, listed] = await Promise.all([
    outputOf(tools.lsof, LSOF_ARGUMENTS, tools.limitMs),
    outputOf(tools.ps, PS_ARGUMENTS, tools.limitMs),
  ]);
  if (opened === null || listed === null) {
    const tool = opened === null ? 'lsof' : 'ps';
    return { ok: false, trouble: { code: 'timeout', why: `${tool} did not answer` } };
  }
  const programs = new Map(parsePs(listed).map(program => [program.pid, program]));
  const holders = parseLsof(opened)
    .filter(({ pid }) => pid !== process.pid)
    .map(({ pid, program, files }) => {
      const terminal = programs.get(pid)?.terminal ?? null;
      const open = files.flatMap(({ name, isForWriting, isDeleted }) => {
        const file = asGiven(name, folders);
        // Whether a lock is held is not told here, so an open lock file counts as one that is held.
        return file === null ? [] : [{ file, isDeleted, isForWriting, hasLock: true }];
      });
      return asHolder({ pid, program, terminal }, open);
    })
    .filter(({ files, deletedFiles }) => files.length + deletedFiles.length > 0);
  const us = process.getuid?.() ?? 0;
  const unreadable = [...programs.values()]
    .filter(({ account }) => us !== 0 && account !== us)
    .map(({ pid, program }) => ({ pid, program }));
  return { ok: true, value: { holders, unreadable } };
}

export interface LsofProcess {
  readonly pid: number;
  readonly program: string;
  readonly files: readonly LsofFile[];
}

export interface LsofFile {
  readonly name: string;
  readonly isForWriting: boolean;
  readonly isDeleted: boolean;
}

/**
 * A field a line, its kind in the first letter: `p` and `c` begin a process, `f` begins a file.
 * A file that is only mapped (`txt`, `mem`), or a working directory, is not held by a descriptor:
 * Codex itself may be installed below its home.
 */
export function parseLsof(text: string): readonly LsofProcess[] {
  const found = new Map<number, LsofProcess>();
  for (const part of text.split(/^(?=p)/m)) {
    const [head = '', ...files] = part.split(/^(?=f)/m);
    const pid = Number(field(head, 'p'));
    if (!(pid > 0)) continue;
    const open = files.map(parseFile).filter(file => file !== null);
    // Linux's prints a process once more, with the same files, for each of its threads.
    found.set(pid, { pid, program: field(head, 'c') ?? 'unknown', files: open });
  }
  return [...found.values()];
}

function parseFile(lines: string): LsofFile | null {
  const name = field(lines, 'n');
  if (!/^f\d+$/m.test(lines) || name?.startsWith('/') !== true) return null;
  const access = field(lines, 'a');
  return {
    name: name.replace(/ \(deleted\)$/, ''),
    isForWriting: access === 'w' || access === 'u',
    isDeleted: field(lines, 'k') === '0' || name.endsWith(' (deleted)'),
  };
}

function field(lines: string, letter: string): string | null {
  return new RegExp(`^${letter}(.*)$`, 'm').exec(lines)?.[1] ?? null;
}

export interface PsProgram {
  readonly pid: number;
  readonly account: number;
  readonly terminal: string | null;
  readonly program: string;
}

/** `  501   502 ttys003  /Applications/Some App.app/Contents/MacOS/Some App` */
export function parsePs(text: string): readonly PsProgram[] {
  return [...text.matchAll(/^ *(\d+) +(\d+) +(\S+) +(\S.*?) *$/gm)].map(
    ([, pid, account, terminal = '?', command = '']) => ({
      pid: Number(pid),
      account: Number(account),
      terminal: terminal.startsWith('?') || terminal === '-' ? null : terminal,
      program: path.posix.basename(command),
    }),
  );
}

/** Parents as `ps` lists them: `  502   501`. */
export async function ancestorsFromPs(
  pid: number,
  ps: string = SYSTEM_TOOLS.ps,
): Promise<readonly number[]> {
  const listed = (await outputOf(ps, ['-axo', 'pid=,ppid='], LIMIT_MS)) ?? '';
  const parents = new Map(
    [...listed.matchAll(/^ *(\d+) +(\d+) *$/gm)].map(([, one, parent]) => [
      Number(one),
      Number(parent),
    ]),
  );
  return ancestorsIn(pid, one => parents.get(one) ?? 0);
}

/** Null when there was no answer in time. `lsof` says 1 also when it merely could not see all. */
function outputOf(
  program: string,
  args: readonly string[],
  limitMs: number,
): Promise<string | null> {
  return new Promise(resolve => {
    execFile(
      program,
      [...args],
      { timeout: limitMs, killSignal: 'SIGKILL', maxBuffer: 256 * 1024 * 1024 },
      (error, stdout) => resolve(error !== null && (error.killed || stdout === '') ? null : stdout),
    );
  });
}
