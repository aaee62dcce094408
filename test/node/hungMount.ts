// A program, not a test: mounts a FUSE file system whose server never answers, and lets a visitor
// look at it. Run it in mount and user namespaces of its own, where the mount ends with the program.

import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createFarFiles } from '../../src/node/far/farFiles.ts';
import { createMemory } from '../../src/node/memory.ts';
import { createOutside } from '../../src/node/outside.ts';
import { createProcesses } from '../../src/node/processes/processes.ts';
import { createReach } from '../../src/node/reach.ts';

const [role = '', folder = ''] = process.argv.slice(2);
const HUNG = path.join(folder, 'hung');
const HELPER = path.join(import.meta.dirname, '../../src/node/outsideHelper.ts');
const READER = path.join(import.meta.dirname, '../../src/node/far/readerProcess.ts');
const FUSE_INIT = 26;

if (role === 'visit') await visit();
else await mount();

async function mount(): Promise<void> {
  const device = fs.openSync('/dev/fuse', 'r+');
  execFileSync(
    'mount',
    ['-i', '-t', 'fuse', '-o', 'fd=3,rootmode=40000,user_id=0,group_id=0', 'hung', HUNG],
    { stdio: ['ignore', 'inherit', 'inherit', device] },
  );
  serveNothing(device);
  const program = process.argv[1] ?? '';
  const visitor = spawn(process.execPath, [program, 'visit', folder], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const limit = setTimeout(() => visitor.kill('SIGKILL'), 30_000);
  await new Promise(resolve => visitor.once('exit', resolve));
  clearTimeout(limit);
  process.kill(process.pid, 'SIGKILL');
}

async function visit(): Promise<void> {
  const outside = createOutside({ helper: HELPER, startLimitMs: 15_000 });
  await outside.look(['/']);
  const startedAt = performance.now();
  const looked = ['hung/one', 'hung/two', 'link', 'file', 'gone'].map(at => path.join(folder, at));
  const states = await outside.look([...looked, '/proc/self']);
  const lookMs = performance.now() - startedAt;
  const stuck = await statesAtRest();
  const again = await outside.look([path.join(folder, 'file')]);

  const files = createFarFiles(READER);
  const reach = createReach(outside, files);
  const restStartedAt = performance.now();
  const read = await createProcesses(reach, files).holders([HUNG, path.join(HUNG, 'sqlite')]);
  const memory = createMemory({ folder: path.join(folder, 'state'), homes: () => [HUNG], reach });
  await memory.remember('key', 'text');
  const inside = createMemory({ folder: path.join(HUNG, 'state'), homes: () => [folder], reach });
  await inside.remember('key', 'text');
  const said = {
    ...{ states: [...states.values()], again: [...again.values()], lookMs, stuck },
    ...{ holders: read.ok, remembered: [await memory.recall('key'), await inside.recall('key')] },
    ...{ restMs: performance.now() - restStartedAt, orphan: await stateOfOrphan() },
  };
  process.stdout.write(JSON.stringify(said));
  // Nothing of ours may hang: a thread that does would keep this program from ending.
  process.on('exit', () => process.stdout.write('\nthe end'));
}

/** Greets the kernel, which then believes in the file system, and takes its requests unanswered. */
function serveNothing(device: number): void {
  const request = Buffer.alloc(1024 * 1024);
  fs.read(device, request, 0, request.length, null, error => {
    if (error !== null) return;
    if (request.readUInt32LE(4) === FUSE_INIT) fs.writeSync(device, greeting(request));
    serveNothing(device);
  });
}

/** `fuse_out_header` and `fuse_init_out` of version 7.31. */
function greeting(request: Buffer): Buffer {
  const reply = Buffer.alloc(16 + 64);
  reply.writeUInt32LE(reply.length, 0);
  request.copy(reply, 8, 8, 16);
  reply.writeUInt32LE(7, 16);
  reply.writeUInt32LE(31, 20);
  reply.writeUInt32LE(4096, 16 + 20);
  return reply;
}

/** Of a helper that hangs and has lost its parent; it is told so by the end of its input. */
async function stateOfOrphan(): Promise<string> {
  const child = spawn(process.execPath, [HELPER], { stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise(resolve => child.stdout.once('data', resolve));
  child.stdin.write(`${JSON.stringify(`${HUNG}/one`)}\n`);
  await new Promise(resolve => setTimeout(resolve, 500));
  child.stdin.end();
  await new Promise(resolve => setTimeout(resolve, 500));
  child.unref();
  child.stdout.destroy();
  return stateOf(`/proc/${String(child.pid)}/stat`);
}

/** Those that were just killed run until they have ended, or sleep where no signal reaches them. */
async function statesAtRest(): Promise<readonly string[]> {
  const until = performance.now() + 5000;
  let states = statesOfChildren();
  while (states.includes('R') && performance.now() < until) {
    await new Promise(resolve => setTimeout(resolve, 10));
    states = statesOfChildren();
  }
  return states;
}

/** The letters of /proc: `D` sleeps where no signal reaches it, `Z` has ended and is not buried. */
function statesOfChildren(): readonly string[] {
  return fs.readdirSync('/proc').flatMap(pid => {
    try {
      const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
      const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(parent) !== process.pid) return [];
      const threads = fs.readdirSync(`/proc/${pid}/task`);
      // Those that do not hang are being killed, and may be gone before they are looked at.
      return threads.flatMap(thread => stateOfThread(`/proc/${pid}/task/${thread}/stat`));
    } catch {
      return [];
    }
  });
}

function stateOfThread(file: string): readonly string[] {
  try {
    return [stateOf(file)];
  } catch {
    return [];
  }
}

function stateOf(file: string): string {
  const stat = fs.readFileSync(file, 'utf8');
  return stat.charAt(stat.lastIndexOf(')') + 2);
}
