// What a turn costs the server that watches a home, and how soon it is in the tree: while the tree alone is
// shown, and while the project of the turn is open in it. A real server, spoken to as an editor does; turns are taken by another process, which writes as Codex does.

import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type { HealthTree } from '../src/protocol/tree.ts';
import { initialize, speak, type Editor } from '../test/server/editor.ts';
import { cacheFolder } from '../test/support/codex/cache.ts';
import { median, print, ROOT, roundsOf, verdict } from './measure.ts';
import { copyOf } from './repairs.ts';

const THREADS = 10_000;
const MOST_CPU_MS = 50;
const MOST_WAIT_MS = 1000;
/** What an editor asks for of an open project. */
const SHOWN = 200;
/** Whatever a turn sets off is over by then. */
const AFTERWARDS_MS = 2000;
/** The engine's code is not yet compiled in the first ones, nor is the image of the database there. */
const WARM_UP = 6;

interface Turn {
  readonly waitMs: number;
  readonly cpuMs: number;
  readonly mainMs: number;
}

export async function benchFreshness(codex: string, rounds: number): Promise<void> {
  if (process.platform !== 'linux') return print('freshness: not measured, only Linux tells\n');
  print(
    `\na turn in a home of ${String(THREADS)} threads that a server watches (median of each)\n`,
  );
  print('shown in the editor            in the tree     processor time  of it, main thread\n');
  const folder = fs.mkdtempSync(cacheFolder('bench', 'freshness-'));
  try {
    const home = await copyOf(codex, path.join(folder, 'home'));
    for (const isOpen of [false, true]) await benchTurns(folder, home, isOpen, rounds);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function benchTurns(
  folder: string,
  home: string,
  isOpen: boolean,
  rounds: number,
): Promise<void> {
  const server = spawn(process.execPath, ['dist/server.js', '--stdio'], {
    cwd: ROOT,
    env: { ...process.env, XDG_STATE_HOME: path.join(folder, 'state') },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const writer = spawn(process.execPath, ['bench/takeTurns.mjs', home], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const connection = createMessageConnection(
      new StreamMessageReader(server.stdout),
      new StreamMessageWriter(server.stdin),
    );
    const editor = speak(connection);
    const changed = editor.nextChange();
    await initialize(connection, { settings: { home } });
    await changed;
    await editor.tree();
    for (let turn = 0; turn < WARM_UP; turn += 1) await measure(server, writer, editor, isOpen);
    const turns: Turn[] = [];
    for (const _ of roundsOf('freshness', rounds * 3))
      turns.push(await measure(server, writer, editor, isOpen));
    const cells = [
      (isOpen ? 'tree, its project open' : 'tree, projects closed').padEnd(29),
      verdict(median(turns.map(one => one.waitMs)), MOST_WAIT_MS, 0).padEnd(14),
      verdict(median(turns.map(one => one.cpuMs)), MOST_CPU_MS, 0).padEnd(14),
      median(turns.map(one => one.mainMs)).toFixed(0),
    ];
    print(`${cells.join('  ')}\n`);
  } finally {
    for (const child of [server, writer]) child.kill();
  }
}

async function measure(
  server: ChildProcess,
  writer: ChildProcess,
  editor: Editor,
  isOpen: boolean,
): Promise<Turn> {
  const before = processorTime(server.pid ?? 0);
  const { project, atMs } = await takeTurn(writer);
  const startedAt = performance.now();
  let waitMs = 0;
  while (waitMs === 0) {
    await Promise.race([editor.nextChange(), sleep(AFTERWARDS_MS)]);
    const tree = await editor.tree();
    const found = tree.hosts[0]?.projects.find(one => one.path === project);
    if (isOpen) await openProject(editor, tree, project);
    if ((found?.updatedAtMs ?? 0) >= atMs) waitMs = performance.now() - startedAt;
  }
  await sleep(AFTERWARDS_MS);
  const after = processorTime(server.pid ?? 0);
  return { waitMs, cpuMs: after.allMs - before.allMs, mainMs: after.mainMs - before.mainMs };
}

/** Fails where the project has not come with who can see its threads, which is what made it dear. */
async function openProject(editor: Editor, { hosts }: HealthTree, project: string): Promise<void> {
  const request = { host: hosts[0]?.name ?? '', project, filter: 'all', limit: SHOWN } as const;
  const { threads } = await editor.ask('codexHealth/threads', request);
  if (threads[0]?.visibility == null) throw new Error(`nothing was told of ${project}`);
}

function takeTurn(writer: ChildProcess): Promise<{ project: string; atMs: number }> {
  return new Promise(resolve => {
    writer.stdout?.once('data', (text: Buffer) =>
      resolve(JSON.parse(String(text)) as { project: string; atMs: number }),
    );
    writer.stdin?.write('turn\n');
  });
}

/** In nanoseconds, as the scheduler keeps it for each thread; of threads that have ended it tells nothing. */
function processorTime(pid: number): { readonly allMs: number; readonly mainMs: number } {
  const folder = `/proc/${String(pid)}/task`;
  const of = (thread: string) =>
    Number(fs.readFileSync(path.join(folder, thread, 'schedstat'), 'utf8').split(' ')[0]) / 1e6;
  const all = fs.readdirSync(folder).map(of);
  return { allMs: all.reduce((sum, ms) => sum + ms, 0), mainMs: of(String(pid)) };
}
