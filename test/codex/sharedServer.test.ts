// Why nobody of ours speaks to a server that people share (decision 9): Codex signs what it writes and
// sends with the name of whoever said hello. A newer Codex that no longer does fails the tests below.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { NodeWorld } from '../../src/node/world.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { copyHome, makeHome, useProviderPort, type CodexHome } from '../support/codex/makeHome.ts';
import { startMockProvider, type MockProvider } from '../support/codex/mockProvider.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';
import { findRollout, readMeta } from '../support/codex/rollouts.ts';
import { startSharedServer, type SharedServer } from '../support/codex/sharedServer.ts';

let world: NodeWorld;
let provider: MockProvider;

beforeAll(async () => {
  world = createOurWorld(inject('programs'));
  provider = await startMockProvider();
});
afterAll(async () => {
  await world.close();
  await provider.close();
});

interface Bench {
  readonly home: CodexHome;
  readonly codex: string;
  readonly server: SharedServer;
}

async function withServer(version: string, use: (bench: Bench) => Promise<void>): Promise<void> {
  const codex = await installCodex(version);
  const sound = await makeHome(version, version === '0.142.0' ? 'legacy' : 'paginated');
  await withScratchFolder(async root => {
    const home = copyHome(sound, path.join(root, 'home'));
    useProviderPort(home, provider.port);
    const server = await startSharedServer(codex, home.folder);
    try {
      await use({ home, codex, server });
    } finally {
      await server.kill();
    }
  });
}

test('what a shared server has loaded is held by it', () =>
  withServer('0.169.0', async ({ home, codex, server }) => {
    const person = await server.connect('somebody');
    await person.call('thread/resume', { threadId: home.ids.A });
    await person.runTurn(home.ids.A, 'go on');
    const { snapshot } = await workOn(world, home.folder, codex).scan();
    const holders = snapshot.holders.filter(({ writesThreads }) =>
      writesThreads.includes(home.ids.A),
    );
    expect(holders.map(({ pid }) => pid)).toEqual([server.pid]);
  }));

test('a look does not connect to the socket in the home', async () => {
  // The name of a socket may have no more than a hundred letters, and the cache may be far down.
  const root = mkdtempSync(path.join(os.tmpdir(), 'control-'));
  const home = copyHome(await makeHome('0.169.0', 'paginated'), path.join(root, 'home'));
  const codex = await installCodex('0.169.0');
  let visitors = 0;
  const listener = net.createServer(visitor => {
    visitors += 1;
    visitor.destroy();
  });
  const socket = path.join(home.folder, 'app-server-control', 'app-server-control.sock');
  mkdirSync(path.dirname(socket));
  await new Promise<void>(resolve => listener.listen(socket, resolve));
  const request = { home: home.folder, sqliteHome: null, codex, full: true };
  const standing = workOn(world, home.folder, codex).engine.stand(request, () => undefined);
  try {
    expect((await standing.look()).snapshot.threads.length).toBeGreaterThan(0);
    expect(visitors).toBe(0);
    await new Promise<void>(resolve => net.connect(socket).once('close', () => resolve()));
    expect(visitors).toBe(1);
  } finally {
    standing.close();
    await new Promise(resolve => listener.close(resolve));
    rmSync(root, { recursive: true, force: true });
  }
});

describe.each(['0.142.0', '0.160.0', '0.169.0'])('Codex %s signs', version => {
  // Its own probe, `codex_app_server_daemon`, leaves no name; but that is not who we are.
  test('each thread that others start with the name of who said hello first', () =>
    withServer(version, async ({ home, server }) => {
      const visitor = await server.connect('a-visitor');
      visitor.leave();
      const person = await server.connect('somebody');
      const { thread } = (await person.call('thread/start', { cwd: home.folder })) as {
        thread: { id: string };
      };
      await person.runTurn(thread.id, 'hello');
      const file = findRollout(home.folder, thread.id) ?? '';
      expect(readMeta(file)).toMatchObject({ originator: 'a-visitor' });
      expect(readFileSync(file, 'utf8')).not.toContain('somebody');
    }));

  test('each question to the model with the name of who said hello last, also when they have gone', () =>
    withServer(version, async ({ home, server }) => {
      const person = await server.connect('somebody');
      await person.call('thread/resume', { threadId: home.ids.A });
      await person.runTurn(home.ids.A, 'before');
      expect(provider.lastUserAgent()).toContain('(somebody; 1.0.0)');
      const visitor = await server.connect('a-visitor');
      visitor.leave();
      await person.runTurn(home.ids.A, 'after');
      expect(provider.lastUserAgent()).toContain('(a-visitor; 1.0.0)');
    }));
});
