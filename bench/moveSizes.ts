// What a move costs by the size of a rollout: what is looked at and written there, beside a copy of the
// same files that is synced as we sync; and, on a line of its own, the search for the newest settings
// line. What is noted in the vault, once for hundreds of threads, is in the figures for whole moves.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createEngine, createRepairs } from '../src/engine/engine.ts';
import type { Plan } from '../src/engine/model/plan.ts';
import { groundOf, type Site } from '../src/engine/repair/site.ts';
import { applySteps, undoSteps } from '../src/engine/repair/stepsTogether.ts';
import { Vault } from '../src/engine/repair/vault.ts';
import { PIECE_BYTES, readRolloutEnd } from '../src/engine/scan/rollouts/rolloutEnd.ts';
import { createHands } from '../src/node/hands.ts';
import { createNodeWorld, type NodeWorld } from '../src/node/world.ts';
import { median, print, ROOT, roundsOf, verdict } from './measure.ts';
import { rolloutsOf, syncedCopy } from './syncedCopy.ts';

const FILES = 32;
const MB = 1024 * 1024;
const SIZES: readonly (readonly [name: string, bytes: number])[] = [
  ['22 KB', 0],
  ['1 MB', MB],
  ['10 MB', 10 * MB],
];

interface Round {
  readonly write: number;
  readonly undo: number;
  readonly copy: number;
  readonly search: number;
}

/** `like`: a home of small rollouts as Codex writes them, one of which is made longer. */
export async function benchSizes(like: string, folder: string, rounds: number): Promise<void> {
  print(`\nmoving ${String(FILES)} threads by the size of their rollouts, ms for each\n`);
  print('size    write   undo    copy    write/copy     write/22 KB\n');
  const memory = path.join(folder, 'state');
  const environment = { ...process.env, XDG_STATE_HOME: memory };
  const world = createNodeWorld({ programs: path.join(ROOT, 'dist'), environment });
  try {
    const measured: (readonly Round[])[] = SIZES.map(() => []);
    const homes = SIZES.map(([, bytes], at) =>
      makeHome(like, path.join(folder, `size-${String(at)}`), bytes),
    );
    const plans = await Promise.all(homes.map(home => planMove(world, home)));
    // All sizes in turn, round by round: what else the machine does then meets all of them.
    for (const _ of roundsOf('sizes', rounds))
      for (const [at, home] of homes.entries()) {
        const plan = plans[at];
        if (plan === undefined) throw new Error('there is no plan');
        measured[at] = [...(measured[at] ?? []), await measure(world, home, plan, folder)];
      }
    for (const [at, [name, bytes]] of SIZES.entries())
      printSize(name, bytes, measured[at] ?? [], measured[0] ?? []);
    const searches = SIZES.map(([name], at) => {
      const ms = median((measured[at] ?? []).map(({ search }) => search));
      return `${name} ${ms.toFixed(2)}`;
    });
    print(
      `search for the settings line, which stands near the beginning:  ${searches.join('   ')}\n`,
    );
  } finally {
    await world.close();
  }
}

function printSize(
  name: string,
  bytes: number,
  rounds: readonly Round[],
  smallest: readonly Round[],
): void {
  const each = (of: keyof Round) =>
    median(rounds.map(round => round[of]))
      .toFixed(2)
      .padEnd(6);
  const ratio = median(rounds.map(({ write, copy }) => write / copy));
  const grown = median(rounds.map(({ write }, at) => write / (smallest[at]?.write ?? NaN)));
  print(
    `${[
      name.padEnd(6),
      each('write'),
      each('undo'),
      each('copy'),
      verdict(ratio, bytes >= MB ? 1 : Infinity).padEnd(13),
      verdict(grown, 1.5),
    ].join('  ')}\n`,
  );
}

/** The settings stand near the beginning, so that all of the file has to be searched. */
function makeHome(like: string, home: string, bytes: number): string {
  const [model = ''] = rolloutsOf(like);
  const text = fs.readFileSync(model, 'utf8');
  const id = /[0-9a-f-]{36}(?=\.jsonl)/.exec(model)?.[0] ?? '';
  const end = text.lastIndexOf('\n', text.length - 2) + 1;
  const message = { type: 'agent_message', message: 'I looked at it, and it is done. '.repeat(64) };
  const line = `${JSON.stringify({ timestamp: '2026-11-20T10:00:00.000Z', type: 'event_msg', payload: message })}\n`;
  const filler = line.repeat(Math.max(0, Math.ceil((bytes - text.length) / line.length)));
  const long = text.slice(0, end) + filler + text.slice(end);
  for (let at = 0; at < FILES; at += 1) {
    const own = id.slice(0, -4) + at.toString(16).padStart(4, '0');
    const file = path.join(home, path.relative(like, model)).replace(id, own);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, long.replaceAll(id, own));
  }
  for (const provider of ['mock', 'four'])
    fs.appendFileSync(
      path.join(home, 'config.toml'),
      `[model_providers.${provider}]\nname = "${provider}"\nbase_url = "http://127.0.0.1:9/v1"\n`,
    );
  return home;
}

async function planMove(world: NodeWorld, home: string): Promise<Plan> {
  const engine = createEngine(world);
  const report = await engine.scan({
    home,
    sqliteHome: null,
    codex: '/nowhere/codex',
    full: false,
  });
  const repairs = createRepairs(world, createHands());
  const move = { kind: 'move', from: 'mock', to: 'four', threads: null } as const;
  const plan = await repairs.planMove(report, move, null);
  if (plan.units.length !== FILES) throw new Error('not every thread would be moved');
  return plan;
}

async function measure(world: NodeWorld, home: string, plan: Plan, folder: string): Promise<Round> {
  const files = rolloutsOf(home);
  const hands = createHands();
  const vault = new Vault(world, hands, path.join(folder, 'vault'));
  const site: Site = { world, hands, home: { path: home, sqliteHome: home }, vault };
  const ground = groundOf(site, { folder: vault.folder, at: new Date().toISOString() });
  const copies = path.join(folder, 'copies');
  const room = new Uint8Array(PIECE_BYTES);
  const search = await inMsEach(async () => {
    for (const file of files) await readRolloutEnd(world, file, room);
  });
  const copy = await inMsEach(() => syncedCopy(files, copies));
  fs.rmSync(copies, { recursive: true });
  const steps = plan.units.flatMap(unit => unit.steps);
  const write = await inMsEach(async () => {
    for (const { error } of await applySteps(steps, ground, () => Promise.resolve()))
      if (error !== null) throw error;
  });
  const undo = await inMsEach(async () => {
    for (const { error, result } of await undoSteps(steps, ground, false))
      if (error !== null || result.length > 0) throw error ?? new Error('not all was undone');
  });
  return { write, undo, copy, search };
}

async function inMsEach(work: () => Promise<unknown>): Promise<number> {
  // What was written before has reached the disk, and does not have to get there first.
  execFileSync('sync');
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / FILES;
}
