// One home that two hosts share, split into a home for each, by the real Codex: each of its app servers
// lists the threads of its host alone, with their names, their side of the archive and what was said in them.
// Undone, the home is as it was, although app servers have looked at both since.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { SplitWish } from '../../src/engine/engine.ts';
import type { NodeWorld } from '../../src/node/world.ts';
import { forkThread, pack, revertNewestTurn, takeTurn } from '../support/codex/askThreads.ts';
import { askAll, type Told } from '../support/codex/askAll.ts';
import { startMockProvider } from '../support/codex/mockProvider.ts';
import { codexEnvironment, startAppServer } from '../support/codex/appServer.ts';
import { withDatabase } from '../support/codex/databases.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { furnish } from '../support/codex/furnish.ts';
import {
  homePicture,
  pictureDifferences,
  timesOf,
  type HomePicture,
} from '../support/codex/homePicture.ts';
import {
  copyHome,
  homeKinds,
  makeHome,
  useProviderPort,
  type CodexHome,
  type ThreadName,
} from '../support/codex/makeHome.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';
import { rolloutFiles } from '../support/codex/rollouts.ts';

const HERE: readonly ThreadName[] = ['A', 'E', 'N', 'X'];
const THERE: readonly ThreadName[] = ['B'];

let world: NodeWorld;

beforeAll(() => {
  world = createOurWorld(inject('programs'));
});
afterAll(() => world.close());

test.each(homeKinds)('Codex %s, %s history', async (version, mode) => {
  const codex = await installCodex(version);
  await withScratchFolder(async root => {
    const home = await sharedHome(codex, version, mode, root);
    const asked = await askAll(codex, home);
    // Somebody has looked before: what lists correct by themselves is corrected.
    const before = homePicture(home.folder);
    const times = timesOf(home);
    const { repairs, scan } = workOn(world, home.folder, codex);
    const report = await scan();
    const wish = wishFor(home, root, 'link');
    const plan = await repairs.planSplit(report, wish);
    expect(plan.refused).toEqual([]);
    const request = { wish, sights: [sightOf('gpu-2', home)], sha: plan.sha, vault: null };
    const made = await repairs.applySplit(report, scan, request);
    expect([made.receipt.failed, made.receipt.unplanned]).toEqual([[], []]);
    expect(made.homes.map(({ strange, missing, why }) => [strange, missing, why])).toEqual([
      [[], [], null],
      [[], [], null],
    ]);

    const [here, there] = wish.hosts.map(one => ({ ...home, folder: one.home }));
    expect(await askAll(codex, here ?? home)).toEqual(only(asked, home, HERE));
    expect(await askAll(codex, there ?? home)).toEqual(only(asked, home, THERE));
    expect(await askAll(codex, home)).toEqual(only(asked, home, ['C']));
    expect([here, there].map(one => goalsIn(one?.folder ?? ''))).toEqual([[home.ids.A], []]);
    for (const one of [here, there, home])
      expect(
        (await workOn(world, one?.folder ?? '', codex).scan()).findings.map(f => f.says),
      ).toEqual(report.findings.map(finding => finding.says));

    const { left } = await repairs.undo(
      await scan(),
      made.receipt.id,
      null,
      undefined,
      request.sights,
    );
    expect(left).toEqual([]);
    expect(pictureDifferences(before, homePicture(home.folder))).toEqual([]);
    expect(timesOf(home)).toEqual(times);
    expect(await askAll(codex, home)).toEqual(asked);
    expect(fs.readFileSync(path.join(root, '.bashrc'), 'utf8')).toBe(BASHRC);
    expect(fs.existsSync(path.join(root, '.zshenv'))).toBe(false);
    expect(rolloutFiles(here?.folder ?? '')).toEqual([]);

    // In the new homes there is nothing but what every Codex makes: they can be used once more.
    const { sha } = await repairs.planSplit(await scan(), wish);
    const again = { ...request, sights: [sightOf('gpu-2', home)], sha };
    const second = await repairs.applySplit(await scan(), scan, again);
    expect([second.receipt.failed, second.receipt.unplanned]).toEqual([[], []]);
    expect(await askAll(codex, here ?? home)).toEqual(only(asked, home, HERE));
    const back = await repairs.undo(await scan(), second.receipt.id, null, undefined, again.sights);
    expect(back.left).toEqual([]);
    expect(pictureDifferences(before, homePicture(home.folder))).toEqual([]);
    expect(timesOf(home)).toEqual(times);
  });
});

