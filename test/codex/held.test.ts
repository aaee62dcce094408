// A real Codex is at work on a home while it is repaired: what would meet it waits or is refused, and
// what does not goes through beside it.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startAppServer, type AppServer } from '../support/codex/appServer.ts';
import { projectionFaults } from '../support/codex/askThreads.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { findStateDatabase, withDatabase } from '../support/codex/databases.ts';
import { copyHome, homeKinds, makeHome, useProviderPort } from '../support/codex/makeHome.ts';
import type { CodexHome, ThreadName } from '../support/codex/makeHome.ts';
import { startMockProvider, type MockProvider } from '../support/codex/mockProvider.ts';
import { editText, findRollout, rolloutFiles } from '../support/codex/rollouts.ts';

let provider: MockProvider;

beforeAll(async () => {
  provider = await startMockProvider();
});
afterAll(() => provider.close());

describe.each(homeKinds)('Codex %s, %s history, goes on with a thread', (version, mode) => {
  test('what needs it closed is refused, and --wait goes on when it is', async () => {
    await withHome(version, mode, async bench => {
      spoil(bench.home, 'B');
      const server = await bench.goOn('A');
      const before = rollouts(bench.home);
      const refused = await bench.type('apply', '--check', 'rollout-header-bad', '--yes').ended;
      expect(refused.code).toBe(3);
      expect(refused.err).toContain(`(process ${String(server.pid)}`);
      expect(refused.err).toContain('Close it (in VS Code: close the window');
      expect(rollouts(bench.home)).toEqual(before);

      const waiting = bench.type('apply', '--check', 'rollout-header-bad', '--yes', '--wait');
      await waiting.says(`(process ${String(server.pid)}`);
      expect(rollouts(bench.home)).toEqual(before);
      await server.stop();
      expect(await waiting.ended).toMatchObject({ code: 0 });
      const again = await bench.goOn('B');
      expect(await listed(again)).toEqual(expect.arrayContaining([bench.home.ids.B]));
    });
  });

  test('entries of the database are put right beside it, and it sees them at once', async () => {
    await withHome(version, mode, async bench => {
      const { home } = bench;
      setRow(home, 'A', "source = 'exec'");
      const server = await bench.goOn('B');
      expect(await listed(server)).not.toContain(home.ids.A);
      // Only now: 0.142 takes an entry out as soon as it lists it and finds no file.
      setRow(home, 'C', "rollout_path = '/gone/rollout.jsonl'");
      const checks = ['--check', 'thread-path-stale', '--check', 'thread-source-mismatch'];
      const { plan } = JSON.parse((await bench.type('plan', ...checks, '--json').ended).out) as {
        plan: string;
      };
      // What it does meanwhile in another thread does not matter to the plan.
      expect(await server.runTurn(home.ids.B, 'and then?')).toBe('completed');
      const applied = await bench.type('apply', ...checks, '--yes', '--plan', plan).ended;
      expect(applied).toMatchObject({ code: 0 });
      expect(await listed(server)).toEqual(
        expect.arrayContaining([home.ids.A, home.ids.B, home.ids.C]),
      );
      expect(await server.runTurn(home.ids.B, 'and now?')).toBe('completed');
    });
  });

  test('the file that it writes is left alone, and all others are moved', async () => {
    await withHome(version, mode, async bench => {
      const { home } = bench;
      await bench.goOn('A');
      const held = fileOf(home, 'A');
      const { out } = await bench.type(...MOVE, '--yes', '--json').ended;
      const answer = JSON.parse(out) as { moved: string[]; skipped: { thread: string }[] };
      expect(answer.skipped.map(({ thread }) => thread)).toEqual([home.ids.A]);
      expect(answer.moved).toHaveLength(5);
      expect(fileOf(home, 'A')).toBe(held);
      expect(providersOf(home)).toMatchObject({ A: 'mock', B: 'other' });
    });
  });

  test('a turn in a thread of the plan makes the plan an old one', async () => {
    await withHome(version, mode, async bench => {
      const plan = await shownPlan(bench);
      const server = await bench.goOn('A');
      await server.stop();
      const before = rollouts(bench.home);
      const refused = await bench.type(...MOVE, '--yes', '--plan', plan).ended;
      expect([refused.code, refused.err]).toEqual([
        3,
        expect.stringContaining('no longer the one that was named'),
      ]);
      expect(rollouts(bench.home)).toEqual(before);
    });
  });

  test('nothing is taken back in a conversation that it writes', async () => {
    await withHome(version, mode, async bench => {
      const { home } = bench;
      expect((await bench.type(...MOVE, '--yes').ended).code).toBe(0);
      editText(path.join(home.folder, 'config.toml'), text =>
        text.replace('model_provider = "mock"', 'model_provider = "other"'),
      );
      const server = await bench.goOn('A');
      const before = [rollouts(home), providersOf(home)];
      const refused = await bench.type('undo', '--yes').ended;
      expect([refused.code, refused.err]).toEqual([
        3,
        expect.stringContaining(`(process ${String(server.pid)}`),
      ]);
      expect([rollouts(home), providersOf(home)]).toEqual(before);
      await server.stop();
      const undone = await bench.type('undo', '--yes').ended;
      // What it has said meanwhile stays, and with it where it was said.
      expect([undone.code, undone.out.includes(home.ids.A)]).toEqual([1, true]);
      expect(providersOf(home)).toMatchObject({ A: 'other', B: 'mock' });
      expect(projectionFaults(home)).toEqual([]);
    });
  });
});

