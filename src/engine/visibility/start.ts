// Does Codex start on this home, and what does the start make of the state database?

import type { Database, Migrations } from '../model/database.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { CodexInUse } from './codexRules.ts';
import { asIndexRow, rebuiltRows, refilledRows, type IndexRow } from './indexRows.ts';
import type { Look } from './look.ts';
import { no, unknown, YES, type Verdict } from './verdict.ts';

export interface Start {
  readonly starts: Verdict;
  /** Null when it is not known what they are. */
  readonly rows: readonly IndexRow[] | null;
  /** Why the rows are not known. */
  readonly why: string | null;
}

/** So long another Codex that goes through the files is waited for, if it still does. */
const LEASE_MS = 900_000;

export function predictStart(look: Look, codex: CodexInUse): Start {
  const { snapshot } = look;
  if (snapshot.gaps.some(({ source, extent }) => source === 'home' && extent === 'all'))
    return unclear('the home could not be looked at');
  for (const database of snapshot.databases.filter(one => one.family !== 'state')) {
    const starts = startsWithOther(database, codex, snapshot);
    if (starts.answer !== true) return { starts, rows: null, why: starts.why };
  }
  const database = snapshot.databases.findLast(one => one.family === 'state');
  if (database === undefined)
    return snapshot.gaps.some(({ source }) => source === 'state-database')
      ? unclear('the state database could not be looked at')
      : rebuilt(look);
  return startWithState(look, codex, database);
}

function startWithState(look: Look, codex: CodexInUse, database: Database): Start {
  const { trouble } = database;
  const { state } = look.snapshot;
  if (trouble !== null) return startWithTrouble(look, trouble.kind, trouble.why);
  if (database.migrations === null || state?.database.file !== database.file)
    return database.migrations?.recorded == null
      ? unclear('it is not known what Codex makes of its state database')
      : fails('the state database has no table of threads');
  const drift = driftOf(database, database.migrations, codex, look.snapshot);
  if (drift.answer !== true) return { starts: drift, rows: null, why: drift.why };
  if (state.rows.some(({ stopsStart }) => stopsStart))
    return fails('a row of the state database has a time that is no number');
  const rows = state.rows.map(row => asIndexRow(look, row));
  return afterBackfill(look, rows);
}

function startWithTrouble(look: Look, kind: string, why: string): Start {
  if (kind === 'folder') return fails('a folder lies where the state database should be');
  if (kind === 'unread') return unclear(`the state database could not be read: ${why}`);
  // Damage in a page that a start does not touch is only found by releases that look for it.
  if (kind === 'damaged' && !look.rules.checksDatabase)
    return unclear('it depends on the place of the damage whether Codex rebuilds its database');
  return rebuilt(look);
}

/** A start that finds the files not gone through to the end goes through them again. */
function afterBackfill(look: Look, rows: readonly IndexRow[]): Start {
  const backfill = look.snapshot.state?.backfill ?? null;
  const asTheyAre = { starts: YES, rows, why: null };
  if (backfill === null || backfill.status === 'complete') return asTheyAre;
  if (backfill.watermark !== null) return unclearRows('Codex goes through a part of the files');
  const ageMs = look.snapshot.takenAtMs - (backfill.updatedAtMs ?? 0);
  const isAbandoned = backfill.status === 'running' && ageMs > LEASE_MS;
  if (backfill.status === 'pending' || isAbandoned)
    return { starts: YES, rows: refilledRows(look, rows), why: null };
  return unclearRows(`the database says that going through the files is "${backfill.status}"`);
}

function rebuilt(look: Look): Start {
  return { starts: YES, rows: rebuiltRows(look), why: null };
}

function fails(why: string): Start {
  return { starts: no(`Codex does not start: ${why}`), rows: null, why };
}

function unclear(why: string): Start {
  return { starts: unknown(why), rows: null, why };
}

function unclearRows(why: string): Start {
  return { starts: YES, rows: null, why };
}

/** Other databases are opened at the start too; those that are damaged are made anew. */
function startsWithOther(database: Database, codex: CodexInUse, snapshot: Snapshot): Verdict {
  const { family, name, trouble, migrations } = database;
  const isOpened = ['goals', 'memories', 'queue'].includes(family);
  if (!isOpened && !(family === 'logs' && codex.rules.needsLog)) return YES;
  if (codex.migrations !== null && codex.migrations[name] === undefined) return YES;
  if (trouble?.kind === 'folder')
    return no(`Codex does not start: a folder lies where ${name} should be`);
  if (trouble !== null || migrations === null) return YES;
  return driftOf(database, migrations, codex, snapshot);
}

/** Migrations of the state database that run a second time without an error, at any time … */
const RERUNNABLE = [23, 31, 34, 35, 42, 50, 57];
/** … or once a later one has removed what they make; measured with the schema of 0.169. */
const RERUNNABLE_LATER = [2, 6, 14, 28, 29, 51];
const LATER = 62;

/** Whether Codex can bring a database up to date, or why it stops there. */
function driftOf(
  { name, family }: Database,
  migrations: Migrations,
  codex: CodexInUse,
  snapshot: Snapshot,
): Verdict {
  const stops = (why: string) => no(`Codex does not start: ${name} ${why}`);
  const { recorded, schemaVersions, newestKnown } = migrations;
  const newest = codex.migrations?.[name] ?? null;
  const mostKnown = newest ?? newestKnown ?? Infinity;
  if (recorded === null || recorded.length === 0)
    return stops('has lost its records of migrations');
  const known = recorded.filter(({ version }) => version <= mostKnown);
  const ends = lineEndsOf(codex, snapshot);
  for (const { version, success, family: kind } of known) {
    const which = `record of migration ${String(version)}`;
    if (!success) return stops(`has a ${which} that is not finished`);
    if (kind === 'foreign' || (kind !== 'unknown' && kind !== ends))
      return stops(`has a ${which} that this Codex did not write`);
    if (kind === 'unknown' && newest !== null) return unknown(`nothing is known of a ${which}`);
  }
  const last = Math.max(0, ...known.map(({ version }) => version));
  const ran = Math.max(last, ...schemaVersions.filter(one => newest === null || one <= newest));
  const isDone = new Set(known.map(({ version }) => version));
  const again = range(1, newest ?? ran).filter(version => !isDone.has(version) && version <= ran);
  const rerunnable =
    family !== 'state' ? [] : [...RERUNNABLE, ...(ran >= LATER ? RERUNNABLE_LATER : [])];
  if (again.some(version => !rerunnable.includes(version)))
    return stops(`lacks records of migrations that ran, the first of them ${String(again[0])}`);
  const isBehind = newest !== null && last < newest && again.length === 0;
  if (isBehind && !schemaVersions.includes(last))
    return unknown(`${name} is of no known version, and Codex would bring it up to date`);
  return YES;
}

/** Codex for Windows writes other checksums than the others, because of its line ends. */
function lineEndsOf({ codex }: CodexInUse, { databases, home }: Snapshot): 'lf' | 'crlf' {
  const known = databases.find(({ family }) => family === 'state')?.migrations?.known[0];
  if (codex?.firstChecksum != null && known !== undefined)
    return codex.firstChecksum === known.crlf ? 'crlf' : 'lf';
  return home.system === 'win32' ? 'crlf' : 'lf';
}

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}
