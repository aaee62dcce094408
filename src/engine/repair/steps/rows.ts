// Rows of one table, each held against its before-image inside the transaction that changes it.

import type { Columns, Left, RowChange, RowsStep } from '../../model/plan.ts';
import type { Transaction } from '../../hands.ts';
import { literal } from '../../model/literal.ts';
import { Stale, type Answer, type Ground, type StepHandler } from './step.ts';

export const rows: StepHandler<RowsStep> = {
  describe: ({ table, changes, database }) => {
    const made = changes.filter(one => one.before === null && !isKept(one)).length;
    const taken = changes.filter(one => one.after === null && !isKept(one)).length;
    const kept = changes.filter(isKept).length;
    const changed = changes.length - made - taken - kept;
    const parts = [
      [made, 'adds', 'to'],
      [changed, 'changes', 'in'],
      [taken, 'takes', 'out of'],
      [kept, 'relies on', 'of'],
    ] as const;
    const said = parts
      .filter(([count]) => count > 0)
      .map(
        ([count, verb, where]) =>
          `${verb} ${String(count)} ${count === 1 ? 'row' : 'rows'} ${where} ${table}`,
      );
    return `${said.join(', ')} (${database})`;
  },
  touches: ({ database, table, changes }) =>
    changes.map(({ key }) => `${database} › ${table} › ${Object.values(key).join(', ')}`),
  backupBytes: ({ changes }) => JSON.stringify(changes.map(({ before }) => before)).length,
  whyStale: async (step, ground) => (await whyStaleTogether([step], ground))[0] ?? null,
  apply: async (step, ground) => {
    const [why = null] = await applyTogether([step], ground);
    if (why !== null) throw new Stale(why);
  },
  undo: async (step, ground) => {
    const [answer] = await undoTogether([step], ground, false);
    if (answer?.error != null) throw answer.error;
    return answer?.result ?? [];
  },
};

/** Gives a row these values, whatever it has; makes it where there is none. Throws when it does not take them. */
export function putRow(
  transaction: Transaction,
  table: string,
  key: Columns,
  values: Columns,
): void {
  const isMade = isAsIn(transaction, table, key, null);
  write(transaction, table, key, isMade ? null : {}, values);
}

export function hasRow(transaction: Transaction, table: string, key: Columns): boolean {
  return !isAsIn(transaction, table, key, null);
}

/** None when there is no such table. */
export function columnsOf(transaction: Transaction, table: string): readonly string[] {
  return transaction
    .ask(`SELECT name FROM pragma_table_info(${checked(literal(table))})`)
    .map(([column]) => String(column));
}

/** What is only relied on: undoing leaves everything as it is when this has changed since. */
function isKept({ before, after }: RowChange): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}

/** For each of the steps why it is stale; one look for all that are about one database. */
export function whyStaleTogether(
  steps: readonly RowsStep[],
  ground: Ground,
): Promise<readonly (string | null)[]> {
  const look = (step: RowsStep, transaction: Transaction) => {
    const { result, error } = attempt(() => whyStale(step, transaction));
    return error?.message ?? result;
  };
  return together(steps, ground, look, sayGone);
}

/**
 * For each of the steps why it was not done. Those about one database are one transaction, and one wait
 * for the disk; one that cannot be done leaves nothing behind in it.
 */
export function applyTogether(
  steps: readonly RowsStep[],
  ground: Ground,
): Promise<readonly (string | null)[]> {
  const change = ({ table, makes, changes }: RowsStep, transaction: Transaction) => {
    const { error } = inSavepoint(transaction, false, () => {
      if (makes !== undefined) transaction.run(makes);
      for (const change of changes) applyChange(transaction, table, change);
    });
    return error === null ? null : error.message;
  };
  return together(steps, ground, change, sayGone);
}

/** For each of the steps what is left; `isRehearsal`: what would be, and nothing is done. */
export function undoTogether(
  steps: readonly RowsStep[],
  ground: Ground,
  isRehearsal: boolean,
): Promise<readonly Answer<readonly Left[]>[]> {
  const putBack = (step: RowsStep, transaction: Transaction) => {
    const { result, error } = inSavepoint(transaction, isRehearsal, () =>
      undoStep(step, transaction),
    );
    return { result: result ?? [], error };
  };
  return together<Answer<readonly Left[]>>(steps, ground, putBack, ({ database, changes }) => ({
    // What was only added has gone with it.
    result: changes.every(({ before }) => before === null) ? [] : [{ what: database, why: GONE }],
    error: null,
  }));
}

/** All of the work or nothing of it; when it is only rehearsed, nothing of it in any case. */
export function inSavepoint<T>(
  transaction: Transaction,
  isRehearsal: boolean,
  work: () => T,
): Answer<T | null> {
  transaction.run('SAVEPOINT step');
  const answer = attempt(work);
  try {
    if (isRehearsal || answer.error !== null) transaction.run('ROLLBACK TO step');
  } catch (error) {
    // A full disk ends the whole transaction, and that is what is to be said.
    throw answer.error ?? error;
  }
  transaction.run('RELEASE step');
  return answer;
}