const MOVE = ['provider', 'move', '--from', 'mock', '--to', 'other'];

interface Bench {
  readonly home: CodexHome;
  /** Starts the command line, as a person does. */
  type(...args: readonly string[]): Typing;
  /** Starts a server that goes on with a thread: it says something in it, and keeps it open. */
  goOn(name: ThreadName): Promise<AppServer>;
}

interface Typing {
  readonly ended: Promise<{
    readonly code: number | null;
    readonly out: string;
    readonly err: string;
  }>;
  /** Resolves when this has been said. */
  says(text: string): Promise<void>;
}

async function withHome(
  version: string,
  mode: CodexHome['mode'],
  use: (bench: Bench) => Promise<void>,
): Promise<void> {
  const codex = await installCodex(version);
  const sound = await makeHome(version, mode);
  await withScratchFolder(async root => {
    const home = copyHome(sound, path.join(root, 'home'));
    useProviderPort(home, provider.port);
    editText(path.join(home.folder, 'config.toml'), text => {
      const [, settings = ''] = text.split('[model_providers.mock]');
      return `${text}\n[model_providers.other]${settings}`;
    });
    const servers: AppServer[] = [];
    const goOn = async (name: ThreadName) => {
      const server = await startAppServer(codex, home.folder);
      servers.push(server);
      await server.call('thread/resume', { threadId: home.ids[name] });
      expect(await server.runTurn(home.ids[name], 'go on')).toBe('completed');
      return server;
    };
    const type = (...args: readonly string[]) =>
      typing(root, [...args, '--home', home.folder, '--codex', codex]);
    try {
      await use({ home, type, goOn });
    } finally {
      for (const server of servers) await server.kill();
    }
  });
}

function typing(state: string, args: readonly string[]): Typing {
  const cli = path.join(inject('programs'), 'cli.js');
  const env = { ...process.env, XDG_STATE_HOME: path.join(state, 'state'), COLUMNS: '200' };
  const child = spawn(process.execPath, [cli, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  const plainly = () => ({ out: said.out, err: said.err.replaceAll('\n', ' ') });
  const heard = new Set<() => void>();
  for (const name of ['out', 'err'] as const)
    child[name === 'out' ? 'stdout' : 'stderr'].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
      for (const listener of heard) listener();
    });
  const ended = new Promise<{ code: number | null; out: string; err: string }>(resolve =>
    child.once('close', code => resolve({ code, ...plainly() })),
  );
  return {
    ended,
    says: text =>
      new Promise((resolve, reject) => {
        const listen = () => {
          if (plainly().err.includes(text)) resolve();
        };
        heard.add(listen);
        listen();
        void ended.then(({ code, out, err }) =>
          reject(new Error(`it ended with ${String(code)} first: ${out}${err}`)),
        );
      }),
  };
}

async function shownPlan({ type }: Bench): Promise<string> {
  const { err } = await type(...MOVE, '--yes', '--plan', '00000000').ended;
  const [, plan = ''] = /It is ([0-9a-f]{64}) now/.exec(err) ?? [];
  expect(plan).not.toBe('');
  return plan;
}

/** Puts something that is no JSON in front of the first line. */
function spoil({ folder, ids }: CodexHome, name: ThreadName): void {
  editText(findRollout(folder, ids[name]) ?? '', text => `not a line of ours\n${text}`);
}

function setRow({ folder, ids }: CodexHome, name: ThreadName, change: string): void {
  withDatabase(findStateDatabase(folder) ?? '', database => {
    database.exec(`UPDATE threads SET ${change} WHERE id = '${ids[name]}'`);
  });
}

function providersOf({ folder, ids }: CodexHome): Readonly<Record<string, unknown>> {
  return withDatabase(findStateDatabase(folder) ?? '', database => {
    const rows = database.prepare('SELECT id, model_provider FROM threads').all();
    return Object.fromEntries(
      Object.entries(ids).map(([name, id]) => [
        name,
        rows.find(row => row['id'] === id)?.['model_provider'],
      ]),
    );
  });
}

function fileOf({ folder, ids }: CodexHome, name: ThreadName): string {
  return readFileSync(findRollout(folder, ids[name]) ?? '', 'latin1');
}

function rollouts({ folder }: CodexHome): Readonly<Record<string, string>> {
  return Object.fromEntries(rolloutFiles(folder).map(file => [file, readFileSync(file, 'latin1')]));
}

async function listed(server: AppServer): Promise<readonly string[]> {
  const { data } = (await server.call('thread/list', { useStateDbOnly: true, limit: 100 })) as {
    data: readonly { id: string }[];
  };
  return data.map(({ id }) => id);
}
