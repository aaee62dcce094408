// Records of migrations that disagree with the schema are put right on every generation of Codex: a fresh
// server starts clean, uses the database again, and lists all threads. 0.121 goes on without its database
// when it cannot use it, and says nothing: so it is asked to write something into it.

import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { NodeWorld } from '../../src/node/world.ts';
import { startAppServer, StartFailure } from '../support/codex/appServer.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { breakHome } from '../support/codex/breakages.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { findStateDatabase, withDatabase } from '../support/codex/databases.ts';
import { homePicture, pictureDifferences } from '../support/codex/homePicture.ts';
import { inParallel } from '../support/codex/inParallel.ts';
import { copyHome, makeHome, type CodexHome, type HistoryMode } from '../support/codex/makeHome.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';

const LANES = 2;
const ALL = { findings: 'all', cure: null } as const;

const KINDS: readonly (readonly [version: string, mode: HistoryMode])[] = [
  ['0.121.0', 'legacy'],
  ['0.142.0', 'legacy'],
  ['0.160.0', 'paginated'],
  ['0.169.0', 'paginated'],
];

const DRIFTS: Readonly<Record<string, (home: CodexHome) => void>> = {
  'the newest record is gone': home => drift(home, 'rows-missing:1'),
  'the three newest are gone': home => drift(home, 'rows-missing:3'),
  'all are gone': ({ folder }) =>
    withDatabase(findStateDatabase(folder) ?? '', database =>
      database.exec('DELETE FROM _sqlx_migrations'),
    ),
  'their table is gone': home => drift(home, 'table-gone'),
  'one in the middle is gone': home => drift(home, 'rows-middle:15'),
  'the newest is not finished': home => drift(home, 'partial'),
  'all are of Windows': home => drift(home, 'checksums-windows'),
};

let world: NodeWorld;

beforeAll(() => {
  world = createOurWorld(inject('programs'));
});
afterAll(() => world.close());

test.each(KINDS)('Codex %s, %s history', async (version, mode) => {
  const codex = await installCodex(version);
  const sound = await makeHome(version, mode);
  const before = await withScratchFolder(root =>
    ask(codex, copyHome(sound, path.join(root, 'home'))),
  );
  expect(before).toMatchObject({ stderr: '', isDatabaseUsed: true });
  expect(before.listed).toHaveLength(6);
  const came = await inParallel(LANES, Object.keys(DRIFTS), name =>
    withScratchFolder(async root => {
      const home = copyHome(sound, path.join(root, 'home'));
      DRIFTS[name]?.(home);
      const drifted = copyHome(home, path.join(root, 'drifted'));
      expect(await ask(codex, drifted).catch(notStarted)).toMatchObject({ isDatabaseUsed: false });
      return [name, await tryOut(codex, home, root)] as const;
    }),
  );
  const healed = { troubles: [], after: before };
  expect(Object.fromEntries(came)).toEqual(
    Object.fromEntries(Object.keys(DRIFTS).map(name => [name, healed])),
  );
});

function drift(home: CodexHome, name: string): void {
  expect(breakHome(home, name)).toBe(true);
}

async function tryOut(codex: string, home: CodexHome, root: string) {
  const drifted = homePicture(home.folder);
  const { repairs, scan } = workOn(world, home.folder, codex);
  const report = await scan();
  const plan = await repairs.plan(report, ALL);
  const applied = await repairs.apply(report, scan, { choice: ALL, sha: plan.sha, vault: null });
  const after = await ask(codex, copyHome(home, path.join(root, 'asked')));
  const { left } = await repairs.undo(await scan(), null, null);
  return {
    troubles: [
      ...applied.receipt.failed.map(({ what, why }) => `failed ${what}: ${why}`),
      ...applied.receipt.unplanned,
      ...applied.remaining,
      ...left.map(({ what, why }) => `not undone: ${what}: ${why}`),
      ...pictureDifferences(drifted, homePicture(home.folder)).map(one => `not undone: ${one}`),
    ],
    after,
  };
}

/** What a fresh server makes of the home, and what its database says then. */
async function ask(codex: string, { folder, ids }: CodexHome) {
  const state = findStateDatabase(folder) ?? '';
  const server = await startAppServer(codex, folder);
  try {
    const listed: string[] = [];
    for (const archived of [false, true])
      for (const useStateDbOnly of [false, true]) {
        const every = { modelProviders: [], sourceKinds: ['cli', 'vscode', 'exec'], archived };
        const { data } = (await server.call('thread/list', { ...every, useStateDbOnly })) as {
          data: readonly { id: string }[];
        };
        if (useStateDbOnly) listed.push(...data.map(({ id }) => id));
        else expect(data.length).toBeGreaterThan(0);
      }
    await server.call('thread/name/set', { threadId: ids.A, name: 'Named just now' });
    await server.stop();
    return withDatabase(state, database => ({
      stderr: server.stderr.split('\n').filter(isOfDatabase).join('\n'),
      listed: listed.sort(),
      isDatabaseUsed: JSON.stringify(
        database.prepare('SELECT * FROM threads WHERE id = ?').get(ids.A),
      ).includes('Named just now'),
      migrations: database
        .prepare(
          'SELECT version, success, hex(checksum) AS checksum FROM _sqlx_migrations ORDER BY version',
        )
        .all()
        .map(row => JSON.stringify(row)),
    }));
  } finally {
    await server.kill();
  }
}

function notStarted(error: unknown) {
  if (error instanceof StartFailure) return { isDatabaseUsed: false };
  throw error;
}

function isOfDatabase(line: string): boolean {
  return /migrat|sqlite|state db|database/i.test(line);
}
