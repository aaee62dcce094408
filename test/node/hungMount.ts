// A program, not a test: mounts a FUSE file system whose server never answers, and looks at it. Run
// it in mount and user namespaces of its own, where the mount ends with the program.

import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createOutside } from '../../src/node/outside.ts';

const [folder = ''] = process.argv.slice(2);
const HUNG = path.join(folder, 'hung');
const FUSE_INIT = 26;

const device = fs.openSync('/dev/fuse', 'r+');
execFileSync(
  'mount',
  ['-i', '-t', 'fuse', '-o', 'fd=3,rootmode=40000,user_id=0,group_id=0', 'hung', HUNG],
  { stdio: ['ignore', 'inherit', 'inherit', device] },
);
serveNothing();

const helper = path.join(import.meta.dirname, '../../src/node/outsideHelper.ts');
const outside = createOutside({ helper, startLimitMs: 15_000 });
outside.warm();
await outside.look(['/']);
const startedAt = performance.now();
const states = await outside.look([
  `${HUNG}/one`,
  `${HUNG}/two`,
  path.join(folder, 'link'),
  path.join(folder, 'file'),
  path.join(folder, 'gone'),
  '/proc/self',
]);
const took = performance.now() - startedAt;
const stuck = statesOfChildren();
const again = await outside.look([path.join(folder, 'file')]);
const orphan = await stateOfOrphan();
process.stdout.write(
  JSON.stringify({ states: [...states.values()], took, stuck, again: [...again.values()], orphan }),
);
process.kill(process.pid, 'SIGKILL');

/** Greets the kernel, which then believes in the file system, and takes its requests unanswered. */
function serveNothing(): void {
  const request = Buffer.alloc(1024 * 1024);
  fs.read(device, request, 0, request.length, null, error => {
    if (error !== null) return;
    if (request.readUInt32LE(4) === FUSE_INIT) fs.writeSync(device, greeting(request));
    serveNothing();
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

/** Of a helper that hangs and has lost its parent; ours is told so by the end of its input. */
async function stateOfOrphan(): Promise<string> {
  const child = spawn(process.execPath, [helper], { stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise(resolve => child.stdout.once('data', resolve));
  child.stdin.write(`${JSON.stringify(`${HUNG}/one`)}\n`);
  await new Promise(resolve => setTimeout(resolve, 500));
  child.stdin.end();
  await new Promise(resolve => setTimeout(resolve, 500));
  return stateOf(`/proc/${String(child.pid)}/stat`);
}

/** The letters of /proc: `D` sleeps where no signal reaches it. */
function statesOfChildren(): readonly string[] {
  return fs.readdirSync('/proc').flatMap(pid => {
    try {
      const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
      const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(parent) !== process.pid) return [];
      const threads = fs.readdirSync(`/proc/${pid}/task`);
      return threads.map(thread => stateOf(`/proc/${pid}/task/${thread}/stat`));
    } catch {
      return [];
    }
  });
}

function stateOf(file: string): string {
  const stat = fs.readFileSync(file, 'utf8');
  return stat.charAt(stat.lastIndexOf(')') + 2);
}
