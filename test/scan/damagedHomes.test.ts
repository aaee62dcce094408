// Whole scans of homes to which things have happened: there is always a report, it says what it
// could not see, and no thread is accused whose own file and row are as they were.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Row } from '../../src/engine/model/database.ts';
import type { Finding } from '../../src/engine/model/finding.ts';
import type { Report } from '../../src/engine/model/report.ts';
import { createEngine, type Engine } from '../../src/engine/engine.ts';
import type { World } from '../../src/engine/world.ts';
import {
  damagedHome,
  PARENTS,
  SOUND,
  soundHome,
  type Company,
  type DamagedHome,
} from '../support/damagedHome.ts';
import { HOME, NOW, home, idOf } from '../support/home.ts';

const MOST_MS = 5000;
const keys = new Map<string, string>(SOUND.map(key => [idOf(key), key]));

async function scan(world: World, full = false): Promise<{ report: Report; engine: Engine }> {
  const engine = createEngine(world);
  const report = await engine.scan({ home: HOME, sqliteHome: null, codex: null, full });
  return { report, engine };
}

const before: Readonly<Record<Company, Report>> = {
  alone: (await scan(soundHome('alone'))).report,
  'among others': (await scan(soundHome('among others'))).report,
};

test('before anything happens only those are named that have something wrong with them', () => {
  expect(before.alone).toMatchObject({ findings: [], verdict: 'healthy' });
  const { findings } = before['among others'];
  expect(findings.map(({ check, threads }) => `${check} ${threads.join()}`).sort()).toEqual(
    [
      `thread-file-missing ${idOf('x1')}`,
      `thread-row-missing ${idOf('x2')}`,
      `thread-cwd-mismatch ${idOf('x3')}`,
      `thread-name-lost ${idOf('x3')}`,
      `thread-preview-missing ${idOf('x4')}`,
    ].sort(),
  );
});

test('afterwards there is a report, and no sound thread is accused', async () => {
  await fc.assert(
    fc.asyncProperty(damagedHome, fc.boolean(), async (damaged, full) => {
      const started = performance.now();
      const { report, engine } = await scan(damaged.world, full);
      expectWholeReport(report, engine);
      expectNoFalseHealth(report, engine, damaged);
      expectNoFalseAccusation(report, damaged);
      expect(performance.now() - started).toBeLessThan(MOST_MS);
    }),
    { numRuns: 300 },
  );
});

test('a wrong first line says nothing of a thread whose own file could not be looked at', async () => {
  const own = home()
    .thread('t1')
    .thread('t2', { age: 5 * 24 * 60, header: { id: idOf('t1') } });
  const { world } = own.trouble('sessions/2026/11/21').build();
  const { report } = await scan(world);
  expect(report.findings.map(({ check, threads }) => [check, threads])).toEqual([
    ['rollout-id-mismatch', [idOf('t2')]],
  ]);
});

test('a config.toml that our parser cannot take makes no provider wrong', async () => {
  for (const length of [500_000, 5_000_000]) {
    const config = `model_provider = "mock"\nnote = "${'x'.repeat(length)}"\n`;
    const { report } = await scan(home().thread('t1').config(config).build().world);
    expect(report.findings).toEqual([]);
    expect(report.verdict).toBe('incomplete');
  }
});

test('a config.toml that cannot be read may name another database than the one in the home', async () => {
  const both = home().thread('t1').thread('t2').build().files.get(`${HOME}/state_5.sqlite`);
  const stale = home()
    .thread('t1', { row: { archived: 1 } })
    .thread('t2', { row: false })
    .file('/home/ada/databases/state_5.sqlite', both?.bytes ?? '', NOW - 3_600_000)
    .config('model_provider = "mock"\nsqlite_home = "/home/ada/databases"\n')
    .noHistory();
  const { report } = await scan(stale.trouble('config.toml').build().world);
  expect(report.findings).toEqual([]);
  expect(report.verdict).toBe('incomplete');
  expect(report.nothingLost.answer).toBe('unknown');
});

function expectWholeReport(report: Report, engine: Engine): void {
  expect(report.checks.map(({ id }) => id)).toEqual(engine.checks.map(({ id }) => id));
  expect(report.checks.filter(({ outcome }) => outcome === 'crashed')).toEqual([]);
  expect(JSON.parse(JSON.stringify(report))).toMatchObject({ verdict: report.verdict });
  expect(JSON.stringify(engine.redact(report))).not.toContain('please do');
  for (const { says } of report.findings) expect(says).not.toMatch(/undefined|NaN|\[object/);
}

function expectNoFalseHealth(report: Report, engine: Engine, { unreadable }: DamagedHome): void {
  const { gaps } = report.snapshot;
  const isNoted = (at: string) => gaps.some(({ path }) => at === path || isBelow(at, path));
  expect([...unreadable].filter(at => !isNoted(at))).toEqual([]);
  const isNeeded = (check: Engine['checks'][number]) =>
    check.severity === 'error' && gaps.some(({ source }) => check.needs[source] !== undefined);
  if (engine.checks.some(isNeeded)) expect(report.verdict).not.toBe('healthy');
}

function isBelow(at: string, folder: string | null): boolean {
  return folder !== null && at.startsWith(`${folder}/`);
}

function expectNoFalseAccusation(report: Report, damaged: DamagedHome): void {
  for (const finding of report.findings)
    for (const id of new Set([finding.subject.key, ...finding.threads])) {
      const key = keys.get(id);
      if (key === undefined || isDamaged(key, report, damaged)) continue;
      if (isAboutSomethingElse(finding, key, damaged)) continue;
      expect.fail(`${finding.check} names ${key}: ${finding.says}\nafter: ${damaged.what}`);
    }
}

/** Whether the thread's own file, or its own row where the database could be read, has changed. */
function isDamaged(key: string, { snapshot }: Report, damaged: DamagedHome): boolean {
  if (damaged.damagedThreads.has(key)) return true;
  // Without a database no row is known, and so none is missing.
  if (snapshot.state === null) return false;
  const soundRows = rowsOf(before[damaged.company]);
  const now = rowOf(snapshot.state.rows, key);
  if (now !== undefined) return JSON.stringify(now) !== JSON.stringify(rowOf(soundRows, key));
  // Its id has changed: all rows are there, and one of them is nobody's.
  return snapshot.state.rows.length === soundRows.length;
}

function rowsOf({ snapshot }: Report): readonly Row[] {
  return snapshot.state?.rows ?? [];
}

function rowOf(rows: readonly Row[], key: string): Row | undefined {
  return rows.find(({ id }) => id === idOf(key));
}

/** Findings that name a sound thread, and rightly so. */
function isAboutSomethingElse({ check }: Finding, key: string, damaged: DamagedHome): boolean {
  const { damagedParts, copiedThreads, damagedThreads } = damaged;
  switch (check) {
    // These say which threads suffer from a history database that is damaged or gone.
    case 'thread-history-missing':
    case 'database-damaged':
      return damagedParts.has('history');
    // A config.toml that can be read and says something else hides the threads of a provider.
    case 'provider-undefined':
    case 'provider-hides-threads':
      return damagedParts.has('config');
    // A file that was overwritten by that of another thread holds this one a second time.
    case 'thread-file-duplicate':
      return copiedThreads.has(key);
    // A fork cannot be opened without the file in which it begins.
    case 'thread-fork-parent-missing':
      return ancestorsOf(key).some(parent => damagedThreads.has(parent));
    default:
      return false;
  }
}

function ancestorsOf(key: string): readonly string[] {
  const parent = PARENTS[key];
  return parent === undefined ? [] : [parent, ...ancestorsOf(parent)];
}