function attempt<T>(work: () => T): Answer<T | null> {
  try {
    return { result: work(), error: null };
  } catch (error) {
    return { result: null, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** `gone`: the answer for a database that is not there any more, and must not be made by opening it. */
async function together<T>(
  steps: readonly RowsStep[],
  { world, hands }: Ground,
  handle: (step: RowsStep, transaction: Transaction) => T,
  gone: (step: RowsStep) => T,
): Promise<readonly T[]> {
  const answers: T[] = [];
  for (const database of new Set(steps.map(step => step.database))) {
    const about = [...steps.entries()].filter(([, step]) => step.database === database);
    const state = await world.files.stat(database);
    if (!state.ok && state.trouble.code === 'missing')
      for (const [at, step] of about) answers[at] = gone(step);
    else
      await hands.transact(database, transaction => {
        for (const [at, step] of about) answers[at] = handle(step, transaction);
      });
  }
  return answers;
}

const GONE = 'it is not there any more';

function sayGone({ database }: RowsStep): string {
  return `${database}: ${GONE}`;
}

function whyStale({ table, makes, changes }: RowsStep, transaction: Transaction): string | null {
  if (isThere(transaction, table) === (makes !== undefined))
    return `the table ${table} ${makes === undefined ? 'is not there' : 'is there again'}`;
  if (makes !== undefined) return null;
  const stale = changes.find(({ key, before }) => !isAsIn(transaction, table, key, before));
  return stale === undefined ? null : sayStale(table, stale.key);
}

function isThere(transaction: Transaction, table: string): boolean {
  return count(transaction, 'sqlite_master', `name IS ${checked(literal(table))}`) > 0;
}

function applyChange(transaction: Transaction, table: string, change: RowChange): void {
  const { key, before, after } = change;
  // Here nobody can come between looking and writing.
  if (!isAsIn(transaction, table, key, before)) throw new Stale(sayStale(table, key));
  if (!isKept(change)) write(transaction, table, key, before, after);
}

function sayStale(table: string, key: Columns): string {
  return `the row ${nameOf(key)} of ${table} has changed since the plan was made`;
}

function undoStep({ table, makes, changes }: RowsStep, transaction: Transaction): readonly Left[] {
  if (!isThere(transaction, table)) return [];
  const left = changes.toReversed().flatMap(change => {
    const one = undoChange(transaction, table, change);
    return one === null ? [] : [one];
  });
  if (makes !== undefined && count(transaction, table, '1') === 0)
    transaction.run(`DROP TABLE ${name(table)}`);
  return left;
}

function undoChange(transaction: Transaction, table: string, change: RowChange): Left | null {
  const { key, before, after } = change;
  if (isAsIn(transaction, table, key, before)) return null;
  if (!isAsIn(transaction, table, key, after))
    return { what: `the row ${nameOf(key)} of ${table}`, why: 'it has been changed since' };
  write(transaction, table, key, after, before);
  return null;
}

/** Whether there is one such row and it has these values; null means that there is none. */
function isAsIn(
  transaction: Transaction,
  table: string,
  key: Columns,
  columns: Columns | null,
): boolean {
  if (columns === null) return count(transaction, table, where(key)) === 0;
  const like = Object.keys(columns).length === 0 ? '1' : where(columns);
  const [row] = transaction.ask(
    `SELECT count(*), total(${like}) FROM ${name(table)} WHERE ${where(key)}`,
  );
  return Number(row?.[0]) === 1 && Number(row?.[1]) === 1;
}

function write(
  transaction: Transaction,
  table: string,
  key: Columns,
  from: Columns | null,
  to: Columns | null,
): void {
  if (to === null) {
    transaction.run(`DELETE FROM ${name(table)} WHERE ${where(key)}`);
    return;
  }
  const all = { ...key, ...to };
  const update = `UPDATE ${name(table)} SET ${list(to, ' = ', ', ')} WHERE ${where(key)}`;
  if (from === null) {
    const columns = Object.keys(all).map(name).join(', ');
    const values = Object.values(all).map(checked).join(', ');
    transaction.run(`INSERT INTO ${name(table)} (${columns}) VALUES (${values})`);
  } else transaction.run(update);
  // Triggers of Codex keep times in step with each other, and may have changed what was written.
  if (!isAsIn(transaction, table, key, to)) transaction.run(update);
  if (!isAsIn(transaction, table, key, to))
    throw new Stale(`the row ${nameOf(key)} of ${table} did not take what was written`);
}

function count(transaction: Transaction, table: string, condition: string): number {
  const rows = transaction.ask(`SELECT count(*) FROM ${name(table)} WHERE ${condition}`);
  return Number(rows[0]?.[0] ?? 0);
}

function where(columns: Columns): string {
  return list(columns, ' IS ', ' AND ');
}

function list(columns: Columns, between: string, separator: string): string {
  return Object.entries(columns)
    .map(([column, literal]) => `${name(column)}${between}${checked(literal)}`)
    .join(separator);
}

function name(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

function nameOf(key: Columns): string {
  return Object.values(key).join(', ');
}

const LITERAL =
  /^(?:NULL|-?\d+|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|-?9\.0e\+999|'(?:[^']|'')*'|X'[0-9A-Fa-f]*'|CAST\(X'[0-9A-Fa-f]*' AS TEXT\))$/;

/** A plan is read back from disk to be undone: nothing but a value gets into a statement. */
function checked(literal: string): string {
  if (!LITERAL.test(literal)) throw new Error(`this is no value: ${literal.slice(0, 100)}`);
  return literal;
}
