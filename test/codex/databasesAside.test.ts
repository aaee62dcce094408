// Databases other than the state database: damaged ones, and logs that have grown large. Each real Codex
// is asked before, after the cure, and after it was taken back.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { NodeWorld } from '../../src/node/world.ts';
import { askThreads, type AllFacts } from '../support/codex/askThreads.ts';
import { databaseNames, removeDatabase, withDatabase } from '../support/codex/databases.ts';
import { homePicture, pictureDifferences } from '../support/codex/homePicture.ts';
import {
  copyHome,
  homeKinds,
  type CodexHome,
  type HistoryMode,
} from '../support/codex/makeHome.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';
import { withWorkingHome } from '../support/codex/workingHome.ts';

/** The same noise every time, so that a surprise can be looked at again. */
const NOISE = createHash('shake256', { outputLength: 8192 }).update('noise').digest();
const MIB = 1024 * 1024;

let world: NodeWorld;

beforeAll(() => {
  world = createOurWorld(inject('programs'));
});
afterAll(() => world.close());

describe.each(homeKinds)('Codex %s, %s history', (version, mode) => {
  test('every damaged database is put away, and Codex goes on as before; undone, it is the damaged one again', () =>
    withHome(version, mode, async ({ codex, home, cure }) => {
      const well = await askThreads(codex, home);
      const names = databaseNames(home.folder).filter(name => !name.startsWith('state_'));
      expect(names.length).toBeGreaterThan(2);
      for (const [index, name] of names.entries()) {
        const copy = copyHome(home, path.join(path.dirname(home.folder), String(index)));
        const file = path.join(copy.folder, name);
        removeDatabase(file);
        fs.writeFileSync(file, NOISE);
        // What was written to it last may still lie beside it.
        fs.writeFileSync(`${file}-wal`, NOISE.subarray(0, 4096));
        const before = partsOf(file);
        const { healed, failed, undo } = await cure(copy, `database-damaged:${name}`);
        expect([name, healed, failed]).toEqual([name, [`database-damaged:${name}`], []]);
        expect([name, await askThreads(codex, copy)]).toEqual([name, wellAfter(name, well, mode)]);
        expect(fs.readFileSync(file).subarray(0, 15).toString()).toBe('SQLite format 3');
        expect(fs.existsSync(path.join(copy.folder, 'db-backups'))).toBe(false);
        // What has been done with threads since they were resumed stays, and is named.
        const left = (await undo()).filter(
          ({ what }) => !Object.values(copy.ids).some(id => what.includes(id)),
        );
        expect([name, left]).toEqual([name, []]);
        expect([name, partsOf(file)]).toEqual([name, before]);
      }
    }));

  test('undone at once, nothing is left of it', () =>
    withHome(version, mode, async ({ home, cure }) => {
      const names = databaseNames(home.folder).filter(name => !name.startsWith('state_'));
      for (const [index, name] of names.entries()) {
        const copy = copyHome(home, path.join(path.dirname(home.folder), String(index)));
        const file = path.join(copy.folder, name);
        removeDatabase(file);
        fs.writeFileSync(file, NOISE);
        const before = homePicture(copy.folder);
        const { undo } = await cure(copy, `database-damaged:${name}`);
        expect([name, await undo()]).toEqual([name, []]);
        expect([name, partsOf(file)]).toEqual([name, [NOISE.toString('latin1'), null]]);
        expect([name, pictureDifferences(before, homePicture(copy.folder))]).toEqual([name, []]);
      }
    }));

  test('large logs are put away, and Codex logs into new ones; undone, the old ones are back', () =>
    withHome(version, mode, async ({ codex, home, cure }) => {
      const well = await askThreads(codex, home);
      const file = path.join(home.folder, 'logs_2.sqlite');
      // 0.160 and 0.169 log nothing of what happens here, and 0.142 hundreds of lines.
      const isLogging = linesIn(file) > 0;
      growLog(file);
      const before = partsOf(file);
      const { healed, failed, undo } = await cure(home, 'log-database-overgrown:logs_2.sqlite');
      expect([healed, failed]).toEqual([['log-database-overgrown:logs_2.sqlite'], []]);
      expect(await askThreads(codex, home)).toEqual(well);
      expect(linesIn(file) > 0).toBe(isLogging);
      expect(fs.statSync(file).size).toBeLessThan(8 * MIB);
      expect(await undo()).toEqual([]);
      expect(partsOf(file)).toEqual(before);
      expect(await askThreads(codex, home)).toEqual(well);
    }));
});

interface Cured {
  readonly healed: readonly string[];
  readonly failed: readonly unknown[];
  undo(): Promise<readonly { readonly what: string }[]>;
}

interface Bench {
  readonly codex: string;
  readonly home: CodexHome;
  cure(home: CodexHome, finding: string): Promise<Cured>;
}

async function withHome(
  version: string,
  mode: HistoryMode,
  use: (bench: Bench) => Promise<void>,
): Promise<void> {
  await withWorkingHome(version, mode, ({ codex, home }) =>
    use({ codex, home, cure: (broken, finding) => cureOne(broken, codex, finding) }),
  );
}

async function cureOne({ folder }: CodexHome, codex: string, finding: string): Promise<Cured> {
  const { repairs, scan } = workOn(world, folder, codex);
  const report = await scan();
  const choice = { findings: [finding], cure: null };
  const plan = await repairs.plan(report, choice);
  expect([finding, plan.refused]).toEqual([finding, []]);
  const { healed, receipt } = await repairs.apply(report, scan, {
    choice,
    sha: plan.sha,
    vault: null,
  });
  return {
    healed,
    failed: receipt.failed,
    undo: async () => (await repairs.undo(await scan(), null, null)).left,
  };
}

/** Codex resumes no archived thread: that one has its turns again when it is taken out and opened. */
function wellAfter(name: string, well: AllFacts, mode: HistoryMode): AllFacts {
  const { X } = well;
  const isEmptied = name.startsWith('thread_history_') && mode === 'paginated' && X !== undefined;
  return isEmptied ? { ...well, X: { ...X, turns: [] } } : well;
}

/** The database and its log, byte for byte; null for what is not there. */
function partsOf(file: string): readonly (string | null)[] {
  return [file, `${file}-wal`].map(part =>
    fs.existsSync(part) ? fs.readFileSync(part, 'latin1') : null,
  );
}

/** As logs are after much has been logged and taken out again: most of it is empty pages. */
function growLog(file: string): void {
  withDatabase(file, database => {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    database.exec('CREATE TABLE filler (text)');
    const insert = database.prepare('INSERT INTO filler VALUES (zeroblob(?))');
    for (let written = 0; written < 80; written += 1) insert.run(MIB);
    database.exec('DROP TABLE filler');
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  });
}

function linesIn(file: string): number {
  return withDatabase(file, database =>
    Number(database.prepare('SELECT count(*) AS count FROM logs').get()?.['count']),
  );
}
