// The only place of the tests of checks that knows the engine's door.

import { expect } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import type { Report } from '../../src/engine/model/report.ts';
import { expectRepairs } from './expectRepairs.ts';
import { HOME, type HomeBuilder } from './home.ts';

/** Scans a home; the tests' short keys stand for the ids of its threads. */
export async function scanned(builder: HomeBuilder, full = false) {
  const { world, keyOf, sights } = builder.build();
  const report = await createEngine(world).scan({
    home: HOME,
    sqliteHome: null,
    codex: null,
    full,
    hosts: sights,
  });
  return { report, keyOf };
}

/** All findings of a home, one a line: severity, check, subject. */
export function expectFindings(builder: HomeBuilder, full = false) {
  return {
    /** `toBe()` says that nothing is found. */
    async toBe(...lines: readonly string[]): Promise<void> {
      const { report, keyOf } = await scanned(builder, full);
      expect(report.checks.filter(({ outcome }) => outcome === 'crashed')).toEqual([]);
      expect(linesOf(report, keyOf)).toEqual([...lines].sort());
      await expectRepairs(builder, full);
    },
    /** The sentences of one check's findings. */
    async toSay(check: string, ...sentences: readonly string[]): Promise<void> {
      const { report, keyOf } = await scanned(builder, full);
      const said = report.findings.filter(finding => finding.check === check);
      expect(said.map(({ says }) => keyOf(says))).toEqual(sentences);
    },
  };
}

/** How one check ended. */
export function expectOutcome(builder: HomeBuilder, check: string, full = false) {
  return {
    async toBe(outcome: 'ok' | 'found' | 'unknown' | 'crashed'): Promise<void> {
      const { report } = await scanned(builder, full);
      expect(report.checks.find(({ id }) => id === check)).toMatchObject({ outcome });
    },
  };
}

function linesOf({ findings }: Report, keyOf: (text: string) => string): string[] {
  return findings
    .map(({ severity, check, subject }) => `${severity} ${check} ${keyOf(subject.key)}`)
    .sort();
}