test.each(homeKinds)(
  'Codex %s, %s history: forks, what is compressed, and what was gone on with since',
  async (version, mode) => {
    const codex = await installCodex(version);
    const provider = await startMockProvider();
    try {
      await withScratchFolder(async root => {
        const home = await sharedHome(codex, version, mode, root);
        useProviderPort(home, provider.port);
        const fork = await forkThread(codex, home, 'B', 'in the fork');
        if (mode === 'paginated') {
          // It goes on in a further file then.
          await takeTurn(codex, home, 'B', 'to be taken back');
          await revertNewestTurn(codex, home, 'B');
        }
        pack(home, home.ids.C, zlib.zstdCompressSync);
        // Lists look into compressed files from 0.142 on, and name them by what they were.
        const asked = await askAll(codex, home);
        const before = homePicture(home.folder);
        const { repairs, scan } = workOn(world, home.folder, codex);
        const report = await scan();
        const known = wishFor(home, root, 'copy');
        const of = new Map([...known.of, [fork, 'gpu-2'], [home.ids.C, 'gpu-2']]);
        const wish = { ...known, of };
        const plan = await repairs.planSplit(report, wish);
        const request = { wish, sights: [sightOf('gpu-2', home)], sha: plan.sha, vault: null };
        const made = await repairs.applySplit(report, scan, request);
        expect([made.plan.refused, made.receipt.failed, made.receipt.unplanned]).toEqual([
          [],
          [],
          [],
        ]);
        const there = { ...home, folder: path.join(root, '.codex-hosts', 'gpu-2') };
        const told = await askAll(codex, there);
        const belongs = [home.ids.B, home.ids.C, fork];
        expect(told).toEqual(ofThreads(asked, belongs));
        expect(Object.keys(told)).toHaveLength(6);

        const used = await takeTurn(codex, there, 'C', 'gone on with');
        expect(used).toBe('completed');
        const { left } = await repairs.undo(
          await scan(),
          made.receipt.id,
          null,
          undefined,
          request.sights,
        );
        const why = left.map(one => `${one.what}: ${one.why}`).join('\n');
        expect(why).toContain(`the databases of ${there.folder}: somebody has worked there since`);
        expect(why).toContain(`The thread ${home.ids.C} goes to gpu-2`);
        expect(left).toHaveLength(2);
        const others = (picture: HomePicture) => withoutThread(picture, home.ids.C);
        const now = homePicture(home.folder);
        expect(pictureDifferences(others(before), others(now))).toEqual([]);
        const rest = Object.keys(asked).filter(key => !key.startsWith(home.ids.C));
        expect(await askAll(codex, home)).toEqual(
          Object.fromEntries(rest.map(key => [key, asked[key]])),
        );
        const stays = Object.keys(await askAll(codex, there));
        expect(stays.every(key => key.startsWith(home.ids.C))).toBe(true);
        expect(stays).toHaveLength(2);
      });
    } finally {
      await provider.close();
    }
  },
);

test.each(['0.142.0', '0.160.0', '0.169.0'])(
  'Codex %s writes settings and keys through a link, and takes away only the link',
  async version => {
    const codex = await installCodex(version);
    await withScratchFolder(root => {
      const [shared, home] = [path.join(root, 'shared'), path.join(root, 'home')];
      for (const folder of [shared, home]) fs.mkdirSync(folder);
      for (const [name, text] of [
        ['config.toml', 'model = "mock-model"\n'],
        ['auth.json', '{"OPENAI_API_KEY":"a key of nobody"}'],
      ] as const) {
        fs.writeFileSync(path.join(shared, name), text);
        fs.symlinkSync(path.join(shared, name), path.join(home, name));
      }
      const run = (input: string, ...words: string[]) =>
        spawnSync(codex, words, { env: codexEnvironment(home), input, timeout: 60_000 }).status;
      expect(run('', 'mcp', 'add', 'mine', '--', 'true')).toBe(0);
      expect(run('another key of nobody\n', 'login', '--with-api-key')).toBe(0);
      const read = (name: string) => fs.readFileSync(path.join(shared, name), 'utf8');
      expect(read('config.toml')).toContain('mcp_servers.mine');
      expect(read('auth.json')).toContain('another key of nobody');
      const isLink = (name: string) =>
        fs.lstatSync(path.join(home, name), { throwIfNoEntry: false })?.isSymbolicLink() === true;
      expect(['config.toml', 'auth.json'].map(isLink)).toEqual([true, true]);
      expect(run('', 'logout')).toBe(0);
      expect([isLink('auth.json'), read('auth.json')]).toEqual([
        false,
        expect.stringContaining('another key of nobody'),
      ]);
      return Promise.resolve();
    });
  },
);

test.each(['0.142.0', '0.160.0', '0.169.0'])(
  'Codex %s has plugins and hooks of the home that they lie in, however settings name them',
  async version => {
    const codex = await installCodex(version);
    await withScratchFolder(async root => {
      const [shared, bare, linked] = ['shared', 'bare', 'linked'].map(name => {
        fs.mkdirSync(path.join(root, name));
        return path.join(root, name);
      }) as [string, string, string];
      writeMarketplace(path.join(root, 'market'));
      const run = (...words: string[]) =>
        spawnSync(codex, words, { env: codexEnvironment(shared), timeout: 60_000 }).status;
      expect(run('plugin', 'marketplace', 'add', path.join(root, 'market'))).toBe(0);
      expect(run('plugin', 'add', 'demo@local')).toBe(0);
      fs.writeFileSync(path.join(shared, 'hooks.json'), HOOKS);
      for (const name of ['config.toml', 'plugins', 'hooks.json'])
        for (const home of name === 'config.toml' ? [bare, linked] : [linked])
          fs.symlinkSync(path.join(shared, name), path.join(home, name));
      const has = async (home: string) => {
        const server = await startAppServer(codex, home);
        try {
          const asked = ['skills/list', 'hooks/list'].map(method =>
            server.call(method, { cwds: [root] }),
          );
          const [skills, hooks] = (await Promise.all(asked)).map(one => JSON.stringify(one));
          return [skills?.includes('"demo:hello"'), hooks?.includes('said-by-a-hook')];
        } finally {
          await server.stop();
        }
      };
      expect(await has(shared)).toEqual([true, true]);
      expect(await has(bare)).toEqual([false, false]);
      expect(await has(linked)).toEqual([true, true]);
    });
  },
);

