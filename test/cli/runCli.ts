// Runs the command line on a home in memory, as if somebody had typed it.

import { run } from '../../src/cli/cli.ts';
import type { AppServers, Hands } from '../../src/engine/hands.ts';
import type { Hosts, World } from '../../src/engine/world.ts';
import { Refusal } from '../../src/engine/refusal.ts';
import { HOME, type HomeBuilder } from '../support/home.ts';
import { createMemoryHands } from '../support/memoryHands.ts';
import type { MemoryFile } from '../support/memoryWorld.ts';

export interface Typed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Files that were written, by their paths. */
  readonly written: ReadonlyMap<string, string>;
}

export interface TypedOptions {
  /** Columns of the terminal; a pipe has none. */
  readonly columns?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** What is said to every question; null when nobody is there. */
  readonly answer?: string | null;
  /** Other machines; none answers when absent. */
  readonly hosts?: Hosts;
  /** The Codex that repairs may start; none when absent. */
  readonly codex?: (files: Map<string, MemoryFile>) => AppServers;
  /** Files that are there before. */
  readonly existing?: readonly string[];
}

/** A machine on which one can type several times. */
export function terminal(builder: HomeBuilder, options: TypedOptions = {}) {
  const { world, keyOf, files } = builder.build();
  const memory = createMemoryHands(files, options.codex?.(files));
  const environment = { ...world.machine.environment, ...options.environment };
  const machine = { ...world.machine, environment };
  return {
    keyOf,
    world,
    files,
    memory,
    type: (...args: readonly string[]) =>
      type({ ...world, machine, hosts: options.hosts ?? world.hosts }, memory.hands, args, options),
  };
}

export async function typed(
  builder: HomeBuilder,
  args: readonly string[],
  options: TypedOptions = {},
): Promise<Typed> {
  const { type, keyOf } = terminal(builder, options);
  const { out, err, ...rest } = await type(...args);
  return { ...rest, out: keyOf(out), err: keyOf(err) };
}

async function type(
  world: World,
  hands: Hands,
  args: readonly string[],
  { columns, existing = [], answer = null }: TypedOptions,
): Promise<Typed> {
  const said = { out: '', err: '' };
  const written = new Map<string, string>();
  const checkNewFile = (file: string, outsideOf: readonly string[]) => {
    if (existing.includes(file) || written.has(file))
      throw new Refusal('file-exists', `There is something at ${file}.`, 'Name another.');
    if (outsideOf.some(folder => file.startsWith(`${folder}/`)))
      throw new Refusal('inside-the-home', `${file} lies in the home.`, 'Name another.');
  };
  const stream = (name: 'out' | 'err') => ({
    columns: columns ?? null,
    write: (text: string) => void (said[name] += text),
  });
  const code = await run({
    args: args.includes('--home') ? args : [...args, '--home', HOME],
    world,
    hands,
    version: '0.1.0',
    stdout: stream('out'),
    stderr: stream('err'),
    surroundings: {
      runtime: { platform: 'linux', arch: 'x64', node: 'v24.0.0' },
      checkNewFile,
      writeNewFile: (file, text, outsideOf) => {
        checkNewFile(file, outsideOf);
        written.set(file, text);
      },
      ask: () => Promise.resolve(answer),
      hearInterrupts: () => new AbortController().signal,
      serve: () => Promise.resolve(),
    },
  });
  return { code, ...said, written };
}
