// Which records of migrations a database lacks. Pure reasoning about numbers: the migrations of
// each database of Codex are numbered from one on, without gaps.

import type { Database } from '../model/database.ts';
import type { Codex } from '../model/snapshot.ts';

/**
 * The migrations that ran and are not recorded; none where that cannot be proven. Two things prove
 * it: the schema is one that these migrations make, or a later one is recorded. So a database that
 * is merely older lacks nothing.
 */
export function missingRecords(
  { name, migrations }: Database,
  codexes: readonly Codex[],
): readonly number[] {
  if (migrations === null) return [];
  const { recorded, schemaVersions, newestKnown } = migrations;
  const versions = new Set((recorded ?? []).map(({ version }) => version).filter(isCount));
  const newest = newestOf([...versions]);
  // Of versions that share one schema, only the first must have run.
  const shown = schemaVersions[0] ?? 0;
  // Up to here the numbering is known; beyond it a number can be anything.
  const numbered = newestOf([newestKnown ?? 0, ...codexes.map(codex => codex.migrations?.[name] ?? 0)]);
  const followed = isContiguous(versions, newest) ? newest : Math.min(newest, numbered);
  const missing: number[] = [];
  for (let version = 1; version <= Math.max(shown, followed); version += 1)
    if (!versions.has(version)) missing.push(version);
  return missing;
}

/** The newest migration that is recorded; 0 when none is. */
export function newestRecord({ migrations }: Database): number {
  return newestOf((migrations?.recorded ?? []).map(({ version }) => version).filter(isCount));
}

/** Where most numbers are there, the numbering is plain and a missing one is a gap. */
function isContiguous(versions: ReadonlySet<number>, newest: number): boolean {
  return versions.size > newest / 2;
}

function isCount(version: number): boolean {
  return Number.isSafeInteger(version) && version > 0;
}

function newestOf(numbers: readonly number[]): number {
  return numbers.reduce((newest, number) => Math.max(newest, number), 0);
}
