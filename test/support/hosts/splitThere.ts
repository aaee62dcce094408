// A program that splits the home of the host where it is started, and halts in the middle: what it leaves there is
// what a host leaves that dies then. It has to run there, since what a host is called and what runs on it is asked
// of the system. It says `halted` when it has come so far, and waits for its end.
//
//   splitThere.ts PROGRAMS PATTERN NUMBER     halts before the operation of this number that fits the pattern

import { createEngine, createRepairs } from '../../../src/engine/engine.ts';
import type { Hands } from '../../../src/engine/hands.ts';
import { createHands } from '../../../src/node/hands.ts';
import { createNodeWorld } from '../../../src/node/world.ts';

const [programs = '', pattern = '', number = ''] = process.argv.slice(2);
const fits = new RegExp(pattern);
let left = Number(number);

const world = createNodeWorld({ programs });
const engine = createEngine(world);
const repairs = createRepairs(world, haltingHands());
const home = world.machine.join(world.machine.userHome, '.codex');

const aliases = await engine.hosts.chosen();
const scan = async () =>
  engine.scan({
    ...{ home, sqliteHome: null, codex: null, full: false },
    hosts: await engine.hosts.known(aliases),
  });
const first = await scan();
const sights = await engine.hosts.look({ aliases, report: first });
const report = await scan();
const here = await engine.hosts.here(report);
const choice = { hosts: [], takesInferred: true, shared: 'link', folder: null } as const;
const { wish } = await repairs.proposeSplit(report, here, sights, choice);
const { sha } = await repairs.planSplit(report, wish);
await repairs.applySplit(report, scan, { wish, sights, sha, vault: null });
process.stdout.write('it came to its end\n');
await world.close();

/** Real hands, which count what they do and what they ask of a Codex. */
function haltingHands(): Hands {
  const hands = createHands();
  const appServers: Hands['appServers'] = {
    start: async request => counted(await hands.appServers.start(request), []),
  };
  return counted({ ...hands, appServers }, ['unique', 'whyNot', 'lock']);
}

function counted<T extends object>(thing: T, uncounted: readonly string[]): T {
  return new Proxy(thing, {
    get: (of, name) => {
      const does: unknown = Reflect.get(of, name);
      if (typeof does !== 'function' || uncounted.includes(String(name))) return does;
      return async (...given: unknown[]) => {
        const words = given.filter(one => typeof one === 'string');
        await haltBefore([String(name), ...words].join(' '));
        return (does as (...given: unknown[]) => unknown).apply(of, given);
      };
    },
  });
}

async function haltBefore(operation: string): Promise<void> {
  if (!fits.test(operation)) return;
  left -= 1;
  if (left > 0) return;
  process.stdout.write('halted\n');
  // Node ends when there is nothing left to wait for.
  await new Promise(resolve => setTimeout(resolve, 600_000));
}
