// The product beside a real Codex: the world as it is, which remembers nothing of other homes that lay
// at the same path.

import { mkdirSync } from 'node:fs';
import { createEngine, createRepairs } from '../../../src/engine/engine.ts';
import { createHands } from '../../../src/node/hands.ts';
import { createNodeWorld, type NodeWorld } from '../../../src/node/world.ts';
import { cacheFolder } from './cache.ts';

export function createOurWorld(programs: string): NodeWorld {
  const state = cacheFolder('no-state');
  mkdirSync(state, { recursive: true });
  const environment: NodeJS.ProcessEnv = { ...process.env, XDG_STATE_HOME: state };
  delete environment['CODEX_SQLITE_HOME'];
  const memory = { recall: () => Promise.resolve(null), remember: () => Promise.resolve() };
  return { ...createNodeWorld({ programs, environment }), memory };
}

/** What a person can do with one home. */
export function workOn(world: NodeWorld, home: string, codex: string) {
  const engine = createEngine(world);
  const request = { home, sqliteHome: null, codex, full: false };
  return {
    engine,
    repairs: createRepairs(world, createHands()),
    scan: () => engine.scan(request),
  };
}
