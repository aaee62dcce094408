// Writes into a database that Codex has made anew what it does not know. Codex has ended by then,
// and nobody else has the home open.

import type { Transaction } from '../hands.ts';
import type { FilePath } from '../model/words.ts';
import type { Columns, CopiedRows, KnownRow, Left, Replay } from '../model/plan.ts';
import { literal } from '../model/literal.ts';
import { readThreadRows } from '../scan/closer/threadTables.ts';
import type { Ground } from './steps/step.ts';
import { columnsOf, hasRow, inSavepoint, putRow } from './steps/rows.ts';

/** So many in one transaction: Codex waits five seconds for a database, and we take two at most. */
const AT_ONCE = 1000;

/** What could not be put back; nothing when all of it was. */
export async function replayRows(
  database: FilePath,
  { finding, rows, copies = [] }: Replay,
  ground: Pick<Ground, 'world' | 'hands'>,
): Promise<readonly Left[]> {
  const left = await putRows(database, finding, rows, ground);
  for (const copy of copies) left.push(...(await copyRows(finding, copy, ground)));
  return left;
}

/** So many threads at once: their rows are held in memory. */
const THREADS_AT_ONCE = 20;

/** The rows are read of a database that nobody has open, and are written as they stand there. */
async function copyRows(
  finding: string,
  { from, to, tables, threads }: CopiedRows,
  { world, hands }: Pick<Ground, 'world' | 'hands'>,
): Promise<readonly Left[]> {
  for (let at = 0; at < threads.length; at += THREADS_AT_ONCE) {
    const some = threads.slice(at, at + THREADS_AT_ONCE);
    const read = await readThreadRows(world, from, tables, some);
    if (read === null) return [{ what: finding, why: `${from} could not be read` }];
    if (read.length === 0) continue;
    // Codex makes some of its databases only when it needs them.
    const isThere = (await world.files.stat(to)).ok;
    if (!isThere) return [{ what: finding, why: `Codex has not made ${to}` }];
    const rows = read.map(({ table, key, values }) => ({ table, key, values, makes: true }));
    const left = await putRows(to, finding, rows, { hands });
    if (left.length > 0) return left;
  }
  return [];
}

async function putRows(
  database: FilePath,
  finding: string,
  rows: readonly KnownRow[],
  { hands }: Pick<Ground, 'hands'>,
): Promise<Left[]> {
  const reasons: string[] = [];
  for (let from = 0; from < rows.length; from += AT_ONCE)
    await hands.transact(database, transaction => {
      const columns = new Map<string, readonly string[]>();
      for (const { table } of rows)
        if (!columns.has(table)) columns.set(table, columnsOf(transaction, table));
      for (const row of rows.slice(from, from + AT_ONCE)) {
        const why = put(transaction, row, columns.get(row.table) ?? []);
        if (why !== null) reasons.push(why);
      }
    });
  const [first] = reasons;
  if (first === undefined) return [];
  const count = `${String(reasons.length)} of ${String(rows.length)}`;
  const why = `of what Codex does not make by itself ${count} entries could not be put back: ${first}`;
  return [{ what: finding, why }];
}

function put(
  transaction: Transaction,
  { table, key, values, makes }: KnownRow,
  columns: readonly string[],
): string | null {
  if (columns.length === 0) return `the new database has no table ${table}`;
  const lacking = Object.keys(values).filter(column => !columns.includes(column));
  const known = Object.entries(values).filter(([column]) => columns.includes(column));
  const { error } = inSavepoint(transaction, false, () => {
    if (!makes && !hasRow(transaction, table, key)) throw new Error(sayNoRow(key));
    refuseDangling(transaction, table, { ...key, ...Object.fromEntries(known) });
    if (known.length > 0) putRow(transaction, table, key, Object.fromEntries(known));
  });
  const [first] = lacking;
  if (error !== null) return error.message;
  return first === undefined ? null : `the new database has no column ${table}.${first}`;
}

/**
 * What a row belongs to has to be there. Databases are written without that check, and a thread in a section
 * that there is not can be read by no Codex: every list would end there.
 */
function refuseDangling(transaction: Transaction, table: string, values: Columns): void {
  const links = transaction.ask(
    `SELECT "from", "table", "to" FROM pragma_foreign_key_list(${literal(table)})`,
  );
  for (const [from, target, to] of links) {
    const value = values[String(from)];
    if (value !== undefined && !hasRow(transaction, String(target), { [String(to)]: value }))
      throw new Error(`there is no entry ${value} in ${String(target)}`);
  }
}

function sayNoRow(key: Columns): string {
  return `Codex has made no entry for ${Object.values(key).join(', ')}`;
}
