// What a person can choose to have done: on real homes, and the real Codex is asked what it makes of
// them; then it is undone, and the home is exactly as it was.

import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { NodeWorld } from '../../src/node/world.ts';
import { forkThread, providersIn } from '../support/codex/askThreads.ts';
import { startAppServer } from '../support/codex/appServer.ts';
import { breakHome } from '../support/codex/breakages.ts';
import { setRow } from '../support/codex/breakages/breakage.ts';
import { askOfCopy, expectChosen, onCopy } from '../support/codex/choosing.ts';
import { homeKinds, messages, type CodexHome } from '../support/codex/makeHome.ts';
import { createOurWorld } from '../support/codex/ourWorld.ts';
import { editText, findRollout } from '../support/codex/rollouts.ts';
import { withWorkingHome } from '../support/codex/workingHome.ts';

let world: NodeWorld;

beforeAll(() => {
  world = createOurWorld(inject('programs'));
});
afterAll(() => world.close());

describe.each(homeKinds)('Codex %s, %s history', (version, mode) => {
  test('a database without its table of threads is made anew', async () => {
    await withWorkingHome(version, mode, async bench => {
      const well = await askOfCopy(bench);
      breakHome(bench.home, 'drop-table:threads');
      await expectChosen(world, bench, 'schema-object-missing', 'rebuild', async () => {
        expect(await askOfCopy(bench)).toEqual(well);
      });
    });
  });

  test('the provider that hides threads is set again, and config.toml keeps its form', async () => {
    await withWorkingHome(version, mode, async bench => {
      const well = await askOfCopy(bench);
      breakHome(bench.home, 'config-provider-other');
      const [config, real] = ['config.toml', '../settings.toml'].map(name =>
        path.join(bench.home.folder, name),
      ) as [string, string];
      // As somebody keeps it who has it from another system, and in a folder of their own.
      editText(config, text => `# mine\n${text}`.replaceAll('\n', '\r\n'));
      fs.renameSync(config, real);
      fs.symlinkSync('../settings.toml', config);
      const before = fs.readFileSync(real, 'utf8');
      await expectChosen(world, bench, 'provider-hides-threads', 'set-provider', async () => {
        expect(await askOfCopy(bench)).toEqual(well);
        const after = fs.readFileSync(real, 'utf8');
        expect(after).toBe(before.replace('model_provider = "mock2"', 'model_provider = "mock"'));
      });
      expect([fs.readFileSync(real, 'utf8'), fs.readlinkSync(config)]).toEqual([
        before,
        '../settings.toml',
      ]);
    });
  });

  test('or its threads are moved to the one that is set now', async () => {
    await withWorkingHome(version, mode, async bench => {
      const well = await askOfCopy(bench);
      breakHome(bench.home, 'config-provider-other');
      const moved = { A: 'mock2', B: 'mock2', C: 'mock2', N: 'mock2', E: 'mock2' };
      await expectChosen(world, bench, 'provider-hides-threads', 'move-provider', async () => {
        expect(JSON.stringify(await askOfCopy(bench))).toBe(
          JSON.stringify(well).replaceAll('under mock', 'under mock2'),
        );
        expect(providersIn(bench.home)).toEqual({ ...moved, X: 'mock' });
      });
    });
  });

  test.each(['db-archived1', 'db-archived0-file-archived'])(
    'the database follows the folder: %s',
    async breakage => {
      await withWorkingHome(version, mode, async bench => {
        const well = await askOfCopy(bench);
        breakHome(bench.home, breakage);
        await expectChosen(world, bench, 'thread-archive-mismatch', 'follow-folder', async () => {
          expect(await askOfCopy(bench)).toEqual(well);
        });
      });
    },
  );

  test('threads without a title are named after what was said in them', async () => {
    await withWorkingHome(version, mode, async bench => {
      const { home, codex } = bench;
      silence(home, 'A', 'event_msg');
      silence(home, 'B', 'event_msg', 'response_item');
      await expectChosen(world, bench, 'thread-untitled', 'give-name', async () => {
        const names = await namesOf(codex, home);
        expect([names['A'], names['B']]).toEqual([
          'alpha message',
          'Codex: Hello from the mock, turn 2',
        ]);
      });
    });
  });
});

