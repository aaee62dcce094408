// Does Codex start on this home, and what does the start make of the state database?

import type { Database, Migrations } from '../model/database.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { CodexInUse } from './codexRules.ts';
import { asIndexRow, rebuiltRows, refilledRows, rowsBoundTo, type IndexRow } from './indexRows.ts';
import { isInLogDir } from './logPlace.ts';
import type { Look } from './look.ts';
import { choosesPersonality } from './personality.ts';
import { firstListed } from './scanList.ts';
import { no, unknown, YES, type Verdict } from './verdict.ts';

export interface Start {
  readonly starts: Verdict;
  /** Null when it is not known what they are. */
  readonly rows: readonly IndexRow[] | null;
  /** Why the rows are not known. */
  readonly why: string | null;
}

/** While another Codex goes through the files, a start waits half a minute and gives up. */
const WAIT_MS = 30_000;

/** So long after its last sign of life another Codex is taken to be still at it. */
const LEASE_MS = 900_000;

export function predictStart(look: Look, codex: CodexInUse): Start {
  return afterChoosing(look, predictOpening(look, codex));
}

function predictOpening(look: Look, codex: CodexInUse): Start {
  const { snapshot } = look;
  if (snapshot.gaps.some(({ source, extent }) => source === 'home' && extent === 'all'))
    return unclear('the home could not be looked at');
  if (look.hasBadConfig && snapshot.home.sqliteHomeFrom === 'config')
    return unclear('Codex does not take config.toml, and keeps its databases elsewhere then');
  for (const database of snapshot.databases.filter(one => one.family !== 'state')) {
    const { answer, why } = startsWithOther(database, codex, snapshot);
    if (answer === false) return fails(why ?? '');
    if (answer === 'unknown') return unclear(why ?? '');
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
  if (drift.answer === false) return fails(drift.why ?? '');
  if (drift.answer === 'unknown') return unclear(drift.why ?? '');
  if (state.rows.some(({ stopsStart }) => stopsStart))
    return fails('a row of the state database has a time that is no number');
  const missing = database.migrations.missingObjects;
  if (missing.includes('table backfill_state'))
    return fails('the state database has lost its table backfill_state');
  if (missing.some(object => object.startsWith('table threads ')))
    return unclearRows('the table of threads is not as Codex made it');
  return afterBackfill(
    look,
    state.rows.map(row => asIndexRow(look, row)),
  );
}

/** What is left of it when Codex has looked for the newest thread, to find out whether there is any. */
function afterChoosing(look: Look, start: Start): Start {
  if (start.rows === null || !choosesPersonality(look.snapshot, look.rules.measured)) return start;
  const first = firstListed(look);
  if (first === 'none') return start;
  return first === null
    ? unclearRows(
        'Codex looks for the newest thread when it starts here first, and corrects its row',
      )
    : { ...start, rows: rowsBoundTo(look, start.rows, first) };
}

function startWithTrouble(look: Look, kind: string, why: string): Start {
  if (kind === 'folder') return fails('a folder lies where the state database should be');
  if (kind === 'unread') return unclear(`the state database could not be read: ${why}`);
  // Damage in a page that a start does not touch is only found by releases that look for it.
  if (kind === 'damaged' && !look.rules.checksDatabase)
    return unclear('it depends on the place of the damage whether Codex rebuilds its database');
  return rebuilt(look);
}

/** A start that finds the files not gone through to the end goes through the rest of them. */
function afterBackfill(look: Look, rows: readonly IndexRow[]): Start {
  const { state } = look.snapshot;
  // Without a record Codex makes one that says that nothing was done yet.
  const { status, watermark, updatedAtMs } = state?.backfill ?? NOTHING_DONE;
  if (status === 'complete') return { starts: YES, rows, why: null };
  if (status !== 'pending' && status !== 'running')
    return fails(`its database says that going through the files is "${status}"`);
  const leftMs = status === 'running' ? (updatedAtMs ?? 0) + LEASE_MS - look.snapshot.takenAtMs : 0;
  if (leftMs > WAIT_MS) return fails('another Codex goes through the files, or was stopped at it');
  if (leftMs > 0) return unclear('another Codex went through the files a quarter of an hour ago');
  const refilled = refilledRows(look, rows, watermark);
  return refilled === null
    ? unclearRows('going through the files may cure the row that cannot be read')
    : { starts: YES, rows: refilled, why: null };
}

const NOTHING_DONE = { status: 'pending', watermark: null, updatedAtMs: null };

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

/** The database of paginated histories is only opened with the first thread that has one. */
export function opensHistory(codex: CodexInUse, snapshot: Snapshot): Verdict {
  const history = snapshot.databases.find(({ family }) => family === 'thread_history');
  if (history === undefined || history.trouble?.kind === 'empty') return YES;
  const { trouble, migrations, name } = history;
  if (trouble?.kind === 'unread') return unknown(`${name} could not be read: ${trouble.why}`);
  if (trouble !== null) return no(`${name} is damaged, and paginated history needs it`);
  if (migrations === null) return unknown(`the migrations of ${name} could not be read`);
  const { answer, why } = driftOf(history, migrations, codex, snapshot);
  return answer === true
    ? YES
    : { answer, why: `${name} cannot be used for paginated history: ${why ?? ''}` };
}

/** Other databases are opened at the start too; those that are damaged are made anew. */
function startsWithOther(database: Database, codex: CodexInUse, snapshot: Snapshot): Verdict {
  const { family, name, trouble, migrations } = database;
  const isOpened = ['goals', 'memories', 'queue'].includes(family);
  const { heedsLogDir, needsLog } = codex.rules;
  const isApart = isInLogDir(database, snapshot.home);
  const isItsLog = family === 'logs' && (snapshot.home.logDir === null || isApart === heedsLogDir);
  if (!isOpened && !(isItsLog && needsLog)) return YES;
  if (codex.migrations !== null && codex.migrations[name] === undefined) return YES;
  if (trouble?.kind === 'folder') return no(`a folder lies where ${name} should be`);
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
  const stops = (why: string) => no(`${name} ${why}`);
  const { recorded, schemaVersions, newestKnown } = migrations;
  const newest = codex.migrations?.[name] ?? null;
  const mostKnown = newest ?? newestKnown ?? Infinity;
  if (recorded === null || recorded.length === 0)
    return stops('has lost its records of migrations');
  // Also one that this Codex does not know (seen from 0.142 to 0.169).
  const unfinished = recorded.find(({ success }) => !success);
  if (unfinished !== undefined)
    return stops(`has a ${nameOfRecord(unfinished.version)} that is not finished`);
  const known = recorded.filter(({ version }) => version <= mostKnown);
  const ends = lineEndsOf(codex, snapshot);
  for (const { version, family: kind } of known) {
    const which = nameOfRecord(version);
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

function nameOfRecord(version: number): string {
  return `record of migration ${String(version)}`;
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
