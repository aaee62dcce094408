// Our scanner on another host. It came through standard input, is nowhere on that disk, writes nothing to it,
// and ends with its input. What it sees goes back to be judged where the person sits.

import readline from 'node:readline';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { takeSnapshot } from '../engine/scan/takeSnapshot.ts';
import type { Read, World } from '../engine/world.ts';
import type { ScannerAnswer, ScannerReply, ScannerRequest } from '../node/hosts/requests.ts';
import { createNodeWorld } from '../node/world.ts';

/** What the launcher has left us: our own parts, and the mark that stands before each answer. */
interface Given {
  readonly parts: Readonly<Record<string, Buffer>>;
  readonly mark: string;
}

function serve({ parts, mark }: Given): void {
  const part = (name: string) => parts[name] ?? Buffer.alloc(0);
  const world = createNodeWorld({
    programs: {
      databases: part('databases.js').toString(),
      outside: part('outside.js').toString(),
      reader: part('reader.js').toString(),
      wasm: new Uint8Array(part('sql-wasm.wasm')),
    },
  });
  const say = async (answer: ScannerAnswer) => {
    const packed = await promisify(gzip)(JSON.stringify(answer));
    process.stdout.write(`\n${mark} frame =${String(packed.length)} .\n`);
    process.stdout.write(packed);
  };
  readline
    .createInterface({ input: process.stdin })
    .on('line', line => {
      const request = JSON.parse(line) as ScannerRequest;
      void answer(world, request)
        .catch(failed)
        .then(value => say({ id: request.id, answer: value }));
    })
    // Nobody listens any more. An ordinary exit would wait for what hangs.
    .on('close', leave);
  process.stdout.on('error', leave);
}

async function answer(
  world: World,
  request: ScannerRequest,
): Promise<Read<ScannerReply[keyof ScannerReply]>> {
  switch (request.kind) {
    case 'hello':
      return { ok: true, value: null };
    case 'paths':
      return { ok: true, value: Object.fromEntries(await world.outside.look(request.paths)) };
    case 'holders':
      return world.processes.holders(request.folders);
    case 'scan': {
      const codexes = request.codexes.map(({ path, version }) => ({
        path,
        version,
        foundBy: 'path' as const,
        migrations: null,
        firstChecksum: null,
      }));
      const found = () => Promise.resolve({ ok: true, value: codexes } as const);
      const ends = { home: request.home, sqliteHome: null, codex: null, full: false };
      return { ok: true, value: await takeSnapshot({ ...world, codexes: { find: found } }, ends) };
    }
  }
}

function failed(error: unknown): Read<never> {
  const why = error instanceof Error ? error.message : String(error);
  return { ok: false, trouble: { code: 'broken', why } };
}

function leave(): void {
  process.kill(process.pid, 'SIGKILL');
}

serve((globalThis as unknown as { readonly codexHealth: Given }).codexHealth);
