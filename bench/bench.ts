// npm run bench: how fast a scan is, beside `codex doctor` and beside a loop that only reads; and how
// fast repairs are, in repairs.ts; and what a turn costs the server, in freshness.ts; and what a scan of another host costs, in
// hosts.ts.
//
// Whole processes, in turn, several rounds in one run: on a shared machine only ratios within a
// round mean something. Options: --threads 1000,10000,50000 · --heads real|small|both · --rounds N (of
// scans 5, of repairs, which take minutes, 3) · --only
// scans|freshness|hosts|repairs
//
// The first columns are of files that the system holds in memory, as after a look a minute ago.
// «cold» is a first and a second scan of files that have to come from the disk, as in the morning;
// only root may make Linux forget them.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { installCodex } from '../test/support/codex/binaries.ts';
import { cacheFolder } from '../test/support/codex/cache.ts';
import { codexEnvironment } from '../test/support/codex/appServer.ts';
import { bigHome, type Heads } from './bigHome.ts';
import { median, print, ROOT, time, verdict, type Measure } from './measure.ts';
import { benchFreshness } from './freshness.ts';
import { benchHosts } from './hosts.ts';
import { benchRepairs } from './repairs.ts';

const VERSION = '0.169.0';
const SETTLED_MS = 2500;
const CACHES = '/proc/sys/vm/drop_caches';
const canForget = process.platform === 'linux' && process.getuid?.() === 0;

const { values: options } = parseArgs({
  options: {
    threads: { type: 'string', default: '1000,10000,50000' },
    heads: { type: 'string', default: 'both' },
    rounds: { type: 'string' },
    only: { type: 'string', default: '' },
  },
});

interface ScanReport {
  readonly counts: { readonly threads: number };
  readonly verdict: string;
}

type Name = 'first' | 'again' | 'doctor' | 'loop' | 'coldFirst' | 'coldAgain';

execFileSync(process.execPath, ['esbuild.mjs'], { cwd: ROOT, stdio: 'ignore' });
const codex = await installCodex(VERSION);
const heads: readonly Heads[] =
  options.heads === 'both' ? ['real', 'small'] : [options.heads as Heads];
fs.mkdirSync(cacheFolder('bench'), { recursive: true });
const memory = fs.mkdtempSync(cacheFolder('bench', 'memory-'));
print(
  `${String(os.cpus().length)} cores, Node ${process.versions.node}, Codex ${VERSION}, load ${os.loadavg()[0]?.toFixed(1) ?? ''}\n`,
);
try {
  if (isWanted('scans')) await benchScans();
  if (isWanted('freshness')) await benchFreshness(codex, Number(options.rounds ?? 5));
  if (isWanted('hosts')) await benchHosts(codex, Number(options.rounds ?? 5));
  if (isWanted('repairs')) await benchRepairs(codex, Number(options.rounds ?? 3));
} finally {
  fs.rmSync(memory, { recursive: true, force: true });
}

function isWanted(part: string): boolean {
  return options.only === '' || options.only === part;
}

async function benchScans(): Promise<void> {
  print(
    'threads  heads   first scan   again      doctor     loop       first/doctor  first/loop  first/again  peak MB  complete  verdict   cold first  cold again  cold first/again\n',
  );
  for (const threads of options.threads.split(',').map(Number))
    for (const kind of heads) await compare(threads, kind);
}

async function compare(threads: number, kind: Heads): Promise<void> {
  const home = await bigHome(codex, threads, kind);
  const rounds: Record<Name, Measure>[] = [];
  for (let round = 0; round < Number(options.rounds ?? 5); round += 1)
    rounds.push(await measure(home));
  const ms = (name: Name) => median(rounds.map(one => one[name].ms));
  const ratio = (one: Name, other: Name) =>
    median(rounds.map(round => round[one].ms / round[other].ms));
  const reports = rounds.map(({ first }) => JSON.parse(first.output) as ScanReport);
  const cells = [
    String(threads).padEnd(7),
    kind.padEnd(6),
    ...(['first', 'again', 'doctor', 'loop'] as const).map(name =>
      `${ms(name).toFixed(0)} ms`.padEnd(9),
    ),
    verdict(ratio('first', 'doctor'), threads === 10_000 ? 0.5 : Infinity).padEnd(12),
    verdict(ratio('first', 'loop'), threads === 10_000 ? 6 : Infinity).padEnd(10),
    ratio('first', 'again').toFixed(1).padEnd(11),
    verdict(
      median(rounds.map(({ first }) => first.peakMb)),
      threads === 10_000 ? 250 : Infinity,
      0,
    ).padEnd(7),
    (reports.every(report => report.counts.threads === threads) ? 'yes' : 'no').padEnd(8),
    [...new Set(reports.map(({ verdict }) => verdict))].join().padEnd(8),
    ...(canForget
      ? [
          `${ms('coldFirst').toFixed(0)} ms`.padEnd(10),
          `${ms('coldAgain').toFixed(0)} ms`.padEnd(10),
          ratio('coldFirst', 'coldAgain').toFixed(1),
        ]
      : ['not measured: only root can']),
  ];
  print(`${cells.join('  ')}\n`);
}

async function measure(home: string): Promise<Record<Name, Measure>> {
  const environment = { ...process.env, XDG_STATE_HOME: memory };
  const scan = ['dist/cli.js', 'scan', '--json', '--home', home];
  const loop = () => time(process.execPath, ['bench/plainLoop.mjs', home], process.env);
  forgetScans();
  const coldFirst = await timeCold(scan, environment);
  const coldAgain = await timeCold(scan, environment);
  await loop();
  const doctor = await time(codex, ['doctor', '--json'], codexEnvironment(home));
  // It has touched the databases, and what has just changed is not remembered.
  await sleep(SETTLED_MS);
  forgetScans();
  return {
    coldFirst,
    coldAgain,
    doctor,
    first: await time(process.execPath, scan, environment),
    again: await time(process.execPath, scan, environment),
    loop: await loop(),
  };
}

function forgetScans(): void {
  fs.rmSync(memory, { recursive: true, force: true });
  fs.mkdirSync(memory, { recursive: true });
}

/** Our own program and Node are in memory again before the time is taken: the home is what is cold. */
async function timeCold(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Measure> {
  if (!canForget) return { ms: NaN, peakMb: NaN, output: '' };
  execFileSync('sync');
  fs.writeFileSync(CACHES, '3');
  for (const file of fs.readdirSync(path.join(ROOT, 'dist')))
    fs.readFileSync(path.join(ROOT, 'dist', file));
  await time(process.execPath, ['dist/cli.js', '--version'], env);
  return time(process.execPath, args, env);
}
