// Which records of migrations a database lacks. Pure reasoning about numbers: the migrations of
// each database of Codex are numbered from one on, without gaps.

import type { Database } from '../../model/database.ts';

/**
 * The migrations that ran and are not recorded; none where that cannot be proven. What proves it is
 * the schema, when it is one that these migrations make: so a database that is merely older lacks
 * nothing. Of a schema that is not known, only gaps between records are evident.
 */
export function missingRecords({ migrations }: Database): readonly number[] {
  if (migrations === null) return [];
  const { recorded, schemaVersions } = migrations;
  const versions = new Set((recorded ?? []).map(({ version }) => version).filter(isCount));
  // Of versions that share one schema, only the first must have run.
  const last = schemaVersions[0] ?? endOfNumbering(versions);
  const missing: number[] = [];
  for (let version = 1; version <= last; version += 1)
    if (!versions.has(version)) missing.push(version);
  return missing;
}

/** Up to here most numbers are there, and one that is not is a gap; beyond, anything may be meant. */
function endOfNumbering(versions: ReadonlySet<number>): number {
  const ascending = [...versions].sort((one, other) => one - other);
  return ascending.findLast((version, index) => index + 1 > version / 2) ?? 0;
}

/** The newest migration that is recorded; 0 when none is. */
export function newestRecord({ migrations }: Database): number {
  const versions = (migrations?.recorded ?? []).map(({ version }) => version).filter(isCount);
  return versions.reduce((newest, version) => Math.max(newest, version), 0);
}

function isCount(version: number): boolean {
  return Number.isSafeInteger(version) && version > 0;
}
