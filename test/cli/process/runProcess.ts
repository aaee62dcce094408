// Starts the built command line as a shell does.

import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    readonly cli: string;
    readonly nodes: Readonly<Record<number, string>>;
  }
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export interface ProcessOptions {
  readonly major?: number;
  readonly node?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly spawn?: SpawnOptions;
}

/** What a shell has, without what the tests' own surroundings say about colours and homes. */
const CLEAN = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(?:NO_COLOR|FORCE_COLOR|CODEX_|XDG_|NODE_|VITEST|TERM$)/.test(name),
  ),
);

export function nodeOf(major: number): string {
  return inject('nodes')[major] ?? process.execPath;
}

export function start(args: readonly string[], options: ProcessOptions = {}): Started {
  const node = options.node ?? nodeOf(options.major ?? 24);
  return follow(
    spawn(node, [inject('cli'), ...args], {
      env: { ...CLEAN, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options.spawn,
    }),
  );
}

export function ended(args: readonly string[], options: ProcessOptions = {}): Promise<Ended> {
  return start(args, options).ended;
}

/** A line of a shell, in which `codex-health` stands for the built program. */
export function shell(
  line: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const script = `codex-health() { "$NODE" "$CLI" "$@"; }\n${line}`;
  const program = { NODE: nodeOf(24), CLI: inject('cli') };
  return follow(
    spawn('bash', ['-c', script], {
      env: { ...CLEAN, ...program, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  ).ended;
}

function follow(child: ChildProcess): Started {
  const said = { out: '', err: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => void (said.out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => void (said.err += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...said }));
  });
  return { child, ended };
}
