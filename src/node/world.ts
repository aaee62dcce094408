// The World made real.

import crypto from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import type { World } from '../engine/world.ts';
import { createCodexes } from './codexes.ts';
import { createDatabases } from './databases.ts';
import { createFarFiles } from './far/farFiles.ts';
import { createHosts } from './hosts/hosts.ts';
import { machineId } from './hosts/machineId.ts';
import { createKeep, NOTHING_KEPT } from './keep.ts';
import { createLocalFirst } from './localFirst.ts';
import { createMemory } from './memory.ts';
import { createOutside } from './outside.ts';
import { createProcesses } from './processes/processes.ts';
import { createReach } from './reach.ts';
import { createWatching } from './watching.ts';
import { stateFolder } from './stateFolder.ts';

export interface NodeWorld extends World {
  /** Ends helper threads and processes. */
  close(): Promise<void>;
}

export interface NodeWorldOptions {
  /** The folder that holds the built helpers and the WASM; or they themselves, where nothing may be written. */
  readonly programs: string | SentPrograms;
  readonly environment?: NodeJS.ProcessEnv;
  readonly log?: (line: string) => void;
  /** What ssh is given before all else, as the config of a test. */
  readonly sshArguments?: readonly string[];
}

/** Helpers that came to a host through its input. */
export interface SentPrograms {
  readonly databases: string;
  readonly outside: string;
  readonly reader: string;
  readonly wasm: Uint8Array;
}

export function createNodeWorld(options: NodeWorldOptions): NodeWorld {
  const environment = options.environment ?? process.env;
  const userHome = os.homedir();
  const protectedFolders = new Set<string>();
  const homes = () => [...protectedFolders];
  const { programs } = options;
  const isSent = typeof programs !== 'string';
  const files = createFarFiles(
    isSent ? { source: programs.reader } : path.join(programs, 'reader.js'),
  );
  const databases = createDatabases(
    isSent
      ? { source: programs.databases, wasm: programs.wasm }
      : path.join(programs, 'databases.js'),
    files,
  );
  const outsideProcess = createOutside({
    helper: isSent ? { source: programs.outside } : path.join(programs, 'outside.js'),
  });
  const outside = createLocalFirst(outsideProcess);
  const reach = createReach(outside, files);
  const folder = isSent ? null : stateFolder(process.platform, environment, userHome);
  const memory = createMemory({
    folder,
    homes,
    reach,
  });
  return {
    machine: {
      hostname: os.hostname(),
      id: machineId(process.platform),
      user: os.userInfo().username,
      system: asSystem(process.platform),
      userHome,
      environment,
      join: path.join,
      isAbsolute: path.isAbsolute,
      absolute: path.resolve,
    },
    files,
    databases,
    outside,
    projects: outsideProcess.projects,
    codexes: createCodexes({ environment, userHome, homes, outside, reach, memory }),
    processes: createProcesses(reach, files),
    watching: createWatching({ log: line => options.log?.(line) }),
    memory,
    keep: isSent ? NOTHING_KEPT : createKeep(folder),
    hosts: createHosts({
      scanner: isSent ? null : path.join(programs, 'scanner.br'),
      environment,
      userHome,
      sshArguments: options.sshArguments ?? [],
    }),
    protect: folder => {
      protectedFolders.add(path.resolve(folder));
    },
    now: () => Date.now(),
    hash: text => crypto.createHash('sha256').update(text).digest('hex'),
    log: options.log ?? (() => undefined),
    close: async () => {
      await memory.settled();
      outsideProcess.close();
      files.end();
      await databases.end();
    },
  };
}

/** Other systems with a POSIX face are treated as Linux; what cannot be asked there is a gap. */
function asSystem(platform: NodeJS.Platform): 'linux' | 'darwin' | 'win32' {
  return platform === 'win32' || platform === 'darwin' ? platform : 'linux';
}
