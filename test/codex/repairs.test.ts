// Real homes that were broken in every way that we know are repaired, and the real Codex is asked what
// it makes of them; then the repair is undone, and the home is exactly the broken one again.

import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Report } from '../../src/engine/model/report.ts';
import type { NodeWorld } from '../../src/node/world.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { breakages, breakHome } from '../support/codex/breakages.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { homePicture, pictureDifferences } from '../support/codex/homePicture.ts';
import { inParallel } from '../support/codex/inParallel.ts';
import {
  copyHome,
  homeKinds,
  makeHome,
  type CodexHome,
  type HistoryMode,
} from '../support/codex/makeHome.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';
import { askOracle, type OracleAnswer, type ThreadAnswer } from '../support/codex/oracle.ts';

const LANES = 2;

const ALL = { findings: 'all', cure: null } as const;

/** `BREAKAGES` names some of them, for whoever works on one. */
const CHOSEN = process.env['BREAKAGES']?.split(',');

let world: NodeWorld;

beforeAll(() => {
  world = createOurWorld(inject('programs'));
});
afterAll(() => world.close());

test.each(homeKinds)('Codex %s, %s history', async (version, mode) => {
  const codex = await installCodex(version);
  const sound = await makeHome(version, mode);
  const before = await withScratchFolder(root =>
    askOracle(codex, copyHome(sound, path.join(root, 'home'))),
  );
  const wanted = breakages.filter(({ name }) => CHOSEN?.includes(name) ?? true);
  const came = await inParallel(LANES, wanted, ({ name }) =>
    withScratchFolder(async root => {
      const home = copyHome(sound, path.join(root, 'home'));
      return breakHome(home, name) ? [name, await tryOut(codex, home, before)] : [name, null];
    }),
  );
  const tried = came.filter(([, outcome]) => outcome !== null);
  expect(Object.fromEntries(tried)).toEqual(
    Object.fromEntries(tried.map(([name]) => [name, expectedOf(String(name), mode)])),
  );
  expect(tried.length).toBeGreaterThan(CHOSEN === undefined ? 60 : 0);
});

function expectedOf(name: string, mode: HistoryMode): string {
  return (
    EXPECTED[`${name}, ${mode}`] ?? EXPECTED[name] ?? (NOT_FOR_ALL.includes(name) ? NO_PLAN : '')
  );
}

const NO_PLAN = 'no plan';

/** Nothing is wrong, or what is wrong needs a choice, or advice is all there is. */
const NOT_FOR_ALL = [
  ...['base', 'blank-lines', 'crlf', 'garbage-mid', 'no-final-newline', 'trunc-last'],
  ...[
    'db-cwd-trailslash',
    'db-future-updated',
    'index-name-cleared',
    'unknown-newer',
    'partial-newer',
  ],
  ...['zst-and-plain', 'zst-path-plain', 'zst-path-zst', 'config-broken', 'config-provider-other'],
  ...['both-provider-unknown', 'cwd-gone-both', 'rollout-deleted', 'checksum:10'],
  ...['drop-table:threads', 'drop-table:thread_spawn_edges'],
];

/** Where a healed home is not the one from before: what was lost is lost, and some things are taken as meant. */
const EXPECTED: Readonly<Record<string, string>> = {
  'db-name-cleared, legacy': NO_PLAN,
  // The flag of the database is what somebody wanted.
  'db-archived1': 'A archived newest50 resumable',
  'db-archived0-file-archived': 'X archived newest50 resumable',
  // The file is where somebody has put it.
  'file-moved-to-archived': 'A archived newest50 resumable',
  'file-moved-out-of-archived': 'X archived newest50 resumable',
  // The first line is believed.
  'ro-source-exec': 'A scanList databaseList newest50',
  'ro-provider-other': 'A scanList databaseList newest50',
  'dup-path-file-gone': 'A scanList databaseList newest50 turns resumable',
  'empty-file':
    'still found: thread-file-missing; A scanList databaseList newest50 turns resumable',
  // Codex fills the history of an archived thread when it is taken out and opened.
  'history-db-deleted, paginated': 'X turns',
};

async function tryOut(codex: string, home: CodexHome, before: OracleAnswer): Promise<string> {
  const broken = homePicture(home.folder);
  const { repairs, scan } = workOn(world, home.folder, codex);
  const report = await scan();
  const plan = await repairs.plan(report, ALL);
  if (plan.units.length === 0) return NO_PLAN;
  const applied = await repairs.apply(report, scan, { choice: ALL, sha: plan.sha, vault: null });
  const answer = await askOracle(codex, home);
  const { left } = await repairs.undo(await scan(), null, null);
  return [
    ...applied.receipt.unplanned.map(says => `unplanned: ${says}`),
    ...applied.receipt.failed.map(({ what, why }) => `failed ${what}: ${why}`),
    ...applied.confirmation.missing.map(
      id => `not confirmed: ${id} (${applied.confirmation.why ?? ''})`,
    ),
    ...graveFindings(applied.after).map(id => `still found: ${id.replace(/:.*/, '')}`),
    ...differencesOf(before, answer, home),
    ...left.map(({ what, why }) => `not undone: ${what}: ${why}`),
    ...pictureDifferences(broken, homePicture(home.folder)).map(name => `not undone: ${name}`),
    ...(graveFindings(report).join() === graveFindings(await scan()).join()
      ? []
      : ['found other things after undo']),
  ].join('; ');
}

function graveFindings({ findings }: Report): readonly string[] {
  return findings.filter(({ severity }) => severity !== 'note').map(({ id }) => id);
}

/** What Codex answers otherwise than about the home before it was broken. */
function differencesOf(
  before: OracleAnswer,
  after: OracleAnswer,
  { ids }: CodexHome,
): readonly string[] {
  if (!after.started) return ['Codex does not start'];
  return Object.entries(ids).flatMap(([letter, id]) => {
    const [one, other] = [before.threads[id], after.threads[id]];
    const names = ANSWERS.filter(name => one?.[name] !== other?.[name]);
    return names.length === 0 ? [] : [`${letter} ${names.join(' ')}`];
  });
}

const ANSWERS: readonly (keyof ThreadAnswer)[] = [
  ...(['archived', 'scanList', 'databaseList', 'newest50', 'turns', 'resumable'] as const),
];
