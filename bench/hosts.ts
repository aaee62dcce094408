// What a scan of another host costs, beside the plain way of having its files here: `ssh host tar`, as it is and
// packed. The rollouts of these homes are hardly longer than the heads that a scan reads, so that all three
// move the same. Bytes are counted on the connection itself, by a proxy between ssh and its server.

import { spawn } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import { createNodeWorld } from '../src/node/world.ts';
import {
  addAlias,
  canHaveHosts,
  NEEDS_HOSTS,
  portOf,
  startLab,
  type Lab,
} from '../test/support/hosts/lab.ts';
import { bigHome } from './bigHome.ts';
import { median, print, ROOT, roundsOf } from './measure.ts';

const THREADS = 10_000;
/** All that a scan reads. */
const READ = 'sessions archived_sessions config.toml *.sqlite*';

interface Cost {
  readonly ms: number;
  readonly bytes: number;
}

type Way = 'scan' | 'tar' | 'packed';

export async function benchHosts(codex: string, rounds: number): Promise<void> {
  if (!canHaveHosts()) return print(`hosts: not measured: ${NEEDS_HOSTS}\n`);
  const home = await bigHome(codex, THREADS, 'real');
  const lab = await startLab([{ name: 'far' }]);
  const wire = await startCounting(Number(portOf(lab, 'far')));
  try {
    addAlias(lab, 'counted', {
      ...{ HostName: '127.0.0.1', Port: String(wire.port), GlobalKnownHostsFile: '/dev/null' },
      ...{ UserKnownHostsFile: '/dev/null', StrictHostKeyChecking: 'no', User: 'root' },
      ...{ IdentityFile: path.join(lab.folder, 'keys/person'), IdentitiesOnly: 'yes' },
    });
    const costs: Record<Way, Cost>[] = [];
    for (const round of roundsOf('hosts', rounds + 1)) {
      const cost = await measure(lab, home, wire.count);
      // The first brings the files into memory.
      if (round > 1) costs.push(cost);
    }
    say(costs);
  } finally {
    wire.close();
    await lab.close();
  }
}

async function measure(lab: Lab, home: string, count: () => number): Promise<Record<Way, Cost>> {
  const cost = async (work: () => Promise<void>): Promise<Cost> => {
    const [bytes, ms] = [count(), performance.now()];
    await work();
    return { ms: performance.now() - ms, bytes: count() - bytes };
  };
  return {
    scan: await cost(() => scan(lab, home)),
    tar: await cost(() => tar(lab, `cd '${home}' && tar -cf - ${READ}`)),
    packed: await cost(() => tar(lab, `cd '${home}' && tar -czf - ${READ}`)),
  };
}

async function scan(lab: Lab, home: string): Promise<void> {
  const world = createNodeWorld({
    programs: path.join(ROOT, 'dist'),
    sshArguments: lab.sshArguments,
  });
  const connected = await world.hosts.connect('counted', { homes: [home] });
  if (!connected.ok) throw new Error(connected.trouble.why);
  const scanned = await connected.value.scan(home);
  if (!scanned.ok) throw new Error(scanned.trouble.why);
  const { threads, gaps } = scanned.value;
  if (threads.length !== THREADS || gaps.length > 0) throw new Error('the scan is not complete');
  await connected.value.close();
  await world.close();
}

function tar(lab: Lab, command: string): Promise<void> {
  const child = spawn('ssh', [...lab.sshArguments, '-T', 'counted', command], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.stdout.resume();
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => {
      if (code === 0) resolve();
      else reject(new Error(`tar ended with ${String(code)}`));
    });
  });
}

function say(costs: readonly Record<Way, Cost>[]): void {
  print(
    'hosts, 10,000 threads with real heads      time       over the wire   time/tar  bytes/tar\n',
  );
  for (const way of ['scan', 'tar', 'packed'] as const) {
    const of = (what: keyof Cost) => median(costs.map(cost => cost[way][what]));
    const ratio = (what: keyof Cost) => median(costs.map(cost => cost[way][what] / cost.tar[what]));
    const name = { scan: 'our scan', tar: 'ssh host tar', packed: 'ssh host tar, packed' }[way];
    const cells = [
      name.padEnd(40),
      `${of('ms').toFixed(0)} ms`.padEnd(9),
      `${(of('bytes') / 1e6).toFixed(1)} MB`.padEnd(14),
      ratio('ms').toFixed(2).padEnd(8),
      ratio('bytes').toFixed(3),
    ];
    print(`${cells.join('  ')}\n`);
  }
}

/** Passes on what comes, in both directions, and counts it. */
async function startCounting(to: number): Promise<{
  readonly port: number;
  count(): number;
  close(): void;
}> {
  let bytes = 0;
  const server = net.createServer(near => {
    const far = net.connect(to, '127.0.0.1');
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', piece => (bytes += piece.length)).pipe(into);
      from.on('error', () => into.destroy());
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  return { port, count: () => bytes, close: () => server.close() };
}