const HOOKS = JSON.stringify({
  hooks: { SessionStart: [{ hooks: [{ type: 'command', command: 'echo said-by-a-hook' }] }] },
});

function writeMarketplace(folder: string): void {
  const source = { source: 'local', path: './plugins/demo' };
  for (const [name, text] of [
    [
      '.agents/plugins/marketplace.json',
      JSON.stringify({ name: 'local', plugins: [{ name: 'demo', source }] }),
    ],
    [
      'plugins/demo/.codex-plugin/plugin.json',
      JSON.stringify({ name: 'demo', version: '1.0.0', description: 'It says hello.' }),
    ],
    [
      'plugins/demo/skills/hello/SKILL.md',
      '---\nname: hello\ndescription: It says hello.\n---\nSay hello.\n',
    ],
  ] as const) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
}

const BASHRC = 'case $- in *i*) ;; *) return;; esac\nalias l=ls';

async function sharedHome(
  codex: string,
  version: string,
  mode: CodexHome['mode'],
  root: string,
): Promise<CodexHome> {
  const home = copyHome(await makeHome(version, mode), path.join(root, '.codex'));
  await furnish(codex, home);
  withDatabase(path.join(home.folder, 'goals_1.sqlite'), database => {
    database
      .prepare("INSERT INTO thread_goals VALUES (?, 'a', 'To be done', 'paused', NULL, 0, 0, 1, 1)")
      .run(home.ids.A);
  });
  fs.writeFileSync(path.join(home.folder, 'auth.json'), '{"OPENAI_API_KEY":"a key of nobody"}');
  fs.mkdirSync(path.join(home.folder, 'prompts'));
  fs.writeFileSync(path.join(home.folder, 'prompts', 'mine.md'), 'Do it.');
  fs.mkdirSync(path.join(home.folder, 'plugins', 'cache'), { recursive: true });
  fs.writeFileSync(path.join(home.folder, 'plugins', 'cache', 'mine.md'), 'Do it as well.');
  fs.writeFileSync(path.join(home.folder, 'hooks.json'), HOOKS);
  fs.writeFileSync(path.join(root, '.bashrc'), BASHRC);
  return home;
}

function wishFor({ ids }: CodexHome, root: string, shared: SplitWish['shared']): SplitWish {
  return {
    hosts: [
      { host: world.machine.hostname, home: path.join(root, '.codex-hosts', 'here') },
      { host: 'gpu-2', home: path.join(root, '.codex-hosts', 'gpu-2') },
    ],
    of: new Map([
      ...HERE.map(name => [ids[name], world.machine.hostname] as const),
      ...THERE.map(name => [ids[name], 'gpu-2'] as const),
    ]),
    shared,
    startUp: [
      { shell: 'bash', file: path.join(root, '.bashrc') },
      { shell: 'zsh', file: path.join(root, '.zshenv') },
    ],
  };
}

function goalsIn(home: string): readonly string[] {
  return withDatabase(path.join(home, 'goals_1.sqlite'), database =>
    database.prepare('SELECT thread_id FROM thread_goals').all(),
  ).map(row => String(row['thread_id']));
}

/** What a look at another host says with which this home is shared, and on which no Codex runs. */
function sightOf(host: string, { folder }: CodexHome) {
  const home = fs.realpathSync(folder);
  return {
    alias: host,
    takenAtMs: Date.now(),
    by: 'shell',
    machine: { hostname: host, machine: null, system: 'linux', user: 'ada' },
    homes: [{ path: home, installationId: null, filesystem: null, mounted: null, files: {} }],
    servers: [],
    codexes: [],
    starts: [],
    paths: {},
    holders: [],
    snapshot: null,
    gaps: [],
  } as const;
}

function only(told: Told, { ids }: CodexHome, names: readonly ThreadName[]): Told {
  return ofThreads(
    told,
    names.map(name => ids[name]),
  );
}

/** Without its files, and the rows that say something about it. */
function withoutThread(picture: HomePicture, id: string): HomePicture {
  const others = Object.entries(picture).filter(([name]) => !name.includes(id));
  return Object.fromEntries(
    others.map(([name, content]) => [
      name,
      content
        .split('\n')
        .filter(line => !line.includes(id))
        .join('\n'),
    ]),
  );
}

function ofThreads(told: Told, ids: readonly string[]): Told {
  return Object.fromEntries(
    Object.entries(told).filter(([key]) => ids.some(id => key.startsWith(id))),
  );
}
