// What the product predicts of a home, asked through its own door, with a given Codex as the only
// one on the machine.

import path from 'node:path';
import { createEngine } from '../../../src/engine/engine.ts';
import type { Report } from '../../../src/engine/model/report.ts';
import type { World } from '../../../src/engine/world.ts';
import { createOutside } from '../../../src/node/outside.ts';
import { createNodeWorld } from '../../../src/node/world.ts';
import { cacheFolder } from './cache.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder with the built helper programs. */
    readonly programs: string;
  }
}

export interface Predictor {
  scan(home: string, codexVersion: string): Promise<Report>;
  close(): Promise<void>;
}

export function createPredictor(programs: string): Predictor {
  // What a person keeps for the product is not to have a say in a test.
  const environment = { ...process.env, XDG_STATE_HOME: cacheFolder('no-state') };
  delete (environment as NodeJS.ProcessEnv)['CODEX_SQLITE_HOME'];
  const world = createNodeWorld({ programs, environment });
  const outside = createOutside({ helper: path.join(programs, 'outside.js'), limitMs: 20_000 });
  let last: Promise<unknown> = Promise.resolve();
  return {
    // The bytes that one scan reads lie where those of the next one will: one after the other.
    scan: (home, version) => {
      const engine = createEngine(withCodex({ ...world, outside }, version));
      const scanning = last.then(() =>
        engine.scan({ home, sqliteHome: null, codex: null, full: false }),
      );
      last = scanning.catch(() => undefined);
      return scanning;
    },
    close: async () => {
      outside.close();
      await world.close();
    },
  };
}

/** Nothing is remembered between scans, since homes are made again under the same names. */
function withCodex(world: World, version: string): World {
  const codex = {
    path: `/codex-${version}`,
    foundBy: 'option' as const,
    version,
    migrations: null,
    firstChecksum: null,
  };
  return {
    ...world,
    codexes: { find: () => Promise.resolve({ ok: true, value: [codex] }) },
    processes: {
      ...world.processes,
      holders: () => Promise.resolve({ ok: true, value: { holders: [], unreadable: [] } }),
    },
    memory: {
      recall: () => Promise.resolve(null),
      remember: () => Promise.resolve(),
    },
  };
}
