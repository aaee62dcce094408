// Codex makes a damaged state database anew without most of what people gave to their threads. What can
// still be read of it is put back, and Codex itself shows it again.

import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { NodeWorld } from '../../src/node/world.ts';
import { forkThread } from '../support/codex/askThreads.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { findStateDatabase, removeDatabase } from '../support/codex/databases.ts';
import { askFurniture, crowd, furnish } from '../support/codex/furnish.ts';
import { homePicture, pictureDifferences } from '../support/codex/homePicture.ts';
import { inParallel } from '../support/codex/inParallel.ts';
import {
  copyHome,
  homeKinds,
  makeHome,
  useProviderPort,
  type CodexHome,
} from '../support/codex/makeHome.ts';
import { startMockProvider } from '../support/codex/mockProvider.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';
import { rowsById, tear, tears, type Tear } from '../support/codex/tearing.ts';

const LANES = 2;
const ALL = { findings: 'all', cure: null } as const;

let world: NodeWorld;

beforeAll(() => {
  world = createOurWorld(inject('programs'));
});
afterAll(() => world.close());

test.each(homeKinds)('Codex %s, %s history', async (version, mode) => {
  const codex = await installCodex(version);
  await withScratchFolder(async scratch => {
    const sound = copyHome(await makeHome(version, mode), path.join(scratch, 'sound'));
    await crowd(codex, sound);
    await furnish(codex, sound);
    const copy = (root: string) => copyHome(sound, path.join(root, 'home'));
    const alone = await withScratchFolder(root => lostToCodexAlone(codex, copy(root)));
    expect(alone.length).toBeGreaterThan(10);
    const names = Object.keys(tears) as Tear[];
    const tried = await inParallel(LANES, names, name =>
      withScratchFolder(async root => {
        const home = copy(root);
        const before = await lookAt(codex, home);
        const gone = tear(home, name);
        // 0.142 has no sections.
        if (gone === '') return null;
        const expected = alone.filter(
          id => isLost(name, gone, id, before) || isNewerThanRow(home, id),
        );
        return [name, await tryOut(codex, home, before), expected] as const;
      }),
    );
    const came = tried.filter(one => one !== null);
    expect(came.length).toBeGreaterThan(names.length - 2);
    expect(Object.fromEntries(came.map(([name, outcome]) => [name, outcome]))).toEqual(
      Object.fromEntries(came.map(([name, , lost]) => [name, { lost, troubles: [] }])),
    );
  });
});

test.each(homeKinds)(
  'Codex %s, %s history: what it has put aside itself',
  async (version, mode) => {
    const codex = await installCodex(version);
    await withScratchFolder(async root => {
      const home = copyHome(await makeHome(version, mode), path.join(root, 'home'));
      await furnish(codex, home);
      await forkInto(codex, home);
      const before = await lookAt(codex, home);
      tear(home, 'the header');
      // Codex makes a new one by itself, and somebody who misses things in it removes that.
      expect(otherIds(before, await lookAt(codex, home))).not.toEqual([]);
      removeDatabase(findStateDatabase(home.folder) ?? '');
      expect(await tryOut(codex, home, before)).toEqual({
        lost: Object.keys(before).filter(id => isNewerThanRow(home, id)),
        troubles: [],
      });
    });
  },
);

/** A fork that goes on with words of its own, of a thread whose memory mode it does not have. */
async function forkInto(codex: string, home: CodexHome): Promise<void> {
  const provider = await startMockProvider();
  try {
    useProviderPort(home, provider.port);
    await forkThread(codex, home, 'B', 'in the fork');
  } finally {
    await provider.close();
  }
}

/** Codex writes Git notes into files of legacy history: then the file has the newer time, and it counts. */
function isNewerThanRow({ mode, ids }: CodexHome, id: string): boolean {
  return mode === 'legacy' && id === ids.C;
}

/** Whether what stood on the pages that are gone stands nowhere else. */
function isLost(name: Tear, gone: string, id: string, before: Looked): boolean {
  switch (name) {
    case 'a page of an index':
    case 'the header':
      return false;
    case 'the page of sections': {
      const isSection = (text = '') => /^thread_sections .*"A section"/m.test(text);
      const section = Object.keys(before).find(one => isSection(before[one])) ?? '';
      return before[id]?.includes(section) ?? false;
    }
    case 'a page of threads':
    case 'all pages of threads':
      return gone.includes(id) && (before[id]?.includes('\nthreads ') ?? false);
    case 'half of the file':
    case 'all of the file':
      return true;
  }
}

/** Ids of threads, projects and sections of which Codex by itself brings back less than there was. */
async function lostToCodexAlone(codex: string, home: CodexHome): Promise<readonly string[]> {
  const before = await lookAt(codex, home);
  tear(home, 'all of the file');
  return otherIds(before, await lookAt(codex, home));
}

async function tryOut(codex: string, home: CodexHome, before: Looked) {
  const torn = homePicture(home.folder);
  const { repairs, scan } = workOn(world, home.folder, codex);
  const report = await scan();
  const plan = await repairs.plan(report, ALL);
  const applied = await repairs.apply(report, scan, { choice: ALL, sha: plan.sha, vault: null });
  const after = await lookAt(codex, home);
  const { left } = await repairs.undo(await scan(), null, null);
  return {
    lost: otherIds(before, after),
    troubles: [
      ...applied.receipt.failed.map(({ what, why }) => `failed ${what}: ${why}`),
      ...applied.receipt.unplanned,
      ...left.map(({ what, why }) => `not undone: ${what}: ${why}`),
      ...pictureDifferences(torn, homePicture(home.folder)).map(one => `not undone: ${one}`),
    ],
  };
}

/** By id: what the rows say, and what Codex answers. Codex makes the latter of the former. */
type Looked = Readonly<Record<string, string>>;

async function lookAt(codex: string, home: CodexHome): Promise<Looked> {
  const answers = await askFurniture(codex, home);
  const rows = rowsById(home);
  const ids = Object.keys({ ...answers, ...rows });
  return Object.fromEntries(ids.map(id => [id, `${answers[id] ?? ''}\n${rows[id] ?? ''}`]));
}

function otherIds(one: Looked, other: Looked): readonly string[] {
  return Object.keys({ ...one, ...other })
    .filter(id => one[id] !== other[id])
    .sort();
}
