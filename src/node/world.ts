// The World made real.

import crypto from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import type { World } from '../engine/world.ts';
import { createDatabases } from './databases.ts';
import { createFiles } from './files.ts';
import { createKeep } from './keep.ts';

export interface NodeWorld extends World {
  /** Ends helper threads and processes. */
  close(): Promise<void>;
}

export interface NodeWorldOptions {
  /** The folder that holds the built helpers and the WASM. */
  readonly programs: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly log?: (line: string) => void;
}

export function createNodeWorld(options: NodeWorldOptions): NodeWorld {
  const databases = createDatabases(path.join(options.programs, 'databases.js'));
  return {
    machine: {
      hostname: os.hostname(),
      system: asSystem(process.platform),
      userHome: os.homedir(),
      environment: options.environment ?? process.env,
      join: path.join,
      isAbsolute: path.isAbsolute,
      absolute: path.resolve,
    },
    files: createFiles(),
    databases,
    outside: { look: async () => new Map() },
    codexes: { find: async () => ({ ok: true, value: [] }) },
    processes: { holders: async () => ({ ok: true, value: [] }) },
    memory: { recall: async () => null, remember: async () => undefined },
    keep: createKeep({
      system: process.platform,
      userHome: os.homedir(),
      environment: options.environment ?? process.env,
    }),
    now: () => Date.now(),
    hash: text => crypto.createHash('sha256').update(text).digest('hex'),
    log: options.log ?? (() => undefined),
    close: () => databases.end(),
  };
}

/** Other systems with a POSIX face are treated as Linux; what cannot be asked there is a gap. */
function asSystem(platform: NodeJS.Platform): 'linux' | 'darwin' | 'win32' {
  return platform === 'win32' || platform === 'darwin' ? platform : 'linux';
}
