// Forks of paginated threads lean on the file of their parent, and are listed before anybody said
// anything in them or not, depending on the release.

import { mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { startAppServer } from '../support/codex/appServer.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { compare } from '../support/codex/comparing.ts';
import { copyHome, makeHome, type CodexHome, type HistoryMode } from '../support/codex/makeHome.ts';
import { askOracle } from '../support/codex/oracle.ts';
import { createPredictor, type Predictor } from '../support/codex/predicting.ts';
import { findRollout } from '../support/codex/rollouts.ts';

let predictor: Predictor;

beforeAll(() => {
  predictor = createPredictor(inject('programs'));
});
afterAll(() => predictor.close());

const releases: readonly (readonly [version: string, mode: HistoryMode])[] = [
  ['0.160.0', 'paginated'],
  ['0.169.0', 'paginated'],
  ['0.169.0', 'legacy'],
];

describe.each(releases)('Codex %s, %s history', (version, mode) => {
  test.each([
    ['whose parent is there', () => undefined],
    ['whose parent was moved to the archive', archiveParent],
    ['whose parent is gone', removeParent],
  ])('a fork and a fork of it, %s', async (_, change) => {
    const sound = await makeHome(version, mode);
    const codex = await installCodex(version);
    await withScratchFolder(async root => {
      const home = copyHome(sound, path.join(root, 'home'));
      const child = await fork(codex, home, home.ids.A);
      await fork(codex, home, child);
      change(home);
      const { visibility } = await predictor.scan(home.folder, version);
      const { wrong, unknown } = compare(visibility, await askOracle(codex, home), home);
      expect([...wrong, ...unknown]).toEqual([]);
    });
  });
});

async function fork(codex: string, home: CodexHome, threadId: string): Promise<string> {
  const server = await startAppServer(codex, home.folder);
  try {
    const made = (await server.call('thread/fork', { threadId })) as { thread: { id: string } };
    return made.thread.id;
  } finally {
    await server.stop();
  }
}

function archiveParent(home: CodexHome): void {
  const file = findRollout(home.folder, home.ids.A) ?? '';
  const archive = path.join(home.folder, 'archived_sessions');
  mkdirSync(archive, { recursive: true });
  renameSync(file, path.join(archive, path.basename(file)));
}

function removeParent(home: CodexHome): void {
  rmSync(findRollout(home.folder, home.ids.A) ?? '');
}