describe.each(['0.160.0', '0.169.0'])('Codex %s, a fork whose parent is gone', version => {
  test.each([
    ['saved under another name', 'saved/old-ROLLOUT.bak'],
    ['left beside its place', 'BESIDE.old'],
    ['compressed, among what a migration has left', 'rollout-migrations/x/ROLLOUT.zst'],
  ])('%s: it is put back', async (_, place) => {
    await withWorkingHome(version, 'paginated', async bench => {
      const { codex, home } = bench;
      const child = await forkThread(codex, home, 'A', 'in the fork');
      const forked = { ...bench, home: { ...home, ids: { ...home.ids, B: child } } };
      const well = await askOfCopy(forked);
      expect(well['B']?.turns).toHaveLength(2);
      hide(home, findRollout(home.folder, home.ids.A) ?? '', place);
      expect((await askOfCopy(forked))['B']?.turns).toContain('missing source rollout');
      await expectChosen(
        world,
        bench,
        'thread-fork-parent-missing',
        'put-beginning-back',
        async () => {
          expect(await askOfCopy(forked)).toEqual(well);
        },
      );
    });
  });

  test('put into the vault by an earlier repair', async () => {
    await withWorkingHome(version, 'paginated', async bench => {
      const { codex, home } = bench;
      const child = await forkThread(codex, home, 'A', 'in the fork');
      const forked = { ...bench, home: { ...home, ids: { ...home.ids, B: child } } };
      const well = await askOfCopy(forked);
      const parent = findRollout(home.folder, home.ids.A) ?? '';
      const vault = path.join(home.folder, 'session-health', 'vault', '20250101T000000Z-0000');
      hide(home, parent, path.join(path.relative(home.folder, vault), 'files', 'ROLLOUT'));
      await expectChosen(
        world,
        bench,
        'thread-fork-parent-missing',
        'put-beginning-back',
        async () => {
          expect(await askOfCopy(forked)).toEqual(well);
        },
      );
      // What the vault holds it goes on holding.
      expect(fs.readdirSync(path.join(vault, 'files'))).toEqual([path.basename(parent)]);
    });
  });
});

/** Takes a file away to a place in the home; `ROLLOUT` is its name, and `BESIDE` its place. */
function hide({ folder }: CodexHome, file: string, place: string): void {
  const to = place.startsWith('BESIDE')
    ? place.replace('BESIDE', file)
    : path.join(folder, place.replace('ROLLOUT', path.basename(file)));
  fs.mkdirSync(path.dirname(to), { recursive: true });
  const { atimeMs, mtimeMs } = fs.statSync(file);
  if (to.endsWith('.zst')) fs.writeFileSync(to, zlib.zstdCompressSync(fs.readFileSync(file)));
  else fs.copyFileSync(file, to);
  fs.utimesSync(to, atimeMs / 1000, mtimeMs / 1000);
  fs.rmSync(file);
}

/** Takes what the person wrote out of lines of these types; the lines stay as long as they were. */
function silence(home: CodexHome, name: 'A' | 'B', ...types: readonly string[]): void {
  const message = messages[name];
  editText(findRollout(home.folder, home.ids[name]) ?? '', text =>
    text
      .split('\n')
      .map(line =>
        types.some(type => line.includes(`"type":"${type}"`))
          ? line.replaceAll(message, ' '.repeat(message.length))
          : line,
      )
      .join('\n'),
  );
  setRow(home, name, { title: '', preview: '', first_user_message: '' });
}

/** Under which name Codex knows each thread; whatever else it does stays in a copy. */
async function namesOf(
  codex: string,
  home: CodexHome,
): Promise<Readonly<Record<string, string | null>>> {
  const names: Record<string, string | null> = {};
  await onCopy(home, async () => {
    const server = await startAppServer(codex, home.folder);
    for (const [name, threadId] of Object.entries(home.ids)) {
      const { thread } = (await server.call('thread/read', { threadId })) as {
        thread: { name: string | null };
      };
      names[name] = thread.name;
    }
    await server.stop();
  });
  return names;
}
