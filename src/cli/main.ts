// The command line's process: arguments in, exit code out. All that it does is in cli.ts.

import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import v8 from 'node:v8';
import { createHands } from '../node/hands.ts';
import { createNodeWorld } from '../node/world.ts';
import { run, type Stream } from './cli.ts';
import { OUR_FAILURE } from './exitCodes.ts';
import { checkNewFile, writeNewFile } from './newFile.ts';

declare const PRODUCT_VERSION: string;

/** Why an answer could not be written, when it could not. */
let unwritten: Error | null = null;

function asStream(stream: NodeJS.WriteStream): Stream {
  let isOpen = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    isOpen = false;
    // A reader that has seen enough closes the pipe: nothing is wrong then.
    if (error.code !== 'EPIPE') unwritten = error;
  });
  return {
    columns: stream.isTTY ? stream.columns || 80 : null,
    write: text => {
      if (isOpen) stream.write(text);
    },
  };
}

/** A scan is over before this. */
const LONG_MS = 2000;
/** The first V8 that Node has with Maglev switched on, the quicker one of its optimising compilers. */
const V8_WITH_MAGLEV = 13;

/**
 * A scan makes much that lives for a moment. Letting the nursery grow would cost forty megabytes
 * and save nothing; and the thread of the databases needs the processor more than the threads that
 * would sweep such a small nursery together, or compile with TurboFan what is over in a second. What
 * takes longer is worth its while.
 */
function setPace(): void {
  for (const flag of ['--semi-space-growth-factor=1', '--no-parallel-scavenge'])
    v8.setFlagsFromString(flag);
  if (Number.parseInt(process.versions.v8, 10) < V8_WITH_MAGLEV) return;
  v8.setFlagsFromString('--no-turbofan');
  setTimeout(() => v8.setFlagsFromString('--turbofan'), LONG_MS).unref();
}

setPace();

async function ask(question: string): Promise<string | null> {
  if (!process.stdin.isTTY) return null;
  const readline = await import('node:readline/promises');
  const asking = readline.createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await asking.question(question);
  } finally {
    asking.close();
  }
}

/** While something is repaired; elsewhere Ctrl-C needs no handler, since nothing can be left half done. */
function hearInterrupts(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => controller.abort());
  return controller.signal;
}

async function start(): Promise<void> {
  // Node would end with 0 if nothing kept it awake before there is an answer.
  process.exitCode = OUR_FAILURE;
  const programs = path.dirname(fs.realpathSync(process.argv[1] ?? '.'));
  const world = createNodeWorld({ programs });
  const code = await run({
    args: process.argv.slice(2),
    world,
    hands: createHands(),
    version: PRODUCT_VERSION,
    stdout: asStream(process.stdout),
    stderr: asStream(process.stderr),
    surroundings: {
      runtime: { platform: process.platform, arch: process.arch, node: process.version },
      checkNewFile,
      writeNewFile,
      ask,
      hearInterrupts,
      // A program of its own, so that a scan does not have to load it.
      serve: () => import(pathToFileURL(path.join(programs, 'server.js')).href),
    },
  });
  process.exitCode = code;
  await world.close();
}

/** Node itself would end with 1, which says that something is wrong with somebody's sessions. */
function fail(error: unknown): void {
  process.exitCode = OUR_FAILURE;
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`codex-health failed, which says nothing about your sessions. ${why}\n`);
}

// What a stream could not write is known only after everything else.
process.once('beforeExit', () => {
  if (unwritten !== null) fail(`The answer could not be written: ${unwritten.message}`);
});
start().catch(fail);
