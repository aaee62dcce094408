// How fast repairs are: planning them, moving threads between providers, and taking that back. Whole
// processes, but for the table by size: there only what writes is measured, beside a copy.
//
// Codex is not asked afterwards: what it takes to answer is not ours.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { cacheFolder } from '../test/support/codex/cache.ts';
import type { Plan } from '../src/engine/model/plan.ts';
import { bigHome } from './bigHome.ts';
import { breakThreads } from './brokenHome.ts';
import { median, print, roundsOf, time, verdict, type Measure } from './measure.ts';
import { benchSizes } from './moveSizes.ts';
import { rolloutsOf } from './syncedCopy.ts';

const THREADS = 10_000;
const BROKEN = 3000;
const MOST_BYTES = 2048;

export async function benchRepairs(codex: string, rounds: number): Promise<void> {
  const folder = fs.mkdtempSync(cacheFolder('bench', 'repairs-'));
  try {
    await benchPlan(codex, folder, rounds);
    await benchMove(codex, folder, rounds);
    await benchSizes(await bigHome(codex, 1000, 'real'), folder, rounds);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function benchPlan(codex: string, folder: string, rounds: number): Promise<void> {
  print(`\nall repairs of ${String(THREADS)} threads, of which ${String(BROKEN)} are broken\n`);
  print('scan       plan       plan/scan  peak MB  repairs\n');
  const home = await copyOf(codex, path.join(folder, 'broken'));
  breakThreads(home, BROKEN);
  const runs: { readonly scan: Measure; readonly plan: Measure }[] = [];
  for (const _ of roundsOf('plan', rounds))
    runs.push({
      scan: await run(folder, codex, ['scan', '--json', '--home', home]),
      plan: await run(folder, codex, ['plan', '--all', '--json', '--home', home]),
    });
  const { findings } = JSON.parse(runs[0]?.plan.output ?? '') as { findings: readonly string[] };
  print(
    `${[
      inMs(median(runs.map(({ scan }) => scan.ms))),
      inMs(median(runs.map(({ plan }) => plan.ms))),
      median(runs.map(({ scan, plan }) => plan.ms / scan.ms))
        .toFixed(1)
        .padEnd(9),
      median(runs.map(({ plan }) => plan.peakMb))
        .toFixed(0)
        .padEnd(7),
      String(findings.length),
    ].join('  ')}\n`,
  );
  fs.rmSync(home, { recursive: true });
}

async function benchMove(codex: string, folder: string, rounds: number): Promise<void> {
  print(`\n${String(THREADS)} threads to a provider whose name fits, and back by undo\n`);
  print(
    'move       threads/s  undo       copy       move/copy  undo/move    bytes into a rollout  vault KB/thread  peak MB\n',
  );
  const home = await copyOf(codex, path.join(folder, 'moved'));
  const copies = path.join(folder, 'copies');
  const names = ['--from', 'mock', '--to', 'four'];
  const runs: (Record<'move' | 'undo' | 'copy', Measure> & Written)[] = [];
  for (const _ of roundsOf('move and undo', rounds)) {
    const move = await run(folder, NO_CODEX, [
      ...['provider', 'move', ...names, '--yes', '--json', '--home', home],
    ]);
    const written = writtenBy(home);
    const undo = await run(folder, NO_CODEX, ['undo', '--yes', '--json', '--home', home]);
    expectCount(move, 'moved');
    expectCount(undo, 'undone');
    const copy = await time(process.execPath, ['bench/syncedCopy.ts', home, copies], process.env);
    runs.push({ move, undo, copy, ...written });
    for (const one of [copies, path.join(home, 'session-health')])
      fs.rmSync(one, { recursive: true });
  }
  const ms = (name: 'move' | 'undo' | 'copy') => median(runs.map(each => each[name].ms));
  const ratio = (one: 'move' | 'undo', other: 'move' | 'copy') =>
    median(runs.map(each => each[one].ms / each[other].ms));
  print(
    `${[
      inMs(ms('move')),
      ((THREADS / ms('move')) * 1000).toFixed(0).padEnd(9),
      inMs(ms('undo')),
      inMs(ms('copy')),
      ratio('move', 'copy').toFixed(2).padEnd(9),
      verdict(ratio('undo', 'move'), 1.5).padEnd(11),
      verdict(Math.max(...runs.map(({ most }) => most)), MOST_BYTES, 0).padEnd(20),
      (median(runs.map(({ vault }) => vault)) / THREADS / 1024).toFixed(1).padEnd(15),
      median(runs.map(({ move }) => move.peakMb)).toFixed(0),
    ].join('  ')}\n`,
  );
  fs.rmSync(home, { recursive: true });
}

const NO_CODEX = '/nowhere/codex';

/** The rows of a home hold absolute paths. */
export async function copyOf(codex: string, copy: string): Promise<string> {
  const home = await bigHome(codex, THREADS, 'real');
  execFileSync('cp', ['-a', '--reflink=auto', home, copy]);
  const database = new DatabaseSync(path.join(copy, 'state_5.sqlite'));
  database.prepare('UPDATE threads SET rollout_path = replace(rollout_path, ?, ?)').run(home, copy);
  database.close();
  const provider = '\n[model_providers.four]\nname = "Four"\nbase_url = "http://127.0.0.1:9/v1"\n';
  fs.appendFileSync(path.join(copy, 'config.toml'), `${provider}wire_api = "responses"\n`);
  return copy;
}

function run(folder: string, codex: string, words: readonly string[]): Promise<Measure> {
  const environment = { ...process.env, XDG_STATE_HOME: path.join(folder, 'state') };
  return time(process.execPath, ['dist/cli.js', ...words, '--codex', codex], environment);
}

interface Written {
  /** Bytes that were written into a rollout, at most. */
  readonly most: number;
  /** Bytes of the plan and the journal of all. */
  readonly vault: number;
}

/**
 * What the newest repair wrote into rollouts, and what it keeps. Counted in its plan, and held against
 * the files themselves: each has become longer by what the plan says.
 */
function writtenBy(home: string): Written {
  const vault = path.join(home, 'session-health', 'vault');
  const newest = fs.readdirSync(vault).sort().at(-1) ?? '';
  const text = fs.readFileSync(path.join(vault, newest, 'plan.json'), 'utf8');
  const { plan } = JSON.parse(text) as { plan: Plan };
  const journal = fs.statSync(path.join(vault, newest, 'journal.jsonl')).size;
  const edits = plan.units.flatMap(({ steps }) => steps.filter(step => step.kind === 'edit'));
  let most = 0;
  for (const { file, bytes, splices } of edits) {
    const growth = splices.reduce(
      (sum, { before, after }) => sum + after.length - before.length,
      0,
    );
    const { size } = fs.statSync(file);
    if (size !== bytes + growth) throw new Error(`${file} is not as long as the plan says`);
    // What does not fit is written anew, all of it.
    const fits = splices.every(
      ({ at, before, after }) => at === bytes || before.length === after.length,
    );
    most = Math.max(most, fits ? splices.reduce((sum, { after }) => sum + after.length, 0) : size);
  }
  if (edits.length !== rolloutsOf(home).length) throw new Error('not every rollout was written');
  return { most, vault: text.length + journal };
}

function expectCount({ output }: Measure, name: 'moved' | 'undone'): void {
  const answer = JSON.parse(output) as Record<string, unknown>;
  const found = answer[name];
  const count = Array.isArray(found) ? found.length : found;
  if (count !== THREADS) throw new Error(`${name}: ${String(count)} instead of ${String(THREADS)}`);
}

function inMs(ms: number): string {
  return `${ms.toFixed(0)} ms`.padEnd(9);
}
