// The command line's process: arguments in, exit code out. All that it does is in cli.ts.

import fs from 'node:fs';
import path from 'node:path';
import v8 from 'node:v8';
import { createNodeWorld } from '../node/world.ts';
import { run, type Stream } from './cli.ts';
import { checkNewFile, writeNewFile } from './newFile.ts';

declare const PRODUCT_VERSION: string;

/** A reader that has seen enough closes the pipe: the rest is not written, and nothing is wrong. */
function asStream(stream: NodeJS.WriteStream): Stream {
  let isOpen = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    isOpen = false;
  });
  return {
    columns: stream.isTTY ? stream.columns || 80 : null,
    write: text => {
      if (isOpen) stream.write(text);
    },
  };
}

/**
 * A scan makes much that lives for a moment. Letting the nursery grow would cost forty megabytes
 * and save nothing.
 */
v8.setFlagsFromString('--semi-space-growth-factor=1');

/** Ctrl-C needs no handler: nothing that is begun here can be left half done. */
async function start(): Promise<void> {
  const world = createNodeWorld({
    programs: path.dirname(fs.realpathSync(process.argv[1] ?? '.')),
  });
  process.exitCode = await run({
    args: process.argv.slice(2),
    world,
    version: PRODUCT_VERSION,
    stdout: asStream(process.stdout),
    stderr: asStream(process.stderr),
    surroundings: {
      runtime: { platform: process.platform, arch: process.arch, node: process.version },
      checkNewFile,
      writeNewFile,
      serve: async () => (await import('./serve.ts')).serve(world),
    },
  });
  await world.close();
}

void start();
