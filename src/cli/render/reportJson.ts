// The report as scripts read it. These words are a contract: add freely, change never.

import type { Report } from '../../engine/model/report.ts';
import type { Json } from '../../engine/model/words.ts';
import { isoTime } from '../../words/amounts.ts';

export const TOOL = 'codex-session-health';

export function reportJson(
  report: Report,
  version: string,
  totalMs: number,
  interrupted: string | null = null,
) {
  const { snapshot, counts, verdict, nothingLost, findings, checks } = report;
  const { home } = snapshot;
  return {
    schemaVersion: 1,
    tool: { name: TOOL, version },
    takenAt: isoTime(snapshot.takenAtMs),
    home: {
      key: home.key,
      path: home.path,
      sqliteHome: home.sqliteHome,
      hostname: home.hostname,
      filesystem: home.filesystem?.type ?? null,
      installationId: home.installationId,
    },
    codex: snapshot.codexes.map(({ path, version: codexVersion, migrations }) => ({
      path,
      version: codexVersion,
      stateMigrations: migrations?.['state_5.sqlite'] ?? null,
    })),
    counts,
    verdict,
    nothingLost,
    findings: findings.map(
      ({ id, check, severity, subject, says, facts, threads, cures, accepted }) => ({
        id,
        check,
        severity,
        subject: { ...subject },
        says,
        facts,
        threads,
        cures: cures.map(cure => ({ ...cure })),
        accepted,
      }),
    ),
    checks: checks.map(({ id, outcome, why }) => ({ id, outcome, why })),
    gaps: snapshot.gaps.map(({ source, path, why }) => ({ source, path, why })),
    timingsMs: { total: totalMs },
    interrupted,
  };
}

/** JSON for people who look at it, and for programs alike. */
export function inJson(value: Json | object): string {
  const text = JSON.stringify(value, null, 2);
  return `${text.replaceAll(OBEYED, escaped)}\n`;
}

/** Controls that JSON lets stand as they are, and that a terminal may obey. */
const OBEYED = /[\u007f-\u009f]/g;

function escaped(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
