// The command line's process: arguments in, exit code out. All that it does is in cli.ts.

import fs from 'node:fs';
import path from 'node:path';
import { createNodeWorld } from '../node/world.ts';
import { run } from './cli.ts';

declare const PRODUCT_VERSION: string;

/** A reader that has seen enough closes the pipe; that is an end, not an error. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

async function start(): Promise<void> {
  const world = createNodeWorld({
    programs: path.dirname(fs.realpathSync(process.argv[1] ?? '.')),
  });
  process.exitCode = await run({
    args: process.argv.slice(2),
    world,
    version: PRODUCT_VERSION,
    out: text => process.stdout.write(text),
    err: text => process.stderr.write(text),
  });
  await world.close();
}

void start();
