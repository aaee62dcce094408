// A thread whose turns are missing in the database from which they are shown: the repair lets Codex fill
// them in again, and undoing it empties them, unless somebody has gone on with the thread since.

import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { NodeWorld } from '../../src/node/world.ts';
import {
  askThreads,
  projectionFaults,
  revertNewestTurn,
  takeTurn,
} from '../support/codex/askThreads.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { withDatabase } from '../support/codex/databases.ts';
import { homePicture, pictureDifferences } from '../support/codex/homePicture.ts';
import { startMockProvider, type MockProvider } from '../support/codex/mockProvider.ts';
import { copyHome, makeHome, useProviderPort, type CodexHome } from '../support/codex/makeHome.ts';
import { rolloutFiles } from '../support/codex/rollouts.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';

let world: NodeWorld;
let provider: MockProvider;

beforeAll(async () => {
  world = createOurWorld(inject('programs'));
  provider = await startMockProvider();
});
afterAll(() => Promise.all([world.close(), provider.close()]));

describe.each(['0.169.0', '0.160.0'])('Codex %s', version => {
  test('undo empties it again, and everything is as it was', async () => {
    await withEmptied(version, untouched, async (codex, home) => {
      const before = homePicture(home.folder);
      const { undo } = await repair(codex, home);
      expect(pictureDifferences(before, homePicture(home.folder))).toContain(
        'thread_history_1.sqlite table thread_turns',
      );
      expect(await undo()).toEqual([]);
      expect(pictureDifferences(before, homePicture(home.folder))).toEqual([]);
    });
  });

  test('it stays when somebody has gone on with the thread', async () => {
    await withEmptied(version, untouched, async (codex, home) => {
      const { undo } = await repair(codex, home);
      expect(await takeTurn(codex, home, 'A', 'and then?')).toBe('completed');
      expect(await undo()).toContain('Codex has gone on with this thread since');
      expect(projectionFaults(home)).toEqual([]);
      const { turns } = (await askThreads(codex, home))['A'] ?? {};
      expect(turns).toEqual([
        expect.stringContaining('alpha message'),
        expect.stringContaining('and then?'),
      ]);
    });
  });
});

describe.each(['0.169.0', '0.160.0'])('Codex %s, a thread that was reverted', version => {
  const revert = async (codex: string, home: CodexHome) => {
    await takeTurn(codex, home, 'A', 'a turn that shall be forgotten');
    await revertNewestTurn(codex, home, 'A');
    await takeTurn(codex, home, 'A', 'another one');
  };

  test('undo empties the history of its newest file again', async () => {
    await withEmptied(version, revert, async (codex, home) => {
      const before = homePicture(home.folder);
      const { undo } = await repair(codex, home);
      expect(pictureDifferences(before, homePicture(home.folder))).toContain(
        'thread_history_1.sqlite table thread_turns',
      );
      expect(await undo()).toEqual([]);
      expect(pictureDifferences(before, homePicture(home.folder))).toEqual([]);
    });
  });

  test('it stays when the thread has been reverted again', async () => {
    await withEmptied(version, revert, async (codex, home) => {
      const { undo } = await repair(codex, home);
      await revertNewestTurn(codex, home, 'A');
      expect(await undo()).toContain('Codex has gone on with this thread since');
      expect(projectionFaults(home)).toEqual([]);
    });
  });
});

const untouched = () => Promise.resolve();

/** The history of the newest file of A is gone. */
async function withEmptied(
  version: string,
  prepare: (codex: string, home: CodexHome) => Promise<void>,
  use: (codex: string, home: CodexHome) => Promise<void>,
): Promise<void> {
  const codex = await installCodex(version);
  const sound = await makeHome(version, 'paginated');
  await withScratchFolder(async root => {
    const home = copyHome(sound, path.join(root, 'home'));
    useProviderPort(home, provider.port);
    await prepare(codex, home);
    const newest =
      rolloutFiles(home.folder)
        .filter(file => file.includes(home.ids.A))
        .at(-1) ?? '';
    const [name] = /[0-9a-f-]{36}(?=\.jsonl$)/.exec(newest) ?? [''];
    withDatabase(path.join(home.folder, 'thread_history_1.sqlite'), database => {
      for (const table of ['thread_items', 'thread_turns', 'thread_history_projection_state'])
        database.prepare(`DELETE FROM ${table} WHERE thread_id = ?`).run(name);
    });
    await use(codex, home);
  });
}

async function repair(codex: string, { folder, ids }: CodexHome) {
  const { scan, repairs } = workOn(world, folder, codex);
  const report = await scan();
  const choice = { findings: [`thread-history-missing:${ids.A}`], cure: null };
  const { sha } = await repairs.plan(report, choice);
  const applied = await repairs.apply(report, scan, { choice, sha, vault: null });
  expect(applied.healed).toEqual(choice.findings);
  const undo = async () => {
    const { left } = await repairs.undo(await scan(), null, null);
    const again = (await scan()).findings.map(({ id }) => id);
    expect(again.includes(choice.findings[0] ?? '')).toBe(left.length === 0);
    return left.map(({ why }) => why);
  };
  return { undo };
}
