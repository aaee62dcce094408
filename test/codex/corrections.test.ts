// What Codex makes of rows by itself when it is asked to look through its files, and when it goes through
// all of them at its start: foreseen row by row and column by column, in homes broken in every way.

import { cpSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Correction } from '../../src/engine/model/plan.ts';
import type { Snapshot } from '../../src/engine/model/snapshot.ts';
import {
  correctionsByBackfill,
  correctionsByList,
} from '../../src/engine/visibility/corrections.ts';
import type { NodeWorld } from '../../src/node/world.ts';
import { forgetIndex } from '../support/codex/askThreads.ts';
import { startAppServer, StartFailure } from '../support/codex/appServer.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { breakages, breakHome } from '../support/codex/breakages.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { findStateDatabase, withDatabase } from '../support/codex/databases.ts';
import { inParallel } from '../support/codex/inParallel.ts';
import { copyHome, homeKinds, makeHome, type CodexHome } from '../support/codex/makeHome.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';
import { rolloutFiles } from '../support/codex/rollouts.ts';

const LANES = 2;
const CHOSEN = process.env['BREAKAGES']?.split(',');

let world: NodeWorld;

beforeAll(() => {
  world = createOurWorld(inject('programs'));
});
afterAll(() => world.close());

test.each(homeKinds)('Codex %s, %s history', async (version, mode) => {
  const codex = await installCodex(version);
  const sound = await makeHome(version, mode);
  const wanted = breakages.filter(({ name }) => CHOSEN?.includes(name) ?? true);
  const came = await inParallel(LANES, wanted, ({ name }) =>
    withScratchFolder(async root => {
      const home = copyHome(sound, path.join(root, 'home'));
      if (!breakHome(home, name)) return null;
      return [name, await compare(codex, home, root)] as const;
    }),
  );
  const looked = came.filter(one => one !== null && one[1] !== null);
  expect(Object.fromEntries(looked.map(one => [one?.[0], one?.[1]?.does]))).toEqual(
    Object.fromEntries(looked.map(one => [one?.[0], one?.[1]?.foreseen])),
  );
  expect(looked.length).toBeGreaterThan(CHOSEN === undefined ? 40 : 0);
});

/** How long before the newest file the others were written, in the order in which Codex goes through them. */
const MOMENTS = {
  'one moment': [0],
  'less than a second': [0, 1, 500, 998, 3, 300],
  'about a second': [996, 998, 1000, 1002, 1004, 0],
  'the seconds between two': [900, 1900, 0, 2900, 400, 1400],
};

describe.each(homeKinds)(
  'files of Codex %s, %s history, whose rows say when they were written',
  (version, mode) => {
    test.each(Object.entries(MOMENTS))('within %s', async (_, before) => {
      const codex = await installCodex(version);
      const sound = await makeHome(version, mode);
      await withScratchFolder(async root => {
        const home = copyHome(sound, path.join(root, 'home'));
        writeMoments(home, before);
        const came = await compare(codex, home, root);
        expect(came?.does['backfill']).toEqual(came?.foreseen['backfill']);
        expect(came?.does['backfill']?.some(says => says.includes('updated_at_ms'))).toBe(true);
      });
    });
  },
);

function writeMoments(home: CodexHome, before: readonly number[]): void {
  const newest = Date.parse('2026-11-20T12:00:00.300Z');
  const files = rolloutFiles(home.folder).sort();
  withDatabase(findStateDatabase(home.folder) ?? '', database => {
    const write = database.prepare(
      'UPDATE threads SET updated_at_ms = ?, updated_at = ? WHERE rollout_path = ?',
    );
    for (const [at, file] of files.entries()) {
      const seconds = (newest - (before[at % before.length] ?? 0)) / 1000;
      utimesSync(file, seconds, seconds);
      const ms = Number(statSync(file, { bigint: true }).mtimeNs / 1_000_000n);
      write.run(ms, Math.floor(ms / 1000), file);
    }
  });
}

const OCCASIONS = ['active', 'archived', 'backfill'] as const;
type Occasion = (typeof OCCASIONS)[number];

/** Null where Codex does not start, or starts by making its database anew: then no row is corrected. */
async function compare(codex: string, home: CodexHome, root: string) {
  const { snapshot } = await workOn(world, home.folder, codex).scan();
  if (snapshot.state === null) return null;
  const kept = path.join(root, 'kept');
  renameSync(home.folder, kept);
  const does: Record<string, readonly string[]> = {};
  const foreseen: Record<string, readonly string[]> = {};
  // Codex is not asked for a list before it has gone through its files.
  const isBehind = snapshot.state.backfill?.status !== 'complete';
  for (const occasion of isBehind ? (['backfill'] as const) : OCCASIONS) {
    // At the same place, since the rows name it.
    rmSync(home.folder, { recursive: true, force: true });
    cpSync(kept, home.folder, { recursive: true, preserveTimestamps: true });
    const observed = await observe(codex, home, occasion);
    if (observed === null) return null;
    does[occasion] = observed;
    foreseen[occasion] = predict(snapshot, occasion).map(sayCorrection).sort();
  }
  return { does, foreseen };
}

function predict(snapshot: Snapshot, occasion: Occasion): readonly Correction[] {
  const [codex] = snapshot.codexes;
  if (codex === undefined) return [];
  return occasion === 'backfill'
    ? correctionsByBackfill(snapshot, codex, null)
    : correctionsByList(snapshot, codex, occasion === 'archived');
}

const EVERYTHING = {
  ...{
    modelProviders: [],
    sourceKinds: ['cli', 'vscode', 'exec', 'appServer', 'subAgent', 'unknown'],
  },
  limit: 100,
};

async function observe(codex: string, home: CodexHome, occasion: Occasion) {
  if (occasion === 'backfill') forgetIndex(home);
  const before = rowsOf(home);
  try {
    const server = await startAppServer(codex, home.folder);
    if (occasion !== 'backfill')
      await server.ask('thread/list', { ...EVERYTHING, archived: occasion === 'archived' });
    await server.stop();
  } catch (error) {
    if (error instanceof StartFailure) return null;
    throw error;
  }
  return correctionsBetween(before, rowsOf(home)).map(sayCorrection).sort();
}

type Rows = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

function rowsOf({ folder }: CodexHome): Rows {
  return withDatabase(findStateDatabase(folder) ?? '', database =>
    Object.fromEntries(
      database
        .prepare('SELECT * FROM threads')
        .all()
        .map(row => [String(row['id']), row]),
    ),
  );
}

function correctionsBetween(before: Rows, after: Rows): readonly Correction[] {
  return Object.keys({ ...before, ...after }).flatMap((thread): Correction[] => {
    const [old, now] = [before[thread], after[thread]];
    if (old === undefined) return [{ thread, does: 'enters', columns: [] }];
    if (now === undefined) return [{ thread, does: 'takes out', columns: [] }];
    const columns = Object.keys(now).filter(column => old[column] !== now[column]);
    return columns.length === 0 ? [] : [{ thread, does: 'changes', columns }];
  });
}

function sayCorrection({ thread, does, columns }: Correction): string {
  return `${does} ${thread} ${[...columns].sort().join(' ')}`.trim();
}
