// What is found wrong with real homes that were broken in every way that we know: the one check that
// is meant, about the right thread, and no other.

import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Finding } from '../../src/engine/model/finding.ts';
import type { Report } from '../../src/engine/model/report.ts';
import type { NodeWorld } from '../../src/node/world.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { breakages, breakHome } from '../support/codex/breakages.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { copyHome, homeKinds, makeHome, type CodexHome } from '../support/codex/makeHome.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';

/** Severity, check, and the threads that it is about, by their letters. */
const FOUND: Readonly<Record<string, string | readonly string[]>> = {
  'cwd-gone-both': 'warning thread-cwd-missing A',
  'both-provider-unknown': 'error provider-undefined A',
  'config-provider-other': 'warning provider-hides-threads A B C N E',
  'config-broken': 'error config-unreadable',
  'db-deleted': 'warning database-missing',
  'db-garbage': 'error database-damaged',
  'db-archived1': 'warning thread-archive-mismatch A',
  'db-archived0-file-archived': 'warning thread-archive-mismatch X',
  'row-deleted': 'warning thread-row-missing A',
  'row-deleted-archived': 'warning thread-row-missing X',
  'dup-path': 'error thread-bound-to-other A',
  'dup-path-file-gone': 'error thread-bound-to-other A',
  'ghost-row': 'error thread-bound-to-other another',
  'db-cwd-other': 'warning thread-cwd-mismatch A',
  'db-cwd-relative': 'warning thread-cwd-mismatch A',
  'db-provider-other': 'warning thread-provider-mismatch A',
  'db-source-exec': 'warning thread-source-mismatch A',
  'db-source-garbage': 'warning thread-source-mismatch A',
  'db-preview-empty': 'warning thread-preview-missing A',
  'backfill-pending-row-deleted': 'warning backfill-unfinished A',
  'db-bad-id': 'error row-undecodable another',
  'file-moved-to-archived': 'error thread-path-stale A',
  'file-moved-out-of-archived': 'error thread-path-stale X',
  'rollout-deleted': 'warning thread-file-missing A',
  'renamed-other-uuid': 'warning rollout-misnamed A',
  'renamed-badname': 'warning rollout-misnamed A',
  'wrong-date-dir': 'warning rollout-misnamed A',
  'two-rollouts-same-id': 'warning thread-file-duplicate A',
  'zst-row-deleted': 'warning thread-row-missing A',
  'zst-and-plain': 'note rollout-twin A',
  'ro-cwd-other': 'warning thread-cwd-mismatch A',
  'ro-provider-other': 'warning thread-provider-mismatch A',
  'ro-source-exec': 'warning thread-source-mismatch A',
  'meta-missing-cwd': 'error rollout-header-bad A',
  'meta-id-other': 'error rollout-id-mismatch A',
  'garbage-first': 'error rollout-header-bad A',
  'bom-first': 'error rollout-header-bad A',
  'meta-line-removed': 'error rollout-header-bad A',
  'trunc-last': 'note rollout-line-bad A',
  'empty-file': 'error rollout-header-bad A',
  'rows-missing:1': 'error migration-rows-missing',
  'rows-missing:3': 'error migration-rows-missing',
  'rows-middle:15': 'error migration-rows-missing',
  'table-gone': 'error migration-rows-missing',
  'checksum:10': 'error migration-checksum-foreign',
  'checksums-windows': 'error migration-checksum-foreign',
  partial: 'error migration-partial',
  'partial-newer': ['error migration-partial', 'warning migration-ahead'],
  'unknown-newer': 'warning migration-ahead',
  'drop-table:threads': 'error schema-object-missing',
  'drop-table:thread_spawn_edges': 'warning schema-object-missing',
  truncate: 'error database-damaged',
  'header-garbage': 'error database-damaged',
  // Here the name stands in the row alone; a thread with legacy history has it in a file as well.
  'db-name-cleared, paginated': 'warning thread-name-lost N',
  'history-db-deleted, paginated': 'warning thread-history-missing A B C N X E',
  // A thread that only ran a command has paginated history in any case.
  'history-db-deleted, legacy': 'warning thread-history-missing E',
};

/** Ways to change a home after which nothing is wrong with it, for Codex and for us. */
const HARMLESS = [
  ...['base', 'db-cwd-trailslash', 'db-name-cleared', 'index-name-cleared', 'db-future-updated'],
  ...['zst-path-plain', 'zst-path-zst', 'garbage-mid', 'no-final-newline', 'crlf', 'blank-lines'],
];

let world: NodeWorld;

beforeAll(() => {
  world = createOurWorld(inject('programs'));
});
afterAll(() => world.close());

test.each(homeKinds)('Codex %s, %s history', async (version, mode) => {
  const codex = await installCodex(version);
  const sound = await makeHome(version, mode);
  const expected: Record<string, readonly string[]> = {};
  const cutOff = new Set<string>();
  const found: Record<string, readonly string[]> = {};
  for (const { name } of breakages)
    await withScratchFolder(async root => {
      const home = copyHome(sound, path.join(root, 'home'));
      if (!breakHome(home, name)) return;
      const wanted = FOUND[`${name}, ${mode}`] ?? FOUND[name];
      expected[name] =
        HARMLESS.includes(name) && wanted === undefined ? [] : [wanted ?? 'untold'].flat();
      const { report, redacted } = await scan(home, codex);
      found[name] = report.findings.map(finding => inShort(finding, home));
      for (const reason of reasonsIn(redacted)) if (reason.includes('…')) cutOff.add(reason);
    });
  expect(found).toEqual(expected);
  expect(Object.keys(found).length).toBeGreaterThan(60);
  // A support bundle can be understood: none of our own words was taken out of it.
  expect([...cutOff]).toEqual([]);
});

async function scan({ folder }: CodexHome, codex: string) {
  const { engine, scan: look } = workOn(world, folder, codex);
  const report = await look();
  return { report, redacted: engine.redact(report) };
}

/** All sentences that say why something is so. */
function reasonsIn({ findings, checks, snapshot, visibility }: Report): readonly string[] {
  return [
    ...findings.map(({ says }) => says),
    ...checks.map(({ why }) => why ?? ''),
    ...snapshot.gaps.map(({ why }) => why),
    ...Object.values(visibility).flatMap(({ surfaces, resumable, ...lists }) =>
      [...Object.values(surfaces), ...Object.values(lists), resumable].map(({ why }) => why ?? ''),
    ),
  ];
}

function inShort({ severity, check, threads }: Finding, { ids }: CodexHome): string {
  const letters = threads.map(
    id => Object.entries(ids).find(([, known]) => known === id)?.[0] ?? 'another',
  );
  return [severity, check, ...letters].join(' ');
}
