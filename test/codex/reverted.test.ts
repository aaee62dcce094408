// A thread that was reverted goes on in a file of its own, which leans on the one before: both are
// one conversation, and lists of Codex show what they make of that.

import { renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { revertNewestTurn, takeTurn } from '../support/codex/askThreads.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { compare } from '../support/codex/comparing.ts';
import { copyHome, makeHome, useProviderPort, type CodexHome } from '../support/codex/makeHome.ts';
import { startMockProvider } from '../support/codex/mockProvider.ts';
import { askOracle } from '../support/codex/oracle.ts';
import { createPredictor, type Predictor } from '../support/codex/predicting.ts';
import { rolloutFiles } from '../support/codex/rollouts.ts';

let predictor: Predictor;

beforeAll(() => {
  predictor = createPredictor(inject('programs'));
});
afterAll(() => predictor.close());

interface Parts {
  readonly first: string;
  readonly second: string;
}

/** `one turn`: nothing is left of the conversation, so that the second file leans on nothing. */
const cases: readonly (readonly [string, 1 | 2, (parts: Parts) => void, string])[] = [
  ['of two turns', 2, () => undefined, ''],
  ['of two turns, without its first file', 2, dropFirst, 'error thread-fork-parent-missing'],
  ['of two turns, without its second file', 2, dropSecond, 'error thread-path-stale'],
  ['of one turn', 1, () => undefined, ''],
  ['of one turn, without its first file', 1, dropFirst, ''],
  // Only its name said that it belongs to the other; the cure looks at what both hold.
  ['whose second file has lost its name', 2, misname, 'warning thread-file-duplicate'],
];

describe.each(['0.160.0', '0.169.0'])('Codex %s', version => {
  test.each(cases)('a reverted thread %s', async (_, turns, change, finding) => {
    const sound = await makeHome(version, 'paginated');
    const codex = await installCodex(version);
    await withScratchFolder(async root => {
      const home = copyHome(sound, path.join(root, 'home'));
      change(await revert(codex, home, turns));
      const { visibility, findings } = await predictor.scan(home.folder, version);
      const { wrong, unknown } = compare(visibility, await askOracle(codex, home), home);
      expect([...wrong, ...unknown]).toEqual([]);
      const found = findings.map(({ severity, check }) => `${severity} ${check}`);
      expect(found).toEqual(finding === '' ? [] : [finding]);
    });
  });
});

async function revert(codex: string, home: CodexHome, turns: number): Promise<Parts> {
  const provider = await startMockProvider();
  useProviderPort(home, provider.port);
  try {
    if (turns === 2) await takeTurn(codex, home, 'A', 'a turn that shall be forgotten');
    await revertNewestTurn(codex, home, 'A');
  } finally {
    await provider.close();
  }
  const files = rolloutFiles(home.folder).filter(file => file.includes(home.ids.A));
  const second = files.find(file => path.basename(file).includes('_')) ?? '';
  return { first: files.find(file => file !== second) ?? '', second };
}

function dropFirst({ first }: Parts): void {
  rmSync(first);
}

function dropSecond({ second }: Parts): void {
  rmSync(second);
}

function misname({ second }: Parts): void {
  renameSync(second, path.join(path.dirname(second), 'rollout-lost.jsonl'));
}
