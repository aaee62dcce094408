// A database that is put into the vault comes back whole, also when Codex has made a new one meanwhile:
// that one goes into the vault, and none of it is left beside the old one.

import { describe, expect, test } from 'vitest';
import { putDatabaseAway } from '../../src/engine/checks/cures/curing.ts';
import { apply } from '../../src/engine/repair/apply.ts';
import { recover, takeBack } from '../../src/engine/repair/undo.ts';
import { stateOf } from '../../src/engine/repair/vault.ts';
import { HOME } from '../support/home.ts';
import { sql } from '../support/memoryWorld.ts';
import { createBench, planOf, type Bench } from './specimens.ts';

const DATABASE = `${HOME}/goals_1.sqlite`;
const PARTS = [DATABASE, `${DATABASE}-wal`, `${DATABASE}-shm`];
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** What the three parts hold; null for one that is not there. */
function partsOf({ built }: Bench): readonly (string | null)[] {
  return PARTS.map(part => {
    const found = built.files.get(part);
    return found === undefined ? null : new TextDecoder().decode(found.bytes);
  });
}

function withDatabase(...parts: readonly (string | null)[]) {
  const bench = createBench();
  const facts = PARTS.flatMap((file, index) => {
    const text = parts[index] ?? null;
    if (text === null) return [];
    bench.built.files.set(file, { bytes: bytesOf(text), modifiedMs: 1000 + index });
    return [{ file, bytes: text.length, modifiedMs: 1000 + index }];
  });
  const [database, ...beside] = facts;
  if (database === undefined) throw new Error('there is no database');
  return { bench, plan: planOf(putDatabaseAway(database, beside)) };
}

function remade({ built }: Bench, ...parts: readonly (string | null)[]): void {
  for (const [index, file] of PARTS.entries()) {
    const text = parts[index] ?? null;
    if (text !== null) built.files.set(file, { bytes: bytesOf(text), modifiedMs: 9000 });
  }
}

/** A database as Codex makes it, in which these threads have goals. */
function goals(...threads: readonly string[]): Uint8Array {
  const database = new sql.Database();
  database.run('CREATE TABLE _sqlx_migrations (version); INSERT INTO _sqlx_migrations VALUES (1)');
  database.run('CREATE TABLE thread_goals (thread_id, objective)');
  for (const id of threads) database.run('INSERT INTO thread_goals VALUES (?, NULL)', [id]);
  const bytes = database.export();
  database.close();
  return bytes;
}

async function undone(bench: Bench) {
  const repair = (await bench.site.vault.repairs()).at(-1);
  if (repair === undefined) throw new Error('nothing was written down');
  return takeBack(bench.site, repair);
}

const KINDS: readonly (readonly [string, readonly (string | null)[]])[] = [
  ['all of it', ['old', 'old log', 'old index']],
  ['with its log', ['old', 'old log']],
  ['alone', ['old']],
];

describe.each(KINDS)('%s', (_, parts) => {
  const expected = PARTS.map((__, index) => parts[index] ?? null);

  test('goes, and comes back', async () => {
    const { bench, plan } = withDatabase(...parts);
    const { failed } = await apply(bench.site, plan, null, () => undefined);
    expect([failed, partsOf(bench)]).toEqual([[], [null, null, null]]);
    expect((await undone(bench)).left).toEqual([]);
    expect(partsOf(bench)).toEqual(expected);
  });

  test.each([
    ['with a log', ['new', 'new log', 'new index']],
    ['without one', ['new']],
    ['of which only the log is left', [null, 'new log']],
  ] as const)('comes back where Codex has made another one %s', async (__, made) => {
    const { bench, plan } = withDatabase(...parts);
    await apply(bench.site, plan, null, () => undefined);
    remade(bench, ...made);
    expect((await undone(bench)).left).toEqual([]);
    expect(partsOf(bench)).toEqual(expected);
    const kept = [...bench.built.files].filter(([file]) => file.includes('/made-since-'));
    expect(kept.map(([, { bytes }]) => new TextDecoder().decode(bytes)).sort()).toEqual(
      made.filter(text => text !== null).sort(),
    );
  });

  test('stays away where somebody has used the one that Codex has made since', async () => {
    const { bench, plan } = withDatabase(...parts);
    await apply(bench.site, plan, null, () => undefined);
    bench.built.files.set(DATABASE, { bytes: goals('one'), modifiedMs: 9000 });
    expect((await undone(bench)).left).toEqual([
      { what: DATABASE, why: 'what somebody has entered since is in it' },
    ]);
    expect([bench.built.files.get(DATABASE)?.bytes, partsOf(bench).slice(1)]).toEqual([
      goals('one'),
      [null, null],
    ]);
  });

  test('comes back where Codex has made another one, and nobody has used that', async () => {
    const { bench, plan } = withDatabase(...parts);
    await apply(bench.site, plan, null, () => undefined);
    bench.built.files.set(DATABASE, { bytes: goals(), modifiedMs: 9000 });
    expect((await undone(bench)).left).toEqual([]);
    expect(partsOf(bench)).toEqual(expected);
  });

  test('stopped at any operation, it is there whole', async () => {
    for (let stop = 0; ; stop += 1) {
      const { bench, plan } = withDatabase(...parts);
      bench.memory.stopAfter(stop, true);
      const isStopped = await apply(bench.site, plan, null, () => undefined).then(
        () => false,
        () => true,
      );
      bench.memory.restart();
      if (!isStopped) return;
      await recover(bench.site);
      expect([stop, partsOf(bench)]).toEqual([stop, expected]);
    }
  });

  test('stopped at any operation while it comes back, the next undo goes on', async () => {
    for (let stop = 0; ; stop += 1) {
      const { bench, plan } = withDatabase(...parts);
      await apply(bench.site, plan, null, () => undefined);
      remade(bench, 'new', 'new log', 'new index');
      bench.memory.stopAfter(stop, true);
      const isStopped = await undone(bench).then(
        () => false,
        () => true,
      );
      bench.memory.restart();
      await undone(bench);
      expect([stop, partsOf(bench)]).toEqual([stop, expected]);
      expect((await bench.site.vault.repairs()).map(stateOf)).toEqual(['undone']);
      if (!isStopped) return;
    }
  });
});
